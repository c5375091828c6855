"""What Enzyme has made is differentiated once more in reverse, though it is what no rule would let it have.

The derivative of a derivative is made in the same run: no rule sees what the inner one has become. Enzyme's reverse
pass goes into a loop wherever the loop was left, which makes loops of two entries; what it has to keep of a call it
returns beside the call's result; and a tangent's pointer beside the pointer itself.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from cargo_autodiff.errors import Refused
from cargo_autodiff.ir.enzyme_names import differentiated, is_forward, is_made, primal
from cargo_autodiff.ir.kinds import TypeKind
from cargo_autodiff.ir.rule import Rule
from cargo_autodiff.ir.rules.two_entries import ways_back

if TYPE_CHECKING:
    from cargo_autodiff.ir.module import Module
    from cargo_autodiff.ir.value import Function


def check(module: Module) -> None:
    """Refuse second derivatives that Enzyme makes wrong. Raises Refused."""
    for function in module.definitions():
        if not is_made(function.name) or is_forward(function.name):
            continue
        inner = module.function(differentiated(function.name))
        if inner is None or inner.is_declaration or not is_made(inner.name):
            continue
        kinds = list(inner.return_type.scalars())
        pointers = kinds.count(TypeKind.POINTER)
        if any(ways_back(inner)):
            raise _refusal(inner, "leaves a loop at two places: the loop of its derivative is entered at two")
        if pointers and any(kind.is_float for kind in kinds):
            raise _refusal(inner, "is called, and its derivative returns numbers beside memory")
        if pointers > 1:
            raise _refusal(inner, "hands on slices, one of which counts while the other may not")


def _refusal(inner: Function, what: str) -> Refused:
    return Refused(
        "this second derivative cannot be made in reverse mode",
        why=f"`{primal(inner.name)}` {what}, and Enzyme would take one value for another",
        hint="make one of both derivatives in forward mode, the outer one best; or let the loop end at one place, and"
        " the function be inlined (`#[inline(always)]`)",
    )


CHECK = Rule(
    name="check-second-order",
    reason="Enzyme differentiates what it has made itself, and takes no care of what rules care for in functions",
    apply=check,
)
