"""Many programs in one crate: written, built without those that are refused, and run."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from judging.program import Mode, Outcome, Verdict

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from judging.program import Program

Case = tuple["Program", Mode]

PATIENCE = 60.0  # seconds for one case
BUILDING = 1800.0  # seconds for one build
CHECK = Path(__file__).with_name("check.rs")
_STAGE = re.compile(r"^\x01(\d+) (\S+) ?(.*)$")
_PLACE = re.compile(r"^ *--> (?P<file>[^\n:]+):(?P<line>\d+):\d+$", re.MULTILINE)
_ASKED = re.compile(r"\(the derivative is asked for at (?P<file>[^\n:]+):(?P<line>\d+):\d+\)")
_MODULE = re.compile(r"^p(\d+)(_wide)?\.rs$")
_ATTRIBUTE = {
    Mode.REVERSE: "#[autodiff::autodiff_reverse(df, Duplicated, Active)]",
    Mode.FORWARD: "#[autodiff::autodiff_forward(df, Dual, Dual)]",
}


@dataclass(frozen=True, kw_only=True)
class Build:
    """How a crate is compiled: the words for rustc, and the driver's tool set."""

    name: str
    rustc: tuple[str, ...]
    environ: tuple[tuple[str, str], ...] = ()


PROFILES = (
    Build(name="release", rustc=("-Copt-level=3",)),
    Build(name="dev", rustc=("-Copt-level=0", "-Cdebug-assertions=on", "-Cdebuginfo=2")),
    Build(name="small", rustc=("-Copt-level=s", "-Cpanic=abort", "-Ccodegen-units=16")),
)


class BuildFailed(Exception):
    """The crate was not built, and no case of it is to blame."""


def judge(cases: Sequence[Case], build: Build, folder: Path) -> list[Verdict]:
    """Build the cases into one crate in `folder` and run them; verdicts in the order of the cases.

    A case that is refused or not compiled is taken out, and the rest is built again.
    """
    out: dict[Case, Verdict] = {}
    left = list(cases)
    while left:
        lines = _write(left, folder)
        done = _compile(build, folder)
        if done.returncode == 0:
            break
        blamed = {case: Verdict(case[0].name, case[1], *why) for case, why in _blamed(done.stderr, left, lines).items()}
        if not blamed:
            raise BuildFailed(done.stderr)
        out |= blamed
        left = [case for case in left if case not in blamed]
    out |= dict(zip(left, _run(left, folder), strict=True))
    return [out[case] for case in cases]


def _write(cases: Sequence[Case], folder: Path) -> dict[int, Case]:
    """Write the crate; tell which case each line of main.rs is about."""
    folder.mkdir(parents=True, exist_ok=True)
    programs = list(dict.fromkeys(program for program, _ in cases))
    lines = ["mod check;"]
    about: dict[int, Case] = {}
    for number, program in enumerate(programs):
        (folder / f"p{number}.rs").write_text(program.source)
        (folder / f"p{number}_wide.rs").write_text(program.wide)
        lines += [f"mod p{number};", f"mod p{number}_wide;"]
    for case in cases:
        program, mode = case
        number = programs.index(program)
        own = dict(program.modules).get(mode) or _module(program.scalar, mode)
        module = [f"mod {mode.value}_p{number} {{", f"use crate::p{number} as primal;", *own.splitlines(), "}"]
        lines += module
        about |= dict.fromkeys(range(len(lines) - len(module) + 1, len(lines) + 1), case)
    lines += ["fn main() {", "check::run(&["]
    lines += [_case(programs.index(program), program, mode) for program, mode in cases]
    lines += ["]);", "}"]
    (folder / "main.rs").write_text("\n".join(lines) + "\n")
    (folder / "check.rs").write_text(CHECK.read_text())
    return about


def _module(scalar: str, mode: Mode) -> str:
    return f"{_ATTRIBUTE[mode]}\npub fn f(x: &[{scalar}]) -> {scalar} {{ primal::f(x) }}"


def _case(number: int, program: Program, mode: Mode) -> str:
    wide = f"p{number}_wide"
    given = f"{wide}::POINTS.iter().map(|x| x.to_vec()).collect()"
    points = given if program.defines("const POINTS") else f"check::points({wide}::N)"
    gradient = f"Some({wide}::gradient)" if program.defines("fn gradient") else "None"
    tolerance = f"check::{program.tolerance}"
    functions = f"own: p{number}::f, primal: {wide}::f, gradient: {gradient}"
    truth = f"check::Truth {{ {functions}, points: {points}, tolerance: {tolerance} }}"
    derivative = f"check::Derivative::{mode.value.capitalize()}({mode.value}_p{number}::df)"
    return f"|primal_done| check::judge(&{truth}, &{derivative}, primal_done),"


def _compile(build: Build, folder: Path) -> subprocess.CompletedProcess[str]:
    command = [
        sys.executable,
        "-m",
        "cargo_autodiff",
        "compile",
        str(folder / "main.rs"),
        "-o",
        str(folder / "program"),
    ]
    environ = {**os.environ, **dict(build.environ)}
    options = ["--", "-Awarnings", *build.rustc]
    return subprocess.run(
        [*command, *options], env=environ, capture_output=True, text=True, timeout=BUILDING, check=False
    )


def _blamed(errors: str, cases: Sequence[Case], lines: Mapping[int, Case]) -> dict[Case, tuple[Outcome, str]]:
    """Find the cases that a failed build names, and what it says of them."""
    programs = list(dict.fromkeys(program for program, _ in cases))
    found: dict[Case, tuple[Outcome, str]] = {}
    for block in re.split(r"^(?=error)", errors, flags=re.MULTILINE):
        place = _ASKED.search(block) or _PLACE.search(block)
        if place is None:
            continue
        file, line = Path(place["file"]).name, int(place["line"])
        module = _MODULE.match(file)
        if file == "main.rs" and line in lines:
            by_driver = block.startswith("error: ")
            found[lines[line]] = (Outcome.REFUSED if by_driver else Outcome.NOT_COMPILED, block.strip())
        elif module is not None:
            program = programs[int(module[1])]
            found |= {case: (Outcome.NOT_COMPILED, block.strip()) for case in cases if case[0] is program}
    return found


def _run(cases: Sequence[Case], folder: Path) -> Iterable[Verdict]:
    """Run the program as often as it takes to come by the cases that end it."""
    made: list[Verdict] = []
    while len(made) < len(cases):
        made += _run_from(len(made), cases, folder)
    return made


def _run_from(first: int, cases: Sequence[Case], folder: Path) -> list[Verdict]:
    said, ending = _words_of([str(folder / "program"), str(first)], PATIENCE)
    made: list[Verdict] = []
    begun = (first, "nothing")
    for line in said.splitlines():
        found = _STAGE.match(line)
        if found is None:
            continue
        number, stage, why = int(found[1]), found[2], found[3]
        begun = (number, stage)
        if stage not in ("primal", "derivative"):
            program, mode = cases[number]
            made.append(Verdict(program.name, mode, Outcome(stage.replace("-", " ")), why))
    if first + len(made) < len(cases):
        number, stage = begun
        program, mode = cases[first + len(made)]
        outcome = Outcome.WRONG if stage == "derivative" else Outcome.NOT_JUDGED
        made.append(Verdict(program.name, mode, outcome, f"the {stage} {ending}"))
    return made


def _words_of(command: Sequence[str], patience: float) -> tuple[str, str]:
    """Run a program; give what it said, and how it ended."""
    # memory that malloc gives and free takes is filled, so that reading it shows
    environ = {**os.environ, "MALLOC_PERTURB_": "165", "RUST_BACKTRACE": "0"}
    try:
        done = subprocess.run(
            command, env=environ, capture_output=True, text=True, timeout=patience, check=False, errors="replace"
        )
    except subprocess.TimeoutExpired as error:
        return (error.stdout or b"").decode(errors="replace") if isinstance(error.stdout, bytes) else "", "does not end"
    if done.returncode < 0:
        name = signal.Signals(-done.returncode).name
        return done.stdout, f"ends by {name}: {done.stderr.strip()[-300:]}"
    return done.stdout, f"ends with code {done.returncode}: {done.stderr.strip()[-300:]}"
