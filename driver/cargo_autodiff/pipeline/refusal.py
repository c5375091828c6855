"""What Enzyme says, in the words of the person whose function it is."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from cargo_autodiff.errors import DividedWord, Refused
from cargo_autodiff.pipeline.culprit import ATOMIC, NO_BODY, STUMBLED, UNKNOWN_INTRINSIC

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
_SIGNS = {"SP": "@", "BP": "*", "RF": "&", "LT": "<", "GT": ">", "LP": "(", "RP": ")", "C": ","}


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


def derivative(target: str) -> str:
    """Name the derivative of a placeholder as the user wrote it: the path without our inner `target`."""
    return path_of(target).removesuffix("::target")


def with_paths(text: str) -> str:
    """Write the symbols that a text quotes as paths."""
    return re.sub(r"`([^`]+)`", lambda symbol: f"`{path_of(symbol[1])}`", text)


def path_of(symbol: str) -> str:
    """Write a legacy-mangled symbol as a path; another symbol as it is."""
    name = symbol.strip("@\"'")
    demangled = re.match(r"_ZN((?:\d+[\w.$]+)+?)(?:17h[0-9a-f]{16})?E", name)
    text, parts = demangled[1] if demangled else "", []
    while number := re.match(r"\d+", text):
        size, start = int(number[0]), number.end()
        parts.append(_unescaped(text[start : start + size]))
        text = text[start + size :]
    return "::".join(part for part in parts if not re.fullmatch(r"h[0-9a-f]{16}", part)) or name


def _unescaped(part: str) -> str:
    """Write signs as they are (rustc's legacy mangling: `$LT$`, `$u7b$`, `..`)."""
    text = part.removeprefix("_") if part.startswith("_$") else part
    return re.sub(r"\$(\w+)\$", _sign, text).replace("..", "::")


def _sign(escape: re.Match[str]) -> str:
    code = re.fullmatch(r"u([0-9a-f]+)", escape[1])
    return chr(int(code[1], 16)) if code else _SIGNS.get(escape[1], escape[0])


def _own_words(text: str) -> str:
    return text.partition("Enzyme: ")[2] or text
