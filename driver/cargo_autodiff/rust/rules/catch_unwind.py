"""Functions that catch panics are refused."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cargo_autodiff.errors import Refused
from cargo_autodiff.ir.rule import Rule

if TYPE_CHECKING:
    from cargo_autodiff.ir.module import Module

_TRY = "__rust_try"
"""What rustc makes of `catch_unwind` (rustc_codegen_llvm, intrinsic.rs: get_rust_try_fn)."""


def check(module: Module) -> None:
    """Refuse a unit that reaches `catch_unwind`."""
    for function in module.definitions():
        if function.name.startswith(_TRY) and next(function.users(), None) is not None:
            raise Refused(
                "a function that catches panics cannot be differentiated",
                why="Enzyme leaves the catching out: a panic that the function survives would end the derivative",
                hint="return a Result or an Option, or catch the panic around the derivative",
            )


CHECK = Rule(name="catch-unwind", reason="Enzyme turns every invoke into a call", apply=check)
