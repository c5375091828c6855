"""The gate of the benchmarks: what is slower than stored by more than noise, and stays so, is said."""

from __future__ import annotations

import sys

import pytest

from driving import REPOSITORY

sys.path.insert(0, str(REPOSITORY / "benchmarks"))
from gate import TRIES, Figures, slower
from ratios import Spread

QUIET = Spread(low=0.99, middle=1.0, high=1.01)
NOISY = Spread(low=0.85, middle=1.0, high=1.15)


def times(by: float, spread: Spread = QUIET) -> Figures:
    """What is measured of a kernel whose gradient takes so many times what C's takes."""
    return {"plain over C": Spread(low=by * spread.low, middle=by * spread.middle, high=by * spread.high)}


def judge(now: Figures, stored: Figures, *later: Figures) -> list[str]:
    """Ask the gate; measured again, the kernel took what `later` says, in order."""
    again = iter(later)
    return slower({"k": now}, {"k": stored}, lambda _: next(again), lambda _: None)


@pytest.mark.parametrize("by", [0.5, 1.0, 1.24])
def test_no_more_than_noise_passes(by: float) -> None:
    assert judge(times(by), times(1.0)) == []


def test_what_stays_slower_is_said() -> None:
    (said,) = judge(times(1.3), times(1.0), *[times(1.3)] * (TRIES - 1))

    assert said.startswith("k, plain over C: 1.30")


def test_what_was_disturbed_once_passes() -> None:
    assert judge(times(1.3), times(1.0), times(1.0)) == []


def test_a_noisy_stored_run_allows_more() -> None:
    assert judge(times(1.3), times(1.0, NOISY)) == []


@pytest.mark.parametrize("stored", [{}, {"k": {"indexed over C": QUIET}}])
def test_what_is_new_passes(stored: dict[str, Figures]) -> None:
    assert slower({"k": times(9.0)}, stored, lambda _: times(9.0), lambda _: None) == []
