"""What Enzyme calls the functions that it makes (CreatePrimalAndGradient and its kin, in Enzyme's EnzymeLogic.cpp)."""

from __future__ import annotations

import re

_FORWARD = re.compile(r"fwddiffe\d*")
_REVERSE = re.compile(r"(fwddiffe\d*)*(diffe|augmented_)")
_ONE = r"(?:fwddiffe\d*|diffe\d*|augmented_|preprocess_)"
_MADE = re.compile(rf"{_ONE}*")
_OUTER = re.compile(_ONE)


def is_forward(name: str) -> bool:
    """Tell a function that takes or gives tangents."""
    return _FORWARD.match(name) is not None


def is_reverse(name: str) -> bool:
    """Tell a reverse pass, or what goes before one."""
    return _REVERSE.match(name) is not None


def is_made(name: str) -> bool:
    """Tell a function that Enzyme has made."""
    return _OUTER.match(name) is not None


def differentiated(name: str) -> str:
    """Give the name of the function that was differentiated last."""
    return _OUTER.sub("", name, count=1)


def primal(name: str) -> str:
    """Give the name of the function of which Enzyme made one."""
    return _MADE.sub("", name, count=1) or name
