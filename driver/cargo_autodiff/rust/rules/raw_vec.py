"""The growth of Vec is inlined."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cargo_autodiff.ir.rule import Rule

if TYPE_CHECKING:
    from cargo_autodiff.ir.module import Module

_KEPT = ("handle_error", "capacity_overflow")


def apply(module: Module) -> None:
    """Mark every function of `alloc::raw_vec` for inlining by the first round, but those that only fail."""
    for function in module.definitions():
        name = function.name
        if "raw_vec" in name and not any(part in name for part in _KEPT):
            function.allow_inlining()
            function.drop("cold")
            function.add("alwaysinline")


RULE = Rule(name="raw-vec", reason="type analysis cannot see through its Result<NonNull, Error>", apply=apply)
