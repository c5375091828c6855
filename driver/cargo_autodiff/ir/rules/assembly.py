"""Inline assembly does not compute with floats."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cargo_autodiff.errors import Refused
from cargo_autodiff.ir.debug_info import place
from cargo_autodiff.ir.rule import Rule

if TYPE_CHECKING:
    from cargo_autodiff.ir.module import Module
    from cargo_autodiff.ir.value import Instruction


def check(module: Module) -> None:
    """Refuse inline assembly that is given floats, or gives some."""
    for function in module.definitions():
        for call in function.instructions():
            if _is_assembly(call) and any(
                kind.is_float for value in (call, *call.arguments) for kind in value.type.scalars()
            ):
                raise Refused(
                    "inline assembly cannot be differentiated",
                    where=place(call),
                    why=f"`{function.name}` computes with floats in assembly, of which Enzyme knows no derivative",
                    hint="compute it in Rust, or mark what it depends on Const",
                )


def _is_assembly(call: Instruction) -> bool:
    return call.is_call and call.callee is None and not call.is_indirect


CHECK = Rule(name="assembly", reason="Enzyme fails an assertion on assembly that floats go through", apply=check)
