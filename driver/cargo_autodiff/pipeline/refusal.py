"""What Enzyme says, in the words of the person whose function it is."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from cargo_autodiff.errors import DividedWord, Refused
from cargo_autodiff.ir.symbols import derivative, path_of
from cargo_autodiff.pipeline.culprit import ATOMIC, NO_BODY, NO_RUST_BODY, STUMBLED, UNKNOWN_INTRINSIC

if TYPE_CHECKING:
    from cargo_autodiff.errors import ToolFailed

_BITS = "compute it with arithmetic, or mark what it depends on Const"
_BODY = "mark Const what needs no derivative, or call something whose source is compiled with this crate"
_TYPE = "copy element by element, or give the values one type"
_GLOBAL = "pass its content as a parameter"
_ATOMIC = "compute without them, and store at the end"
_TIME = "Enzyme may never end on it: make the function smaller, or keep its values in a Vec"
_REPORT = "docs/soundness.md says what is refused; --keep DIR keeps the stages to look closer"

# what Enzyme's messages hold (Enzyme/*.cpp, EmitFailure), and what that means to the user
_CAUSES = (
    (
        NO_RUST_BODY,
        "`{}` has no body here: it is in a crate that does not use std-autodiff, and neither generic nor `#[inline]`",
        _BODY,
    ),
    (NO_BODY, "`{}` has no body", _BODY),
    (
        r"[Cc]annot deduce (?:adding )?type of (?:unknown )?(\w+)",
        "the type of a {} in it is not known",
        _TYPE,
    ),
    (
        r"cannot compute with global variable .*?(@\S+)",
        "it computes with the static `{}`",
        _GLOBAL,
    ),
    (
        UNKNOWN_INTRINSIC,
        "Enzyme has no derivative of `{}`",
        _BODY,
    ),
    (ATOMIC, "it changes floats by atomic instructions", _ATOMIC),
    (
        r"unknown binary operator:\s+\S+ = (?:and|or|xor|shl|lshr|ashr|add|sub|mul) i",
        "it computes with a float's bits",
        _BITS,
    ),
    (r"(?:not handle|[Uu]nhandled|[Uu]nsupported).{0,40}?inline asm", "it holds inline assembly", _BODY),
)
_COLLIDES = "Illegal updateAnalysis"
"""Of types of one value, which may be several things."""


def refusal(error: ToolFailed, what: str, place: str, called: str = "") -> Refused:
    """Make the diagnostic of a derivative that Enzyme would not make; its own text goes along.

    `called` is the function that was found at the place, if one was looked for.
    """
    if called and re.search(STUMBLED, error.why):
        return _refused(what, place, f"Enzyme has no derivative of `{called}` ({error.problem}: {error.why})", _BODY)
    for pattern, why, hint in _CAUSES:
        found = re.search(pattern, error.why)
        if found is not None:
            named = path_of(found[1]) if found.groups() else ""
            return _refused(what, place, f"{why.format(named)} (Enzyme: {_own_words(error.why)})", hint)
    if "did not end" in error.problem:
        return _refused(what, place, error.problem, _TIME)
    kind = DividedWord if _COLLIDES in error.why else Refused
    return _refused(what, place, f"{error.problem}: {error.why}" if error.why else error.problem, _REPORT, kind)


def _refused(what: str, place: str, why: str, hint: str, kind: type[Refused] = Refused) -> Refused:
    return kind(f"`{derivative(what)}` cannot be made", where=place, why=why, hint=hint)


def _own_words(text: str) -> str:
    return text.partition("Enzyme: ")[2] or text
