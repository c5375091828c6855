"""Requests as the attributes leave them in the IR: calls of one marker with a constant record.

The record is `autodiff::__private::Request`: source function pointer, spec `&str`, place `&str`, a function that
returns a name, the size in bytes of each parameter of the source, from which its shape at the level of LLVM follows (0
has no parameter there, two words have two), and the size of what each leads to that could be given a shadow of zeros.
"""

from __future__ import annotations

import re
from os.path import commonprefix
from typing import TYPE_CHECKING

from cargo_autodiff.errors import Refused, RequestError
from cargo_autodiff.ir.activity import DiffActivity
from cargo_autodiff.ir.asking import MARKER
from cargo_autodiff.ir.closure import constant_bytes
from cargo_autodiff.ir.debug_info import beginning
from cargo_autodiff.ir.kinds import TypeKind
from cargo_autodiff.ir.request import Input, Request, parse_request
from cargo_autodiff.ir.value import Global
from cargo_autodiff.named import Frozen, replace

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cargo_autodiff.ir.module import Module
    from cargo_autodiff.ir.value import Function, Instruction, Value

_LAST = re.compile(r"(?:r#)?\w+((?:<.*>)?)")  # the name of a function, and its type arguments
_WORD = 8  # bytes of a pointer on every target that is supported


class Marked(Frozen):
    """A request and the place of its attribute, `file:line:column`."""

    request: Request
    place: str
    origin: str
    """rustc's name of the pair of the primal and a closure in the derivative."""

    def require_own_primal(self) -> None:
        """Raise Refused if the function that would be differentiated is not the one under the attribute.

        An attribute inside an `impl` can call the function only as `Self::name`, and there a type's own function goes
        before that of a trait. Both names must differ in the last word only: derivative and primal stand side by side.
        """
        found, derivative = _split(self.origin)
        prefix = commonprefix([found, derivative])  # noqa: RUF071 - letters are meant, not paths
        parent = "".join(prefix.rpartition("::")[:2])
        ends = [_LAST.fullmatch(name[len(parent) :]) for name in (found, derivative)]
        if parent and all(ends) and len({end[1] for end in ends if end}) == 1:
            return
        raise Refused(
            f"`{derivative}` would be the derivative of another function",
            where=self.place,
            why=f"the name of the function under the attribute means `{found}` there: a type's own functions go before"
            " those of a trait",
            hint="give one of the two functions another name",
        )


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
        raise _unreadable(
            beginning(target), f"in `{target.name}` the marker is called with something that is not a constant record"
        )
    data, pointers = constant_bytes(module, initial)
    source = pointers[0].as_function() if 0 in pointers else None
    if source is None:
        raise RequestError("a request names no function", where=beginning(target), why=f"in `{target.name}`")
    words = [int.from_bytes(data[at : at + _WORD], "little") for at in range(0, len(data), _WORD)]
    spec, place = (_text(module, pointers, words, at) for at in (1, 3))
    count = (len(words) - 6) // 2
    sizes, strides = words[6 : 6 + count], words[6 + count :]
    request = parse_request(f"source={source.name},target={target.name},{spec}")
    if len(request.inputs) != len(sizes):
        counts = f"{len(request.inputs)} activities, but {len(sizes)} sizes of parameters"
        raise _unreadable(place, f"{request.label} has {counts}")
    inputs = tuple(_shaped(request.inputs, sizes, strides))
    _refuse_trait_objects(request, inputs, source, place)
    origin = _returned_text(module, pointers.get(5 * _WORD))
    if not origin:
        raise _unreadable(place, f"{request.label} does not say which function was found")
    return Marked(request=replace(request, inputs=inputs), place=place, origin=origin)


def _refuse_trait_objects(request: Request, inputs: tuple[Input, ...], source: Function, place: str) -> None:
    for given, parameter in zip(inputs, source.parameters, strict=False):
        if given.activity is DiffActivity.FAKE_SIZE and parameter.type.kind is TypeKind.POINTER:
            raise Refused(
                f"{request.label} cannot be made",
                where=place,
                why="a parameter with a shadow is a trait object: there is no shadow of its table of functions",
                hint="mark it `Const`, or make the function generic over the type (`impl Trait`)",
            )


def _returned_text(module: Module, function: Value | None) -> str:
    """Give the constant text that a function returns, or nothing."""
    found = function.as_function() if function is not None else None
    ends = [block.terminator for block in found.blocks] if found is not None else []
    if len(ends) != 1 or len(ends[0].operands) != 1 or not ends[0].operands[0].is_constant:
        return ""
    data, pointers = constant_bytes(module, ends[0].operands[0])
    words = [int.from_bytes(data[at : at + _WORD], "little") for at in range(0, len(data), _WORD)]
    return _text(module, pointers, words, 0) if 0 in pointers else ""


def _unreadable(place: str, why: str) -> RequestError:
    return RequestError(
        "a request cannot be read from the IR",
        where=place,
        why=why,
        hint="use the attributes of the crate `autodiff` of the same version as cargo-autodiff",
    )


def _split(origin: str) -> tuple[str, str]:
    """Divide the name of the pair: the comma that does it stands outside of brackets."""
    inner = origin.removeprefix("(").removesuffix("::{{closure}})").replace("->", "  ")
    depth = 0
    for at, letter in enumerate(inner):
        depth += (letter in "<([") - (letter in ">)]")
        if letter == "," and depth == 0:
            return origin[1 : at + 1], origin[at + 3 : len(inner) + 1]
    return origin, origin


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


def _shaped(inputs: tuple[Input, ...], sizes: list[int], strides: list[int]) -> Iterator[Input]:
    for given, size, stride in zip(inputs, sizes, strides, strict=True):
        if size > 0:
            yield replace(given, stride=given.stride or stride)
        if size == 2 * _WORD:
            # a length, or the functions of a trait object
            constant = given.activity is DiffActivity.CONST and not stride
            yield Input(activity=DiffActivity.CONST if constant else DiffActivity.FAKE_SIZE)
