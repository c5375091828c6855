"""Complex numbers of C are not divided by the compiler's own function."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cargo_autodiff.errors import Refused
from cargo_autodiff.ir.debug_info import place, written_in
from cargo_autodiff.ir.rule import Rule

if TYPE_CHECKING:
    from cargo_autodiff.ir.module import Module

_QUOTIENTS = ("__divsc3", "__divdc3", "__divtc3", "__divxc3")


def check(module: Module) -> None:
    """Refuse a call of one. Raises Refused."""
    for name in _QUOTIENTS:
        function = module.function(name)
        for call in function.calls() if function is not None else []:
            raise Refused(
                "a quotient of complex numbers cannot be differentiated",
                where=place(call),
                why=f"`{written_in(call)}` divides by `{name}`, of which Enzyme's derivative is wrong",
                hint="write the division out, or compile with -fcx-limited-range (clang 18 and later)",
            )


CHECK = Rule(
    name="complex-quotients",
    reason="Enzyme's derivative of them is another one: it leaves out conjugating, and one term has the wrong operand"
    " (InstructionDerivatives.td)",
    apply=check,
)
