"""Ordinary functions may unwind, so that Enzyme keeps the calls that never return."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cargo_autodiff.ir.rule import Rule

if TYPE_CHECKING:
    from cargo_autodiff.ir.module import Module
    from cargo_autodiff.ir.value import Function

_MANGLED = ("_R", "_ZN")


def apply(module: Module) -> None:
    """Strip `nounwind` from definitions, from functions that never return, from Rust's, and from calls of those."""
    for function in module.functions():
        if not _is_ordinary(function):
            continue
        function.drop("nounwind")
        for call in function.calls():
            call.call_drop("nounwind")


def _is_ordinary(function: Function) -> bool:
    if function.is_intrinsic or "__rust_" in function.name or "__rustc" in function.name:
        return False
    return not function.is_declaration or function.has("noreturn") or function.name.startswith(_MANGLED)


RULE = Rule(
    name="nounwind",
    reason="Enzyme drops calls that neither return nor unwind: under panic=abort the gradient loses its bounds checks",
    apply=apply,
)
