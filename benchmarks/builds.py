"""What building costs: crates of 1 to 1,000 derivatives, and a workspace of 30 crates of which three have some.

usage: builds.py [--most N] [--runs N] [--out FOLDER] [--from FILE] [--document]

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

from breakdown import picture, stages_of
from cargo_autodiff.cargo.runtime import crates_folder
from cargo_builds import PACKAGE, SMALL, Place
from driver_share import Pair
from measuring import Took, document, machine, where
from ratios import markdown

if TYPE_CHECKING:
    from collections.abc import Callable

HERE = Path(__file__).parent
COUNTS = (1, 10, 100, 1000)
FLOOR = 1.15
FLOOR_RUNS = {1: 15, COUNTS[-1]: 1}
"""Pairs of runs of the driver and the tools alone, where they are not as many as of everything else."""
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

    return Subject(name="1 derivative" if count == 1 else f"{count} derivatives", write=write, edited="src/main.rs")


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


def situations(subject: Subject, place: Place, runs: int) -> dict[str, dict[str, list[Took]]]:
    """Measure the five situations, plain cargo and ours in turn."""
    subject.write(place)
    path = place.folder / subject.edited
    before_each: dict[str, Callable[[], None]] = {
        "clean": lambda: place.remove(OUTPUT, STORE),
        "warm": lambda: place.remove(OUTPUT),
        "no-op": lambda: None,
        "elsewhere": lambda: _edit(path, r"(count\(\) as u32 \+ )(\d+)"),
        "one": lambda: _edit(path, r"(map\(\|x\| \d+\.)(\d+)"),
    }
    found: dict[str, dict[str, list[Took]]] = {}
    for name, before in before_each.items():
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
        (subject, situation, *_cells(took["plain"]), *_cells(took["ours"]), _ratio(took["ours"], took["plain"], "cpu"))
        for subject, situations in found.items()
        for situation, took in situations.items()
    ]
    header = ("what is built", "situation", "plain, s", "CPU, s", "MiB", "ours, s", "CPU, s", "MiB", "ratio of CPU")
    return markdown(header, rows)


def floors(found: dict[str, dict[str, list[Took]]]) -> str:
    """Lay the driver and the tools alone out for people."""
    rows = [
        (
            count,
            *_cells(took["bare"]),
            *_cells(took["driven"]),
            _ratio(took["driven"], took["bare"], "wall"),
            _ratio(took["driven"], took["bare"], "cpu"),
        )
        for count, took in found.items()
    ]
    header = ("derivatives", "tools, s", "CPU, s", "MiB", "driver, s", "CPU, s", "MiB", "ratio", "ratio of CPU")
    return f"{markdown(header, rows)}\n\nGoal of the ratio, of wall time: {FLOOR}"


def _cells(runs: list[Took]) -> tuple[str, str, str]:
    middle = statistics.median
    return (
        f"{middle(took.wall for took in runs) / 1000:.2f}",
        f"{middle(took.cpu for took in runs) / 1000:.2f}",
        f"{max(took.peak for took in runs):.0f}",
    )


def _ratio(over: list[Took], under: list[Took], of: str) -> str:
    """Compare the runs pair by pair: the middle one, because a single pair has no spread."""
    return f"{statistics.median(getattr(a, of) / getattr(b, of) for a, b in zip(over, under, strict=True)):.2f}"


def main() -> int:
    """Measure, or read what was measured; print the tables and write them."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--most", type=int, default=COUNTS[-1], help="no crates of more derivatives (1000)")
    parser.add_argument("--runs", type=int, default=3, help="pairs of runs (3); one from 1,000 on")
    parser.add_argument("--out", type=Path, default=HERE / "target", help="where results go")
    parser.add_argument(
        "--from", dest="given", type=Path, metavar="FILE", help="lay out these results, measure nothing"
    )
    parser.add_argument("--document", action="store_true", help="put the tables into docs/performance.md, too")
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    counts = [count for count in COUNTS if count <= options.most]
    numbers = json.loads(options.given.read_text()) if options.given else measure(counts, options.runs)
    found, bare = _from_json(numbers["situations"]), _from_json({"floor": numbers["floor"]})["floor"]
    text = f"{table(found)}\n\n{floors(bare)}\n\n{numbers['runs']} runs in turn; {where(numbers['machine'])}\n"
    print(text)
    kept, drawing = options.out / "builds.json", options.out / "builds.svg"
    kept.write_text(json.dumps(numbers, indent=1) + "\n")
    drawing.write_text(picture(numbers["stages"]))
    if options.document:
        document(text, what="builds", by="scripts/bench builds --document", files=[kept, drawing])
    return 0


def measure(counts: list[int], runs: int) -> dict[str, Any]:
    """Measure everything."""
    found, bare, stages = {}, {}, {}
    facts = machine()
    for subject in (*map(crate, counts), workspace()):
        with tempfile.TemporaryDirectory(prefix="builds-") as folder:
            place = Place.made(Path(folder))
            found[subject.name] = situations(subject, place, runs if subject.name != crate(COUNTS[-1]).name else 1)
            place.remove(OUTPUT, STORE)
            place.cargo(*OURS, "--timings")
            stages[subject.name] = stages_of(place.folder)
        print(f"{subject.name}\n{table({subject.name: found[subject.name]})}", file=sys.stderr, flush=True)
    for count in counts:
        with tempfile.TemporaryDirectory(prefix="builds-") as folder:
            bare[str(count)] = floor(count, Path(folder), FLOOR_RUNS.get(count, runs))
        print(floors({str(count): bare[str(count)]}), file=sys.stderr, flush=True)
    named = {"situations": _as_json(found), **_as_json({"floor": bare})}
    return {**named, "stages": stages, "runs": runs, "machine": facts}


def _as_json(found: dict[str, dict[str, dict[str, list[Took]]]]) -> dict[str, Any]:
    def listed(runs: dict[str, list[Took]]) -> dict[str, Any]:
        return {who: [asdict(took) for took in each] for who, each in runs.items()}

    return {subject: {name: listed(runs) for name, runs in of.items()} for subject, of in found.items()}


def _from_json(numbers: dict[str, Any]) -> dict[str, dict[str, dict[str, list[Took]]]]:
    def taken(runs: dict[str, Any]) -> dict[str, list[Took]]:
        return {who: [Took(**took) for took in each] for who, each in runs.items()}

    return {subject: {name: taken(runs) for name, runs in of.items()} for subject, of in numbers.items()}


if __name__ == "__main__":
    sys.exit(main())
