"""The calls by which a module asks Enzyme for derivatives, as attributes or C sources left them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cargo_autodiff.ir.activity import DiffActivity, DiffMode
from cargo_autodiff.ir.kinds import Opcode, TypeKind

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cargo_autodiff.ir.module import Module
    from cargo_autodiff.ir.value import Function, Instruction, Value

FORWARD = DiffMode.FORWARD.entry_point
REVERSE = DiffMode.REVERSE.entry_point
_WIDTH = "enzyme_width"
_MARKERS = {activity.marker: activity for activity in DiffActivity if activity.marker}


def entry_calls(module: Module) -> list[Instruction]:
    """Give the calls that ask for derivatives."""
    entries = (function for function in module.functions() if function.name.startswith((FORWARD, REVERSE)))
    return [call for entry in entries for call in entry.calls()]


def asks_for_reverse(module: Module) -> bool:
    """Tell whether a derivative of the module is a reverse-mode one."""
    return any(map(is_reverse, entry_calls(module)))


def is_reverse(call: Instruction) -> bool:
    """Tell a call that asks for a reverse-mode derivative from others."""
    return call.callee is not None and call.callee.name.startswith(REVERSE)


def const_parameters(module: Module) -> Iterator[Value]:
    """Yield the parameters of functions to differentiate that a request calls Const."""
    for source, number in const_positions(module):
        yield source.parameters[number]


def const_positions(module: Module) -> Iterator[tuple[Function, int]]:
    """Yield the same as a function and the number of its parameter, under which attributes are found."""
    for call in entry_calls(module):
        source = call.arguments[0].as_function()
        if source is not None:
            for number, ((activity, _), _) in enumerate(zip(asked(call), source.parameters, strict=False)):
                if activity.marker == DiffActivity.CONST.marker:
                    yield source, number


def width(call: Instruction) -> int:
    """Say for how many lanes a call asks; 0 where that is only known when the program runs."""
    words = [argument.metadata_text() or _global(argument) for argument in call.arguments]
    return (call.arguments[words.index(_WIDTH) + 1].constant_int() or 0) if _WIDTH in words else 1


def asked(call: Instruction) -> Iterator[tuple[DiffActivity, int]]:
    """Yield for each parameter of what is differentiated its activity, and which argument of the call says so."""
    words = [
        (_MARKERS[word], at)
        for at, argument in enumerate(call.arguments)
        if (word := argument.metadata_text()) in _MARKERS
    ]
    yield from words or _asked_by_c(call.arguments)


def shadows(call: Instruction) -> Iterator[Value]:
    """Yield the pointers that are given as shadows."""
    found = [*asked(call)]
    ends = [*(at for _, at in found[1:]), len(call.arguments)]
    for (activity, at), end in zip(found, ends, strict=True):
        if activity.has_shadow:
            pointers = [each for each in call.arguments[at:end] if each.type.kind is TypeKind.POINTER]
            yield from pointers[1:]


def _asked_by_c(arguments: list[Value]) -> Iterator[tuple[DiffActivity, int]]:
    """Yield the same of C: there a global's value marks, and a pointer without mark has a shadow."""
    rest = iter(list(enumerate(arguments))[1:])
    for at, argument in rest:
        marked = _MARKERS.get(_global(argument))
        plain = DiffActivity.DUPLICATED if argument.type.kind is TypeKind.POINTER else DiffActivity.ACTIVE
        activity = marked or plain
        for _ in range((marked is not None) + activity.has_shadow):
            next(rest, None)
        yield activity, at


def _global(argument: Value) -> str:
    load = argument.as_instruction()
    return load.operands[0].name if load is not None and load.opcode == Opcode.LOAD else ""
