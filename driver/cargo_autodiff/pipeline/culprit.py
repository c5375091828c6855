"""Where in the IR that Enzyme was given is what it complains of; its own words hold no line.

Enzyme's messages (EmitFailure in Enzyme/*.cpp) print an instruction of its own copy of the function, in which
registers have other names.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from cargo_autodiff.ir.debug_info import place
from cargo_autodiff.ir.kinds import Opcode

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cargo_autodiff.ir.module import Module
    from cargo_autodiff.ir.value import Instruction

_NO_BODY_OF = r"No (?:augmented forward pass|reverse pass|forward mode derivative) found for "
NO_BODY = _NO_BODY_OF + r"(\S+)"
NO_RUST_BODY = _NO_BODY_OF + r"(@?_(?:ZN|R)\S+)"
UNKNOWN_INTRINSIC = r"unknown intrinsic\s+(llvm\.[\w.]+)"
ATOMIC = r"[Aa]ctive atomic inst|unknown instruction .*cmpxchg"
STUMBLED = r"overwritten_args\.size\(\) \[0\]|UNREACHABLE executed at \S*TypeAnalysis"
"""What Enzyme ends with at functions of C's library that it knows, but not the derivative of."""

_STUMBLES_AT = {
    name + kind
    for name in ("exp10", "lgamma", "nextafter", "nexttoward", "remainder", "tgamma")
    for kind in ("", "f", "l")
}
_ATOMICS = (Opcode.ATOMICRMW, Opcode.CMPXCHG)
_INSTRUCTION = re.compile(r"(?<= )(?:%\S+ = |store |(?:tail )?call )")


class Culprit(NamedTuple):
    """What Enzyme complains of."""

    place: str
    """Where it is in the user's source."""
    called: str = ""
    """The function that is called there."""


def find(module: Module, said: str) -> Culprit | None:
    """Find what a message complains of: the first call or atomic of a kind; else what can be at one line only."""
    instructions = (item for function in module.definitions() for item in function.instructions())
    if re.search(ATOMIC, said):
        return _first(item for item in instructions if item.opcode in _ATOMICS)
    names = _names(said)
    if names:
        return _first(item for item in instructions if _callee(item) in names)
    found = {culprit.place: culprit for culprit in map(_placed, _alike(module, said)) if culprit is not None}
    return next(iter(found.values())) if len(found) == 1 else None


def _names(said: str) -> set[str]:
    found = re.search(NO_BODY, said) or re.search(UNKNOWN_INTRINSIC, said)
    if found is not None:
        return {found[1].strip("@\"'")}
    return _STUMBLES_AT if re.search(STUMBLED, said) else set()


def _first(items: Iterator[Instruction]) -> Culprit | None:
    return next((culprit for culprit in map(_placed, items) if culprit is not None), None)


def _placed(item: Instruction) -> Culprit | None:
    at = place(item)
    return Culprit(at, _callee(item)) if at else None


def _callee(item: Instruction) -> str:
    callee = item.callee if item.is_call else None
    return "" if callee is None else callee.name


def _alike(module: Module, said: str) -> Iterator[Instruction]:
    """Yield what has the shape of the instruction that a message ends with."""
    inside = re.search(r"in function (?:preprocess_)?(\S+)", said)
    starts = [found.start() for found in _INSTRUCTION.finditer(said)]
    function = module.function(inside[1]) if inside is not None and starts else None
    if function is None or function.is_declaration:
        return
    sought = shape(said[starts[-1] :])
    for item in function.instructions():
        if sought.startswith(shape(item.text())):
            yield item


def shape(instruction: str) -> str:
    """Leave registers out of an instruction's text, and what is attached to it."""
    text = re.sub(r"(?:, ![\w.]+ !\d+| #\d+\b).*", "", instruction.strip())
    return re.sub(r'%(?:"[^"]*"|[\w.$-]+)', "%", text)
