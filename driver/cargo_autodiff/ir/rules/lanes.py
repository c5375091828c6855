"""Where adjoints have several lanes, a function reads pointers from memory, so that Enzyme keeps what it read.

In the reverse pass Enzyme needs the shadow pointers that it read in the forward pass. Where they stood may be written
to since; it asks that of the primal's load, and finds that by the shadow that is known for it, which for several lanes
is an array of them: of a single lane's pointer it knows nothing, and reads it again in any case (GradientUtils.cpp,
legalRecompute and hasUninverted). That of a vector which a loop makes anew was the next one's, freed by then: adjoints
were read from there, and written to. What a call gave it keeps for all lanes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from cargo_autodiff.ir.builder import Builder
from cargo_autodiff.ir.entry_calls import REVERSE, entry_calls, width
from cargo_autodiff.ir.flows import holds_pointer
from cargo_autodiff.ir.kinds import Linkage, Opcode
from cargo_autodiff.ir.rule import Rule

if TYPE_CHECKING:
    from cargo_autodiff.ir.module import Module
    from cargo_autodiff.ir.value import Function, Instruction, Type

_READER = "__cargo_autodiff_read."


def apply(module: Module) -> None:
    """Let a call read each pointer, if a derivative has adjoints of several lanes."""
    if not any(_is_wide(call) for call in entry_calls(module)):
        return
    readers: dict[Type, Function] = {}
    for function in module.definitions():
        if function.name.startswith(_READER):
            continue
        for load in [each for each in function.instructions() if each.opcode == Opcode.LOAD]:
            if holds_pointer(load.type):
                if load.type not in readers:
                    readers[load.type] = _reader(module, load.type, len(readers))
                load.replace_uses(Builder.before(load).call(readers[load.type], [load.operands[0]]))
                load.erase()


def _is_wide(call: Instruction) -> bool:
    return call.callee is not None and call.callee.name.startswith(REVERSE) and width(call) != 1


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
