"""A pointer to memory that has no shadow is not kept in memory that has one.

Where a pointer into a `Const` parameter, or to a static, is stored, Enzyme stores the pointer itself into the shadow
(GradientUtils::invertPointerM of what is constant). What is read through it later counts, because Enzyme knows only
the memory it was read from: values are taken for tangents, and adjoints are added to the caller's own memory.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from cargo_autodiff.errors import NoShadow
from cargo_autodiff.ir.builder import Builder
from cargo_autodiff.ir.debug_info import Node, place
from cargo_autodiff.ir.flows import COPIES
from cargo_autodiff.ir.kinds import Opcode, TypeKind
from cargo_autodiff.ir.memory import Memory, leads_to_floats, of_const_parameters
from cargo_autodiff.ir.origins import is_made_here, let_count, origins
from cargo_autodiff.ir.rule import Rule
from cargo_autodiff.ir.rules.address_guard import guarded
from cargo_autodiff.ir.static_shadows import StaticShadows
from cargo_autodiff.ir.value import Value

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cargo_autodiff.ir.memory import MemoryClass
    from cargo_autodiff.ir.module import Module
    from cargo_autodiff.ir.value import Function, Instruction

_KEPT = "__cargo_autodiff_outside"
"""How pointers are named that are kept: names outlive Enzyme, and LLVM's passes."""
_PLACE = "cargo_autodiff.place"
"""Metadata of a pointer that is kept: where in the source."""
_KEEPS = "cargo_autodiff.keeps"
"""Metadata of what keeps them in the function itself; what Enzyme adds for the shadow has none."""


def apply(module: Module) -> None:
    """Give pointers that may be into memory without a shadow a name of their own where they are kept."""
    mark = Builder(module.llvm, module.context).empty_node()
    for function, instruction, index in list(_kept(module)):
        builder = Builder.before(instruction)
        renamed = guarded(module, function, builder, instruction.operands[index])
        renamed.name = _KEPT
        step = renamed.as_instruction()
        if step is not None:
            step.set_metadata(_PLACE, builder.note(place(instruction)))
        instruction.set_operand(index, renamed)
        instruction.set_metadata(_KEEPS, mark)


def let_carriers_count(module: Module) -> None:
    """Let own memory have a shadow from which such a pointer gets to where it is kept.

    A local array of texts or of rows of a table counts for nothing by itself, and Enzyme gives it no shadow.
    """
    for _, instruction, index in list(_kept(module)):
        from_memory = {instruction.operands[index]} if _is_copy(instruction) else set[Value]()
        for origin in origins(instruction.operands[index]):
            load = origin.as_instruction()
            if load is not None and load.opcode == Opcode.LOAD and _is_own(load.operands[0]):
                let_count(module, load)
                from_memory.add(load.operands[0])
        for address in filter(_is_own, from_memory):
            for carrier in origins(address):
                let_count(module, carrier)


def check(module: Module) -> None:
    """Let shadows have the shadow of a static, and refuse what has another such pointer in one. Raises Refused."""
    statics = StaticShadows(module)
    for function in module.definitions():
        for instruction, index in list(_unmarked(function)):
            kept = instruction.operands[index]
            step = kept.as_instruction()
            if step is None or not kept.name.startswith(_KEPT) or "'" in kept.name:
                continue
            shadow = statics.of(step.operands[0])
            if shadow is not None:
                instruction.set_operand(index, shadow)
            else:
                raise NoShadow(
                    "a pointer to memory that does not count is kept in memory that does",
                    where=_place(module, step),
                    why="what a `Const` parameter or a static refers to has no shadow, and Enzyme would take its values"
                    " for derivatives where they are read through that memory",
                    hint="pass it as a slice, make the parameter Duplicated, or copy what it refers to (`to_vec`)",
                )


def _kept(module: Module) -> Iterator[tuple[Function, Instruction, int]]:
    """Yield what keeps a pointer that may be into memory without a shadow, and as which operand."""
    memory = Memory(module)
    outside = _outside(module, memory)
    if not outside:
        return
    known: dict[tuple[MemoryClass, bool], bool] = {}
    for function in module.definitions():
        for instruction, index in _unmarked(function):
            asked = memory.of(instruction.operands[index]), _is_copy(instruction)
            if asked not in known:
                reached = asked[0].reaches() if asked[1] else {asked[0]}
                known[asked] = not outside.isdisjoint(reached) and leads_to_floats(memory, *asked)
            if known[asked]:
                yield function, instruction, index


def _place(module: Module, renamed: Instruction) -> str:
    """Read where the pointer is kept; Enzyme gets no debug information."""
    found = renamed.metadata(_PLACE)
    return Node(module.llvm, module.context, module.llvm.LLVMValueAsMetadata(found.ref)).text(0) if found else ""


def _unmarked(function: Function) -> Iterator[tuple[Instruction, int]]:
    """Yield what puts a pointer into memory or an aggregate, or copies from one, and as which operand."""
    for instruction in function.instructions():
        if instruction.opcode == Opcode.STORE:
            index = 0
        elif instruction.opcode == Opcode.INSERTVALUE or _is_copy(instruction):
            index = 1
        else:
            continue
        if instruction.operands[index].type.kind is TypeKind.POINTER and not instruction.metadata(_KEEPS):
            yield instruction, index


def _is_own(address: Value) -> bool:
    """Tell memory that the function has made: what is loaded from other memory may have no shadow."""
    made = origins(address)
    return bool(made) and all(map(is_made_here, made))


def _is_copy(instruction: Instruction) -> bool:
    callee = instruction.callee if instruction.is_call else None
    return callee is not None and callee.name.startswith(COPIES)


def _outside(module: Module, memory: Memory) -> set[MemoryClass]:
    """Find the memory of `Const` parameters and of statics with data, and what it leads to.

    A pointer to it may have been kept before in memory of the function's own that holds nothing that counts: such a
    variable has no shadow either, and what is copied out of it has not.
    """
    llvm = module.llvm
    statics = (item for item in module.variables() if llvm.LLVMIsGlobalConstant(item.ref))
    starts = [memory.of(item) for item in statics if not item.is_declaration]
    return {reached for start in starts for reached in start.reaches()} | of_const_parameters(module, memory)


RULE = Rule(
    name="kept-pointers",
    reason="Enzyme keeps a pointer to memory without a shadow as its own shadow, and reads values through it as"
    " derivatives",
    apply=apply,
)
CARRIERS = Rule(name="carriers", reason="the same, where it lay in own memory before", apply=let_carriers_count)
CHECK = Rule(name="settle-kept-pointers", reason="the same: such a pointer in a shadow is refused", apply=check)
