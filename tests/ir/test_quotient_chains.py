"""Each division of a loop stands for itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cargo_autodiff.ir.rules import quotient_chains, speculation
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


def test_a_dividend_that_is_the_last_quotient_is_held(ir: Ir) -> None:
    got = ir.apply(quotient_chains.RULE, LOOP.format(operation="fdiv double %x, %b"))

    (held,) = calls(got, "f")
    assert held.arguments[0].name == "x"


def test_other_divisions_are_left_alone(ir: Ir) -> None:
    for operation in ("fdiv double %a, %x", "fdiv double %b, %a", "fmul double %x, %b"):
        assert ir.unchanged(quotient_chains.RULE, LOOP.format(operation=operation))


def test_after_enzyme_nothing_is_held(ir: Ir) -> None:
    module = ir.apply(quotient_chains.RULE, LOOP.format(operation="fdiv double %x, %b"))

    speculation.SETTLE.apply(module)

    assert calls(module, "f") == []
