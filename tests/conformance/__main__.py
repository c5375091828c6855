"""`scripts/conformance`: judge every program in every profile, and write docs/conformance.md."""

from __future__ import annotations

import argparse
import subprocess
import sys
from typing import TYPE_CHECKING

from conformance.table import DOCUMENT, document, every_profile, fill
from judging.program import Outcome

if TYPE_CHECKING:
    from collections.abc import Sequence


def main(argv: Sequence[str]) -> int:
    """Run the command; 1 when a cell was wrong."""
    parser = argparse.ArgumentParser(prog="scripts/conformance", description=__doc__)
    parser.parse_args(argv)
    rustc = subprocess.run(["rustc", "--version"], capture_output=True, text=True, check=True).stdout.split()[1]  # noqa: S607
    cells = fill(every_profile(), lambda said: print(said, file=sys.stderr))
    DOCUMENT.write_text(document(cells, f"rustc {rustc} and the tool set `llvm22`"))
    wrong = [cell for cell in cells if cell.verdict.outcome in (Outcome.WRONG, Outcome.NOT_COMPILED)]
    for cell in wrong:
        print(f"{cell.verdict.program} {cell.verdict.mode.value} {cell.build.name}: {cell.verdict.why}")
    return int(bool(wrong))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
