"""The gate of the benchmarks: what is slower than stored by more than noise, and stays so, is said."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import pytest

from driving import REPOSITORY

sys.path.insert(0, str(REPOSITORY / "benchmarks"))
from gate import TRIES, slower
from gradients import Measured

if TYPE_CHECKING:
    from collections.abc import Sequence

QUIET = (0.99, 1.0, 1.0, 1.0, 1.01)
NOISY = (0.8, 0.9, 1.0, 1.1, 1.2)


def measured(ratios: Sequence[float]) -> Measured:
    """A kernel whose gradient took these times in turn, when C's took 1."""
    runs = {"plain gradient": tuple(ratios), "c gradient": (1.0,) * len(ratios)}
    return Measured(name="k", what="", size=1, inputs=1, runs=runs, peaks={"plain": 0, "c": 0}, crates={})


def times(by: float) -> Measured:
    return measured([by * ratio for ratio in QUIET])


def judge(now: Measured, stored: Measured, *later: Measured) -> list[str]:
    """Ask the gate; measured again, the kernel took what `later` says, in order."""
    again = iter(later)
    return slower([now], [stored], lambda _: next(again), lambda _: None)


@pytest.mark.parametrize("by", [0.5, 1.0, 1.14])
def test_no_more_than_noise_passes(by: float) -> None:
    assert judge(times(by), times(1.0)) == []


def test_what_stays_slower_is_said() -> None:
    (said,) = judge(times(1.3), times(1.0), *[times(1.3)] * (TRIES - 1))

    assert said.startswith("k, plain: 1.30")


def test_what_was_disturbed_once_passes() -> None:
    assert judge(times(1.3), times(1.0), times(1.0)) == []


def test_a_noisy_stored_run_allows_more() -> None:
    assert judge(times(1.3), measured(NOISY)) == []


def test_a_kernel_that_is_new_passes() -> None:
    assert slower([times(9.0)], [], lambda _: times(9.0), lambda _: None) == []
