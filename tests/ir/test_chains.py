"""Each division and each choice of a loop stands for itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from cargo_autodiff.ir.rules import chains, speculation
from ir.reading import calls

if TYPE_CHECKING:
    from ir.reading import Ir

LOOP = """
define double @f(double %a, double %b, i1 %c) {{
entry:
  br label %loop
loop:
  %x = phi double [ %a, %entry ], [ %next, %loop ]
  %next = {operation}
  br i1 %c, label %loop, label %end
end:
  ret double %next
}}
"""


@pytest.mark.parametrize(
    "operation", ["fdiv double %x, %b", "select i1 %c, double %x, double %b", "select i1 %c, double %b, double %x"]
)
def test_what_continues_itself_is_held(ir: Ir, operation: str) -> None:
    got = ir.apply(chains.RULE, LOOP.format(operation=operation))

    (held,) = calls(got, "f")
    assert held.arguments[0].name == "x"


def test_others_are_left_alone(ir: Ir) -> None:
    for operation in (
        "fdiv double %a, %x",
        "fdiv double %b, %a",
        "fmul double %x, %b",
        "select i1 %c, double %a, double %b",
    ):
        assert ir.unchanged(chains.RULE, LOOP.format(operation=operation))


def test_after_enzyme_nothing_is_held(ir: Ir) -> None:
    module = ir.apply(chains.RULE, LOOP.format(operation="fdiv double %x, %b"))

    speculation.SETTLE.apply(module)

    assert calls(module, "f") == []


def test_vectors_of_several_widths_are_held_each_by_itself(ir: Ir) -> None:
    vectors = LOOP.format(operation="fdiv double %x, %b").replace("double", "<2 x double>")
    wider = vectors.replace("<2 x", "<4 x").replace("@f", "@g")

    got = ir.apply(chains.RULE, vectors + wider)

    assert len({call.callee.name for name in "fg" for call in calls(got, name) if call.callee}) == 2
