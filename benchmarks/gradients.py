"""Gradients: Rust through this project against C through the same Enzyme, adjoints by hand, and the function itself.

What is compared runs in processes of its own that compute in turn. Times are those of the processor, so that work of
others on the machine disturbs as little as it can.
"""

from __future__ import annotations

import math
import os
import statistics
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from kernels import Built, Kernel, Program, check, read_kernels
from ratios import Spread, in_turn, markdown, ratio

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from pathlib import Path

    from ratios import Runs

GOALS = {"c": 1.00, "primal": 2.4, "hand": 1.20, "memory": 1.2}
SMALL = 256  # KiB; below, a peak is the allocator's habits


@dataclass(frozen=True, kw_only=True)
class Effort:
    """How much to measure: samples of each task, and how long one computes."""

    rounds: int
    seconds: float


QUICK = Effort(rounds=7, seconds=0.01)
FULL = Effort(rounds=21, seconds=0.04)


@dataclass(frozen=True, kw_only=True)
class Measured:
    """One kernel: seconds of one computation, by `VERSION gradient` and `VERSION primal`, and KiB by version."""

    name: str
    what: str
    size: int
    inputs: int
    runs: dict[str, Runs]
    peaks: dict[str, int]

    @property
    def versions(self) -> list[str]:
        """Those of this project."""
        return [version for version in self.peaks if version not in ("c", "hand")]

    def over_c(self, version: str) -> Spread:
        """The time of a gradient against that of C."""
        return ratio(self.runs[f"{version} gradient"], self.runs["c gradient"])

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
    built = Built.within(folder, kernels, os.environ)
    found = []
    for kernel in kernels:
        say(f"{kernel.name}: {kernel.what}")
        check(kernel, kernel.test, built)
        check(kernel, kernel.full, built)
        found.append(_measure_one(kernel, built, effort))
    return found


def _measure_one(kernel: Kernel, built: Built, effort: Effort) -> Measured:
    programs = {version: built.start(kernel, version, kernel.full.size) for version in kernel.all_versions}
    try:
        peaks = {version: program.peak() for version, program in programs.items()}
        tasks = {}
        for version, program in programs.items():
            for verb in ("gradient", "primal"):
                if (version, verb) != ("hand", "primal"):
                    tasks[f"{version} {verb}"] = _task(program, verb, effort.seconds)
        runs = in_turn(tasks, effort.rounds)
        return Measured(
            name=kernel.name,
            what=kernel.what,
            size=kernel.full.size,
            inputs=len(programs["c"].gradient()),
            runs=runs,
            peaks=peaks,
        )
    finally:
        for program in programs.values():
            program.close()


def _task(program: Program, verb: str, seconds: float) -> Callable[[], float]:
    once = min(program.seconds(f"{verb} 1") for _ in range(3))
    times = max(1, round(seconds / once))
    return lambda: program.seconds(f"{verb} {times}") / times


def as_json(found: Sequence[Measured]) -> list[dict[str, Any]]:
    """All numbers, for tables of another day."""
    return [asdict(one) for one in found]


def from_json(numbers: Iterable[dict[str, Any]]) -> list[Measured]:
    """Read them again."""
    return [Measured(**{**one, "runs": {name: tuple(runs) for name, runs in one["runs"].items()}}) for one in numbers]


def tables(found: Sequence[Measured]) -> str:
    """Lay the kernels and the means out, for people."""
    header = ("kernel", "inputs", "gradient, ms", "over C", "over its function", "over hand", "function over C's",
              "memory, MiB", "memory over C")  # fmt: skip
    rows = [_row(one, version) for one in found for version in one.versions]
    return f"{markdown(header, rows)}\n\n{_means(found)}"


def _row(one: Measured, version: str) -> tuple[str, ...]:
    hand, memory = one.over_hand(version), one.memory(version)
    name = one.name if version == "plain" else f"{one.name}, {version}"
    return (
        f"{name}: {one.what}" if version == "plain" else name,
        str(one.inputs),
        f"{1000 * statistics.median(one.runs[f'{version} gradient']):.3g}",
        str(one.over_c(version)),
        str(one.over_primal(version)),
        str(hand) if hand else "",
        str(one.function_over_c(version)),
        f"{one.peaks[version] / 1024:.1f}",
        f"{memory:.2f}" if memory else "",
    )


def means(found: Sequence[Measured]) -> dict[str, dict[str, float]]:
    """Geometric means and the worst of each ratio: of all rows, and of the plain versions alone."""
    result = {}
    for title, only in (("all", None), ("plain", "plain")):
        rows = [(one, version) for one in found for version in one.versions if only in (None, version)]
        ratios = {
            "c": [one.over_c(version).middle for one, version in rows],
            "primal": [one.over_primal(version).middle for one, version in rows],
            "hand": [hand.middle for one, version in rows if (hand := one.over_hand(version))],
            "memory": [memory for one, version in rows if (memory := one.memory(version))],
            "c primal": [one.over_primal("c").middle for one in found],
        }
        result[title] = {name: math.exp(statistics.fmean(map(math.log, of))) for name, of in ratios.items()}
        result[title]["worst c"] = max(ratios["c"])
        result[title]["worst memory"] = max(ratios["memory"])
    return result


def _means(found: Sequence[Measured]) -> str:
    each = means(found)
    rows = [
        ("gradient over C", "c", f"{GOALS['c']:.2f}"),
        ("the worst", "worst c", "1.10"),
        ("gradient over its function", "primal", f"{GOALS['primal']:.1f}"),
        ("C's gradient over its function", "c primal", ""),
        ("gradient over adjoint by hand", "hand", f"{GOALS['hand']:.2f}"),
        ("memory over C", "memory", ""),
        ("the worst", "worst memory", f"{GOALS['memory']:.1f}"),
    ]
    lines = [(name, f"{each['plain'][key]:.2f}", f"{each['all'][key]:.2f}", goal) for name, key, goal in rows]
    return markdown(("geometric means", "plain versions", "all rows", "goal"), lines)


def bars(found: Sequence[Measured]) -> str:
    """Draw the ratio to C as bars, one a row; the line is 1."""
    rows = [(one, version) for one in found for version in one.versions]
    most = max(one.over_c(version).high for one, version in rows)
    scale, high = 360 / most, 22
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="640" height="{high * len(rows) + 30}" '
        'font-family="sans-serif" font-size="12">',
        '<text x="180" y="14">time of a gradient, C through the same Enzyme = 1</text>',
    ]
    for i, (one, version) in enumerate(rows):
        spread, y = one.over_c(version), 24 + high * i
        name = one.name if version == "plain" else f"{one.name}, {version}"
        colour = "#4a7" if spread.middle <= 1.1 else "#c74"
        parts += [
            f'<text x="172" y="{y + 13}" text-anchor="end">{name}</text>',
            f'<rect x="180" y="{y}" width="{spread.middle * scale:.1f}" height="16" fill="{colour}"/>',
            f'<path d="M{180 + spread.low * scale:.1f} {y + 8}H{180 + spread.high * scale:.1f}" stroke="#000"/>',
            f'<text x="{186 + spread.high * scale:.1f}" y="{y + 13}">{spread.middle:.2f}</text>',
        ]
    parts.append(f'<path d="M{180 + scale:.1f} 20V{24 + high * len(rows)}" stroke="#000" stroke-dasharray="3"/></svg>')
    return "\n".join(parts) + "\n"
