"""The driver's own share of wall time. The goal is in benchmarks/driver_share.py; here only that no step got slow."""

from __future__ import annotations

import json
import sys
from statistics import median
from typing import TYPE_CHECKING

from driving import REPOSITORY, Driver

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from cargo_autodiff.toolchain.locate import Toolchain

GENEROUS = 400.0  # ms, of wall time in the best pair and of CPU time: shared machines are noisy


def test_the_drivers_share_is_small(
    driver: Driver, llvm22: Toolchain, tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    benchmark = REPOSITORY / "benchmarks" / "driver_share.py"
    found = tmp_path / "share.json"

    done = driver.run_program(sys.executable, benchmark, "--runs", "7", "--json", found)

    assert done.code == 0, done.err
    facts = json.loads(found.read_text())
    record_property("share_ms", facts["share_ms"])
    pairs = list(zip(facts["runs"]["driven"], facts["runs"]["bare"], strict=True))
    assert min(driven["wall"] - bare["wall"] for driven, bare in pairs) < GENEROUS, done.out
    assert median(driven["cpu"] - bare["cpu"] for driven, bare in pairs) < GENEROUS, done.out
