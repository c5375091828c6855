"""The child process in which libLLVM lives: a crash there becomes an error message.

The child is a fork, not a program: it starts before rustc runs and loads libLLVM meanwhile. One line of JSON asks, one
answers.
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
import socket
import tempfile
import threading
from typing import TYPE_CHECKING, Any, NoReturn, Self

from cargo_autodiff import errors
from cargo_autodiff.errors import DriverError, ToolFailed

if TYPE_CHECKING:
    from pathlib import Path
    from types import TracebackType

_CRASHED = 70


class Worker:
    """One child with one libLLVM; use it as a context manager. Threads take turns."""

    def __init__(self, libllvm: Path, major: int) -> None:
        self._turn = threading.Lock()
        self._log = tempfile.TemporaryFile("w+")  # noqa: SIM115 - lives as long as the child
        ours, theirs = socket.socketpair()
        self._pid = os.fork()
        if self._pid == 0:
            ours.close()
            _serve(theirs, libllvm, major, self._log.fileno())
        theirs.close()
        self._channel = ours.makefile("rw", encoding="utf-8", errors="surrogateescape")
        self._socket = ours

    def do(self, step: str, **arguments: Any) -> dict[str, Any]:
        """Run a step of steps.py in the child. Raises what the step raised, or ToolFailed when the child died."""
        with self._turn:
            with contextlib.suppress(BrokenPipeError):
                self._channel.write(json.dumps([step, arguments]) + "\n")
                self._channel.flush()
            line = self._channel.readline()
            if not line:
                raise self._death(step)
        answer: dict[str, Any] = json.loads(line)
        if "error" in answer:
            kind = getattr(errors, answer["error"].pop("kind"))
            raise kind(answer["error"].pop("problem"), **answer["error"])
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


def _serve(channel: socket.socket, libllvm: Path, major: int, log: int) -> NoReturn:
    """Answer until the parent closes its end; never return into the parent's code."""
    code = _CRASHED
    try:
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent decides what Ctrl-C means
        os.dup2(log, 2)
        os.dup2(log, 1)
        _answer_all(channel, libllvm, major)
        code = 0
    except BaseException as error:
        os.write(2, f"error: {type(error).__name__}: {error}\n".encode())
    finally:
        os._exit(code)


def _answer_all(channel: socket.socket, libllvm: Path, major: int) -> None:
    from cargo_autodiff.ir.libllvm import LibLLVM
    from cargo_autodiff.pipeline.steps import STEPS

    failed: DriverError | None = None
    llvm, context = None, 0
    try:
        llvm = LibLLVM(libllvm, major)
        context = llvm.context()
    except DriverError as error:
        failed = error
    stream = channel.makefile("rw", encoding="utf-8", errors="surrogateescape")
    for line in stream:
        step, arguments = json.loads(line)
        try:
            if failed is not None:
                raise failed
            answer = STEPS[step](llvm, context, **arguments)
        except DriverError as error:
            answer = {"error": _packed(error)}
        stream.write(json.dumps(answer) + "\n")
        stream.flush()


def _packed(error: DriverError) -> dict[str, str]:
    return {
        "kind": type(error).__name__,
        "problem": error.problem,
        "where": error.where,
        "why": error.why,
        "hint": error.hint,
    }
