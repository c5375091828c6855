"""What the store saves and costs: crates of many derivatives built cold, again, and after an edit of one.

usage: store.py [--derivatives N] [--runs N] [--json FILE]

The driver's own time in a rebuild where everything is found is its wall time less that of the bare rest: rustc, and
the linker on the object that the driver made (the driver's own `--script` without its other lines, on kept files).
Those runs are interleaved, and the median of the differences counts: of builds in which the crate is as it was, and of
builds after an edit of a function that no derivative reaches. The latter hold what LLVM does to the part of the crate
that was edited. Cold builds take long and are run once or twice.

All this is of functions of one line, where each derivative costs least and rustc's part of a build is largest. An edit
of one derivative is measured in a second program, too, whose functions are two dozen lines: an oscillator fitted to
data. Of each edit it is also told what part it is when rustc's time is left out of both builds.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

import cargo_autodiff
from cargo_autodiff.cargo.invocation import FRONT_END
from measuring import AS_INSTALLED, Took, machine, timed, where

if TYPE_CHECKING:
    from collections.abc import Callable

OWN_PER_CRATE, OWN_PER_DERIVATIVE = 60.0, 1.5  # ms
LINEAR, BOTH_CORES, ONE_EDIT, MEMORY = 210.0, 1.7, 1 / 20, 400.0  # times the marginal cost; ratios; MiB

_FUNCTION = """\
#[autodiff_reverse(d{n}, Duplicated, Active)]
#[inline(never)]
fn f{n}(x: &[f64]) -> f64 {{
    x.iter().map(|x| (x * {factor}).sin()).sum::<f64>() * x[0]
}}
"""
_MODEL = """\
#[autodiff_reverse(d{n}, Duplicated, Active)]
#[inline(never)]
fn f{n}(p: &[f64]) -> f64 {{
    let force = |x: f64, v: f64, t: f64| -p[0] * x - p[1] * v * v.abs() + (p[1] * t * {factor}).cos();
    let (h, mut x, mut v) = (0.05, p[0], 0.0);
    let mut path = Vec::with_capacity(20);
    for step in 0..20 {{
        let t = step as f64 * h;
        let (x1, v1) = (v, force(x, v, t));
        let (x2, v2) = (v + 0.5 * h * v1, force(x + 0.5 * h * x1, v + 0.5 * h * v1, t + 0.5 * h));
        let (x3, v3) = (v + 0.5 * h * v2, force(x + 0.5 * h * x2, v + 0.5 * h * v2, t + 0.5 * h));
        let (x4, v4) = (v + h * v3, force(x + h * x3, v + h * v3, t + h));
        x += h / 6.0 * (x1 + 2.0 * x2 + 2.0 * x3 + x4);
        v += h / 6.0 * (v1 + 2.0 * v2 + 2.0 * v3 + v4);
        if v * v + x * x > 1e6 {{
            break;
        }}
        path.push([x, v]);
    }}
    let loss: f64 = path
        .iter()
        .enumerate()
        .map(|(i, [x, v])| (x - (i as f64 * 0.05 + {factor}).cos()).powi(2) + 0.1 * v * v)
        .sum();
    loss / path.len() as f64 + 1e-3 * p.iter().map(|p| p * p).sum::<f64>().sqrt()
}}
"""
# as the script `cargo-autodiff-rustc` calls it
_WRAPPER = (
    sys.executable, "-S", "-P", "-c",
    "import sys; sys.path.append(sys.argv.pop(1))\nfrom cargo_autodiff.__main__ import entry; entry()",
    str(Path(cargo_autodiff.__file__).parents[1]), "wrap",
)  # fmt: skip
_ONE_JOB = {"CARGO_MAKEFLAGS": "--jobserver-auth=fifo:/nowhere"}


def source(count: int, first: float = 0.5, elsewhere: int = 0, function: str = _FUNCTION) -> str:
    """Write a program of many derivatives; `first` is a number in the first of them, `elsewhere` in none."""
    functions = "".join(function.format(n=n, factor=first if n == 0 else n + 0.5) for n in range(count))
    calls = "".join(f"    sum += d{n}(&[0.5, 1.0], &mut gradient, 1.0);\n" for n in range(count))
    other = f"#[inline(never)]\nfn other(x: usize) -> usize {{\n    x + {elsewhere}\n}}\n"
    said = '    println!("{sum} {}", other(1));\n'
    main = f"fn main() {{\n    let (mut sum, mut gradient) = (0.0, [0.0; 2]);\n{calls}{said}}}\n"
    return f"use autodiff::autodiff_reverse;\n\n{functions}\n{other}\n{main}"


@dataclass(frozen=True, kw_only=True)
class Program:
    """A program in a folder with a store of its own, built as cargo's calls of rustc are."""

    folder: Path
    rustc: tuple[str, ...]
    bare: Path

    @classmethod
    def prepared(cls, folder: Path, count: int) -> Program:
        """Build once with kept stages and a script, which builds the runtime crate and gives the bare rest."""
        folder.mkdir()
        (folder / "one.rs").write_text(source(count))
        keep = folder / "keep"
        words = [sys.executable, "-m", "cargo_autodiff", "compile", "one.rs", "-o", "one", "--script", "script.sh"]
        subprocess.run(words, cwd=folder, env={**os.environ, "AUTODIFF_KEEP": str(keep)}, check=True)
        lines = (folder / "script.sh").read_text().splitlines()
        bare = folder / "bare.sh"
        bare.write_text("\n".join(filter(None, (_bare(line, keep / "one") for line in lines))) + "\n")
        bare.chmod(0o755)
        command = next(line for line in lines if " -Clinker=" in line).split(" -Clinker=")[0].split()
        ours = FRONT_END
        return cls(folder=folder, rustc=tuple(word for word in command if word not in ours), bare=bare)

    def of(self, count: int) -> Program:
        """The same with another number of derivatives, in a folder beside it; its bare rest is not known."""
        folder = self.folder.with_name(f"of{count}")
        rustc = tuple(word.replace(str(self.folder), str(folder)) for word in self.rustc)
        other = Program(folder=folder, rustc=rustc, bare=self.bare)
        other.folder.mkdir()
        (other.folder / "one.rs").write_text(source(count))
        return other

    def clear(self) -> None:
        """Forget every result."""
        shutil.rmtree(self.folder / "cache", ignore_errors=True)

    def build(self, **changed: str) -> Took:
        """Build through the driver."""
        return self._time((*_WRAPPER, *self.rustc, "-Copt-level=3"), changed)

    def rest(self) -> Took:
        """Run the bare rest."""
        return self._time((str(self.bare),), {})

    def _time(self, words: tuple[str, ...], changed: dict[str, str]) -> Took:
        (self.folder / "one").unlink(missing_ok=True)
        environ = {**AS_INSTALLED, "AUTODIFF_CACHE_DIR": str(self.folder / "cache"), **changed}
        took = timed(words, self.folder, environ, quiet=True)
        subprocess.run([self.folder / "one"], stdout=subprocess.DEVNULL, check=True)
        return took

    def written(self, text: str) -> Self:
        """Change its source."""
        (self.folder / "one.rs").write_text(text)
        return self

    def rustc_alone(self) -> Took:
        """Let rustc do what it does for the driver, and nobody link."""
        words = (*self.rustc, "-Copt-level=3", *FRONT_END, "-Clinker=true")
        return timed(words, self.folder, AS_INSTALLED, quiet=True)

    def own(self, runs: int, edited: Callable[[int], str] | None = None) -> Took:
        """Give the driver's own time in rebuilds in which every derivative is found: the medians of the differences.

        `edited` gives the source of each.
        """
        self.build(), self.build(), self.rest()
        pairs = []
        for number in range(runs):
            if edited:
                self.written(edited(number + 1))
            pairs.append((self.build(), self.rest()))
        return Took(
            wall=statistics.median(built.wall - rest.wall for built, rest in pairs),
            cpu=statistics.median(built.cpu - rest.cpu for built, rest in pairs),
        )


def _bare(line: str, kept: Path) -> str:
    """Leave of a script's line only what is not the driver's business when everything is found."""
    words = line.split()
    if line.startswith("work="):
        return f"work='{kept}'"
    tools = ("/opt", "/llc", "/catalyst")
    is_tool = bool(words) and (words[0].strip("'").endswith(tools) or words[:2] == ["cargo-autodiff", "step"])
    return "" if is_tool or line.startswith("trap ") or (words and words[0] == "env") else line


class Memory:
    """The most memory that the driver's processes (not its tools) had at any time, in MiB."""

    def __init__(self) -> None:
        self.peak = 0.0
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._watch)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()

    def _watch(self) -> None:
        while not self._over.wait(0.05):
            self.peak = max(self.peak, sum(map(_resident, Path("/proc").glob("[0-9]*"))))


def _resident(process: Path) -> float:
    try:
        line = (process / "cmdline").read_bytes()
        if b"from cargo_autodiff" not in line or b"\0wrap\0" not in line:
            return 0.0
        pss = next(line for line in (process / "smaps_rollup").read_text().splitlines() if line.startswith("Pss:"))
        return int(pss.split()[1]) / 1024
    except (OSError, StopIteration):
        return 0.0


def measure(folder: Path, count: int, runs: int) -> dict[str, Took | float]:
    """Measure all: milliseconds; MiB of memory."""
    one, many = Program.prepared(folder / "one", 1), Program.prepared(folder / "many", count)
    own_one, own_many = one.own(runs), many.own(runs)
    elsewhere_one = one.own(runs, lambda number: source(1, elsewhere=number))
    elsewhere_many = many.own(runs, lambda number: source(count, elsewhere=number))
    many.clear()
    with Memory() as memory:
        cold = many.build()
    many.clear()
    one_job = many.build(**_ONE_JOB)
    edit = many.written(source(count, first=0.25, elsewhere=runs)).build()
    rustc = many.rustc_alone()
    many.clear()
    model, edited_model = (many.written(source(count, first=first, function=_MODEL)).build() for first in (0.5, 0.25))
    return {
        "own_one": own_one,
        "own_many": own_many,
        "elsewhere_one": elsewhere_one,
        "elsewhere_many": elsewhere_many,
        "few": one.of(count // 4).build(),
        "half": one.of(count // 2).build(),
        "cold": cold,
        "one_job": one_job,
        "edit": edit,
        "model": model,
        "edited_model": edited_model,
        "rustc": rustc,
        "rustc_model": many.rustc_alone(),
        "memory": memory.peak,
    }


def table(found: dict[str, Any], count: int) -> str:
    """Lay the result out for people."""
    marginal = (found["half"].cpu - found["few"].cpu) / (count // 2 - count // 4)
    times = found["cold"].cpu / marginal
    each = _each(found["own_one"], found["own_many"], count)
    elsewhere, more = found["elsewhere_one"], _each(found["elsewhere_one"], found["elsewhere_many"], count)
    rows = [
        _row("own time, nothing changed, 1 derivative", found["own_one"].wall, "ms", most=OWN_PER_CRATE),
        f"| the same, CPU | {found['own_one'].cpu:.0f} ms | | |",
        _row(f"own time, nothing changed, each of {count}", each.wall, "ms", most=OWN_PER_DERIVATIVE),
        f"| the same, CPU | {each.cpu:.2f} ms | | |",
        f"| edited elsewhere, beyond rustc and linker, 1 derivative | {_both(elsewhere)} | | |",
        f"| edited elsewhere, beyond rustc and linker, each of {count} | {_both(more)} | | |",
        f"| cold, {count} derivatives | {found['cold'].wall / 1000:.1f} s (CPU {found['cold'].cpu / 1000:.1f} s) | | |",
        _row(f"cold, CPU, in marginal costs of {marginal:.0f} ms", times, "", most=LINEAR * count / 200),
        _row("cold, one job against two", found["one_job"].wall / found["cold"].wall, "", least=BOTH_CORES),
        _row("after an edit of one, part of cold", found["edit"].wall / found["cold"].wall, "", most=ONE_EDIT),
        _row("the same, CPU", found["edit"].cpu / found["cold"].cpu, "", most=ONE_EDIT),
        f"| the same, without rustc's part | {_without(found, 'edit', 'cold', 'rustc'):.3g} | | |",
        f"| cold, {count} derivatives of two dozen lines | {found['model'].wall / 1000:.1f} s | | |",
        _row("after an edit of one, part of cold", found["edited_model"].wall / found["model"].wall, "", most=ONE_EDIT),
        _row("the same, CPU", found["edited_model"].cpu / found["model"].cpu, "", most=ONE_EDIT),
        f"| the same, without rustc's part | {_without(found, 'edited_model', 'model', 'rustc_model'):.3g} | | |",
        _row("driver's memory, cold", found["memory"], "MiB", most=MEMORY),
    ]
    lines = ["| | measured | goal | |", "|---|---|---|---|", *rows]
    return "\n".join(lines)


def _without(found: dict[str, Any], one: str, other: str, rustc: str) -> float:
    """Compare two builds' wall times less rustc's."""
    less = found[rustc].wall
    part: float = (found[one].wall - less) / (found[other].wall - less)
    return part


def _each(one: Took, many: Took, count: int) -> Took:
    """Say what each derivative costs beyond the first."""
    return Took(wall=(many.wall - one.wall) / (count - 1), cpu=(many.cpu - one.cpu) / (count - 1))


def _both(took: Took) -> str:
    return f"{took.wall:.1f} ms (CPU {took.cpu:.1f} ms)"


def _row(name: str, value: float, unit: str, *, most: float = float("inf"), least: float = float("-inf")) -> str:
    goal = f"≤ {most:g}" if most != float("inf") else f"≥ {least:g}"
    return f"| {name} | {value:.3g} {unit} | {goal} {unit} | {'met' if least <= value <= most else 'missed'} |"


def main() -> int:
    """Measure, print the table, and write JSON where asked."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--derivatives", type=int, default=200, help="in the large crate (200)")
    parser.add_argument("--runs", type=int, default=5, help="pairs of rebuilds (5)")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write every number here")
    options = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="store-benchmark-"))
    try:
        found = measure(folder, options.derivatives, options.runs)
    finally:
        shutil.rmtree(folder)
    facts = machine()
    print(table(found, options.derivatives))
    print(f"\n{where(facts)}")
    if options.json:
        numbers = {name: asdict(value) if isinstance(value, Took) else value for name, value in found.items()}
        options.json.write_text(json.dumps({"found": numbers, "machine": facts}, indent=2) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
