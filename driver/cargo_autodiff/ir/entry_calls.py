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
_MARKERS = {activity.marker: activity for activity in DiffActivity if activity.marker}


def entry_calls(module: Module) -> list[Instruction]:
    """Give the calls that ask for derivatives."""
    entries = (function for function in module.functions() if function.name.startswith((FORWARD, REVERSE)))
    return [call for entry in entries for call in entry.calls()]


def const_parameters(module: Module) -> Iterator[Value]:
    """Yield the parameters of functions to differentiate that a request calls Const."""
    for call in entry_calls(module):
        source = call.arguments[0].as_function()
        if source is not None:
            yield from _const_of(call, source)


def _const_of(call: Instruction, source: Function) -> Iterator[Value]:
    words = [word for argument in call.arguments if (word := argument.metadata_text()) in _MARKERS]
    activities = [_MARKERS[word] for word in words] if words else list(_of_c(call.arguments[1:]))
    for activity, parameter in zip(activities, source.parameters, strict=False):
        if activity.marker == DiffActivity.CONST.marker:
            yield parameter


def _of_c(arguments: list[Value]) -> Iterator[DiffActivity]:
    """Yield one activity for each parameter: in C a global's value marks, and a pointer without mark has a shadow."""
    rest = iter(arguments)
    for argument in rest:
        marked = _MARKERS.get(_global(argument))
        plain = DiffActivity.DUPLICATED if argument.type.kind is TypeKind.POINTER else DiffActivity.ACTIVE
        activity = marked or plain
        for _ in range((marked is not None) + activity.has_shadow):
            next(rest, None)
        yield activity


def _global(argument: Value) -> str:
    load = argument.as_instruction()
    return load.operands[0].name if load is not None and load.opcode == Opcode.LOAD else ""
