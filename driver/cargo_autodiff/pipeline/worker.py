"""The process in which libLLVM is: a fork of ours that forks again for steps, so that they run side by side.

A crash there is an error message, what a step leaves in memory or in LLVM's options is gone with it, and loading
libLLVM is paid for once, while rustc runs if that takes long enough. One line of JSON asks, one answers.
"""

from __future__ import annotations

import contextlib
import gc
import importlib
import json
import os
import select
import signal
import socket
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn, Self, TextIO

from cargo_autodiff import errors
from cargo_autodiff.errors import DriverError, ToolFailed
from cargo_autodiff.pipeline.plan import IrStep

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from types import TracebackType

    Step = Callable[..., dict[str, Any]]

_REQUESTS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
_CRASHED = 70
PATIENCE = 900  # seconds for one step
_LONGEST = 100  # bytes of the names of steps


class Worker:
    """The parent of all steps, with one libLLVM; use it as a context manager.

    Once it is started, threads may ask at the same time.
    """

    def __init__(self, libllvm: Path, major: int) -> None:
        self._libllvm = libllvm
        self._major = major
        self._pid = 0
        self._control: socket.socket | None = None
        self._was_asked = False

    def start(self) -> None:
        """Start it, unless it is: before there are threads, because it is a fork.

        Whether libLLVM can be loaded shows in the first step.
        """
        self._started()

    def _started(self) -> socket.socket:
        if self._control is not None:
            return self._control
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        # Python loses what a signal's handler raises while it forks
        before = signal.pthread_sigmask(signal.SIG_BLOCK, _REQUESTS)
        self._pid = os.fork()
        if self._pid == 0:
            ours.close()
            _serve(theirs, self._libllvm, self._major)
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
        theirs.close()
        self._control = ours
        return ours

    def do(self, step: str, **arguments: Any) -> dict[str, Any]:
        """Run a step of steps.py in a process of its own; start the worker for the first.

        Raises what the step raised, or ToolFailed when its process died or took longer than PATIENCE.
        """
        return next(self.answers([IrStep(name=step, arguments=arguments)]))

    def answers(self, steps: Sequence[IrStep]) -> Iterator[dict[str, Any]]:
        """Run steps one after the other in one process, and yield what each answers; to fork takes 20 ms.

        An option of LLVM that one sets holds for those after it. Raises as `do`; what comes after is not run.
        """
        control = self._started()
        self._was_asked = True
        ours, theirs = socket.socketpair()
        with os.fdopen(os.memfd_create("log"), "r") as log, _text(ours) as stream:
            with theirs, contextlib.suppress(OSError):  # a parent that has gone shows below
                names = " ".join(step.name for step in steps)
                socket.send_fds(control, [names.encode()], [theirs.fileno(), log.fileno()])
            ours.close()  # the stream keeps it open
            with contextlib.suppress(BrokenPipeError):
                stream.write(json.dumps([dict(step.arguments) for step in steps]) + "\n")
                stream.flush()
            for step in steps:
                line = stream.readline()
                answer: dict[str, Any] = json.loads(line) if line else {"ended": _CRASHED}
                if "ended" in answer:
                    log.seek(0)
                    raise _death(step.name, answer["ended"], log.read())
                if "error" in answer:
                    raise errors.unpacked(answer["error"])
                yield answer

    def stop(self) -> None:
        """End all steps at once; and at once what nobody has asked yet, which would only get ready in others' way."""
        if self._control is not None:
            if not self._was_asked:
                os.kill(self._pid, signal.SIGKILL)
            with contextlib.suppress(OSError):
                self._control.shutdown(socket.SHUT_RDWR)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._control is not None:
            self._control.close()
            with contextlib.suppress(ChildProcessError):
                os.waitpid(self._pid, 0)


def _text(channel: socket.socket) -> TextIO:
    return channel.makefile("rw", encoding="utf-8", errors="surrogateescape")


def _death(step: str, code: int, log: str) -> ToolFailed:
    from cargo_autodiff.toolchain.tool import ending, first_error

    if code == -signal.SIGALRM:
        return ToolFailed(f"libLLVM did not end within {PATIENCE} s in the step `{step}`")
    return ToolFailed(
        f"libLLVM {ending(code)} in the step `{step}`",
        why=first_error(log),
        hint="keep the stages with AUTODIFF_KEEP and report them; `cargo autodiff doctor` checks the tool set",
    )


def _serve(control: socket.socket, libllvm: Path, major: int) -> NoReturn:
    """Start steps until the parent closes its end; never return into the parent's code."""
    try:
        for number in _REQUESTS:
            signal.signal(number, signal.SIG_IGN)  # the parent decides what they mean
        signal.pthread_sigmask(signal.SIG_UNBLOCK, _REQUESTS)
        _Steps(control).start_all(libllvm, major)
    finally:
        os._exit(0)


class _Steps:
    """The processes of the steps that run, seen from their parent."""

    def __init__(self, control: socket.socket) -> None:
        self._control = control
        self._running: dict[int, tuple[int, socket.socket]] = {}
        """By its descriptor (pidfd), each one's number and the channel that its answer goes to."""

    def start_all(self, libllvm: Path, major: int) -> None:
        """Start what is asked for; say of each process that dies without an answer how it ended."""
        from cargo_autodiff.ir.libllvm import LibLLVM

        importlib.import_module("cargo_autodiff.pipeline.steps")  # once for all
        loaded: LibLLVM | DriverError
        try:
            loaded = LibLLVM(libllvm, major)
        except DriverError as error:
            loaded = error
        gc.freeze()  # what is shared is not to be copied by counting it
        try:
            self._serve(loaded)
        finally:
            for pid, _ in self._running.values():
                os.kill(pid, signal.SIGKILL)

    def _serve(self, loaded: Any) -> None:
        asked = self._control.fileno()
        later = _rules()
        while True:
            idle = later and not self._running
            ready, _, _ = select.select([asked, *self._running], [], [], 0 if idle else None)
            if not ready:
                importlib.import_module(later.pop())
            for descriptor in ready:
                if descriptor != asked:
                    self._end(descriptor)
                elif not self._start(loaded):
                    return
                while later and self._running:  # the rest beside the first step: the next ones find it there
                    importlib.import_module(later.pop())

    def _start(self, loaded: Any) -> bool:
        """Start a step; tell whether there was one to start."""
        from cargo_autodiff.pipeline.steps import named

        message, descriptors, _, _ = socket.recv_fds(self._control, _LONGEST, 2)
        if not message:
            return False
        channel, log = socket.socket(fileno=descriptors[0]), descriptors[1]
        steps = [named(name) for name in message.decode().split(" ")]  # what they import is there for all later ones
        pid = os.fork()
        if pid == 0:
            self._control.close()
            _run_steps(channel, log, steps, loaded)
        os.close(log)
        self._running[os.pidfd_open(pid)] = (pid, channel)
        return True

    def _end(self, descriptor: int) -> None:
        pid, channel = self._running.pop(descriptor)
        os.close(descriptor)
        _, status = os.waitpid(pid, 0)
        with channel, contextlib.suppress(OSError):  # who has the answer listens no more
            channel.sendall(json.dumps({"ended": os.waitstatus_to_exitcode(status)}).encode() + b"\n")


def _rules() -> list[str]:
    """Name what only a derivative that has to be made needs; it is imported while nothing is asked for, bit by bit."""
    rules = (Path(__file__).parents[1] / "ir" / "rules").glob("*.py")
    return ["cargo_autodiff.pipeline.unit_steps", *(f"cargo_autodiff.ir.rules.{rule.stem}" for rule in rules)]


def _run_steps(channel: socket.socket, log: int, steps: Sequence[Step], loaded: Any) -> NoReturn:
    """Answer one question after the other, until an answer is an error, and end."""
    code = _CRASHED
    gc.disable()  # it ends soon
    try:
        os.dup2(log, 2)
        os.dup2(log, 1)
        stream = _text(channel)
        line = stream.readline()
        for step, arguments in zip(steps, json.loads(line) if line else (), strict=False):
            signal.alarm(PATIENCE)
            _call_ourselves(step.__name__)
            answer = _answer(step, arguments, loaded)
            _call_ourselves("answering")
            stream.write(json.dumps(answer) + "\n")
            stream.flush()
            if "error" in answer:
                break
        code = 0
    except BaseException as error:
        os.write(2, f"error: {type(error).__name__}: {error}\n".encode())
    finally:
        os._exit(code)


def _call_ourselves(name: str) -> None:
    """Let `ps` and `top` show what this process does."""
    with contextlib.suppress(OSError):
        Path("/proc/self/comm").write_text(name)


def _answer(step: Step, arguments: dict[str, Any], loaded: Any) -> dict[str, Any]:
    try:
        if isinstance(loaded, DriverError):
            raise loaded
        return step(loaded, loaded.context(), **arguments)
    except DriverError as error:
        return {"error": errors.packed(error)}
