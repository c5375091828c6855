"""What `cargo autodiff` costs beside plain cargo: where there are no derivatives, and for one derivative.

usage: cargo_builds.py [--runs N] [--only NAME] [--json FILE]

Each figure compares two builds of the same package, in turn, so that a noisy machine is noisy to both:

clean    a workspace of 30 small crates without derivatives, from nothing: at most 1.05 x plain cargo
no-op    the same when all is fresh: at most 1.05 x plain cargo + 30 ms
first    a release build from nothing, dependencies included, of a program with one derivative, and nothing in the
         cache: at most plain cargo + 600 ms. Plain cargo cannot make the derivative, so it builds the same package with
         the gradient written by hand (a feature); the attribute is in both
edit     a release build after an edit of a function without derivative: at most 1.3 x plain cargo. The program has 100
         such functions, some 1,200 lines
tiny     the same with a single function beside the derivative, a dozen lines: it shows what is there whatever the size
"""

from __future__ import annotations

import argparse
import json
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from cargo_autodiff.cargo.runtime import crates_folder
from measuring import AS_INSTALLED, HEAD, Took, machine, row, timed, where

if TYPE_CHECKING:
    from collections.abc import Callable

PACKAGE = '[package]\nname = "{name}"\nversion = "0.1.0"\nedition = "2021"\n'

SMALL = """\
use std::collections::BTreeMap;

/// Counts words by their length.
pub fn lengths(text: &str) -> BTreeMap<usize, usize> {{
    let mut found = BTreeMap::new();
    for word in text.split_whitespace() {{
        *found.entry(word.len() + {number}).or_insert(0) += 1;
    }}
    found
}}
"""

DERIVATIVE = """\
use autodiff::autodiff_reverse;

#[autodiff_reverse(dcost, Duplicated, Active)]
fn cost(x: &[f64]) -> f64 {
    x.windows(2).map(|x| 100.0 * (x[1] - x[0] * x[0]).powi(2) + (1.0 - x[0]).powi(2)).sum()
}

#[cfg(not(feature = "by-hand"))]
fn gradient(x: &[f64], into: &mut [f64]) -> f64 {
    dcost(x, into, 1.0)
}

#[cfg(feature = "by-hand")]
fn gradient(x: &[f64], into: &mut [f64]) -> f64 {
    for i in 1..x.len() {
        let slope = 200.0 * (x[i] - x[i - 1] * x[i - 1]);
        into[i] += slope;
        into[i - 1] += -2.0 * slope * x[i - 1] - 2.0 * (1.0 - x[i - 1]);
    }
    cost(x)
}

fn main() {
    let mut into = [0.0; 4];
    let value = gradient(&[1.0, 2.0, 0.5, 1.5], &mut into);
    println!("{value} {into:?}");
    std::process::exit(rest(std::env::args().count()) as i32);
}

fn rest(count: usize) -> usize {
    if count < 100 { 0 } else { OTHERS }
}
"""

OTHER = """\
/// Finds the most frequent words of a text, with their places.
pub fn frequent_{number}(text: &str, least: usize) -> usize {{
    let mut places: std::collections::HashMap<String, Vec<usize>> = std::collections::HashMap::new();
    for (place, word) in text.split_whitespace().enumerate() {{
        places.entry(word.to_lowercase()).or_default().push(place * {number});
    }}
    let mut found: Vec<_> = places.into_iter().filter(|(_, places)| places.len() > least + 0).collect();
    found.sort_by(|a, b| b.1.len().cmp(&a.1.len()).then_with(|| a.0.cmp(&b.0)));
    found.iter().map(|(word, places)| word.len() + places.len()).sum()
}}
"""


@dataclass(frozen=True, kw_only=True)
class Figure:
    """Two builds and the goal: the second takes at most `factor` x the first + `more` milliseconds."""

    plain: tuple[Took, ...]
    ours: tuple[Took, ...]
    factor: float
    more: float

    @property
    def ratios(self) -> list[float]:
        """Ours to plain cargo's, in each pair."""
        return [ours.wall / plain.wall for plain, ours in zip(self.plain, self.ours, strict=True)]

    @property
    def cpu_ratios(self) -> list[float]:
        """The same of CPU time."""
        return [ours.cpu / plain.cpu for plain, ours in zip(self.plain, self.ours, strict=True)]

    @property
    def beyond(self) -> float:
        """How much the median pair takes beyond the goal, in ms; negative if it keeps it."""
        pairs = zip(self.plain, self.ours, strict=True)
        return statistics.median(ours.wall - self.factor * plain.wall for plain, ours in pairs) - self.more


@dataclass(frozen=True, kw_only=True)
class Place:
    """A package and the programs that build it."""

    folder: Path
    environ: dict[str, str]

    @classmethod
    def made(cls, folder: Path) -> Place:
        """Install the driver; what is measured is then what a user runs."""
        installed, work = folder / "installed", folder / "work"
        work.mkdir()
        pip = (sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--no-index", "--no-build-isolation")
        subprocess.run([*pip, "--target", installed, Path(__file__).parents[1]], check=True)
        environ = {
            **AS_INSTALLED,
            "PATH": f"{installed / 'bin'}:{AS_INSTALLED['PATH']}",
            "PYTHONPATH": str(installed),
            "XDG_CACHE_HOME": str(folder / "cache"),
        }
        return cls(folder=work, environ=environ)

    def cargo(self, *words: str) -> Took:
        """Run cargo."""
        return timed(["cargo", *words, "--offline"], self.folder, self.environ, quiet=True)

    def compare(
        self, runs: int, before: Callable[[], None], plain: tuple[str, ...], ours: tuple[str, ...]
    ) -> tuple[tuple[Took, ...], tuple[Took, ...]]:
        """Run both in turn, `before` before each; the first pair warms the disk's cache and does not count."""
        pairs = []
        for _ in range(runs + 1):
            before()
            one = self.cargo(*plain)
            before()
            pairs.append((one, self.cargo(*ours)))
        first, second = zip(*pairs[1:], strict=True)
        return first, second

    def write(self, name: str, text: str) -> None:
        """Write a file, and the folders above it."""
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)

    def many(self) -> None:
        """Write a workspace of 30 crates; each uses up to two others, every tenth is a program too."""
        names = [f"part{number:02}" for number in range(30)]
        self.write("Cargo.toml", f"[workspace]\nresolver = '2'\nmembers = {json.dumps(names)}\n")
        for number, name in enumerate(names):
            uses = "".join(
                f'{names[of]} = {{ path = "../{names[of]}" }}\n' for of in (number - 1, number - 7) if of >= 0
            )
            self.write(f"{name}/Cargo.toml", f"{PACKAGE.format(name=name)}[dependencies]\n{uses}")
            self.write(f"{name}/src/lib.rs", SMALL.format(number=number))
            if number % 10 == 9:
                self.write(f"{name}/src/main.rs", f'fn main() {{ println!("{{:?}}", {name}::lengths("a b")); }}\n')

    def one(self, others: int) -> None:
        """Write a program with one derivative and other functions."""
        runtime = f'autodiff = {{ package = "std-autodiff", path = {json.dumps(str(crates_folder() / "autodiff"))} }}'
        manifest = f"{PACKAGE.format(name='one')}[features]\nby-hand = []\n[dependencies]\n{runtime}\n"
        self.write("Cargo.toml", manifest)
        calls = " + ".join(f'others::frequent_{number}("a", count)' for number in range(1, others + 1))
        self.write("src/main.rs", "mod others;\n" + DERIVATIVE.replace("OTHERS", calls))
        self.write("src/others.rs", "".join(OTHER.format(number=number) for number in range(1, others + 1)))

    def edit(self) -> None:
        """Change what a function without derivative computes, to what it never was."""
        path = self.folder / "src" / "others.rs"
        least, number, rest = re.split(r"least \+ (\d+)", path.read_text(), maxsplit=1)
        path.write_text(f"{least}least + {int(number) + 1}{rest}")

    def remove(self, *names: str) -> None:
        """Take folders away, in the package or beside it."""
        for name in names:
            shutil.rmtree(self.folder / name, ignore_errors=True)


BY_HAND = ("build", "--release", "--features", "by-hand", "--target-dir", "target/by-hand")


def clean(place: Place, runs: int) -> Figure:
    """Measure the workspace without derivatives from nothing."""
    place.many()
    first, second = place.compare(runs, lambda: place.remove("target"), ("build",), ("autodiff", "build"))
    return Figure(plain=first, ours=second, factor=1.05, more=0)


def no_op(place: Place, runs: int) -> Figure:
    """Measure it when there is nothing to do."""
    place.many()
    first, second = place.compare(3 * runs, lambda: None, ("build",), ("autodiff", "build"))
    return Figure(plain=first, ours=second, factor=1.05, more=30)


def first(place: Place, runs: int) -> Figure:
    """Measure the release build of one derivative from nothing."""
    place.one(1)
    gone = lambda: place.remove("target", "../cache/cargo-autodiff")  # noqa: E731
    plain, ours = place.compare(runs, gone, BY_HAND, ("autodiff", "build", "--release"))
    return Figure(plain=plain, ours=ours, factor=1, more=600)


def edit(place: Place, runs: int, others: int = 100) -> Figure:
    """Measure the release build after an edit elsewhere."""
    place.one(others)
    plain, ours = place.compare(runs, place.edit, BY_HAND, ("autodiff", "build", "--release"))
    return Figure(plain=plain, ours=ours, factor=1.3, more=0)


def tiny(place: Place, runs: int) -> Figure:
    """Measure the same in a crate of a dozen lines."""
    return edit(place, runs, others=1)


FIGURES: dict[str, Callable[[Place, int], Figure]] = {
    "clean": clean, "no-op": no_op, "first": first, "edit": edit, "tiny": tiny,
}  # fmt: skip


def told(name: str, figure: Figure) -> str:
    """Lay a figure out for people."""
    goal = f"at most {figure.factor:g} x plain cargo" + (f" + {figure.more:g} ms" if figure.more else "")
    verdict = f"{-figure.beyond:.0f} ms below" if figure.beyond <= 0 else f"{figure.beyond:.0f} ms beyond: missed"
    return "\n".join(
        [
            f"{name}: {goal}; {verdict}\n",
            HEAD,
            row("plain cargo", [took.wall for took in figure.plain]),
            row("cargo autodiff", [took.wall for took in figure.ours]),
            row("ratio", figure.ratios, digits=2),
            row("plain cargo, CPU", [took.cpu for took in figure.plain]),
            row("cargo autodiff, CPU", [took.cpu for took in figure.ours]),
            row("ratio, CPU", figure.cpu_ratios, digits=2),
            "",
        ]
    )


def main() -> int:
    """Measure, print the tables, and write JSON where asked."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=11, help="pairs of runs (11); three times as many of no-op")
    parser.add_argument("--only", choices=FIGURES, metavar="NAME", action="append", help="this figure (repeatable)")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write every number here")
    options = parser.parse_args()
    found: dict[str, Figure] = {}
    for name in options.only or FIGURES:
        with tempfile.TemporaryDirectory(prefix="cargo-builds-") as folder:
            found[name] = FIGURES[name](Place.made(Path(folder)), options.runs)
        print(told(name, found[name]), flush=True)
    facts = machine()
    print(f"{options.runs} pairs of runs, {where(facts)}")
    if options.json:
        numbers = {name: asdict(figure) for name, figure in found.items()}
        options.json.write_text(json.dumps({"figures": numbers, "machine": facts}, indent=2) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
