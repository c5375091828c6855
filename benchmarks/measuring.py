"""What every benchmark here does: run a command and say how long it took, on what machine, as a table for people."""

from __future__ import annotations

import os
import platform
import shutil
import statistics
import subprocess
import tempfile
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

# an installed driver has its bytecode beside it; a variable of the shell must not make every run compile it again
AS_INSTALLED = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}

DOCUMENT = Path(__file__).parents[1] / "docs" / "performance.md"
KEPT = DOCUMENT.with_suffix("")
"""Where the page is, and the numbers and pictures of the runs that it tells of."""

HEAD = "| ms | median | quartiles | fastest | slowest |\n|---|---|---|---|---|"


@dataclass(frozen=True, kw_only=True)
class Took:
    """Milliseconds of one run; `cpu` is that of all its processes, which other work on the machine hardly changes."""

    wall: float
    cpu: float
    peak: float = 0.0
    """MiB of the largest of its processes."""


def timed(words: Sequence[str | Path], cwd: Path, environ: Mapping[str, str], *, quiet: bool = False) -> Took:
    """Run a command, which must succeed."""
    with tempfile.TemporaryFile() as said:
        out = said if quiet else None
        began = time.perf_counter()
        process = subprocess.Popen(words, cwd=cwd, env=environ, stdout=out, stderr=out)
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        wall = 1000 * (time.perf_counter() - began)
        if process.returncode:
            said.seek(0)
            raise subprocess.CalledProcessError(process.returncode, words, said.read())
    return Took(wall=wall, cpu=1000 * (used.ru_utime + used.ru_stime), peak=used.ru_maxrss / 1024)


def machine() -> dict[str, str | int]:
    """Say on what was measured."""
    model = platform.processor()
    for line in Path("/proc/cpuinfo").read_text().splitlines() if Path("/proc/cpuinfo").exists() else []:
        if line.startswith("model name"):
            model = line.partition(": ")[2]
    return {
        "cores": os.cpu_count() or 0,
        "cpu": model,
        "python": platform.python_version(),
        "load": f"{os.getloadavg()[0]:.1f}",
        "date": datetime.now(UTC).date().isoformat(),
    }


def document(text: str, *, what: str, by: str, files: Sequence[Path]) -> None:
    """Replace a part of the page that a command writes, and keep its numbers and picture beside the page."""
    begin, end = f"<!-- {what}: made by {by} -->", f"<!-- end of {what} -->"
    before, _, rest = DOCUMENT.read_text().partition(begin)
    _, _, after = rest.partition(end)
    DOCUMENT.write_text(f"{before}{begin}\n\n{text}\n{end}{after}")
    for file in files:
        shutil.copy(file, KEPT)


def where(facts: Mapping[str, str | int]) -> str:
    """Say it in a line; the load is that of the last minute."""
    return "{date}, Python {python}, {cores} cores, {cpu}, load {load}".format(**facts)


def row(name: str, numbers: Sequence[float], digits: int = 0) -> str:
    """Lay out the numbers of one thing under `HEAD`."""
    low, middle, high = (f"{number:.{digits}f}" for number in statistics.quantiles(numbers, n=4))
    return f"| {name} | {middle} | {low} to {high} | {min(numbers):.{digits}f} | {max(numbers):.{digits}f} |"
