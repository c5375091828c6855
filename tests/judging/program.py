"""A program whose derivatives are judged."""

from __future__ import annotations

import enum
import re
from dataclasses import dataclass

_SINGLE = re.compile(r"^(?P<seen>pub )?type (?P<name>[FG]) = f32;$", re.MULTILINE)


class Mode(enum.Enum):
    """How a derivative is computed; the value is the attribute's word."""

    REVERSE = "reverse"
    FORWARD = "forward"


class Outcome(enum.Enum):
    """What became of one derivative."""

    RIGHT = "right"
    REFUSED = "refused"
    WRONG = "wrong"
    NOT_JUDGED = "not judged"
    """The program itself fails, or differences say nothing about it."""
    NOT_COMPILED = "not compiled"
    """rustc does not take the program: a mistake of whoever wrote or generated it."""


@dataclass(frozen=True)
class Program:
    """A module of Rust with `pub fn f(x: &[f64]) -> f64` and `pub const N: usize`, the length of `x`.

    `pub const POINTS: &[&[f64]]` and `pub fn gradient(x: &[f64]) -> Vec<f64>` are used where they are there. A program
    that says `type F = f32;` has `f` on `F`, one that says `type G = f32;` rounds to `G` inside; it is compared with
    itself in f64, because the differences of what is rounded are those of a staircase.
    """

    name: str
    source: str
    modules: tuple[tuple[Mode, str], ...] = ()
    """For each mode the text of a module with `df`, the derivative of `f`, where `primal` is the program: of one that
    differentiates another function, for which an attribute on `f` would not do."""

    @property
    def scalar(self) -> str:
        """The type of its numbers."""
        return "f32" if "F" in self._single() else "f64"

    @property
    def wide(self) -> str:
        """The program in f64."""
        return _SINGLE.sub(r"\g<seen>type \g<name> = f64;", self.source)

    @property
    def tolerance(self) -> str:
        """The name of how far its derivatives may be from the truth, in check.rs."""
        return "SINGLE" if self._single() else "DOUBLE"

    def _single(self) -> set[str]:
        return {found["name"] for found in _SINGLE.finditer(self.source)}

    def defines(self, item: str) -> bool:
        """Tell whether it has a public item, `const POINTS` or `fn gradient`."""
        return re.search(rf"^pub {item}\b", self.source, re.MULTILINE) is not None


@dataclass(frozen=True)
class Verdict:
    """The outcome for one derivative, and why."""

    program: str
    mode: Mode
    outcome: Outcome
    why: str = ""
