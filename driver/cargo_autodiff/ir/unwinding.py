"""The blocks of a function that Enzyme looks at: it leaves unwinding out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cargo_autodiff.ir.kinds import Opcode

if TYPE_CHECKING:
    from cargo_autodiff.ir.value import Block, Function


def without_unwinding(function: Function) -> set[Block]:
    """Give the blocks that are reached without unwinding."""
    found, todo = {function.entry}, [function.entry]
    while todo:
        after = {block for block in todo.pop().successors if not is_landing(block)} - found
        found |= after
        todo += after
    return found


def is_landing(block: Block) -> bool:
    """Tell where unwinding goes on."""
    return any(item.opcode == Opcode.LANDINGPAD for item in block.instructions)
