"""What a run tells whoever wants to know; how it is shown is not its business."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable


@dataclass(frozen=True, kw_only=True)
class Waiting:
    """A result is being made by another process (its number, if it is known)."""

    what: str
    holder: int | None


if TYPE_CHECKING:
    Events = Callable[[Waiting], None]


def silent(event: Waiting) -> None:
    """Tell nobody."""
