"""Gradients: Rust through this project against C through the same Enzyme, adjoints by hand, the function itself, and
crates that differentiate by tapes or dual numbers.

What is compared runs in processes of its own that compute in turn. Times are those of the processor, so that work of
others on the machine disturbs as little as it can.
"""

from __future__ import annotations

import os
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from kernels import KEEPING, Built, Kernel, Program, check, read_kernels
from ratios import Spread, in_turn, ratio

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from pathlib import Path

    from ratios import Runs

SMALL = 256  # KiB; below, a peak is the allocator's habits


@dataclass(frozen=True, kw_only=True)
class Effort:
    """How much to measure: samples of each task, and how long one computes."""

    rounds: int
    seconds: float
    crates: int
    """Rounds in which the crates take part, which are slow; none to leave them out."""


QUICK = Effort(rounds=7, seconds=0.01, crates=0)
FULL = Effort(rounds=21, seconds=0.04, crates=5)


@dataclass(frozen=True, kw_only=True)
class Measured:
    """One kernel: seconds of one computation, by `VERSION gradient` and `VERSION primal`, and KiB by version."""

    name: str
    what: str
    size: int
    inputs: int
    runs: dict[str, Runs]
    peaks: dict[str, int]
    crates: dict[str, Runs]
    """The plain version and the crates, in turn."""

    @property
    def versions(self) -> list[str]:
        """Those of this project."""
        return [version for version in self.peaks if version not in ("c", KEEPING, "hand")]

    def over_c(self, version: str, c: str = "c") -> Spread:
        """The time of a gradient against that of C."""
        return ratio(self.runs[f"{version} gradient"], self.runs[f"{c} gradient"])

    @property
    def figures(self) -> dict[str, Spread]:
        """The time of each version against that of C where neither waits for pages, which is a matter of machines."""
        return {f"{version} over C": self.over_c(version, KEEPING) for version in self.versions}

    def crate_over_plain(self, crate: str) -> Spread:
        """The time of a gradient by a crate against that of the plain version."""
        return ratio(self.crates[crate], self.crates["plain"])

    def over_primal(self, version: str) -> Spread:
        """The time of a gradient against that of its function."""
        return ratio(self.runs[f"{version} gradient"], self.runs[f"{version} primal"])

    def function_over_c(self, version: str) -> Spread:
        """The time of the function itself against that of C's."""
        return ratio(self.runs[f"{version} primal"], self.runs["c primal"])

    def over_hand(self, version: str) -> Spread | None:
        """The time of a gradient against that of the adjoint by hand, where there is one."""
        hand = self.runs.get("hand gradient")
        return ratio(self.runs[f"{version} gradient"], hand) if hand else None

    def memory(self, version: str) -> float | None:
        """The peak of memory against that of C, where there is one to speak of."""
        most = max(self.peaks[version], self.peaks["c"])
        return max(self.peaks[version], SMALL) / max(self.peaks["c"], SMALL) if most > SMALL else None


def measure(folder: Path, effort: Effort, say: Callable[[str], None]) -> list[Measured]:
    """Build everything below `folder`, check every gradient at both sizes, and measure at the full one."""
    kernels = read_kernels()
    say("building the kernels")
    built = Built.within(folder, kernels, os.environ, with_crates=effort.crates > 0)
    found = []
    for kernel in kernels:
        say(f"{kernel.name}: {kernel.what}")
        check(kernel, kernel.test, built)
        check(kernel, kernel.full, built)
        if effort.crates:
            check(kernel, kernel.test, built, ("plain", *kernel.crates))
        found.append(measure_one(kernel, built, effort))
    return found


def measure_one(kernel: Kernel, built: Built, effort: Effort) -> Measured:
    """Measure a kernel that was built and checked."""
    programs = {version: built.start(kernel, version, kernel.full.size) for version in kernel.all_versions}
    try:
        peaks = {version: program.peak() for version, program in programs.items()}
        tasks = {}
        for version, program in programs.items():
            for verb in ("gradient", "primal"):
                if (version, verb) != ("hand", "primal"):
                    tasks[f"{version} {verb}"] = task(program, verb, effort.seconds)
        runs = in_turn(tasks, effort.rounds)
        return Measured(
            name=kernel.name,
            what=kernel.what,
            size=kernel.full.size,
            inputs=len(programs["c"].gradient()),
            runs=runs,
            peaks=peaks,
            crates=_crates(kernel, built, effort),
        )
    finally:
        for program in programs.values():
            program.close()


def _crates(kernel: Kernel, built: Built, effort: Effort) -> dict[str, Runs]:
    if not effort.crates or not kernel.crates:
        return {}
    programs = {name: built.start(kernel, name, kernel.full.size) for name in ("plain", *kernel.crates)}
    try:
        tasks = {name: task(program, "gradient", effort.seconds) for name, program in programs.items()}
        return in_turn(tasks, effort.crates)
    finally:
        for program in programs.values():
            program.close()


def task(program: Program, verb: str, seconds: float) -> Callable[[], float]:
    """Make what measures one computation, of as many as take this long."""
    once = _once(program, verb)
    if once < seconds:
        once = min(once, _once(program, verb), _once(program, verb))
    times = max(1, round(seconds / once))
    return lambda: program.seconds(f"{verb} {times}") / times


def _once(program: Program, verb: str) -> float:
    """Measure one call, or as many as the processor's clock can tell."""
    times = 1
    while (took := program.seconds(f"{verb} {times}")) <= 0.0:
        times *= 10
    return took / times


def as_json(found: Sequence[Measured]) -> list[dict[str, Any]]:
    """All numbers, for tables of another day."""
    return [asdict(one) for one in found]


def from_json(numbers: Iterable[dict[str, Any]]) -> list[Measured]:
    """Read them again."""
    return [Measured(**{**one, **{key: _runs(one[key]) for key in ("runs", "crates")}}) for one in numbers]


def _runs(given: dict[str, list[float]]) -> dict[str, Runs]:
    return {name: tuple(runs) for name, runs in given.items()}
