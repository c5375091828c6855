"""Jumps to addresses, and tables of these."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from cargo_autodiff.errors import Refused
from cargo_autodiff.ir.rules import computed_jumps

if TYPE_CHECKING:
    from ir.reading import Ir

ASKS = """
declare double @__enzyme_autodiff(...)
define double @df(double %x, i64 %i) {
  %d = call double (...) @__enzyme_autodiff(ptr @f, double %x, i64 %i)
  ret double %d
}
"""
JUMPS = """
@table = internal KIND
define internal double @NAME(double %x, i64 %i) {
  %place = getelementptr [2 x ptr], ptr @table, i64 0, i64 %i
  %at = load ptr, ptr %place
  WRITE
  indirectbr ptr %at, [label %one, label %two]
one:
  ret double %x
two:
  ret double 1.0
}
"""
TABLE = "[2 x ptr] [ptr blockaddress(@NAME, %one), ptr blockaddress(@NAME, %two)]"
OTHER = "define double @f(double %x, i64 %i) {\n  ret double %x\n}\n"


def jumps(name: str, kind: str, write: str = "") -> str:
    return JUMPS.replace("KIND", f"{kind} {TABLE}").replace("NAME", name).replace("WRITE", write)


def test_a_function_that_is_differentiated_must_not_jump_so(ir: Ir) -> None:
    with pytest.raises(Refused, match="computed goto") as refused:
        computed_jumps.CHECK.apply(ir.parse(jumps("f", "constant") + ASKS))

    assert "`f` jumps" in refused.value.why


def test_one_that_it_calls_must_not(ir: Ir) -> None:
    calls = OTHER.replace("  ret", "  %y = call double @g(double %x, i64 %i)\n  ret")

    with pytest.raises(Refused):
        computed_jumps.CHECK.apply(ir.parse(jumps("g", "constant") + calls + ASKS))


def test_others_may(ir: Ir) -> None:
    assert ir.unchanged(computed_jumps.CHECK, jumps("g", "constant") + OTHER + ASKS)


def test_none_may_whose_table_is_not_in_the_unit(ir: Ir) -> None:
    text = jumps("g", "global").replace(f"internal global {TABLE}".replace("NAME", "g"), "external global [2 x ptr]")

    with pytest.raises(Refused):
        computed_jumps.CHECK.apply(ir.parse(text + OTHER + ASKS))


def test_a_table_that_is_only_read_is_kept(ir: Ir) -> None:
    module = ir.parse(jumps("g", "global"))

    computed_jumps.keep_tables(module)

    assert "@table = internal constant" in ir.text(module)


@pytest.mark.parametrize("write", ["store ptr %at, ptr %place", "call void @h(ptr %place)"])
def test_one_that_may_change_is_not(ir: Ir, write: str) -> None:
    module = ir.parse(jumps("g", "global", write) + "declare void @h(ptr)\n")

    computed_jumps.keep_tables(module)

    assert "@table = internal global" in ir.text(module)
