"""Pointers that are loaded from where an allocation begins."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from cargo_autodiff.ir.kinds import Opcode
from cargo_autodiff.ir.rules import pointers_in_boxes
from cargo_autodiff.ir.rules.address_guard import is_guarded
from ir.reading import function

if TYPE_CHECKING:
    from ir.reading import Ir

TEXT = """
define void @df(ptr %x, ptr %dx) {{
  call void (...) @__enzyme_{request}_df(ptr @f, ptr %x, ptr %dx)
  ret void
}}
declare void @__enzyme_{request}_df(...)
declare noalias ptr @malloc(i64) {kind}
declare ptr @other(i64)
define internal void @f(ptr %x) {{
  %box = call ptr @malloc(i64 16)
  %same = getelementptr i8, ptr %box, i64 0
  %second = getelementptr i8, ptr %box, i64 8
  %found = call ptr @other(i64 16)
  %loaded = load {type}, ptr %{at}
  {use}
  ret void
}}
"""


def text(
    ir: Ir, *, at: str = "box", of: str = "ptr", use: str = "store double 1.0, ptr %loaded", request: str = "autodiff"
) -> str:
    kind = 'allockind("alloc,uninitialized")'
    return TEXT.format(at=at, type=of, use=use, request=request, kind=kind)


@pytest.mark.parametrize("at", ["box", "same"])
@pytest.mark.parametrize(
    ("of", "use"), [("ptr", "store double 1.0, ptr %loaded"), ("i64", "%pointer = inttoptr i64 %loaded to ptr")]
)
def test_their_addresses_have_an_unknown_offset(ir: Ir, at: str, of: str, use: str) -> None:
    module = ir.apply(pointers_in_boxes.RULE, text(ir, at=at, of=of, use=use))
    loads = [one for one in function(module, "f").instructions() if one.opcode == Opcode.LOAD and one.name == "loaded"]
    assert [is_guarded(load.operands[0]) for load in loads] == [True]


@pytest.mark.parametrize(
    "changed",
    [{"at": "second"}, {"at": "found"}, {"at": "x"}, {"of": "i64", "use": ""}, {"request": "fwddiff"}],
    ids=["later in it", "from anywhere", "a parameter's", "a number", "forward mode"],
)
def test_others_are_left_alone(ir: Ir, changed: dict[str, str]) -> None:
    assert ir.unchanged(pointers_in_boxes.RULE, text(ir, **changed))
