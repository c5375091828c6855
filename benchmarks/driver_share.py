"""The driver's own share of wall time for one function: a build through it against its tools run bare.

usage: driver_share.py [--runs N] [--json FILE]

Both make the same program from the same crate. The bare run is the `--script` of the driver with raw commands in
place of its steps (floor.py), on files that a first run kept: rustc, opt, Enzyme, llc and the linker, one by one.
Runs are interleaved, so that a noisy machine is noisy to both; what counts is the median of the differences.
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
from dataclasses import asdict, dataclass
from pathlib import Path

from cargo_autodiff.settings import Settings
from cargo_autodiff.toolchain.locate import locate_rustc, toolchain_for
from floor import raw
from measuring import AS_INSTALLED, HEAD, Took, machine, row, timed, where

GOAL = 150.0  # ms

SOURCE = """\
use autodiff::autodiff_reverse;

#[autodiff_reverse(dsines, Duplicated, Active)]
fn sines(x: &[f64]) -> f64 {
    x.iter().map(|x| x.sin()).sum()
}

fn main() {
    let mut gradient = [0.0; 2];
    println!("{} {gradient:?}", dsines(&[0.5, 1.0], &mut gradient, 1.0));
}
"""


@dataclass(frozen=True, kw_only=True)
class Share:
    """All runs, in pairs."""

    driven: tuple[Took, ...]
    bare: tuple[Took, ...]

    @property
    def wall(self) -> list[float]:
        """The driver's share of wall time in each pair."""
        return [driven.wall - bare.wall for driven, bare in zip(self.driven, self.bare, strict=True)]

    @property
    def cpu(self) -> list[float]:
        """The driver's share of CPU time in each pair."""
        return [driven.cpu - bare.cpu for driven, bare in zip(self.driven, self.bare, strict=True)]

    @property
    def median(self) -> float:
        """The driver's share."""
        return statistics.median(self.wall)


@dataclass(frozen=True, kw_only=True)
class Pair:
    """The two ways to the same program, both as rustc is called by cargo."""

    folder: Path
    said: str
    """What the program prints."""
    driven: tuple[str, ...]
    bare: tuple[str, ...]

    @classmethod
    def prepared(cls, folder: Path, program: str = SOURCE) -> Pair:
        """Compile a program once, which builds the runtime crate, keeps the stages and writes the script."""
        source, script, keep = folder / "one.rs", folder / "script.sh", folder / "keep"
        source.write_text(program)
        compile_ = [sys.executable, "-m", "cargo_autodiff", "compile", "one.rs", "-o", "one", "--script", "script.sh"]
        subprocess.run(compile_, cwd=folder, env={**os.environ, "AUTODIFF_KEEP": str(keep)}, check=True)
        lines = script.read_text().splitlines()
        bare = folder / "bare.sh"
        toolchain = toolchain_for(locate_rustc(None, os.environ), Settings.read(os.environ))
        bare.write_text("\n".join(filter(None, (raw(line, keep / "one", toolchain) for line in lines))) + "\n")
        bare.chmod(0o755)
        command = next(line for line in lines if " -Clinker=" in line)
        words = command.split(" -Clinker=")[0].split()
        ours = ("-Copt-level=3", "-Ccodegen-units=1", "-Clinker-plugin-lto", "-Cno-prepopulate-passes")
        rustc = [word for word in words if word not in ours]
        said = subprocess.run([folder / "one"], capture_output=True, text=True, check=True).stdout
        return cls(
            said=said,
            folder=folder,
            driven=(sys.executable, "-P", "-m", "cargo_autodiff", "wrap", *rustc, "-Copt-level=3"),
            bare=(str(bare),),
        )

    def measure(self, runs: int) -> Share:
        """Run both in turn; of several pairs the first warms the disk's cache and does not count."""
        if runs > 1:
            self._time(self.driven), self._time(self.bare)
        driven, bare = zip(*((self._time(self.driven), self._time(self.bare)) for _ in range(runs)), strict=True)
        return Share(driven=driven, bare=bare)

    def _time(self, words: tuple[str, ...]) -> Took:
        program = self.folder / "one"
        program.unlink(missing_ok=True)
        took = timed(words, self.folder, {**AS_INSTALLED, "AUTODIFF_CACHE": "off"})  # the tools run in both
        said = subprocess.run([program], capture_output=True, text=True, check=True).stdout
        if said != self.said:
            raise ValueError(f"{words[0]} made a program that says {said}")
        return took


def table(share: Share) -> str:
    """Lay the result out for people."""
    rows = [
        ("through the driver", [took.wall for took in share.driven]),
        ("the tools alone", [took.wall for took in share.bare]),
        ("the driver's share", share.wall),
        ("the driver's share, CPU", share.cpu),
    ]
    return "\n".join([HEAD, *(row(name, of) for name, of in rows)])


def main() -> int:
    """Measure, print the table, and write JSON where asked."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=21, help="pairs of runs (21)")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write every number here")
    options = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="driver-share-"))
    try:
        share = Pair.prepared(folder).measure(options.runs)
    finally:
        shutil.rmtree(folder)
    facts = machine()
    print(table(share))
    print(f"\n{options.runs} pairs of runs, {where(facts)}")
    print(f"goal: {GOAL:.0f} ms; {'met' if share.median <= GOAL else 'missed'}")
    if options.json:
        numbers = {"share_ms": share.median, "goal_ms": GOAL, "runs": asdict(share), "machine": facts}
        options.json.write_text(json.dumps(numbers, indent=2) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
