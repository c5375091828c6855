"""The benchmarks in one session: builds all, prints tables, writes JSON, Markdown and pictures.

usage: bench.py [--quick] [--out FOLDER] [--from FILE] [--document]

With --quick it ends with 1 when a gradient is slower, against C, or a build, against the tools alone, than
docs/performance/results.json says.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import gradients
import tables
from builds import floor
from cargo_autodiff.settings import Settings
from cargo_autodiff.toolchain.locate import choose_profile, locate_clang
from cargo_autodiff.toolchain.profile import read_profiles
from gate import slower
from kernels import Built, read_kernels
from measuring import KEPT, document, machine, where
from ratios import Spread, ratio

if TYPE_CHECKING:
    from gate import Figures

HERE = Path(__file__).parent
DERIVATIVES, BUILDS = 10, 7
BUILD, TOOLS = f"a build of {DERIVATIVES} derivatives", "CPU over that of the tools alone"


def main() -> int:
    """Measure, or read what was measured; print the tables and write them."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="fewer and shorter samples, and the gate")
    parser.add_argument("--out", type=Path, default=HERE / "target", help="where results and builds go")
    parser.add_argument(
        "--from", dest="given", type=Path, metavar="FILE", help="lay out these results, measure nothing"
    )
    parser.add_argument("--document", action="store_true", help="put the tables into docs/performance.md, too")
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    numbers = json.loads(options.given.read_text()) if options.given else measure(options.out.resolve(), options.quick)
    found = gradients.from_json(numbers["gradients"])
    over = f"{BUILD} takes {_over_tools(numbers['build'])} times the CPU time of the tools alone."
    text = f"{tables.tables(found)}\n\n{over}\n\n{session(numbers['session'])}\n"
    print(text)
    write(options.out, numbers, text, found)
    if options.document:
        files = [options.out / name for name in ("results.json", "gradients.svg")]
        document(text, what="gradients", by="scripts/bench --document", files=files)
    return gate(options.out.resolve(), numbers) if options.quick and not options.given else 0


def gate(folder: Path, numbers: dict[str, Any]) -> int:
    """Compare with the stored run, if it is of this kind of processor; return 1 when something is slower."""
    kept = json.loads((KEPT / "results.json").read_text())
    here, there = (of["session"]["cpu"] for of in (numbers, kept))
    if here != there:
        _say(f"Nothing is compared: this is {here}, and docs/performance/results.json is of {there}")
        return 0
    kernels = {kernel.name: kernel for kernel in read_kernels()}
    built = Built.below(folder)

    def again(subject: str) -> Figures:
        if subject == BUILD:
            return {TOOLS: _over_tools(build())}
        return gradients.measure_one(kernels[subject], built, gradients.QUICK).figures

    complaints = slower(figures(numbers), figures(kept), again, _say)
    for complaint in complaints:
        print(f"slower than stored: {complaint}", file=sys.stderr)
    return int(bool(complaints))


def figures(numbers: dict[str, Any]) -> dict[str, Figures]:
    """Give what may not grow, by kernel, and of a build."""
    found: dict[str, Figures] = {one.name: one.figures for one in gradients.from_json(numbers["gradients"])}
    return {**found, BUILD: {TOOLS: _over_tools(numbers["build"])}}


def build() -> dict[str, list[float]]:
    """Measure the CPU time of a build, and that of the tools alone, in turn: milliseconds."""
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        return {who: [took.cpu for took in runs] for who, runs in floor(DERIVATIVES, Path(folder), BUILDS).items()}


def _over_tools(runs: dict[str, list[float]]) -> Spread:
    return ratio(tuple(runs["driven"]), tuple(runs["bare"]))


def _say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


def measure(folder: Path, quick: bool) -> dict[str, Any]:
    """Build below a folder, and measure."""
    effort = gradients.QUICK if quick else gradients.FULL
    facts = {**machine(), **versions(), "rounds": effort.rounds}
    found = gradients.measure(folder, effort, _say)
    _say(f"{BUILD}, {BUILDS} times")
    return {"session": facts, "gradients": gradients.as_json(found), "build": build()}


def write(folder: Path, numbers: dict[str, Any], text: str, found: list[gradients.Measured]) -> None:
    """Keep numbers, tables and the picture."""
    (folder / "results.json").write_text(json.dumps(numbers, indent=1) + "\n")
    (folder / "results.md").write_text(text)
    (folder / "gradients.svg").write_text(tables.bars(found))


def versions() -> dict[str, str]:
    """Name the tools, as `cargo autodiff doctor` finds them."""
    words = (sys.executable, "-P", "-m", "cargo_autodiff", "doctor")
    said = subprocess.run(words, capture_output=True, text=True, check=True).stdout
    lines = (line.split(": ", 1) for line in said.splitlines() if ": " in line)
    told = {name.split()[-1]: rest.partition(" (/")[0] for name, rest in lines}
    clang = subprocess.run([clang_path(), "--version"], capture_output=True, text=True, check=True).stdout
    found: dict[str, str] = {name: told[name] for name in ("rustc", "opt", "host") if name in told}
    return {"system": platform.release(), **found, "C": clang.splitlines()[0]}


def clang_path() -> Path:
    """Find the clang that `cargo autodiff compile` takes."""
    settings = Settings.read(os.environ)
    return locate_clang(choose_profile(read_profiles(), settings), settings).path


def session(facts: dict[str, Any]) -> str:
    """Say when, where and with what in one line."""
    tools = "; ".join(f"{name} {facts[name]}" for name in ("rustc", "opt", "host", "C", "system"))
    return f"{where(facts)}; {facts['rounds']} rounds; {tools}"


if __name__ == "__main__":
    sys.exit(main())
