"""Every row of the tables of tests in docs/attributes.md names tests that exist."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SECTION = (ROOT / "docs" / "attributes.md").read_text().partition("## Tests")[2]
ROWS = [line for line in SECTION.splitlines() if line.startswith("| ") and not line.startswith("|---")]
PLACES = {
    "G/": "examples/grammar/src/",
    "T/": "crates/autodiff/tests/",
    "M::": "crates/autodiff-macros/src/lib.rs::",
}


def shown(row: str) -> list[str]:
    """Name the tests of a row, with their files from the root."""
    names: list[str] = re.findall(r"`([^`\s]+::\w+)`", row.rpartition(" | ")[2])
    for short, place in PLACES.items():
        names = [name.replace(short, place, 1) if name.startswith(short) else name for name in names]
    return names


@pytest.mark.parametrize(
    "row", [row for row in ROWS if "shown by" not in row], ids=lambda row: row[2:40].split(" |")[0]
)
def test_a_row_names_tests_that_exist(row: str) -> None:
    names = shown(row)

    assert names
    for name in names:
        file, _, item = name.rpartition("::")
        assert re.search(rf"\b{item}\b", (ROOT / file).read_text()), name


def test_there_are_many_rows() -> None:
    assert len(ROWS) > 40
