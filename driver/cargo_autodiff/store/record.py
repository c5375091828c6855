"""What builds asked of the store: one record a crate for `explain`, one line a crate for `cache stats`."""

from __future__ import annotations

import hashlib
import json
import re
import time
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from cargo_autodiff.named import Frozen, as_dict, each, replace
from cargo_autodiff.store.key import differing

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

    from cargo_autodiff.store.local import Folder

NEVER = "it was never made here before"
GONE = "it was made before, but is no longer in the cache"
_LINES = 10_000  # of the log, after which the older half goes
_LENGTH = 200  # bytes of a line, about


class Asked(Frozen):
    """One derivative that was asked for."""

    name: str
    place: str
    closure: str
    """The part of its key that is its own."""
    reaches: Mapping[str, str]
    """A digest of each function that it reaches, by name."""
    found: bool
    because: tuple[str, ...] = ()
    """Why it was not found."""


class Record(Frozen):
    """What the last build of a crate asked for."""

    crate: str
    time: float
    parts: Mapping[str, str] = each(factory=dict)
    """Of the keys of all its derivatives."""
    asked: tuple[Asked, ...] = ()

    @classmethod
    def read(cls, path: Path) -> Record | None:
        """Read one; none if there is none, or it is damaged."""
        try:
            told: dict[str, Any] = json.loads(path.read_text())
            asked = tuple(Asked(**{**one, "because": tuple(one["because"])}) for one in told["asked"])
            return cls(crate=told["crate"], time=told["time"], parts=dict(told["parts"]), asked=asked)
        except (OSError, ValueError, KeyError, TypeError):
            return None

    def of(self, name: str) -> Asked | None:
        """Find a derivative."""
        return next((one for one in self.asked if one.name == name), None)

    def explained(self, before: Record | None) -> Record:
        """Say of all that was not found why it was not, as compared with the build before."""
        asked = [one if one.found else replace(one, because=reasons(before, self, one.name)) for one in self.asked]
        return replace(self, asked=tuple(asked))


def reasons(earlier: Record | None, later: Record, of: str) -> tuple[str, ...]:
    """Say which parts of a derivative's key differ from those of the last time, the closure function by function."""
    before, now = (record.of(of) if record else None for record in (earlier, later))
    if earlier is None or before is None or now is None:
        return (NEVER,)
    found = [f"the {part} changed" for part in differing(earlier.parts, later.parts)]
    if before.closure != now.closure:
        for name in differing(before.reaches, now.reaches):
            if not name:
                found.append("a constant, a declaration or the target changed")
            elif name not in before.reaches:
                found.append(f"it reaches `{name}`, which is new")
            elif name not in now.reaches:
                found.append(f"it no longer reaches `{name}`")
            else:
                found.append(f"`{name}` changed")
        found = found or ["the order in which functions call each other changed"]
    return tuple(found) or (GONE,)


def records_folder(folder: Folder, here: Path) -> Path:
    """Say where the records of what was built into, or in, a directory are."""
    return folder.path / "builds" / hashlib.sha256(str(here).encode(errors="surrogateescape")).hexdigest()[:16]


def is_likely_unchanged(folder: Folder, here: Path, crate: str, sources: Iterable[Path]) -> bool:
    """Tell whether a crate seems to be as it was when it was last built into, or in, a directory.

    Then nothing needs to be got ready for making anything. It is a guess, which costs time alone.
    """
    try:
        return max(path.stat().st_mtime for path in sources) < _place(folder, here, crate).stat().st_mtime
    except OSError:
        return False


def _place(folder: Folder, here: Path, crate: str) -> Path:
    return records_folder(folder, here) / f"{crate}.json"


def write_record(folder: Folder, here: Path, record: Record) -> None:
    """Remember what a crate's build asked for, and why what was not found was not. Raises nothing."""
    place = _place(folder, here, record.crate)
    if not all(one.found for one in record.asked):
        record = record.explained(Record.read(place))
    told = {**as_dict(record), "asked": [as_dict(one) for one in record.asked]}
    with suppress(OSError):
        folder.write(place, json.dumps(told, separators=(",", ":")).encode())
        _log(folder, record.crate, record.asked)


def _log(folder: Folder, crate: str, asked: Sequence[Asked]) -> None:
    """Add a line to the log, which never grows without end."""
    log = folder.path / "log"
    hits = sum(one.found for one in asked)
    why = [re.sub("`.*?`", "a function", one.because[0]) for one in asked if one.because]
    line = {"time": round(time.time()), "crate": crate, "hits": hits, "misses": len(asked) - hits, "because": why}
    with log.open("a") as file:
        file.write(json.dumps(line, separators=(",", ":")) + "\n")
    if log.stat().st_size > _LINES * _LENGTH:
        folder.write(log, b"\n".join(log.read_bytes().split(b"\n")[_LINES // 2 :]))


def read_log(folder: Folder) -> Iterable[dict[str, Any]]:
    """Read all lines of the log that can be read."""
    try:
        lines = (folder.path / "log").read_text(errors="replace").splitlines()
    except OSError:
        return
    for line in lines:
        with suppress(ValueError):
            told = json.loads(line)
            if isinstance(told, dict):
                yield told
