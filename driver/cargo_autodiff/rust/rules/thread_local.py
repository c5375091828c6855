"""Thread-local variables are refused."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cargo_autodiff.errors import Refused
from cargo_autodiff.ir.debug_info import place
from cargo_autodiff.ir.rule import Rule

if TYPE_CHECKING:
    from cargo_autodiff.ir.module import Module


def apply(module: Module) -> None:
    """Refuse a unit that asks for the address of a thread-local variable."""
    intrinsics = [function for function in module.functions() if function.name.startswith("llvm.threadlocal.address")]
    for user in (user for function in intrinsics for user in function.users()):
        call = user.as_instruction()
        if call is not None:
            raise Refused(
                "a thread-local variable cannot be differentiated",
                where=place(call),
                why=f"`{call.function.name}` uses one, and Enzyme knows no shadow for it",
                hint="pass its content as a parameter (`HashMap::new` uses one too: give it a fixed hasher)",
            )


RULE = Rule(name="thread-local", reason="Enzyme fails an assertion on llvm.threadlocal.address", apply=apply)
