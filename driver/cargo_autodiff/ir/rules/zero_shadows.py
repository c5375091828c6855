"""Memory of a `Const` parameter gets a shadow of zeros, where the function mixes it with memory that counts.

Enzyme has no shadow for what is constant, and takes the memory itself for one where a pointer may mean it or memory
that counts, where such a pointer is kept in memory that counts, and where numbers that count go through it. With a
shadow of zeros the parameter is one like others, whose tangents are zero and whose adjoints nobody reads. That costs
the memory and the work, so it is only done for a derivative that was refused without.

How large the shadow is says the attribute in the source (`[T]`, `[T; N]`). What leads on to other memory gets none:
zeros are no pointers.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from cargo_autodiff.ir.activity import DiffActivity
from cargo_autodiff.ir.builder import Builder
from cargo_autodiff.ir.entry_calls import asked, entry_calls, width
from cargo_autodiff.ir.memory import Memory
from cargo_autodiff.ir.rule import Rule
from cargo_autodiff.named import Frozen

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cargo_autodiff.ir.module import Module
    from cargo_autodiff.ir.request import Request
    from cargo_autodiff.ir.value import Function, Instruction, Value

_EXTENTS = "cargo-autodiff-extents"
"""Attribute of a function to be differentiated."""


class _Extent(Frozen):
    """How many bytes a parameter leads to: so many, or so many for each of what the next parameter counts."""

    parameter: int
    size: int
    is_slice: bool


def note(module: Module, request: Request) -> None:
    """Note at the source of a request how much memory its Const parameters lead to, as far as that is known."""
    source = module.function(request.source)
    following = [*(given.activity is DiffActivity.FAKE_SIZE for given in request.inputs[1:]), False]
    words = [
        f"{number}:{given.stride}:{int(is_slice)}"
        for number, (given, is_slice) in enumerate(zip(request.inputs, following, strict=True))
        if given.activity is DiffActivity.CONST and given.stride
    ]
    if source is not None and words:
        source.set_string_attribute(_EXTENTS, " ".join(words))


def apply(module: Module) -> None:
    """Let each Const parameter whose extent is known have a shadow for each lane."""
    calls = entry_calls(module)
    source = calls[0].arguments[0].as_function() if len(calls) == 1 else None
    if source is None:
        return
    memory = Memory(module)
    activities = [activity for activity, _ in asked(calls[0])]
    extents = {
        extent.parameter: extent
        for extent in _extents(source)
        if not activities[extent.parameter].has_shadow and not memory.of(source.parameters[extent.parameter]).leads_to()
    }
    if extents:
        _give(module, calls[0], extents)


def _extents(source: Function) -> Iterator[_Extent]:
    for word in (source.string_attribute(_EXTENTS) or "").split():
        parameter, size, is_slice = map(int, word.split(":"))
        yield _Extent(parameter=parameter, size=size, is_slice=bool(is_slice))


def _give(module: Module, call: Instruction, extents: dict[int, _Extent]) -> None:
    """Call Enzyme with shadows, which are there as long as the call lasts; a panic leaves them behind."""
    builder = Builder.before(call)
    pointer, number = builder.pointer(), builder.integer(64)
    allocate = module.declare("calloc", builder.function_type(pointer, number, number).ref)
    arguments: list[Value] = list(call.arguments)
    made: list[Instruction] = []
    for position, (_, at) in reversed(list(enumerate(asked(call)))):
        extent = extents.get(position)
        if extent is None:
            continue
        count = arguments[at + 3] if extent.is_slice else builder.constant(64, 1)
        given = [count, builder.constant(64, extent.size)]
        shadows = [builder.call(allocate, given) for _ in range(width(call))]
        arguments[at] = builder.word(DiffActivity.DUPLICATED.marker)
        arguments[at + 2 : at + 2] = shadows
        made += shadows
    entry = call.callee
    if entry is None:
        raise AssertionError
    again = builder.call(entry, arguments)
    call.replace_uses(again)
    call.erase()
    release = module.declare("free", builder.function_type(builder.void(), pointer).ref)
    after = Builder.before(again.block.terminator)
    for shadow in made:
        after.call(release, [shadow])


RULE = Rule(
    name="zero-shadows",
    reason="what is constant has no shadow for Enzyme, and is taken for its own where it is mixed with what counts",
    apply=apply,
)
