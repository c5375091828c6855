"""`scripts/fuzz`: judge the derivatives of random functions, and make findings small."""

from __future__ import annotations

import argparse
import collections
import itertools
import json
import re
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from fuzz.generate import generate
from fuzz.reduce import Reducer
from judging.crate import PROFILES, judge
from judging.program import Mode, Outcome

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from judging.crate import Build
    from judging.program import Verdict

PER_CRATE = 50


@dataclass(frozen=True)
class Finding:
    """A verdict, and how to have it again."""

    seed: int
    build: Build
    verdict: Verdict


def main(argv: Sequence[str]) -> int:
    """Run the command; 1 when a derivative was wrong."""
    parser = argparse.ArgumentParser(prog="scripts/fuzz", description=__doc__)
    parser.add_argument("--seed", type=int, default=0, help="the first function's seed (default: 0)")
    parser.add_argument("--count", type=int, default=200, help="how many functions (default: 200)")
    names = [build.name for build in PROFILES]
    parser.add_argument("--profile", choices=names, help="one profile (default: another for each crate)")
    parser.add_argument("--reduce", action="store_true", help="make what is wrong smaller, and print it")
    parser.add_argument("--reduce-refused", action="store_true", help="make what is refused smaller, too")
    parser.add_argument("--show", action="store_true", help="print the functions and do nothing else")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write every verdict")
    options = parser.parse_args(argv)
    if options.show:
        for seed in range(options.seed, options.seed + options.count):
            print(generate(seed).program().source)
        return 0
    builds = [build for build in PROFILES if options.profile in (None, build.name)]
    seeds = range(options.seed, options.seed + options.count)
    findings: list[Finding] = []
    with tempfile.TemporaryDirectory(prefix="fuzz") as folder:
        for first, build in zip(range(0, len(seeds), PER_CRATE), itertools.cycle(builds), strict=False):
            findings += _judged(seeds[first : first + PER_CRATE], build, Path(folder))
        for line in _table(findings):
            print(line)
        wanted = {Outcome.WRONG: options.reduce, Outcome.REFUSED: options.reduce_refused}
        for finding in findings:
            if wanted.get(finding.verdict.outcome):
                _print_small(finding, Path(folder))
    if options.json:
        options.json.write_text(json.dumps([_record(finding) for finding in findings], indent=1))
    return int(any(finding.verdict.outcome is Outcome.WRONG for finding in findings))


def _judged(seeds: Sequence[int], build: Build, folder: Path) -> list[Finding]:
    programs = {seed: generate(seed).program() for seed in seeds}
    cases = [(program, mode) for program in programs.values() for mode in Mode]
    began = time.monotonic()
    verdicts = judge(cases, build, folder)
    findings = [Finding(seed, build, one) for seed, one in zip((s for s in seeds for _ in Mode), verdicts, strict=True)]
    took = time.monotonic() - began
    counts = collections.Counter(verdict.outcome.value for verdict in verdicts)
    said = ", ".join(f"{number} {name}" for name, number in counts.most_common())
    print(f"seeds {seeds[0]}..{seeds[-1]} {build.name}: {said} ({took:.0f} s)", file=sys.stderr)
    return findings


def _print_small(finding: Finding, folder: Path) -> None:
    def tell(said: str) -> None:
        print(f"\rseed {finding.seed}: {said}", end="    ", file=sys.stderr)

    mode, outcome, why = finding.verdict.mode, finding.verdict.outcome, reason(finding.verdict.why)

    def same(verdict: Verdict) -> bool:
        return verdict.outcome is outcome and (outcome is Outcome.WRONG or reason(verdict.why) == why)

    reducer = Reducer(mode=mode, same=same, build=finding.build, folder=folder)
    tree = reducer.reduced(generate(finding.seed), tell)
    (again,) = judge([(tree.program(), mode)], finding.build, folder)
    print(f"\n// seed {finding.seed}, {mode.value}, {finding.build.name}: {again.outcome.value}\n// {again.why}")
    print(tree.program().source)


def _table(findings: Sequence[Finding]) -> Iterator[str]:
    """Lay out totals, reasons of refusals, and each wrong derivative."""
    outcomes = collections.Counter(finding.verdict.outcome for finding in findings)
    for outcome in Outcome:
        yield f"{outcomes[outcome]:6} {outcome.value}"
    differentiated, refused = outcomes[Outcome.RIGHT], outcomes[Outcome.REFUSED]
    if differentiated + refused:
        share = differentiated / (differentiated + refused + outcomes[Outcome.WRONG])
        yield f"{share:6.1%} of {differentiated + refused + outcomes[Outcome.WRONG]} judged derivatives are right"
    for outcome in (Outcome.REFUSED, Outcome.NOT_COMPILED, Outcome.NOT_JUDGED):
        reasons = collections.defaultdict(list)
        for finding in findings:
            if finding.verdict.outcome is outcome:
                reasons[reason(finding.verdict.why)].append(finding)
        for why, those in sorted(reasons.items(), key=lambda pair: -len(pair[1])):
            examples = " ".join(f"{finding.seed}:{finding.verdict.mode.value[0]}" for finding in those[:6])
            yield f"{outcome.value}: {len(those):4} {why}  [{examples}]"
    for finding in findings:
        if finding.verdict.outcome is Outcome.WRONG:
            yield f"WRONG: seed {finding.seed} {finding.verdict.mode.value} {finding.build.name}: {finding.verdict.why}"


def reason(why: str) -> str:
    """Name the reason of a verdict without what differs from one function to the next."""
    note = re.search(r"= note: (.*?)(?: \(the derivative is asked for|$)", why, re.MULTILINE)
    text = note[1] if note else why.partition("\n")[0]
    text = re.sub(r"(preprocess_)?_ZN[\w.$]+E\b|[%@#!][\w.$]+|\b\d[\d.e+-]*\b|`\w+`", "_", text)
    return text[:150]


def _record(finding: Finding) -> dict[str, object]:
    verdict = finding.verdict
    return {
        "seed": finding.seed,
        "profile": finding.build.name,
        "mode": verdict.mode.value,
        "outcome": verdict.outcome.value,
        "why": verdict.why,
    }


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
