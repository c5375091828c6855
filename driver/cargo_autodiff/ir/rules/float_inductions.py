"""Numbers that change by the same amount in every iteration: LLVM's vectoriser must not take them for counters.

LLVM 22 vectorises `d = d - s` when reassociation is allowed and `s` does not change, as a counter of floats. When
nothing in the loop needs `d`, and both the last and the last but one value are needed after it, it takes the wrong
lane's for the last (VPlanTransforms, optimizeLatchExitInductionUser: the step's value is an expanded one, which the
difference does not name). Adjoints are such numbers.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from cargo_autodiff.ir.builder import Builder
from cargo_autodiff.ir.kinds import Opcode, TypeKind
from cargo_autodiff.ir.rule import Rule

if TYPE_CHECKING:
    from cargo_autodiff.ir.module import Module
    from cargo_autodiff.ir.value import Instruction


def apply(module: Module) -> None:
    """Let what such a number becomes stay in its order, so that LLVM does not vectorise its loop.

    A sum whose intermediate values nobody needs stays as it is: it is no counter, but a reduction.
    """
    for function in module.definitions():
        for block in function.blocks:
            for phi in block.phis:
                if phi.type.kind in (TypeKind.FLOAT, TypeKind.DOUBLE):
                    _keep_order(phi)


def _keep_order(phi: Instruction) -> None:
    for value in dict.fromkeys(value for value, _ in phi.incoming()):  # what comes over two ways is replaced once
        step = value.as_instruction()
        if step is not None and _changes(phi, step) and any(user != step for user in phi.users()):
            builder = Builder.before(step)
            make = builder.float_sum if step.opcode == Opcode.FADD else builder.float_difference
            left, right = step.operands
            step.replace_uses(make(left, right))
            step.erase()


def _changes(phi: Instruction, step: Instruction) -> bool:
    if step.opcode not in (Opcode.FADD, Opcode.FSUB) or phi not in step.operands:
        return False
    return " reassoc " in step.text()


RULE = Rule(
    name="float-inductions",
    reason="LLVM's vectoriser takes the wrong lane's value of a number that changes by the same amount each time",
    apply=apply,
)
