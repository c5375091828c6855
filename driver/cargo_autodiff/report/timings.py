"""What took how long in a build, as JSON and as a page, beside cargo's own (`cargo-timings` in the target directory).

Each crate is built by a process of its own, and none comes last: each adds what it knows, and writes the page again.
"""

from __future__ import annotations

import fcntl
import json
import os
import time
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cargo_autodiff.errors import FileError
from cargo_autodiff.files import write_whole
from cargo_autodiff.named import Frozen, each
from cargo_autodiff.pipeline.events import Making, Ran, Reused
from cargo_autodiff.report.page import page

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cargo_autodiff.pipeline.events import Derivative, Event

_NAME = "autodiff-timing"
_STARTED = 21  # the field of /proc/PID/stat, of those behind the program's name, from 3 on


class Timings(Frozen):
    """The times of one crate."""

    folder: Path
    build: str
    """Of which process, started when, this crate is a part."""
    crate: str
    derivatives: dict[str, dict[str, Any]] = each(factory=dict)
    stages: list[dict[str, Any]] = each(factory=list)
    began: float = each(factory=time.time)

    @classmethod
    def beside_cargos(cls, target: str, process: str, crate: str) -> Timings:
        """Prepare those of a crate in the build of a process, by its number."""
        return cls(folder=Path(target, "cargo-timings"), build=f"{process}-{_start_of(process)}", crate=crate)

    def __call__(self, event: Event) -> None:
        """Note what took time, and what took none."""
        if isinstance(event, Reused):
            for each in event.derivatives:
                self._note(each, found=True)
        elif isinstance(event, Making):
            self._note(event.derivative, found=False)
        elif isinstance(event, Ran):
            stages = self.derivatives[event.of]["stages"] if event.of in self.derivatives else self.stages
            stages.append({"stage": event.stage, "began": event.began, "seconds": event.seconds})

    def _note(self, derivative: Derivative, *, found: bool) -> None:
        self.derivatives[derivative.name] = {**vars(derivative), "found": found, "stages": []}

    def close(self) -> None:
        """Add this crate to what the build's other crates wrote. Where that cannot be, the build goes on."""
        stages = [*self.stages, *(stage for each in self.derivatives.values() for stage in each["stages"])]
        began = min([stage["began"] for stage in stages] or [self.began])
        mine = {
            "crate": self.crate,
            "began": began,
            "seconds": time.time() - began,
            "stages": self.stages,
            "derivatives": list(self.derivatives.values()),
        }
        with suppress(OSError, FileError):
            self.folder.mkdir(parents=True, exist_ok=True)
            with _alone_in(self.folder):
                told = self._others()
                told["crates"].append(mine)
                stamp = datetime.fromtimestamp(min(crate["began"] for crate in told["crates"][:1]), UTC)
                for name in (_NAME, f"{_NAME}-{stamp:%Y%m%dT%H%M%S.%fZ}"):
                    _put(self.folder / f"{name}.json", json.dumps(told, indent=1) + "\n")
                    _put(self.folder / f"{name}.html", page(told))

    def _others(self) -> dict[str, Any]:
        """Read what was written in this build; nothing, if the last page is of another."""
        try:
            told: dict[str, Any] = json.loads((self.folder / f"{_NAME}.json").read_text())
            if told["build"] == self.build:
                return told
        except (OSError, ValueError, KeyError, TypeError):
            pass
        return {"version": 1, "build": self.build, "crates": []}


def _start_of(process: str) -> str:
    """Say when a process was started, in any unit: two of the same number are not of the same time."""
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[_STARTED - 2]
    except (OSError, IndexError):
        return ""


@contextmanager
def _alone_in(folder: Path) -> Iterator[None]:
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def _put(path: Path, text: str) -> None:
    write_whole(path, lambda temporary: temporary.write_text(text))
