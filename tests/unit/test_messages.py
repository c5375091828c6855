from __future__ import annotations

from typing import Any

from cargo_autodiff.cargo.messages import diagnostic
from cargo_autodiff.errors import Refused


def spans(where: str) -> list[Any]:
    found = diagnostic(Refused("no", where=where))["spans"]
    assert isinstance(found, list)
    return found


def test_the_place_is_the_primary_span() -> None:
    (span,) = spans("src/a b/lib.rs:12:5")

    assert (span["file_name"], span["line_start"], span["column_start"]) == ("src/a b/lib.rs", 12, 5)
    assert span["is_primary"]


def test_a_place_without_a_column_begins_the_line() -> None:
    (span,) = spans("main.c:7")

    assert (span["line_start"], span["column_start"]) == (7, 1)


def test_what_is_no_place_in_a_source_has_no_span() -> None:
    assert spans("") == spans("toolchain.toml") == []


def test_reason_and_advice_are_children_and_stand_in_the_rendered_text() -> None:
    made = diagnostic(Refused("it is refused", where="a.rs:1:1", why="so", hint="do that"))

    assert made["children"] == [
        {"message": "so", "code": None, "level": "note", "spans": [], "children": [], "rendered": None},
        {"message": "do that", "code": None, "level": "help", "spans": [], "children": [], "rendered": None},
    ]
    assert made["rendered"] == "error: it is refused\n  --> a.rs:1:1\n  = note: so\n  = help: do that\n\n"
