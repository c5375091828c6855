"""The table of all programs: profiles, cells, and the document that sums them up."""

from __future__ import annotations

import collections
import itertools
import re
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from judging.crate import Build, judge
from judging.program import Mode, Outcome, Program

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from judging.program import Verdict

PROGRAMS = Path(__file__).with_name("programs")
DOCUMENT = Path(__file__).parents[2] / "docs" / "conformance.md"
LEVELS = ("0", "1", "3", "s")
UNITS = (1, 16)
PANICS = ("unwind", "abort")


@dataclass(frozen=True)
class Cell:
    """What became of one derivative in one profile."""

    build: Build
    verdict: Verdict


def programs() -> list[Program]:
    """Read all programs."""
    return [Program(path.stem, path.read_text()) for path in sorted(PROGRAMS.glob("*.rs"))]


def profile(level: str, units: int, panic: str) -> Build:
    """Say it in rustc's words; debug assertions and overflow checks as cargo sets them."""
    debug = "on" if level in ("0", "1") else "off"
    words = (f"-Copt-level={level}", f"-Ccodegen-units={units}", f"-Cpanic={panic}", f"-Cdebug-assertions={debug}")
    return Build(name=f"opt-level {level}, {units:2} codegen units, panic {panic}", rustc=words)


def every_profile() -> list[Build]:
    """Make the rows of the table."""
    return list(itertools.starmap(profile, itertools.product(LEVELS, UNITS, PANICS)))


def fill(builds: Sequence[Build], tell: Callable[[str], None]) -> list[Cell]:
    """Judge every program in both modes in every profile."""
    cases = [(program, mode) for program in programs() for mode in Mode]
    cells = []
    with tempfile.TemporaryDirectory(prefix="conformance") as folder:
        for build in builds:
            made = [Cell(build, verdict) for verdict in judge(cases, build, Path(folder))]
            tell(f"{build.name}: {_counted(made)}")
            cells += made
    return cells


def _counted(cells: Sequence[Cell]) -> str:
    counts = collections.Counter(cell.verdict.outcome for cell in cells)
    return ", ".join(f"{counts[outcome]} {outcome.value}" for outcome in Outcome if counts[outcome])


def share_right(cells: Sequence[Cell]) -> float:
    """Give the share of the right among those that can be judged."""
    counts = collections.Counter(cell.verdict.outcome for cell in cells)
    judged = counts[Outcome.RIGHT] + counts[Outcome.REFUSED] + counts[Outcome.WRONG]
    return counts[Outcome.RIGHT] / judged


def refused(cells: Sequence[Cell]) -> set[tuple[str, str]]:
    """Name program and mode of what is refused in some profile."""
    return {
        (cell.verdict.program, cell.verdict.mode.value) for cell in cells if cell.verdict.outcome is Outcome.REFUSED
    }


def documented(text: str) -> set[tuple[str, str]]:
    """Read from the document what is refused."""
    rows = re.findall(r"^\| `(\w+)` \| ([a-z, ]+) \| [^|]+ \| refused", text, re.MULTILINE)
    return {(program, mode) for program, modes in rows for mode in modes.split(", ")}


def document(cells: Sequence[Cell], setting: str) -> str:
    """Write the document: totals for each profile, and what is not right, with its reason."""
    return "\n".join([*_head(cells, setting), *_totals(cells), "", *_exceptions(cells), ""])


def _head(cells: Sequence[Cell], setting: str) -> Iterator[str]:
    count = len({cell.verdict.program for cell in cells})
    yield "# Conformance"
    yield ""
    yield "Written by `scripts/conformance`. The short form, one profile, is `tests/conformance/test_conformance.py`."
    yield ""
    yield f"{count} small programs of safe Rust (`tests/conformance/programs`), each in reverse and in forward mode,"
    yield "compared with its closed form, or with five-point differences of two steps that agree, at three points."
    share = f"**{share_right(cells):.1%} of the cells that can be judged are right.**"
    yield f"Measured with {setting}: {_counted(cells)}. {share}"
    yield ""
    yield "A cell is *not judged* where the program itself ends: it catches a panic, and panics abort in that profile."
    yield ""
    yield "The Enzyme host is catalyst: the attribute needs rustc 1.82, and of the tool sets that are pinned only"
    yield "`llvm22` reads what that writes. The plugin, of `llvm15`, is judged on C and on requests written by hand"
    yield "(`tests/e2e`)."
    yield ""


def _totals(cells: Sequence[Cell]) -> Iterator[str]:
    yield "| profile | mode | " + " | ".join(outcome.value for outcome in Outcome) + " |"
    yield "|---|---|" + "---|" * len(Outcome)
    for build in dict.fromkeys(cell.build for cell in cells):
        for mode in Mode:
            those = [cell for cell in cells if cell.build == build and cell.verdict.mode is mode]
            counts = collections.Counter(cell.verdict.outcome for cell in those)
            yield f"| {build.name} | {mode.value} | " + " | ".join(str(counts[one]) for one in Outcome) + " |"


def _exceptions(cells: Sequence[Cell]) -> Iterator[str]:
    yield "| program | modes | profiles | what |"
    yield "|---|---|---|---|"
    builds = list(dict.fromkeys(cell.build for cell in cells))
    found: dict[tuple[str, str], list[Cell]] = collections.defaultdict(list)
    for cell in cells:
        if cell.verdict.outcome is not Outcome.RIGHT:
            found[cell.verdict.program, _what(cell.verdict)].append(cell)
    for (program, what), those in sorted(found.items()):
        modes = ", ".join(mode.value for mode in Mode if any(cell.verdict.mode is mode for cell in those))
        names = list(dict.fromkeys(cell.build.name for cell in those))
        where = "all" if len(names) == len(builds) else _common(names)
        yield f"| `{program}` | {modes} | {where} | {what} |"


def _common(names: Sequence[str]) -> str:
    """Say what the profiles have in common, or how many they are."""
    first, *others = [name.split(", ") for name in names]
    common = [part.strip() for part in first if all(part in other for other in others)]
    return f"{len(names)} with {', '.join(common)}" if common else f"{len(names)} of them"


def _what(verdict: Verdict) -> str:
    """Give the outcome with its reason, without what differs from build to build."""
    note = re.search(r"= note: (.*?)(?: \(the derivative is asked for|$)", verdict.why, re.MULTILINE)
    text = note[1] if note else verdict.why.partition("\n")[0]
    text = re.sub(r"(?:preprocess_)?_ZN[\w.$]+E\b|17h[0-9a-f]{16}|/\S+/", "…", text)
    text = re.sub(r"\s+", " ", re.sub(r"[%!#@][\w.$]+", "…", text)).replace("|", "¦")
    return f"{verdict.outcome.value}: {text[:160]}"
