"""Ratios of tasks that run in turn, in one session, each with its spread."""

from __future__ import annotations

import statistics
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

Runs = tuple[float, ...]


@dataclass(frozen=True, kw_only=True)
class Spread:
    """The median of some numbers, and between which two the middle half lies."""

    middle: float
    low: float
    high: float

    @classmethod
    def of(cls, numbers: Sequence[float]) -> Spread:
        """Of at least two numbers."""
        low, middle, high = statistics.quantiles(numbers, n=4)
        return cls(middle=middle, low=low, high=high)

    def __str__(self) -> str:
        return f"{self.middle:.2f} ({self.low:.2f} to {self.high:.2f})"


def in_turn(tasks: Mapping[str, Callable[[], float]], rounds: int) -> dict[str, Runs]:
    """Run every task once a round, so that what disturbs the machine disturbs all alike.

    A task returns what it took; the first round warms caches and does not count.
    """
    taken = [{name: task() for name, task in tasks.items()} for _ in range(rounds + 1)]
    return {name: tuple(took[name] for took in taken[1:]) for name in tasks}


def ratio(over: Runs, under: Runs) -> Spread:
    """Compare two tasks of one session, round by round."""
    return Spread.of([a / b for a, b in zip(over, under, strict=True)])


def markdown(header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Lay a table out; every column but the first is one of numbers."""
    lines = [header, ["---", *("--:" for _ in header[1:])], *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)
