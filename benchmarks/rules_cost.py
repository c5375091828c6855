"""What the rules cost: gradients with all of them against gradients without any that can be left out.

usage: rules_cost.py [--runs N] [--json FILE]

The same program (rules_cost.rs) is built twice, and the two run in turn. A kernel's figure is the ratio of the fastest
calls; what counts is their geometric mean. The derivatives without rules can be wrong, and are timed only.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

from measuring import AS_INSTALLED, machine, where

SOURCE = Path(__file__).with_suffix(".rs")
GOAL = 1.03

# not among them: what only refuses, and without which nothing builds (allocators, raw-vec, inactive, settle-guard)
LEFT_OUT = (
    "address-guard", "alias-scopes", "alignment-checks", "atomic-integers", "chains", "conversions", "copies-by-parts",
    "declared-types", "float-bits", "hash-tables", "hide-shadows", "invariant-groups", "keep-nan", "keep-panics",
    "kept-pointers", "lost-shadows", "memmove", "merged-activity", "merged-pointers", "mixed-returns",
    "mixed-returns-in-memory", "nounwind", "one-edge", "one-exit", "scopes-of-stores", "settle-kept-pointers",
    "settle-merged-activity", "speculation", "speculation-loosened", "struct-returns", "typed-floats",
    "untyped-copies", "wrap-flags", "zero-tests",
)  # fmt: skip


def main() -> int:
    """Build twice, run in turn, tell."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=15)
    parser.add_argument("--json", type=Path, metavar="FILE")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        programs = {name: _built(Path(folder) / name, rules) for name, rules in (("all", ()), ("none", LEFT_OUT))}
        fastest: dict[str, dict[str, float]] = {name: {} for name in programs}
        for _ in range(options.runs):
            for name, program in programs.items():
                for kernel, ns in _times(program):
                    fastest[name][kernel] = min(ns, fastest[name].get(kernel, ns))
    ratios = {kernel: ns / fastest["none"][kernel] for kernel, ns in fastest["all"].items()}
    mean = statistics.geometric_mean(ratios.values())
    facts = machine()
    print(where(facts), "", "| kernel | with, µs | without, µs | ratio |", "|---|---|---|---|", sep="\n")
    for kernel, ratio in ratios.items():
        print(
            f"| {kernel} | {fastest['all'][kernel] / 1000:.1f} | {fastest['none'][kernel] / 1000:.1f} | {ratio:.3f} |"
        )
    print(f"| geometric mean | | | {mean:.3f} (goal: {GOAL}) |")
    if options.json:
        options.json.write_text(json.dumps({"machine": facts, "ratios": ratios, "mean": mean}, indent=1))
    return 0 if mean <= GOAL else 1


def _built(program: Path, without: tuple[str, ...]) -> Path:
    environ = {**AS_INSTALLED, "AUTODIFF_WITHOUT_RULES": ",".join(without)}
    words = [sys.executable, "-m", "cargo_autodiff", "compile", str(SOURCE), "-o", str(program)]
    subprocess.run(words, env=environ, check=True, stderr=subprocess.DEVNULL)
    return program


def _times(program: Path) -> list[tuple[str, float]]:
    done = subprocess.run([program], env=os.environ, capture_output=True, text=True, check=True)
    return [(name, float(ns)) for name, ns in (line.split() for line in done.stdout.splitlines())]


if __name__ == "__main__":
    sys.exit(main())
