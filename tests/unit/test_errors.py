from __future__ import annotations

from pathlib import Path

import pytest

from cargo_autodiff import errors
from cargo_autodiff.errors import DriverError

DOCUMENT = Path(__file__).parents[2] / "docs" / "errors.md"
KINDS = [kind for kind in vars(errors).values() if isinstance(kind, type) and issubclass(kind, DriverError)]
FAMILY = [kind for kind in KINDS if "exit_code" in vars(kind)]
"""Those that a user tells apart."""


def test_the_documentation_has_the_same_table() -> None:
    documented = [line for line in DOCUMENT.read_text().splitlines() if line.startswith("| ") and "`" in line]
    rows = [f"| {kind.exit_code} | `{kind.__name__}` |" for kind in FAMILY]

    assert [line.rpartition(" | ")[0] + " |" for line in documented] == rows
    for kind, line in zip(FAMILY[1:], documented[1:], strict=True):
        assert line.endswith(f" | {kind.__doc__} |")


def test_every_kind_has_a_code_of_its_own() -> None:
    codes = [kind.exit_code for kind in FAMILY]

    assert len(set(codes)) == len(codes)
    assert 0 not in codes
    assert 101 not in codes, "cargo's own"


@pytest.mark.parametrize("kind", KINDS)
def test_an_error_is_laid_out_as_rustc_does(kind: type[DriverError]) -> None:
    error = kind("it failed", where="src/a.rs:1:2", why="so", hint="do that")

    assert str(error).splitlines() == [
        "error: it failed",
        "  --> src/a.rs:1:2",
        "  = note: so",
        "  = help: do that",
    ]


def test_what_is_not_known_is_left_out() -> None:
    assert str(DriverError("it failed")) == "error: it failed"
