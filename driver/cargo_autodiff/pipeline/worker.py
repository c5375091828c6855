"""The child process in which libLLVM lives: a crash there becomes an error message.

The child is a fork, not a program: it makes itself ready while rustc runs. One line of JSON asks, one answers.
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
import socket
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn, Self

from cargo_autodiff import errors
from cargo_autodiff.errors import DriverError, ToolFailed

if TYPE_CHECKING:
    from types import TracebackType

_CRASHED = 70


class Worker:
    """One child with one libLLVM; use it as a context manager. Threads take turns.

    It starts before anyone knows which libLLVM it will be, so that it gets ready while that is found out.
    """

    def __init__(self) -> None:
        self._turn = threading.Lock()
        self._log = os.fdopen(os.memfd_create("log"), "w+")
        ours, theirs = socket.socketpair()
        self._pid = os.fork()
        if self._pid == 0:
            ours.close()
            _serve(theirs, self._log.fileno())
        theirs.close()
        self._channel = ours.makefile("rw", encoding="utf-8", errors="surrogateescape")
        self._socket = ours

    def load(self, libllvm: Path, major: int) -> Self:
        """Say which libLLVM it is; whether it can be loaded shows in the first step."""
        self._send([str(libllvm), major])
        return self

    def _send(self, line: list[Any]) -> None:
        with contextlib.suppress(BrokenPipeError):
            self._channel.write(json.dumps(line) + "\n")
            self._channel.flush()

    def do(self, step: str, **arguments: Any) -> dict[str, Any]:
        """Run a step of steps.py in the child. Raises what the step raised, or ToolFailed when the child died."""
        with self._turn:
            self._send([step, arguments])
            line = self._channel.readline()
            if not line:
                raise self._death(step)
        answer: dict[str, Any] = json.loads(line)
        if "error" in answer:
            raise errors.unpacked(answer["error"])
        return answer

    def _death(self, step: str) -> ToolFailed:
        from cargo_autodiff.toolchain.tool import ending, first_error

        _, status = os.waitpid(self._pid, 0)
        self._pid = 0
        self._log.seek(0)
        return ToolFailed(
            f"libLLVM {ending(os.waitstatus_to_exitcode(status))} in the step `{step}`",
            why=first_error(self._log.read()),
            hint="keep the stages with AUTODIFF_KEEP and report them; `cargo autodiff doctor` checks the tool set",
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._channel.close()
        self._socket.close()
        self._log.close()
        if self._pid:
            with contextlib.suppress(ChildProcessError):
                os.waitpid(self._pid, 0)


def _serve(channel: socket.socket, log: int) -> NoReturn:
    """Answer until the parent closes its end; never return into the parent's code."""
    code = _CRASHED
    try:
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent decides what Ctrl-C means
        for number in (signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, signal.SIG_DFL)
        os.dup2(log, 2)
        os.dup2(log, 1)
        _answer_all(channel)
        code = 0
    except BaseException as error:
        os.write(2, f"error: {type(error).__name__}: {error}\n".encode())
    finally:
        os._exit(code)


def _answer_all(channel: socket.socket) -> None:
    from cargo_autodiff.ir.libllvm import LibLLVM
    from cargo_autodiff.pipeline.steps import STEPS

    stream = channel.makefile("rw", encoding="utf-8", errors="surrogateescape")
    first = stream.readline()
    if not first:
        return
    path, major = json.loads(first)
    failed: DriverError | None = None
    llvm: LibLLVM | None = None
    try:
        llvm = LibLLVM(Path(path), major)
    except DriverError as error:
        failed = error
    for line in stream:
        step, arguments = json.loads(line)
        # of its own: what other steps left in a context would show in the bitcode that is written
        context = llvm.context() if llvm else 0
        try:
            if failed is not None:
                raise failed
            answer = STEPS[step](llvm, context, **arguments)
        except DriverError as error:
            answer = {"error": errors.packed(error)}
        stream.write(json.dumps(answer) + "\n")
        stream.flush()
        if llvm is not None:
            llvm.dispose_context(context)
