"""The gate: no gradient may be slower, against C, than the stored run says, by more than its noise."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from gradients import Measured
    from ratios import Spread

NOISE = 3
"""How often the range of the stored run's middle half a ratio may be larger than it."""
AT_LEAST = 0.15
"""What another machine, or other work on it, makes of a ratio of times of the processor, as a part of it."""
TRIES = 3


def slower(
    found: Sequence[Measured], stored: Sequence[Measured], again: Callable[[str], Measured], say: Callable[[str], None]
) -> list[str]:
    """Say which versions are slower than the stored run allows, and by how much.

    A kernel with one that is gets measured `again`, up to `TRIES` times in all: what disturbs a machine passes.
    """
    before = {one.name: one for one in stored}
    complaints = []
    for one in found:
        kept = before.get(one.name)
        said = list(_complaints(one, kept)) if kept else []
        for _ in range(TRIES - 1):
            if kept and said:
                say(f"{said[0]}: measured again")
                said = list(_complaints(again(one.name), kept))
        complaints += said
    return complaints


def _complaints(now: Measured, kept: Measured) -> Iterator[str]:
    for version in now.versions:
        if version not in kept.versions:
            continue
        ratio, limit = now.over_c(version), _limit(kept.over_c(version))
        if ratio.low > limit:
            yield f"{now.name}, {version}: {ratio} times C, which may be {limit:.2f}"


def _limit(stored: Spread) -> float:
    return stored.middle + max(NOISE * (stored.high - stored.low), AT_LEAST * stored.middle)
