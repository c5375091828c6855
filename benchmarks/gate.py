"""The gate: no figure, a ratio of times, may be larger than the stored run says, by more than its noise."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from ratios import Spread

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

Figures = Mapping[str, Spread]
"""What was measured of one subject, by name."""

NOISE = 3
"""How often the range of the stored run's middle half a ratio may be larger than it."""
AT_LEAST = 0.25
"""What another machine of this kind, or other work on it, makes of a ratio of CPU times, as a part of it."""
TRIES = 3


def slower(
    found: Mapping[str, Figures],
    stored: Mapping[str, Figures],
    again: Callable[[str], Figures],
    say: Callable[[str], None],
) -> list[str]:
    """Say which subjects are slower than the stored run allows, and by how much.

    One that is gets measured `again`, up to `TRIES` times in all: what disturbs a machine passes.
    """
    complaints = []
    for subject in found.keys() & stored.keys():
        said = list(_complaints(subject, found[subject], stored[subject]))
        for _ in range(TRIES - 1):
            if said:
                say(f"{said[0]}: measured again")
                said = list(_complaints(subject, again(subject), stored[subject]))
        complaints += said
    return complaints


def _complaints(subject: str, found: Figures, stored: Figures) -> Iterator[str]:
    for name in found.keys() & stored.keys():
        limit = _limit(stored[name])
        if found[name].low > limit:
            yield f"{subject}, {name}: {found[name]}, which may be {limit:.2f}"


def _limit(stored: Spread) -> float:
    return stored.middle + max(NOISE * (stored.high - stored.low), AT_LEAST * stored.middle)
