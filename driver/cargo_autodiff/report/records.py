"""Lines of JSON among cargo's, for who builds with `--message-format=json`.

They go to our own standard output: cargo passes each line of it on whole, and remembers none.
"""

from __future__ import annotations

import json
import os
import time
from typing import TYPE_CHECKING

from cargo_autodiff.named import Frozen, as_dict, each
from cargo_autodiff.pipeline.events import Made, Making, Ran, Reused, Waiting

if TYPE_CHECKING:
    from cargo_autodiff.pipeline.events import Derivative, Event

_OUT = 1


class Records(Frozen):
    """The records of one crate."""

    crate: str
    _begun: dict[Derivative, float] = each(factory=dict)

    def __call__(self, event: Event) -> None:
        """Write what is worth a record."""
        if isinstance(event, Making):
            self._begun[event.derivative] = time.monotonic()
        elif isinstance(event, Made):
            seconds = time.monotonic() - self._begun[event.derivative]
            self._write("derivative", **as_dict(event.derivative), found=False, seconds=round(seconds, 6))
        elif isinstance(event, Reused):
            for each in event.derivatives:
                self._write("derivative", **as_dict(each), found=True, seconds=0.0)
        elif isinstance(event, Ran):
            self._write("stage", derivative=event.of or None, stage=event.stage, seconds=round(event.seconds, 6))
        elif isinstance(event, Waiting):
            self._write("waiting", derivative=event.what, process=event.holder)

    def _write(self, what: str, **facts: object) -> None:
        record = {"reason": f"autodiff-{what}", "crate": self.crate, **facts}
        os.write(_OUT, json.dumps(record).encode() + b"\n")  # in one piece: threads tell, too

    def close(self) -> None:
        """Nothing is open."""
