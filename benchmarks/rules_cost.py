"""What the rules cost: gradients of the kernels with all rules against those without any that can be left out.

usage: rules_cost.py [--json FILE]

The kernels' plain versions are built twice, and compute in turn. A kernel's figure is the median of the ratios, and
what counts is their geometric mean. The derivatives without rules can be wrong, and are timed only; a kernel of which
one ends the program is told, and left out.
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
import tempfile
from pathlib import Path

from gradients import FULL, task
from kernels import Built, read_kernels
from measuring import AS_INSTALLED, machine, where
from ratios import Spread, in_turn, markdown, ratio

GOAL = 1.03

# not among them: what only refuses, and without which nothing builds (allocators, raw-vec, inactive, settle-guard)
LEFT_OUT = (
    "address-guard", "alias-scopes", "alignment-checks", "alignments", "atomic-integers", "black-box", "by-value",
    "calls-in-place", "chains", "contents-of-arguments", "conversions", "copies-by-parts", "counted-exits",
    "declared-types", "float-bits", "float-inductions", "guarded-values", "handed-out", "hash-tables",
    "hide-shadows", "invariant-groups",
    "keep-nan", "keep-order", "keep-panics", "kept-pointers", "loads-apart", "loop-results", "lost-shadows",
    "memmove", "merged-activity", "merged-activity-later", "merged-pointers", "merged-words",
    "mixed-returns", "mixed-returns-in-memory", "nounwind",
    "one-edge", "one-exit", "overwrites", "own-names", "packed-floats", "pointers-in-boxes", "resets",
    "roundings", "scopes-of-stores",
    "settle-kept-pointers", "settle-merged-activity", "speculation", "speculation-loosened", "struct-returns",
    "tables", "three-ways", "typed-floats", "unset-counters", "unset-values", "untyped-copies", "wrap-flags",
    "zero-tests", "zeroed-allocations",
)  # fmt: skip


def main() -> int:
    """Build twice, run in turn, tell."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--json", type=Path, metavar="FILE")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        found = _measured(Path(folder))
    mean = statistics.geometric_mean(spread.middle for spread in found.values())
    facts = machine()
    rows = [[name, str(spread)] for name, spread in found.items()]
    print(
        where(facts), "", markdown(["kernel", "with all rules"], [*rows, ["geometric mean", f"{mean:.3f}"]]), sep="\n"
    )
    if options.json:
        ratios = {name: spread.middle for name, spread in found.items()}
        options.json.write_text(json.dumps({"machine": facts, "ratios": ratios, "mean": mean}, indent=1))
    return 0 if mean <= GOAL else 1


def _measured(folder: Path) -> dict[str, Spread]:
    environs = {"with": AS_INSTALLED, "without": {**AS_INSTALLED, "AUTODIFF_WITHOUT_RULES": ",".join(LEFT_OUT)}}
    built = {name: Built.within(folder / name, (), environ) for name, environ in environs.items()}
    found = {}
    for kernel in read_kernels():
        programs = {name: one.start(kernel, "plain", kernel.full.size) for name, one in built.items()}
        try:
            tasks = {name: task(program, "gradient", FULL.seconds) for name, program in programs.items()}
            runs = in_turn(tasks, FULL.rounds)
            found[kernel.name] = ratio(runs["with"], runs["without"])
            print(f"{kernel.name}: {found[kernel.name]}", file=sys.stderr)
        except RuntimeError as error:
            print(f"{kernel.name}: left out, because without rules {error}", file=sys.stderr)
        finally:
            for program in programs.values():
                program.close()
    return found


if __name__ == "__main__":
    sys.exit(main())
