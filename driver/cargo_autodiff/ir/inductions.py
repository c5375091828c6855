"""Numbers and pointers that every iteration of a loop moves by as much."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cargo_autodiff.ir.kinds import Opcode

if TYPE_CHECKING:
    from cargo_autodiff.ir.value import Block, Instruction, Value

_MOVES = (Opcode.ADD, Opcode.SUB, Opcode.GETELEMENTPTR)


def is_moved(value: Value, header: Block, body: set[Block]) -> bool:
    """Tell what starts somewhere, and is moved by each iteration by as much, before or after that."""
    moves = _moves(value, header, body)
    return bool(moves) and not any(is_in(by, body) for move in moves for by in move.operands[1:])


def _moves(value: Value, header: Block, body: set[Block]) -> list[Instruction]:
    """Give what moves it in the loop; nothing where it is not moved, or in another way."""
    step = value.as_instruction()
    if step is not None and step.opcode in _MOVES:
        step = step.operands[0].as_instruction()
    if step is None or step.opcode != Opcode.PHI or step.block != header:
        return []
    came = [value.as_instruction() for value, origin in step.incoming() if origin in body]
    moves = [move for move in came if move is not None and move.opcode in _MOVES and move.operands[0] == step]
    return moves if len(moves) == len(came) else []


def is_in(value: Value, body: set[Block]) -> bool:
    """Tell what is computed inside of a loop."""
    step = value.as_instruction()
    return step is not None and step.block in body
