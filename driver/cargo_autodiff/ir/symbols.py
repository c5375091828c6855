"""Symbols as the user wrote them."""

from __future__ import annotations

import re

_SIGNS = {"SP": "@", "BP": "*", "RF": "&", "LT": "<", "GT": ">", "LP": "(", "RP": ")", "C": ","}


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
