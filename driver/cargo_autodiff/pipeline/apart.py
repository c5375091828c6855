"""Work that destroys what it works on: done in a fork of this process, which keeps its own."""

from __future__ import annotations

import json
import os
import signal
from typing import TYPE_CHECKING

from cargo_autodiff.errors import DriverError, ToolFailed, packed, unpacked

if TYPE_CHECKING:
    from collections.abc import Callable


def apart(work: Callable[[], None]) -> None:
    """Do it in a fork, and wait for its end. Raises the DriverError that it raised, or ToolFailed when it died.

    Only for a process with one thread.
    """
    reader, writer = os.pipe()
    pid = os.fork()
    if pid == 0:
        _do(work, writer)
    os.close(writer)
    with os.fdopen(reader) as stream:
        said = stream.read()
    _, status = os.waitpid(pid, 0)
    if said:
        raise unpacked(json.loads(said))
    code = os.waitstatus_to_exitcode(status)
    if code:
        ended = f"was killed by {signal.Signals(-code).name}" if code < 0 else f"exited with {code}"
        raise ToolFailed(f"libLLVM {ended} while a module was divided")


def _do(work: Callable[[], None], writer: int) -> None:
    code = 1
    try:
        work()
        code = 0
    except DriverError as error:
        os.write(writer, json.dumps(packed(error)).encode())
    finally:
        os._exit(code)
