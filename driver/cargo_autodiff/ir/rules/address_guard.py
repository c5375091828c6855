"""Writes in loops get an address that alias analysis cannot compare across iterations."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cargo_autodiff.ir.builder import Builder
from cargo_autodiff.ir.flows import WRITERS
from cargo_autodiff.ir.inactive_calls import INACTIVE
from cargo_autodiff.ir.kinds import Linkage, Opcode, TypeKind
from cargo_autodiff.ir.loops import Flow
from cargo_autodiff.ir.rule import Rule
from cargo_autodiff.ir.value import Global

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cargo_autodiff.ir.module import Module
    from cargo_autodiff.ir.value import Function, Instruction, Value

ZERO = "__cargo_autodiff_zero"
_INERT = ("alloc", "free", "realloc", "__rust_", "__rustc", "malloc", "calloc")


def apply(module: Module) -> None:
    """Add an unknown offset of zero bytes to every address that a loop writes through.

    The underlying object stays visible. After Enzyme the offset becomes the constant 0 and folds away.
    """
    for function in module.definitions():
        flow = Flow(function)
        loops = flow.in_cycles()
        written = [write for block in sorted(loops) for write in _writes(flow.blocks[block].instructions)]
        if written:
            _guard(module, function, written)


def settle(module: Module) -> None:
    """Give the offset its value, and keep it to this unit."""
    builder = Builder(module.llvm, module.context)
    for zero in module.variables():
        if not zero.name.startswith(ZERO):  # Enzyme makes shadows beside ours
            continue
        module.llvm.LLVMSetInitializer(zero.ref, builder.constant(64, 0).ref)
        zero.set_linkage(Linkage.INTERNAL)


def _writes(instructions: list[Instruction]) -> Iterator[tuple[Instruction, int]]:
    for instruction in instructions:
        if instruction.opcode == Opcode.STORE:
            yield instruction, 1
        elif instruction.is_call:
            for index in _written_arguments(instruction):
                yield instruction, index


def _written_arguments(call: Instruction) -> Iterator[int]:
    callee = call.callee
    if callee is not None and callee.is_intrinsic:
        if callee.name.startswith(WRITERS):
            yield 0
        return
    if callee is not None and (callee.name.startswith("__enzyme") or any(part in callee.name for part in _INERT)):
        return
    for index, argument in enumerate(call.arguments):
        if argument.type.kind is not TypeKind.POINTER or argument.is_constant:
            continue
        promised = any(
            call.call_has(kind, index + 1) or (callee is not None and callee.has(kind, index + 1))
            for kind in ("readonly", "readnone", "sret", "byval")
        )
        if not promised:
            yield index


def _guard(module: Module, function: Function, written: list[tuple[Instruction, int]]) -> None:
    offset: Value | None = None
    for instruction, index in written:
        address = instruction.operands[index]
        if address.is_constant or is_guarded(address):
            continue
        if offset is None:
            offset = _offset(module, function)
        instruction.set_operand(index, Builder.before(instruction).offset(address, offset, "guarded"))


def guarded(module: Module, function: Function, builder: Builder, address: Value) -> Value:
    """An address with the unknown offset added; what Enzyme knows of types does not pass through it."""
    return builder.offset(address, _offset(module, function), "guarded")


def is_guarded(address: Value) -> bool:
    """Tell whether the unknown offset was added to an address."""
    step = address.as_instruction()
    if step is None or step.opcode != Opcode.GETELEMENTPTR:
        return False
    by = step.operands[-1].as_instruction()
    return by is not None and by.opcode == Opcode.LOAD and by.operands[0].name == ZERO


def another_zero(module: Module, function: Function, number: int) -> Value:
    """Load a zero that nobody can compare with others, at a function's start."""
    return _loaded(module, Builder.before(function.entry.terminator), f"{ZERO}.{number}")


def _offset(module: Module, function: Function) -> Value:
    first = function.entry.first
    if first.opcode == Opcode.LOAD and first.operands[0].name == ZERO:
        return first
    return _loaded(module, Builder.before(first), ZERO)


def _loaded(module: Module, builder: Builder, name: str) -> Value:
    word = builder.integer(64)
    zero = module.variable(name)
    if zero is None:
        zero = Global(module.llvm, module.llvm.LLVMAddGlobal(module.ref, word.ref, name.encode()))
        module.llvm.LLVMSetGlobalConstant(zero.ref, 1)
        zero.refer(INACTIVE)  # Enzyme asked for a shadow of it in a function of its own, and has none for two lanes
    loaded = builder.load(word, zero, "zero")
    loaded.set_metadata("invariant.load", builder.empty_node())
    return loaded


RULE = Rule(
    name="address-guard",
    reason="to decide what to cache Enzyme asks alias analysis, which answers for one iteration; the next one's store"
    " overwrites what the reverse pass needs",
    apply=apply,
)

SETTLE = Rule(name="settle-guard", reason="the guard's offset is zero", apply=settle)
