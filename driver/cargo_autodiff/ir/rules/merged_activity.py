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
from cargo_autodiff.ir.debug_info import place
from cargo_autodiff.ir.evidence import makes_floats_of_bits
from cargo_autodiff.ir.kinds import Opcode, TypeKind
from cargo_autodiff.ir.memory import Memory, leads_to_floats
from cargo_autodiff.ir.origins import MERGES, is_made_here, let_count, let_later_ones_count, merged, origins
from cargo_autodiff.ir.rule import Rule
from cargo_autodiff.ir.static_shadows import StaticShadows
from cargo_autodiff.ir.unwinding import without_unwinding

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cargo_autodiff.ir.module import Module
    from cargo_autodiff.ir.value import Function, Instruction, Value

_PRIMAL = "cargo_autodiff.primal"
"""Metadata of the function's own allocations."""
_SHADOW = "'"
"""Almost every shadow has it in its name, and no value of Rust or C."""


def apply(module: Module) -> None:
    """Let allocations that are merged with other memory count, and mark all: what Enzyme adds are shadows.

    What only merges where something unwinds is left alone: Enzyme drops that, and what would count then had the
    variable itself for a shadow.
    """
    mark = Builder(module.llvm, module.context).empty_node()
    mixed: list[tuple[Instruction, set[Value]]] = []
    for function in module.definitions():
        for made in filter(is_made_here, function.instructions()):
            made.set_metadata(_PRIMAL, mark)
        looked_at = without_unwinding(function)
        merges = [merge for merge in _merges(function) if merge.block in looked_at]
        mixed += [(merge, found) for merge in merges if len(found := origins(merge)) > 1]
    if not all(is_made_here(origin) for _, found in mixed for origin in found):
        mixed = _with_floats(module, mixed)
    for origin in filter(is_made_here, {origin for _, found in mixed for origin in found}):
        let_count(module, origin)


def _with_floats(module: Module, mixed: list[tuple[Instruction, set[Value]]]) -> list[tuple[Instruction, set[Value]]]:
    """Leave out memory that needs no shadow: no float is ever there, and what it is merged with may have none."""
    if makes_floats_of_bits(module):
        return mixed
    memory = Memory(module)
    counting = {
        start
        for start in {memory.of(merge) for merge, _ in mixed}
        if any(reached.is_open for reached in start.reaches()) or leads_to_floats(memory, start)
    }
    return [
        (merge, found)
        for merge, found in mixed
        if merge.type.kind is not TypeKind.POINTER or memory.of(merge) in counting
    ]


def check(module: Module) -> None:
    """Refuse what Enzyme made a shadow of that is partly the memory itself; statics get a shadow. Raises Refused."""
    statics = StaticShadows(module)
    for function in module.definitions():
        memory = {parameter for parameter in function.parameters if parameter.type.kind is TypeKind.POINTER}
        nothing = {parameter for parameter in memory if _is_never_given(function, parameter)}
        memory -= nothing
        merges = [(merge, origins(merge)) for merge in _merges(function)]
        primals: dict[int, list[Instruction]] = {}
        for merge, found in merges:
            if not any(map(_is_shadow, found)):
                primals.setdefault(merge.block.ref, []).append(merge)
        for merge, found in merges:
            shadows = set(filter(_is_shadow, found))
            if not shadows:
                continue
            _give_shadows(merge, statics)
            mixed = any(origin in memory or _is_own(origin) or _is_blanked(origin) for origin in found - shadows)
            if mixed or any(_share(merge, primal) - nothing for primal in primals.get(merge.block.ref, ())):
                raise NoShadow(
                    "memory that counts is merged with memory that does not",
                    where=place(merge),
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
    return _SHADOW in origin.name or (is_made_here(origin) and not _is_own(origin))


def _is_blanked(shadow: Value) -> bool:
    """Tell a pointer without a shadow of which forward mode made nothing: stored, its bytes zeroed, and loaded again.

    It does so where it does not know the bytes of a constant for a pointer's (GradientUtils::invertPointerM); who
    follows such a shadow crashes.
    """
    load = shadow.as_instruction()
    place = load.operands[0].as_instruction() if load is not None and load.opcode == Opcode.LOAD else None
    if place is None or place.opcode != Opcode.ALLOCA or _is_own(place) or shadow.type.kind is not TypeKind.POINTER:
        return False
    users = [user.as_instruction() for user in place.users()]
    steps = [user for user in users if user is not None and user.opcode == Opcode.GETELEMENTPTR]
    stores = [user.as_instruction() for step in (place, *steps) for user in step.users()]
    stored = [store.operands[0] for store in stores if store is not None and store.opcode == Opcode.STORE]
    return any(value.type.kind is TypeKind.INTEGER and value.constant_int() == 0 for value in stored)


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
    other = merged(primal)
    return {value for place, value in merged(shadow).items() if value == other.get(place) and not _is_nothing(value)}


def _is_nothing(value: Value) -> bool:
    """Tell a constant without data (null, the address of an empty vector, a function), or all zeros: tangents of it."""
    if not value.is_constant:
        return False
    llvm, base = value.llvm, value
    while llvm.LLVMIsAConstantExpr(base.ref):
        base = base.operands[0]
    initial = llvm.LLVMGetInitializer(base.ref) if llvm.LLVMIsAGlobalVariable(base.ref) else None
    return not initial or bool(llvm.LLVMIsNull(initial))


def _merges(function: Function) -> Iterator[Instruction]:
    """Each phi and select of pointers, or of words that pointers were turned into."""
    for instruction in function.instructions():
        if instruction.opcode not in MERGES:
            continue
        kind = instruction.type.kind
        if kind is TypeKind.POINTER or (
            kind is TypeKind.INTEGER and any(map(_is_address, merged(instruction).values()))
        ):
            yield instruction


def _is_address(value: Value) -> bool:
    source = value.as_instruction()
    return source is not None and source.opcode == Opcode.PTRTOINT


def _is_own(value: Value) -> bool:
    """Tell an allocation of the function itself."""
    source = value.as_instruction()
    return source is not None and is_made_here(source) and source.metadata(_PRIMAL) is not None


RULE = Rule(
    name="merged-activity",
    reason="Enzyme takes values for derivatives where memory that counts is merged with memory that does not",
    apply=apply,
)
LATER = Rule(
    name="merged-activity-later",
    reason="the same: one pointer that a later rule has computed, and that is not marked, counts for all",
    apply=let_later_ones_count,
)
CHECK = Rule(name="settle-merged-activity", reason="the same, where memory cannot be made to count", apply=check)
