"""`cargo autodiff doctor`: say what is there, what is missing, and what to do."""

from __future__ import annotations

import argparse
import json
from typing import TYPE_CHECKING

from cargo_autodiff.cli.toolset_options import add_toolset_options, with_toolset_options
from cargo_autodiff.errors import ToolsetError
from cargo_autodiff.settings import Settings
from cargo_autodiff.toolchain.examine import State, examine

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cargo_autodiff.toolchain.examine import Finding, Report


def main(argv: list[str], environ: Mapping[str, str]) -> int:
    """Print one line a requirement; the exit code is ToolsetError's when something needed is missing."""
    parser = argparse.ArgumentParser(prog="cargo autodiff doctor", description=__doc__)
    add_toolset_options(parser)
    parser.add_argument("--json", action="store_true", help="print one JSON object instead")
    parser.add_argument(
        "--timeout", metavar="SECONDS", type=float, default=60.0, help="how long the Enzyme host may take (60)"
    )
    options = parser.parse_args(argv)
    settings = with_toolset_options(Settings.read(environ), options)
    report = examine(settings, environ, options.timeout)
    print(as_json(report) if options.json else as_text(report))
    return 0 if report.ok else ToolsetError.exit_code


def as_text(report: Report) -> str:
    """Lay a report out for people."""
    lines = [line for finding in report.findings for line in finding_lines(finding)]
    verdict = "everything that is needed is there" if report.ok else "something that is needed is missing"
    return "\n".join([f"tool set {report.profile}", *lines, verdict])


def finding_lines(finding: Finding) -> list[str]:
    """Lay out one finding: one line, and one more with what to do."""
    lines = [f"{finding.state.value:>8}  {finding.name}: {finding.says}"]
    if finding.state is not State.OK and finding.hint:
        lines.append(f"{'':>8}    help: {finding.hint}")
    return lines


def as_json(report: Report) -> str:
    """Lay a report out for programs."""
    findings = [
        {"name": finding.name, "state": finding.state.value, "says": finding.says, "hint": finding.hint}
        for finding in report.findings
    ]
    facts = {"ok": report.ok, "profile": report.profile, "findings": findings, "versions": dict(report.versions)}
    return json.dumps(facts, indent=2)
