"""Functions that call each other agree on the registers that wide vectors are passed in.

Enzyme hands what a function has kept to its reverse pass by value. A vector wider than 128 bits goes through one
register or through several, as the features say that each function is compiled for: where these are not the same, the
one reads what the other has not written. LLVM's own passes ask that before they pass a vector by value.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from cargo_autodiff.errors import Refused
from cargo_autodiff.ir.enzyme_names import primal
from cargo_autodiff.ir.kinds import TypeKind
from cargo_autodiff.ir.rule import Rule

if TYPE_CHECKING:
    from cargo_autodiff.ir.module import Module
    from cargo_autodiff.ir.value import Function, Type

_EVERYWHERE = 16
"""How many bytes a vector may have that every function passes in one register."""


def check(module: Module) -> None:
    """Refuse calls that pass such a vector between functions with other registers for it. Raises Refused."""
    for function in module.definitions():
        for call in function.calls():
            if _registers(call.function) != _registers(function) and any(
                _is_wide(module, value.type) for value in (call, *call.arguments)
            ):
                raise Refused(
                    "a function with target features of its own cannot be differentiated",
                    why=f"in `{primal(call.function.name)}` Enzyme passes wide vectors to or from"
                    f" `{primal(function.name)}`, which has other registers for them",
                    hint="compile the whole crate for these features (-C target-feature, -C target-cpu), give the"
                    " functions that call it the same ones, or let it compute in slices and arrays",
                )


def _registers(function: Function) -> tuple[str | None, frozenset[str]]:
    """Say what decides how wide a function's registers are: its processor, and the features that widen them."""
    features = function.string_attribute("target-features") or ""
    return function.string_attribute("target-cpu"), frozenset(name for name in features.split(",") if "avx" in name)


def _is_wide(module: Module, kind: Type) -> bool:
    """Tell a vector that is wider than all registers are, and what holds one."""
    if kind.kind is TypeKind.VECTOR:
        layout = module.llvm.LLVMGetModuleDataLayout(module.ref)
        return module.llvm.LLVMABISizeOfType(layout, kind.ref) > _EVERYWHERE
    return any(_is_wide(module, member) for member in kind.members)


CHECK = Rule(
    name="wide-vectors",
    reason="Enzyme passes what it keeps by value between functions of different target features",
    apply=check,
)
