"""Assembly without instructions, which hides values from the compiler."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from cargo_autodiff.rust.rules import black_box
from ir.reading import function

if TYPE_CHECKING:
    from ir.reading import Ir

TEXT = """
define i64 @f(ptr %number) {{
  {call}
  ret i64 7
}}
"""


@pytest.mark.parametrize(
    "call",
    [
        'call void asm sideeffect "", "r,~{memory}"(ptr %number)',
        'call void asm sideeffect inteldialect "", "r,~{memory}"(ptr %number)',
        'call void asm "", "r"(ptr %number)',
    ],
)
def test_assembly_of_no_instruction_goes(ir: Ir, call: str) -> None:
    module = ir.apply(black_box.RULE, TEXT.format(call=call))
    assert [one.text() for one in function(module, "f").instructions()] == ["ret i64 7"]


@pytest.mark.parametrize(
    "call",
    [
        'call void asm sideeffect "nop", "r,~{memory}"(ptr %number)',
        '%same = call i64 asm "", "=r,0"(ptr %number)',
        "call void @other(ptr %number)",
    ],
    ids=["an instruction", "a result", "a function"],
)
def test_what_does_something_stays(ir: Ir, call: str) -> None:
    module = ir.apply(black_box.RULE, "declare void @other(ptr)\n" + TEXT.format(call=call))
    assert len(list(function(module, "f").instructions())) == 2
