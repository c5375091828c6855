"""Where adjoints have several lanes, a function reads pointers from memory, so that Enzyme keeps what it read.

In the reverse pass Enzyme needs the shadow pointers that it read in the forward pass. Where they stood may be written
to since; it asks that of the primal's load, and finds that by the shadow that is known for it, which for several lanes
is an array of them: of a single lane's pointer it knows nothing, and reads it again in any case (GradientUtils.cpp,
legalRecompute and hasUninverted). That of a vector which a loop makes anew was the next one's, freed by then: adjoints
were read from there, and written to. What a call gave it keeps for all lanes.

What is read of memory without a shadow (a `Const` parameter's, a table's) stays as it is. Of a load there Enzyme knows
that it counts for nothing, of a call it does not (ActivityAnalyzer::isConstantValue): the pointer would be its own
shadow, and adjoints would be added to the caller's own data.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from cargo_autodiff.errors import NoShadow
from cargo_autodiff.ir.builder import Builder
from cargo_autodiff.ir.entry_calls import entry_calls, is_reverse, width
from cargo_autodiff.ir.flows import holds_pointer
from cargo_autodiff.ir.kinds import Linkage, Opcode, TypeKind
from cargo_autodiff.ir.memory import Memory
from cargo_autodiff.ir.rule import Rule

if TYPE_CHECKING:
    from cargo_autodiff.ir.memory import MemoryClass
    from cargo_autodiff.ir.module import Module
    from cargo_autodiff.ir.value import Function, Instruction, Type, Value

_READER = "__cargo_autodiff_read."
_AUGMENTED = f"augmented_{_READER}"


def apply(module: Module) -> None:
    """Let a call read each pointer, if a derivative has adjoints of several lanes."""
    if not any(_is_wide(call) for call in entry_calls(module)):
        return
    memory = Memory(module)
    loads = [
        load
        for function in module.definitions()
        for load in function.instructions()
        if not function.name.startswith(_READER) and load.opcode == Opcode.LOAD and holds_pointer(load.type)
    ]
    with_shadows = [load for load in loads if not _is_constant(memory.of(load.operands[0]))]
    readers: dict[Type, Function] = {}
    for load in with_shadows:
        if load.type not in readers:
            readers[load.type] = _reader(module, load.type, len(readers))
        load.replace_uses(Builder.before(load).call(readers[load.type], [load.operands[0]]))
        load.erase()


def check(module: Module) -> None:
    """Refuse a pointer that is its own shadow: one that Enzyme was given no shadow to read it from. Raises Refused."""
    for function in module.definitions():
        if not function.name.startswith(_AUGMENTED) or any(map(_is_of_lanes, function.parameters)):
            continue
        given_back = function.return_type
        if any(part.kind is TypeKind.ARRAY for part in (given_back, *given_back.members)):
            raise NoShadow(
                "adjoints of several lanes cannot be made",
                why="a pointer is read from memory that has a shadow in one place, and none in another",
                hint="leave the width out, and call the derivative once for each lane",
            )


def _is_constant(memory: MemoryClass) -> bool:
    return memory.is_const or memory.is_table


def _is_of_lanes(parameter: Value) -> bool:
    return parameter.type.kind is TypeKind.ARRAY


def _is_wide(call: Instruction) -> bool:
    return is_reverse(call) and width(call) != 1


def _reader(module: Module, of: Type, number: int) -> Function:
    builder = Builder(module.llvm, module.context)
    reader = module.declare(f"{_READER}{number}", builder.function_type(of, builder.pointer()).ref)
    reader.set_linkage(Linkage.INTERNAL)
    builder = Builder.at_end(reader.append_block("entry"))
    builder.ret(builder.load(of, reader.parameters[0]))
    return reader


RULE = Rule(
    name="lanes",
    reason="Enzyme's reverse pass reads the shadow pointers of several lanes again where they have been overwritten",
    apply=apply,
)
CHECK = Rule(
    name="settle-lanes",
    reason="what a call reads from memory without a shadow would be its own shadow",
    apply=check,
)
