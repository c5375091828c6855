"""Errors as cargo reads them: one of rustc's JSON diagnostics, so that editors show them at the user's line."""

from __future__ import annotations

import json
import re
import sys

from cargo_autodiff.errors import DriverError

_PLACE = re.compile(r"(?P<file>.+?):(?P<line>\d+)(?::(?P<column>\d+))?$")


def tell(error: DriverError, *, as_json: bool) -> None:
    """Print an error, and those found with it, as cargo understands them, or as a person reads them."""
    for one in error.each:
        print(json.dumps(diagnostic(one)) if as_json else one, file=sys.stderr)


def warn(problem: str, *, why: str, hint: str, as_json: bool) -> None:
    """Print what does not fail the build."""
    error = DriverError(problem, why=why, hint=hint)
    text = str(error).replace("error", "warning", 1)
    print(
        json.dumps({**diagnostic(error), "level": "warning", "rendered": f"{text}\n\n"}) if as_json else text,
        file=sys.stderr,
    )


def warn_of_experiment(experiment: str, *, as_json: bool) -> None:
    """Say that the derivatives of this crate can be wrong; nothing keeps this back."""
    warn(
        f"derivatives of this crate are made {experiment}: they can be wrong, without a further word",
        why="AUTODIFF_WITHOUT_RULES and AUTODIFF_LOOSE_TYPES are for experiments",
        hint="unset them for numbers that somebody relies on",
        as_json=as_json,
    )


def diagnostic(error: DriverError) -> dict[str, object]:
    """Make the diagnostic that rustc would print (doc.rust-lang.org/rustc/json.html)."""
    notes = [("note", error.why), ("help", error.hint)]
    return {
        "$message_type": "diagnostic",
        "message": error.problem,
        "code": None,
        "level": "error",
        "spans": _spans(error.where),
        "children": [_child(level, text) for level, text in notes if text],
        "rendered": f"{error}\n\n",
    }


def _spans(where: str) -> list[dict[str, object]]:
    """The place as a span of no width; the source's text and its offset in bytes are not known here."""
    found = _PLACE.match(where)
    if found is None:
        return []
    line, column = int(found["line"]), int(found["column"] or 1)
    return [
        {
            "file_name": found["file"],
            "byte_start": 0,
            "byte_end": 0,
            "line_start": line,
            "line_end": line,
            "column_start": column,
            "column_end": column,
            "is_primary": True,
            "text": [],
            "label": None,
            "suggested_replacement": None,
            "suggestion_applicability": None,
            "expansion": None,
        }
    ]


def _child(level: str, text: str) -> dict[str, object]:
    return {"message": text, "code": None, "level": level, "spans": [], "children": [], "rendered": None}
