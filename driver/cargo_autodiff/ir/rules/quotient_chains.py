"""A loop that divides a value again and again shows Enzyme each division for itself.

Enzyme has a short way for `x /= …` in a loop: the adjoint of every division from the product of all divisors
(getOrInsertTotalMultiplicativeProduct in AdjointGenerator.h and GradientUtils.cpp). It asks that x is used nowhere but
in the division, not whether the quotient is: what reads it inside the loop, such as a store, adds to the adjoint of
that division and those before it only, and the product is that of all. The product may overflow, too, where x does not.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from cargo_autodiff.ir.kinds import Opcode
from cargo_autodiff.ir.rule import Rule
from cargo_autodiff.ir.rules.speculation import hold

if TYPE_CHECKING:
    from cargo_autodiff.ir.module import Module
    from cargo_autodiff.ir.value import Instruction


def apply(module: Module) -> None:
    """Hide from a division that its dividend is what it computed the time before."""
    for function in module.definitions():
        for division in [item for item in function.instructions() if _continues(item)]:
            hold(module, division, 0, "chain")


def _continues(division: Instruction) -> bool:
    dividend = division.operands[0].as_instruction() if division.opcode == Opcode.FDIV else None
    if dividend is None or dividend.opcode != Opcode.PHI:
        return False
    return any(value == division for value, _ in dividend.incoming())


RULE = Rule(
    name="quotient-chains",
    reason="Enzyme takes all divisors of a loop at once, and a quotient that is read in between gets a wrong adjoint",
    apply=apply,
)
