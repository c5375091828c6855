"""Who hears of a crate's build: what the door `bin/cargo-autodiff` has seen on the command line.

AUTODIFF_REPORT holds the number of the process that became cargo, then any of `status`, `timings` and `records`.
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cargo_autodiff.pipeline.events import Event


class Listener(Protocol):
    """Somebody who is told; threads tell."""

    def __call__(self, event: Event) -> None:
        """Hear."""

    def close(self) -> None:
        """Hear that no more comes."""


class Audience:
    """All who listen to the build of one crate; nothing is imported or opened before there is something to tell."""

    def __init__(self, environ: Mapping[str, str], crate: str) -> None:
        self._environ = environ
        self._crate = crate
        self._process, *self._wanted = environ.get("AUTODIFF_REPORT", "").split() or [""]

    @cached_property
    def _listeners(self) -> tuple[Listener, ...]:
        from cargo_autodiff.report.status import StatusLines

        lines = StatusLines.of(self._process, self._crate, self._environ) if "status" in self._wanted else None
        listeners: list[Listener] = [lines] if lines else []
        if "records" in self._wanted:
            from cargo_autodiff.report.records import Records

            listeners.append(Records(crate=self._crate))
        target = self._environ.get("CARGO_TARGET_DIR")
        if "timings" in self._wanted and target:
            from cargo_autodiff.report.timings import Timings

            listeners.append(Timings.beside_cargos(target, self._process, self._crate))
        return tuple(listeners)

    def __call__(self, event: Event) -> None:
        """Tell all."""
        if self._wanted:
            for listener in self._listeners:
                listener(event)

    def close(self) -> None:
        """Tell all that no more comes."""
        if "_listeners" in vars(self):
            for listener in self._listeners:
                listener.close()
