"""Memory that is merged counts alike: all of it has a shadow, or none.

Enzyme decides for each allocation by itself whether floats in it count, and takes one for constant that nothing reads,
such as what a vector has grown into that is only pushed to. Where a phi or select may mean it, or other memory that
counts, the shadow of that is the shadow of one, or the other memory itself (GradientUtils::invertPointerM): then values
are read as adjoints, or changed by them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from cargo_autodiff.errors import NoShadow
from cargo_autodiff.ir.builder import Builder
from cargo_autodiff.ir.kinds import Opcode, TypeKind
from cargo_autodiff.ir.rule import Rule
from cargo_autodiff.ir.static_shadows import StaticShadows
from cargo_autodiff.ir.value import Instruction

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cargo_autodiff.ir.module import Module
    from cargo_autodiff.ir.value import Function, Value

_MERGES = (Opcode.PHI, Opcode.SELECT)
_STEPS = (
    Opcode.GETELEMENTPTR, Opcode.BITCAST, Opcode.ADDRSPACECAST, Opcode.PTRTOINT, Opcode.INTTOPTR, Opcode.FREEZE,
)  # fmt: skip
_COUNTS = "enzyme_active_val"
"""What Enzyme's ActivityAnalysis asks for first."""

_PRIMAL = "cargo_autodiff.primal"
"""Metadata of the function's own allocations."""
_SHADOW = "'"
"""Almost every shadow has it in its name, and no value of Rust or C."""


def apply(module: Module) -> None:
    """Let allocations that are merged with other memory count, and mark all: what Enzyme adds are shadows."""
    mark = Builder(module.llvm, module.context).empty_node()
    for function in module.definitions():
        for made in filter(_is_made_here, function.instructions()):
            made.set_metadata(_PRIMAL, mark)
        merged = [origins for merge in _merges(function) if len(origins := _origins(merge)) > 1]
        for origin in filter(_is_made_here, {origin for origins in merged for origin in origins}):
            for pointer in _computed_from(Instruction(module.llvm, origin.ref)):
                pointer.set_metadata(_COUNTS, mark)


def check(module: Module) -> None:
    """Refuse what Enzyme made a shadow of that is partly the memory itself; statics get a shadow. Raises Refused."""
    statics = StaticShadows(module)
    for function in module.definitions():
        memory = {parameter for parameter in function.parameters if parameter.type.kind is TypeKind.POINTER}
        nothing = {parameter for parameter in memory if _is_never_given(function, parameter)}
        memory -= nothing
        merges = [(merge, _origins(merge)) for merge in _merges(function)]
        primals: dict[int, list[Instruction]] = {}
        for merge, origins in merges:
            if not any(map(_is_shadow, origins)):
                primals.setdefault(merge.block.ref, []).append(merge)
        for merge, origins in merges:
            shadows = set(filter(_is_shadow, origins))
            if not shadows:
                continue
            _give_shadows(merge, statics)
            mixed = any(origin in memory or _is_own(origin) for origin in origins - shadows)
            if mixed or any(_share(merge, primal) - nothing for primal in primals.get(merge.block.ref, ())):
                raise NoShadow(
                    "memory that counts is merged with memory that does not",
                    why="a pointer may mean one or the other, and Enzyme takes values of the other for derivatives",
                    hint="pass what does not count as a slice, copy it (`to_vec`), or make its parameter Duplicated",
                )


def _give_shadows(merge: Instruction, statics: StaticShadows) -> None:
    """Put the shadow of a static where the static itself is merged with shadows."""
    for index, value in enumerate(merge.operands):
        if value.type.kind is TypeKind.POINTER and (shadow := statics.of(value)) is not None:
            merge.set_operand(index, shadow)


def _is_shadow(origin: Value) -> bool:
    """Tell a shadow; those of allocations have no names in forward mode, but no mark either."""
    return _SHADOW in origin.name or (_is_made_here(origin) and not _is_own(origin))


def _is_never_given(function: Function, parameter: Value) -> bool:
    """Tell a parameter for which all calls give a constant, such as nothing."""
    index = function.parameters.index(parameter)
    users = [user.as_instruction() for user in function.users()]
    calls = [call for call in users if call is not None and call.is_call and call.callee == function]
    given = [call.arguments[index] for call in calls]
    return len(calls) == len(users) > 0 and all(_is_nothing(value) or value == parameter for value in given)


def _share(shadow: Instruction, primal: Instruction) -> set[Value]:
    """Find where a shadow means the same memory as what it is the shadow of; both are in one block."""
    if shadow.opcode != primal.opcode:
        return set()
    if shadow.opcode == Opcode.SELECT and shadow.operands[0] != primal.operands[0]:
        return set()
    other = _places(primal)
    return {value for place, value in _places(shadow).items() if value == other.get(place) and not _is_nothing(value)}


def _is_nothing(value: Value) -> bool:
    """Tell a constant without data (null, the address of an empty vector, a function), or all zeros: tangents of it."""
    if not value.is_constant:
        return False
    llvm, base = value.llvm, value
    while llvm.LLVMIsAConstantExpr(base.ref):
        base = base.operands[0]
    initial = llvm.LLVMGetInitializer(base.ref) if llvm.LLVMIsAGlobalVariable(base.ref) else None
    return not initial or bool(llvm.LLVMIsNull(initial))


def _places(merge: Instruction) -> dict[int, Value]:
    """Say what is merged, by where it comes from."""
    if merge.opcode == Opcode.PHI:
        return {block.ref: value for value, block in merge.incoming()}
    return dict(enumerate(merge.operands[1:]))


def _merges(function: Function) -> Iterator[Instruction]:
    """Each phi and select of pointers, or of words that pointers were turned into."""
    for instruction in function.instructions():
        if instruction.opcode not in _MERGES:
            continue
        kind = instruction.type.kind
        if kind is TypeKind.POINTER or (
            kind is TypeKind.INTEGER and any(map(_is_address, _places(instruction).values()))
        ):
            yield instruction


def _is_address(value: Value) -> bool:
    source = value.as_instruction()
    return source is not None and source.opcode == Opcode.PTRTOINT


def _origins(merge: Instruction) -> set[Value]:
    """Find what a merged pointer may point into; constants, such as the address of an empty vector, are nothing."""
    found: set[Value] = set()
    todo, seen = list(_places(merge).values()), {merge.ref}
    while todo:
        value = todo.pop()
        if value.ref in seen or value.is_constant:
            continue
        seen.add(value.ref)
        source = value.as_instruction()
        if source is not None and source.opcode in _STEPS:
            todo.append(source.operands[0])
        elif source is not None and source.opcode in _MERGES:
            todo += _places(source).values()
        elif source is not None and _is_of_lanes(source):
            todo += source.operands
        else:
            found.add(value)
    return found


def _is_of_lanes(step: Instruction) -> bool:
    """Tell what takes a lane's pointer out of an array of all lanes, or puts it there."""
    return step.opcode in (Opcode.EXTRACTVALUE, Opcode.INSERTVALUE) and step.operands[0].type.kind is TypeKind.ARRAY


def _is_own(value: Value) -> bool:
    """Tell an allocation of the function itself."""
    source = value.as_instruction()
    return source is not None and _is_made_here(source) and source.metadata(_PRIMAL) is not None


def _computed_from(allocation: Instruction) -> Iterator[Instruction]:
    """Each pointer into it, and itself: what Enzyme finds out of one that is not marked counts for the allocation."""
    found, todo = {allocation.ref}, [allocation]
    while todo:
        pointer = todo.pop()
        yield pointer
        for user in pointer.users():
            step = user.as_instruction()
            if step is not None and step.ref not in found and step.opcode in (*_STEPS, *_MERGES):
                found.add(step.ref)
                todo.append(step)


def _is_made_here(value: Value) -> bool:
    """Tell a local variable and a fresh allocation."""
    source = value.as_instruction()
    if source is None:
        return False
    callee = source.callee if source.is_call else None
    return source.opcode == Opcode.ALLOCA or (callee is not None and callee.has("allockind"))


RULE = Rule(
    name="merged-activity",
    reason="Enzyme takes values for derivatives where memory that counts is merged with memory that does not",
    apply=apply,
)
CHECK = Rule(name="settle-merged-activity", reason="the same, where memory cannot be made to count", apply=check)
