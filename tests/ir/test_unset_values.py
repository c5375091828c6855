"""Values and variables that are not set."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from cargo_autodiff.ir.kinds import Opcode
from cargo_autodiff.ir.rules import unset_values
from cargo_autodiff.ir.transfers import is_filling
from ir.reading import calls, function

if TYPE_CHECKING:
    from ir.reading import Ir

PHI = """
define {type} @f(i1 %flag, {type} %x) {{
entry:
  br i1 %flag, label %here, label %end
here:
  br label %end
end:
  %phi = phi {type} [ {unset}, %entry ], [ %x, %here ]
  ret {type} %phi
}}
"""
VARIABLE = """
declare void @g(ptr)
declare i32 @__gxx_personality_v0(...)
define double @f(i1 %flag, i64 %index) personality ptr @__gxx_personality_v0 {{
  %variable = alloca [4 x double], align 8
  %place = getelementptr i8, ptr %variable, i64 8
  store double 1.0, ptr %variable
  {use}
  invoke void @g(ptr null) to label %on unwind label %off
on:
  %value = load double, ptr %place
  ret double %value
off:
  %pad = landingpad {{ ptr, i32 }} cleanup
  {unwinding}
  resume {{ ptr, i32 }} %pad
}}
"""


def variable(*, use: str = "", unwinding: str = "") -> str:
    return VARIABLE.format(use=use, unwinding=unwinding)


@pytest.mark.parametrize("unset", ["undef", "poison"])
@pytest.mark.parametrize(
    ("type_", "zero"),
    [("double", "0.0"), ("i1", "false"), ("ptr", "null"), ("{ double, i64 }", "zeroinitializer"), ("i64", "0")],
)
def test_what_a_phi_takes_for_unset_is_zero(ir: Ir, unset: str, type_: str, zero: str) -> None:
    got = ir.text(ir.apply(unset_values.RULE, PHI.format(type=type_, unset=unset)))
    assert re.search(rf"phi {re.escape(type_)} \[ {zero}\S*, ", got)


def test_a_structure_is_made_of_zeros(ir: Ir) -> None:
    text = (
        "define { double, i64 } @f(i64 %n) {\n"
        " %a = insertvalue { double, i64 } poison, i64 %n, 1\n ret { double, i64 } %a\n}\n"
    )
    assert "insertvalue { double, i64 } zeroinitializer, i64 %n, 1" in ir.text(ir.apply(unset_values.RULE, text))


def test_what_is_set_stays(ir: Ir) -> None:
    assert ir.unchanged(unset_values.RULE, PHI.format(type="double", unset="1.5"))


@pytest.mark.parametrize("unwinding", ["", "call void @g(ptr %variable)", "call void @g(ptr %place)"])
def test_a_variable_of_which_only_parts_are_accessed_is_zero_at_first(ir: Ir, unwinding: str) -> None:
    module = ir.apply(unset_values.RULE, variable(unwinding=unwinding))
    first, filling, *_ = function(module, "f").entry.instructions
    assert first.opcode == Opcode.ALLOCA
    assert is_filling(filling)
    assert filling.arguments[2].constant_int() == 32


@pytest.mark.parametrize(
    "use",
    [
        "call void @g(ptr %place)",
        "store ptr %variable, ptr %place",
        "%at = getelementptr double, ptr %variable, i64 %index\n  store double 1.0, ptr %at",
    ],
    ids=["given away", "kept", "at a computed place"],
)
def test_a_variable_that_stays_in_memory_is_left_alone(ir: Ir, use: str) -> None:
    assert not any(map(is_filling, calls(ir.apply(unset_values.RULE, variable(use=use)), "f")))
