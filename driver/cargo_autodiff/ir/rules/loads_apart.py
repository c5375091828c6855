"""Each load in a loop has an address that Enzyme cannot take for that of another load.

What it has kept of one load it takes for what another one loads, where both start at the same place, advance by as much
and as often (GradientUtils::lookupM: `inst = li2`), but looks it up at the first one's iteration. That is another one
where the loops are: one that has not begun, of two that follow each other, or the outer one's, of two of which one is
inside of the other. All pairs of a vector's elements, and two loops over a vector of pairs, had wrong gradients.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from cargo_autodiff.ir.builder import Builder
from cargo_autodiff.ir.entry_calls import asks_for_reverse
from cargo_autodiff.ir.kinds import Opcode, TypeKind
from cargo_autodiff.ir.loops import Flow, natural_loops
from cargo_autodiff.ir.origins import origins
from cargo_autodiff.ir.rule import Rule
from cargo_autodiff.ir.rules.address_guard import another_zero

if TYPE_CHECKING:
    from cargo_autodiff.ir.module import Module
    from cargo_autodiff.ir.value import Block, Function, Instruction, Type, Value

_APART = "apart"
_STEPS = (
    Opcode.GETELEMENTPTR, Opcode.BITCAST, Opcode.ADDRSPACECAST, Opcode.PTRTOINT, Opcode.INTTOPTR, Opcode.FREEZE,
    Opcode.ADD, Opcode.SUB, Opcode.MUL, Opcode.SHL, Opcode.AND, Opcode.OR, Opcode.XOR, Opcode.ZEXT, Opcode.SEXT,
    Opcode.TRUNC,
)  # fmt: skip
"""What LLVM's scalar evolution may see through."""


def apply(module: Module) -> None:
    """Add an unknown offset of zero bytes to each such address, of which no other load has the same.

    Only where another load could be meant: of the type of what is read Enzyme learns less through such an address.
    """
    if not asks_for_reverse(module):
        return
    number = 0
    for function in module.definitions():
        for load in _alike(function):
            zero = another_zero(module, function, number)
            load.set_operand(0, Builder.before(load).offset(load.operands[0], zero, _APART))
            number += 1


def _alike(function: Function) -> list[Instruction]:
    """List the loads that advance with a loop, and of which another one loads the same type from the same memory."""
    flow = Flow(function)
    loops = natural_loops(flow)
    headers = {flow.blocks[loop.header] for loop in loops}
    bodies = [flow.body(loop) for loop in reversed(loops)]
    innermost = {block: body for body in bodies for block in body}
    places = {
        load: _places(load)
        for block in flow.blocks
        if block in innermost
        for load in block.instructions
        if load.opcode == Opcode.LOAD and _advances(load, headers, innermost[block])
    }
    of: dict[tuple[int, int], set[Value]] = {}
    for load, found in places.items():
        for place in found:
            of.setdefault(place, set()).add(load.operands[0])
    return [load for load, found in places.items() if any(len(of[place]) > 1 for place in found)]


def _places(load: Instruction) -> set[tuple[int, int]]:
    """Name the memory that may be read, with the type; pointers out of memory may all be the same."""
    found = origins(load.operands[0])
    return {(load.type.ref, 0 if _is_loaded(origin) else origin.ref) for origin in found} or {(load.type.ref, 0)}


def _is_of_bytes(of: Type) -> bool:
    """Tell a byte, and several together."""
    parts = of.members or (of,)
    return all(part.kind is TypeKind.INTEGER and part.bits <= 8 for part in parts)


def _is_loaded(origin: Value) -> bool:
    step = origin.as_instruction()
    return step is not None and step.opcode == Opcode.LOAD


def _advances(load: Instruction, headers: set[Block], innermost: set[Block]) -> bool:
    """Tell a load to whose address loops add, and on which nothing else in the innermost one decides."""
    address = load.operands[0].as_instruction()
    if address is None or address.name.startswith(_APART) or _is_of_bytes(load.type):
        return False
    found, todo, advances = {address}, [address], False
    while todo:
        step = todo.pop()
        if step.opcode == Opcode.PHI and step.block in headers:
            advances = True
        elif step.opcode in _STEPS or (step.opcode == Opcode.PHI and len(step.incoming()) == 1):
            fresh = {inner for operand in step.operands if (inner := operand.as_instruction()) is not None} - found
            found |= fresh
            todo += fresh
        elif step.block in innermost:
            return False
    return advances


RULE = Rule(
    name="loads-apart",
    reason="Enzyme takes what it has kept of one load for what another one loads, at the first one's iteration",
    apply=apply,
)
