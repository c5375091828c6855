"""What building costs: crates of 1 to 1,000 derivatives, and a workspace of 30 crates of which three have some.

usage: builds.py [--most N] [--runs N] [--json FILE]

Five situations: everything from nothing (`clean`); everything in the store, but nothing in cargo's target folder
(`warm`); nothing to do (`no-op`); after an edit of a function without derivative (`elsewhere`), and of one with
(`one`). Each is measured for `cargo autodiff build --release` and for plain cargo in turn. Plain cargo cannot make the
derivatives, so it builds the same package with gradients by hand (a feature); the attributes are in both.

The floor of `clean` is what the tools alone take: rustc, opt, Enzyme, llc and the linker, run bare on files that the
driver kept (its own `--script` without its steps), against the driver on the same file, without cargo.
"""

from __future__ import annotations

import argparse
import json
import re
import statistics
import sys
import tempfile
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cargo_autodiff.cargo.runtime import crates_folder
from cargo_builds import PACKAGE, SMALL, Place
from driver_share import Pair
from measuring import Took, machine, where
from ratios import markdown

if TYPE_CHECKING:
    from collections.abc import Callable

COUNTS = (1, 10, 100, 1000)
FLOOR = 1.15
FUNCTION = """\
#[autodiff_reverse(dcost{n}, Duplicated, Active)]
#[inline(never)]
fn cost{n}(x: &[f64]) -> f64 {{
    x.windows(2).map(|x| {n}.5 * (x[1] - x[0] * x[0]).powi(2) + (1.0 - x[0]).powi(2)).sum()
}}

#[cfg(not(feature = "by-hand"))]
pub fn gradient{n}(x: &[f64], into: &mut [f64]) -> f64 {{
    dcost{n}(x, into, 1.0)
}}

#[cfg(feature = "by-hand")]
#[inline(never)]
pub fn gradient{n}(x: &[f64], into: &mut [f64]) -> f64 {{
    for i in 1..x.len() {{
        let slope = 2.0 * {n}.5 * (x[i] - x[i - 1] * x[i - 1]);
        into[i] += slope;
        into[i - 1] += -2.0 * slope * x[i - 1] - 2.0 * (1.0 - x[i - 1]);
    }}
    cost{n}(x)
}}
"""
BY_HAND = ("build", "--release", "--features", "by-hand", "--target-dir", "target/by-hand")
OURS = ("autodiff", "build", "--release")
STORE, OUTPUT = "../cache/cargo-autodiff", "target"


@dataclass(frozen=True, kw_only=True)
class Subject:
    """Packages to build, and the file whose functions are edited."""

    name: str
    write: Callable[[Place], None]
    edited: str


def source(count: int) -> str:
    """Write functions with derivatives, one without, and one that calls all."""
    functions = "".join(FUNCTION.format(n=n) for n in range(count))
    calls = "".join(f"    sum += gradient{n}(&[1.0, 2.0, 0.5], &mut into);\n" for n in range(count))
    total = f"pub fn total() -> f64 {{\n    let (mut sum, mut into) = (other(), [0.0; 3]);\n{calls}    sum\n}}\n"
    other = "pub fn other() -> f64 {\n    f64::from(std::env::args().count() as u32 + 0)\n}\n"
    return f"use autodiff::autodiff_reverse;\n\n{functions}\n{other}\n{total}"


def crate(count: int) -> Subject:
    """A program of so many derivatives."""

    def write(place: Place) -> None:
        place.write("Cargo.toml", f"{_manifest('one')}\n")
        place.write("src/main.rs", f'{source(count)}\nfn main() {{\n    println!("{{}}", total());\n}}\n')

    return Subject(name=f"{count} derivatives", write=write, edited="src/main.rs")


def workspace() -> Subject:
    """Thirty crates, each after the other; three have ten derivatives."""

    def write(place: Place) -> None:
        names = [f"part{number:02}" for number in range(30)]
        place.write("Cargo.toml", f"[workspace]\nresolver = '2'\nmembers = {json.dumps(names)}\n")
        for number, name in enumerate(names):
            below = names[number - 1] if number else ""
            uses = f'{below} = {{ path = "../{below}", features = [] }}\n' if below else ""
            has = number % 10 == 5
            place.write(f"{name}/Cargo.toml", f"{_manifest(name)}{uses}")
            place.write(f"{name}/src/lib.rs", source(10) if has else SMALL.format(number=number))
        place.write("part29/src/main.rs", 'fn main() { println!("{:?}", part29::lengths("a b")); }\n')

    return Subject(name="30 crates, three of them with 10", write=write, edited="part25/src/lib.rs")


def _manifest(name: str) -> str:
    runtime = f'autodiff = {{ package = "std-autodiff", path = {json.dumps(str(crates_folder() / "autodiff"))} }}'
    return f"{PACKAGE.format(name=name)}[features]\nby-hand = []\n[dependencies]\n{runtime}\n"


def measure(subject: Subject, place: Place, runs: int) -> dict[str, dict[str, list[Took]]]:
    """Measure the five situations, plain cargo and ours in turn."""
    subject.write(place)
    path = place.folder / subject.edited
    situations: dict[str, Callable[[], None]] = {
        "clean": lambda: place.remove(OUTPUT, STORE),
        "warm": lambda: place.remove(OUTPUT),
        "no-op": lambda: None,
        "elsewhere": lambda: _edit(path, r"(count\(\) as u32 \+ )(\d+)"),
        "one": lambda: _edit(path, r"(map\(\|x\| \d+\.)(\d+)"),
    }
    found: dict[str, dict[str, list[Took]]] = {}
    for name, before in situations.items():
        took: dict[str, list[Took]] = {"plain": [], "ours": []}
        if name == "no-op":  # each `warm` took the other's output away, too
            place.cargo(*BY_HAND), place.cargo(*OURS)
        for _ in range(runs):
            for who, words in (("plain", BY_HAND), ("ours", OURS)):
                before()
                took[who].append(place.cargo(*words))
        found[name] = took
    return found


def _edit(path: Path, number: str) -> None:
    """Raise the first number that a pattern finds, so that the file is what it never was."""
    path.write_text(re.sub(number, lambda found: f"{found[1]}{int(found[2]) + 1}", path.read_text(), count=1))


def floor(count: int, folder: Path, runs: int) -> dict[str, list[Took]]:
    """Measure the tools alone, and the driver on the same file."""
    main = f'{source(count)}\nfn main() {{\n    println!("{{}}", total());\n}}\n'
    share = Pair.prepared(folder, main).measure(runs)
    return {"bare": list(share.bare), "driven": list(share.driven)}


def table(found: dict[str, dict[str, dict[str, list[Took]]]]) -> str:
    """Lay the situations out for people."""
    rows = [
        (subject, situation, *_cells(took["plain"]), *_cells(took["ours"]), f"{_cpu(took['ours'], took['plain']):.2f}")
        for subject, situations in found.items()
        for situation, took in situations.items()
    ]
    header = ("what is built", "situation", "plain, s", "CPU, s", "MiB", "ours, s", "CPU, s", "MiB", "ratio of CPU")
    return markdown(header, rows)


def floors(found: dict[int, dict[str, list[Took]]]) -> str:
    """Lay the driver and the tools alone out for people."""
    rows = [
        (str(count), *_cells(took["bare"]), *_cells(took["driven"]), f"{_cpu(took['driven'], took['bare']):.2f}")
        for count, took in found.items()
    ]
    header = ("derivatives", "tools, s", "CPU, s", "MiB", "driver, s", "CPU, s", "MiB", "ratio of CPU")
    return f"{markdown(header, rows)}\n\nGoal of the ratio: {FLOOR}"


def _cells(runs: list[Took]) -> tuple[str, str, str]:
    middle = statistics.median
    return (
        f"{middle(took.wall for took in runs) / 1000:.2f}",
        f"{middle(took.cpu for took in runs) / 1000:.2f}",
        f"{max(took.peak for took in runs):.0f}",
    )


def _cpu(over: list[Took], under: list[Took]) -> float:
    return statistics.median(a.cpu / b.cpu for a, b in zip(over, under, strict=True))


def main() -> int:
    """Measure, print the tables, and write JSON where asked."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--most", type=int, default=COUNTS[-1], help="no crates of more derivatives (1000)")
    parser.add_argument("--runs", type=int, default=3, help="pairs of runs (3); one from 1,000 on")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write every number here")
    options = parser.parse_args()
    counts = [count for count in COUNTS if count <= options.most]
    found, bare = {}, {}
    for subject in (*map(crate, counts), workspace()):
        runs = options.runs if subject.name != crate(COUNTS[-1]).name else 1
        with tempfile.TemporaryDirectory(prefix="builds-") as folder:
            found[subject.name] = measure(subject, Place.made(Path(folder)), runs)
        print(f"{subject.name}\n{table({subject.name: found[subject.name]})}", file=sys.stderr, flush=True)
    for count in counts:
        with tempfile.TemporaryDirectory(prefix="builds-") as folder:
            bare[count] = floor(count, Path(folder), options.runs if count < COUNTS[-1] else 1)
        print(floors({count: bare[count]}), file=sys.stderr, flush=True)
    facts = machine()
    print(f"{table(found)}\n\n{floors(bare)}\n\n{options.runs} runs in turn; {where(facts)}")
    if options.json:
        named = {"floor": {str(count): took for count, took in bare.items()}}
        numbers = {"situations": _as_json(found), **_as_json(named)}
        options.json.write_text(json.dumps({**numbers, "machine": facts}, indent=1) + "\n")
    return 0


def _as_json(found: dict[str, dict[str, dict[str, list[Took]]]]) -> dict[str, Any]:
    def listed(runs: dict[str, list[Took]]) -> dict[str, Any]:
        return {who: [asdict(took) for took in each] for who, each in runs.items()}

    return {subject: {name: listed(runs) for name, runs in of.items()} for subject, of in found.items()}


if __name__ == "__main__":
    sys.exit(main())
