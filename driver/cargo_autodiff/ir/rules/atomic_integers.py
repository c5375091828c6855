"""Integers that atomic instructions change carry no derivative."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cargo_autodiff.ir.builder import Builder
from cargo_autodiff.ir.evidence import Evidence, Unknown, float_bits_travel
from cargo_autodiff.ir.flows import PASSING, is_integer
from cargo_autodiff.ir.kinds import Linkage, Opcode
from cargo_autodiff.ir.rule import Rule

if TYPE_CHECKING:
    from cargo_autodiff.ir.module import Module
    from cargo_autodiff.ir.value import Instruction, Value

_ATOMIC = (Opcode.ATOMICRMW, Opcode.CMPXCHG)
_EXCHANGES = "__cargo_autodiff_exchange."
_EXCHANGE = 0  # LLVMAtomicRMWBinOp
_COMPUTED = frozenset({Opcode.ADD, Opcode.SUB, Opcode.MUL, Opcode.AND, Opcode.OR, Opcode.ICMP})


def apply(module: Module) -> None:
    """Let atomic instructions be inactive that compute with integers, or put one in place of another.

    Not where floats are seen in the same memory, or where bits of floats travel as integers.
    """
    found = [
        instruction
        for function in module.definitions()
        for instruction in function.instructions()
        if instruction.opcode in _ATOMIC and is_integer(instruction.operands[1].type)
    ]
    if not found or float_bits_travel(module):
        return
    evidence = Evidence(module)
    for number, instruction in enumerate(found):
        if _moves_numbers(evidence, instruction) and not _is_near_floats(evidence, instruction):
            if instruction.opcode == Opcode.CMPXCHG:
                _call(module, instruction, f"{_EXCHANGES}{number}")
            else:
                instruction.set_metadata("enzyme_inactive", Builder.before(instruction).empty_node())


def _call(module: Module, exchange: Instruction, name: str) -> None:
    """Put it into a function of its own: Enzyme handles calls of what carries no derivative, but no `cmpxchg`."""
    builder = Builder.before(exchange)
    of = builder.function_type(exchange.type, *(operand.type for operand in exchange.operands))
    function = module.declare(name, of.ref)
    function.set_linkage(Linkage.INTERNAL)
    function.set_string_attribute("enzyme_inactive")
    for attribute in ("nofree", "noinline", "nounwind"):
        function.add(attribute)
    exchange.replace_uses(builder.call(function, exchange.operands))
    body = Builder.at_end(function.append_block("entry"))
    body.take(exchange)
    for index, parameter in enumerate(function.parameters):
        exchange.set_operand(index, parameter)
    for scopes in ("alias.scope", "noalias"):
        exchange.set_metadata(scopes, None)
    body.ret(exchange)


def settle(module: Module) -> None:
    """Let each be where it is called again."""
    for function in module.definitions():
        if function.name.startswith(_EXCHANGES):
            function.drop("noinline")
            function.add("alwaysinline")


def _moves_numbers(evidence: Evidence, atomic: Instruction) -> bool:
    if atomic.opcode == Opcode.ATOMICRMW and atomic.llvm.LLVMGetAtomicRMWBinOp(atomic.ref) != _EXCHANGE:
        return True
    return all(_is_number(evidence, atomic, value, set()) for value in atomic.operands[1:])


def _is_number(evidence: Evidence, atomic: Instruction, value: Value, seen: set[int]) -> bool:
    """Tell whether what is put there is constant, computed as an integer, or was there already."""
    made = value.as_instruction()
    if value.is_constant or value.ref in seen:
        return True
    if made is None:
        return False
    seen.add(value.ref)
    if made.opcode == Opcode.LOAD or made.opcode in _ATOMIC:
        memory = evidence.memory
        return memory.of(made.operands[0]) is memory.of(atomic.operands[0])
    if made.opcode in PASSING or made.opcode in (Opcode.ZEXT, Opcode.SEXT, Opcode.EXTRACTVALUE):
        operands = made.operands[1:] if made.opcode == Opcode.SELECT else made.operands
        return all(_is_number(evidence, atomic, operand, seen) for operand in operands)
    return made.opcode in _COMPUTED


def _is_near_floats(evidence: Evidence, atomic: Instruction) -> bool:
    """Tell whether floats may be there.

    Where nothing tells what is: if there are any beside it, as behind a lock, and some integer is a float's bits.
    """
    address, value = atomic.operands[:2]
    size = sum(piece.size for piece in evidence.pieces(value.type))
    try:
        layout = evidence.at([address], size)
    except Unknown as unknown:
        anywhere = unknown.contradicted or evidence.floats_of_bits
        return any(kind.is_float for kind in (unknown.near if anywhere else evidence.kinds(address, size)))
    return any(piece.kind.is_float for piece in layout)


RULE = Rule(
    name="atomic-integers",
    reason="Enzyme takes every atomic instruction on memory that it knows nothing of for one on floats, and stops",
    apply=apply,
)
SETTLE = Rule(name="settle-exchanges", reason="a lock is taken where it is asked for, not by a call", apply=settle)
