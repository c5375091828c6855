"""What a run tells whoever wants to know; how it is shown is not its business."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable


@dataclass(frozen=True, kw_only=True)
class Derivative:
    """A derivative by its path, and the place of its attribute."""

    name: str
    place: str


@dataclass(frozen=True, kw_only=True)
class Reused:
    """These were made before."""

    derivatives: tuple[Derivative, ...]


@dataclass(frozen=True, kw_only=True)
class Making:
    """One is begun: the how-manieth, of how many."""

    derivative: Derivative
    number: int
    of: int


@dataclass(frozen=True, kw_only=True)
class Made:
    """One is done."""

    derivative: Derivative


@dataclass(frozen=True, kw_only=True)
class Ran:
    """A stage of a derivative, or of the crate itself, has ended."""

    of: str
    """The derivative; nothing for the crate."""
    stage: str
    began: float
    """Seconds since 1970."""
    seconds: float


@dataclass(frozen=True, kw_only=True)
class Waiting:
    """A result is being made by another process (its number, if it is known)."""

    what: str
    holder: int | None


Event = Reused | Making | Made | Ran | Waiting

if TYPE_CHECKING:
    Events = Callable[[Event], None]


def silent(event: Event) -> None:
    """Tell nobody."""
