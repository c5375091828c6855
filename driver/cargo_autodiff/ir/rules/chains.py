"""What a loop divides or chooses again and again shows Enzyme each time for itself.

Enzyme has a short way for `x /= …` and for `if … { x = … }` in a loop (createSelectInstAdjoint and the division of
createBinaryOperatorAdjoint in AdjointGenerator.h): the adjoint of every division comes from the product of all
divisors, and that of a choice goes to the last one that was made. It asks that x is used nowhere but there, not whether
the result is: what reads it inside the loop, such as a running maximum that is stored, adds to the adjoint of what came
before it only. The product may overflow, too, where x does not.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from cargo_autodiff.ir.kinds import Opcode
from cargo_autodiff.ir.rule import Rule
from cargo_autodiff.ir.rules.speculation import HERE, hold, is_summed

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cargo_autodiff.ir.module import Module
    from cargo_autodiff.ir.value import Instruction

_NAME = f"{HERE}.chain"


def apply(module: Module) -> None:
    """Hide from divisions and choices of floats that an operand is their result of the time before."""
    for function in module.definitions():
        links = [(item, index) for item in function.instructions() for index in _continued(item)]
        for item, index in links:
            hold(module, item, index, _NAME)


def _continued(item: Instruction) -> Iterator[int]:
    """Say which operands are phis of what comes out."""
    if item.opcode == Opcode.FDIV:
        candidates = [0]
    elif item.opcode == Opcode.SELECT and is_summed(item.type):
        candidates = [1, 2]
    else:
        return
    for index in candidates:
        before = item.operands[index].as_instruction()
        if before is not None and before.opcode == Opcode.PHI and any(value == item for value, _ in before.incoming()):
            yield index


RULE = Rule(
    name="chains",
    reason="Enzyme takes all divisions or choices of a loop at once; what is read in between gets a wrong adjoint",
    apply=apply,
)
