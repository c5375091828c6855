"""Requests as the attributes leave them in the IR: calls of one marker with a constant record.

The record is `autodiff::__private::Request`: source function pointer, spec `&str`, place `&str`, and the size in bytes
of each parameter of the source, from which its shape at the level of LLVM follows: 0 has no parameter there, two words
have two.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from cargo_autodiff.errors import RequestError
from cargo_autodiff.ir.activity import DiffActivity
from cargo_autodiff.ir.closure import constant_bytes
from cargo_autodiff.ir.request import Input, Request, parse_request
from cargo_autodiff.ir.value import Global

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cargo_autodiff.ir.module import Module
    from cargo_autodiff.ir.value import Instruction, Value

MARKER = "cargo_autodiff_was_not_run__build_with__cargo_autodiff"
_WORD = 8  # bytes of a pointer on every target that is supported


@dataclass(frozen=True, kw_only=True)
class Marked:
    """A request and the place of its attribute, `file:line:column`."""

    request: Request
    place: str


def read_marked(module: Module) -> list[Marked]:
    """Read all requests of a module, in order of their placeholders. Raises RequestError."""
    return [_read_record(module, call) for call in _calls(module)]


def _calls(module: Module) -> Iterator[Instruction]:
    marker = module.function(MARKER)
    users = [user.as_instruction() for user in marker.users()] if marker else []
    order = {function.ref: index for index, function in enumerate(module.functions())}
    calls = [user for user in users if user is not None]
    yield from sorted(calls, key=lambda call: order[call.function.ref])


def _read_record(module: Module, call: Instruction) -> Marked:
    target = call.function
    initial = _initial(call.operands[0])
    if not call.is_call or initial is None:
        raise RequestError(
            "a request cannot be read from the IR",
            where=target.place,
            why=f"in `{target.name}` the marker is called with something that is not a constant record",
            hint="use the attributes of the crate `autodiff` of the same version as cargo-autodiff",
        )
    data, pointers = constant_bytes(module, initial)
    source = pointers[0].as_function() if 0 in pointers else None
    if source is None:
        raise RequestError("a request names no function", where=target.place, why=f"in `{target.name}`")
    words = [int.from_bytes(data[at : at + _WORD], "little") for at in range(0, len(data), _WORD)]
    spec, place = (_text(module, pointers, words, at) for at in (1, 3))
    request = parse_request(f"source={source.name},target={target.name},{spec}")
    if len(request.inputs) != len(words[5:]):
        raise RequestError(
            "a request cannot be read from the IR",
            where=place,
            why=f"{request.label} has {len(request.inputs)} activities, but {len(words[5:])} sizes of parameters",
            hint="use the attributes of the crate `autodiff` of the same version as cargo-autodiff",
        )
    return Marked(request=replace(request, inputs=tuple(_shaped(request.inputs, words[5:]))), place=place)


def _text(module: Module, pointers: dict[int, Value], words: list[int], at: int) -> str:
    held = pointers.get(at * _WORD)
    initial = _initial(held) if held is not None else None
    if initial is None:
        return ""
    data, _ = constant_bytes(module, initial)
    return data[: words[at + 1]].decode()


def _initial(record: Value) -> Value | None:
    """Give what a variable holds; nothing for anything else."""
    is_variable = record.is_global and not record.as_function()
    return Global(record.llvm, record.ref).initializer if is_variable else None


def _shaped(inputs: tuple[Input, ...], sizes: list[int]) -> Iterator[Input]:
    for given, size in zip(inputs, sizes, strict=True):
        if size > 0:
            yield given
        if size == 2 * _WORD:
            yield Input(activity=DiffActivity.FAKE_SIZE)
