"""What a run tells whoever wants to know; how it is shown is not its business."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cargo_autodiff.named import Frozen

if TYPE_CHECKING:
    from collections.abc import Callable


class Derivative(Frozen):
    """A derivative by its path, and the place of its attribute."""

    name: str
    place: str


class Reused(Frozen):
    """These were made before."""

    derivatives: tuple[Derivative, ...]


class Making(Frozen):
    """One is begun: the how-manieth, of how many."""

    derivative: Derivative
    number: int
    of: int


class Made(Frozen):
    """One is done."""

    derivative: Derivative


class Ran(Frozen):
    """A stage of a derivative, or of the crate itself, has ended."""

    of: str
    """The derivative; nothing for the crate."""
    stage: str
    began: float
    """Seconds since 1970."""
    seconds: float


class Waiting(Frozen):
    """A result is being made by another process (its number, if it is known)."""

    what: str
    holder: int | None


Event = Reused | Making | Made | Ran | Waiting

if TYPE_CHECKING:
    Events = Callable[[Event], None]


def silent(event: Event) -> None:
    """Tell nobody."""
