"""Functions in plain form: what they return leaves through a last parameter."""

from __future__ import annotations

import ctypes
from typing import TYPE_CHECKING

from cargo_autodiff.ir.builder import Builder
from cargo_autodiff.ir.kinds import Linkage, Opcode, TypeKind
from cargo_autodiff.ir.value import FUNCTION, Block, Function, Instruction, Type, Value

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from cargo_autodiff.ir.module import Module

# what a function that writes its result into memory does not keep
_PROMISES = ("memory", "readnone", "readonly", "writeonly", "argmemonly", "inaccessiblememonly", "speculatable")


def move_body(module: Module, function: Function) -> Function:
    """Make a function in plain form out of the body of one with a result, which is left without one.

    Nothing that it promised about memory is kept. Its users are the caller's business.
    """
    llvm = module.llvm
    of_plain = _plain_type(Builder(llvm, module.context), function.parameters)
    plain = Function(llvm, llvm.LLVMAddFunction(module.ref, b"", of_plain.ref))
    plain.set_linkage(Linkage.INTERNAL)
    _take_character(plain, function)
    _move_blocks(function, plain)
    for old, new in zip(function.parameters, plain.parameters, strict=False):
        new.name = old.name
        old.replace_uses(new)
    _return_through(module, plain, plain.parameters[-1])
    return plain


def call_plainly(module: Module, call: Instruction, callee: Function) -> None:
    """Replace a call of a function that has a result by one of a function in plain form, with memory of its own."""
    slot = Builder.before(call.function.entry.first).alloca(call.type)
    builder = Builder.before(call)
    normal = edge_behind(call) if call.opcode == Opcode.INVOKE else None
    made = builder.call_as(callee.value_type, callee, [*call.arguments, slot], instead_of=call)
    keep_promises(made, call)
    after = call.next if normal is None else normal
    _use_instead(module, call, Builder.before(after), slot)
    call.erase()


def _plain_type(builder: Builder, parameters: Sequence[Value]) -> Type:
    return builder.function_type(builder.void(), *(each.type for each in parameters), builder.pointer())


def _move_blocks(function: Function, plain: Function) -> None:
    """Move all instructions; terminators last, because phis are told through them which block is which now."""
    pairs = [(old, plain.append_block("")) for old in function.blocks]
    moved = dict(pairs)
    for old, new in pairs:
        _move(old.instructions[:-1], new)
    for old, _ in pairs:
        for index, successor in enumerate(old.successors):
            function.llvm.LLVMSetSuccessor(old.terminator.ref, index, moved[successor].ref)
    for old, new in pairs:
        old.as_value().replace_uses(new.as_value())
        last = old.terminator
        old.end_unreachable()  # debug records of what is moved stay with it
        _move([last], new)


def _move(instructions: list[Instruction], to: Block) -> None:
    builder = Builder.at_end(to)
    for instruction in instructions:
        name = instruction.name
        instruction.llvm.LLVMInstructionRemoveFromParent(instruction.ref)
        builder.insert(instruction, name)


def _take_character(plain: Function, function: Function) -> None:
    """Give a function what another is, apart from its type and its promises about memory."""
    llvm = plain.llvm
    llvm.LLVMSetFunctionCallConv(plain.ref, llvm.LLVMGetFunctionCallConv(function.ref))
    if llvm.LLVMHasPersonalityFn(function.ref):
        llvm.LLVMSetPersonalityFn(plain.ref, llvm.LLVMGetPersonalityFn(function.ref))
    subprogram = llvm.LLVMGetSubprogram(function.ref)
    if subprogram:
        llvm.LLVMSetSubprogram(plain.ref, subprogram)
    for at in _positions(function.parameters):
        for attribute in _attributes(llvm.LLVMGetAttributeCountAtIndex, llvm.LLVMGetAttributesAtIndex, function, at):
            llvm.LLVMAddAttributeAtIndex(plain.ref, at, attribute)
        plain.drop("returned", at)
    for kind in _PROMISES:
        plain.drop(kind)
    plain.add("noalias", len(plain.parameters))


def keep_promises(made: Instruction, call: Instruction) -> None:
    """Give a call the convention, the place and the attributes of another, apart from promises about memory."""
    llvm = made.llvm
    llvm.LLVMSetInstructionCallConv(made.ref, llvm.LLVMGetInstructionCallConv(call.ref))
    llvm.LLVMInstructionSetDebugLoc(made.ref, llvm.LLVMInstructionGetDebugLoc(call.ref))
    for at in _positions(call.arguments):
        for attribute in _attributes(llvm.LLVMGetCallSiteAttributeCount, llvm.LLVMGetCallSiteAttributes, call, at):
            llvm.LLVMAddCallSiteAttribute(made.ref, at, attribute)
        made.call_drop("returned", at)
    for kind in _PROMISES:
        made.call_drop(kind)


def _positions(parameters: Sequence[Value]) -> Iterator[int]:
    """Yield where attributes are kept: the function's own, and those of parameters."""
    yield FUNCTION
    yield from range(1, len(parameters) + 1)


def _attributes(count: Callable[..., int], get: Callable[..., int], of: Value, at: int) -> list[int]:
    array = (ctypes.c_void_p * count(of.ref, at))()
    get(of.ref, at, array)
    return [ref for ref in array if ref]


def _return_through(module: Module, function: Function, out: Value) -> None:
    for block in function.blocks:
        last = block.terminator
        if last.opcode != Opcode.RET:
            continue
        builder = Builder.before(last)
        (value,) = last.operands
        for number, offset in _members(module, value.type):
            part = value if number is None else _part(builder, value, number)
            builder.store(part, _moved(builder, out, offset))
        builder.ret()
        last.erase()
        _erase_insertions(value)


def _erase_insertions(value: Value) -> None:
    """Erase a structure that nobody needs any more, as far as it was put together: Enzyme asks for its type."""
    made = value.as_instruction()
    while made is not None and made.opcode == Opcode.INSERTVALUE and next(made.users(), None) is None:
        whole = made.operands[0]
        made.erase()
        made = whole.as_instruction()


def _members(module: Module, of: Type) -> list[tuple[int | None, int]]:
    """Give number and offset of each member of a structure; anything else is one piece without a number."""
    if of.kind is not TypeKind.STRUCT:
        return [(None, 0)]
    llvm = module.llvm
    layout = llvm.LLVMGetModuleDataLayout(module.ref)
    return [(number, llvm.LLVMOffsetOfElement(layout, of.ref, number)) for number in range(len(of.members))]


def _moved(builder: Builder, address: Value, offset: int) -> Value:
    return builder.offset(address, builder.constant(64, offset)) if offset else address


def _part(builder: Builder, value: Value, number: int) -> Value:
    """Give a member of a structure: what was inserted there, where that can be seen."""
    made = value.as_instruction()
    while made is not None and made.opcode == Opcode.INSERTVALUE:
        whole, inserted = made.operands
        if _indices(made) == [number]:
            return inserted
        if _indices(made)[0] == number:
            break
        value, made = whole, whole.as_instruction()
    return builder.member(value, number)


def _indices(instruction: Instruction) -> list[int]:
    count = instruction.llvm.LLVMGetNumIndices(instruction.ref)
    at = instruction.llvm.LLVMGetIndices(instruction.ref)
    return list(ctypes.cast(at, ctypes.POINTER(ctypes.c_uint))[:count])


def edge_behind(call: Instruction) -> Instruction:
    """Put a block between an invoke and where it goes on, through which every value that goes there passes."""
    llvm, block = call.llvm, call.block
    to = Block(llvm, llvm.LLVMGetNormalDest(call.ref))
    edge = call.function.append_block("returned")
    last = Builder.at_end(edge).branch(to)
    for phi in to.phis:
        entries = phi.incoming()
        (came,) = (value for value, origin in entries if origin == block)
        if came != call:
            through = Builder.before(last).phi(phi.type)
            through.add_incoming((came, block))
            came = through
        made = Builder.before(phi).phi(phi.type)
        made.add_incoming(*((value, origin) for value, origin in entries if origin != block), (came, edge))
        phi.replace_uses(made)
        phi.erase()
    llvm.LLVMSetNormalDest(call.ref, edge.ref)
    return last


def _use_instead(module: Module, call: Instruction, builder: Builder, slot: Value) -> None:
    """Let everyone who uses what a call returns use what lies in a slot; of a structure member by member."""
    if next(call.users(), None) is None:
        return
    parts = [
        builder.load(call.type if number is None else call.type.members[number], _moved(builder, slot, offset))
        for number, offset in _members(module, call.type)
    ]
    if call.type.kind is not TypeKind.STRUCT:
        call.replace_uses(parts[0])
        return
    users = [found for user in call.users() if (found := user.as_instruction())]
    single = [user for user in users if user.opcode == Opcode.EXTRACTVALUE and len(_indices(user)) == 1]
    whole = builder.structure(call.type, parts) if len(single) < len(users) else None
    for user in single:  # the builder may stand before one of them
        user.replace_uses(parts[_indices(user)[0]])
        user.erase()
    if whole is not None:
        call.replace_uses(whole)
    for part in parts:
        if next(part.users(), None) is None:
            part.erase()
