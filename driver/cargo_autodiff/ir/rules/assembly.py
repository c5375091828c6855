"""Inline assembly does not compute with floats."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cargo_autodiff.errors import Refused
from cargo_autodiff.ir.debug_info import place, written_in
from cargo_autodiff.ir.rule import Rule

if TYPE_CHECKING:
    from cargo_autodiff.ir.module import Module


def check(module: Module) -> None:
    """Refuse inline assembly that is given floats, or gives some."""
    for function in module.definitions():
        for call in function.instructions():
            if call.assembly and any(
                kind.is_float for value in (call, *call.arguments) for kind in value.type.scalars()
            ):
                raise Refused(
                    "inline assembly cannot be differentiated",
                    where=place(call),
                    why=f"`{written_in(call)}` computes with floats in assembly, of which Enzyme knows no derivative",
                    hint="compute it in Rust, or mark what it depends on Const",
                )


CHECK = Rule(name="assembly", reason="Enzyme fails an assertion on assembly that floats go through", apply=check)
