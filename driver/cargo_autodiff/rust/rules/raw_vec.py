"""The growth of Vec is inlined, down to what every Vec shares: one that grows floats, and another integers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cargo_autodiff.ir.rule import Rule

if TYPE_CHECKING:
    from cargo_autodiff.ir.module import Module

_KEPT = ("handle_error", "capacity_overflow")
_GLOBAL = "5alloc5alloc", "6Global"
"""Parts of the mangled names, old and new, of what `alloc::alloc::Global` does."""


def apply(module: Module) -> None:
    """Mark functions of `alloc::raw_vec` and `alloc::alloc::Global` for the first round, but those that only fail."""
    for function in module.definitions():
        name = function.name
        grows = "raw_vec" in name or all(part in name for part in _GLOBAL)
        if grows and not any(part in name for part in _KEPT):
            function.allow_inlining()
            function.drop("cold")
            function.add("alwaysinline")


RULE = Rule(
    name="raw-vec",
    reason="type analysis cannot see through its Result<NonNull, Error>, nor say what a copy moves that all Vecs share",
    apply=apply,
)
