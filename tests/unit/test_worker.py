"""The child in which libLLVM lives; here it is Python without any."""

from __future__ import annotations

import faulthandler
import os
import signal
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from cargo_autodiff.errors import DriverError, FileError, Refused, RequestError, ToolFailed, ToolsetError
from cargo_autodiff.pipeline import steps
from cargo_autodiff.pipeline.worker import Worker

if TYPE_CHECKING:
    from collections.abc import Iterator

LIBC = Path("libc.so.6")  # any library can be loaded; it is asked for nothing


def echo(llvm: object, context: int, **arguments: Any) -> dict[str, Any]:
    return {"said": arguments}


def die(llvm: object, context: int, *, number: int) -> dict[str, Any]:
    os.write(2, b"note: something\nAssertion `it' failed\n")
    faulthandler.disable()  # it is pytest's, and would print
    os.kill(os.getpid(), number)
    return {}


def leave(llvm: object, context: int) -> dict[str, Any]:
    os._exit(3)


def stumble(llvm: object, context: int) -> dict[str, Any]:
    raise KeyError("missing")


def fail(llvm: object, context: int, *, kind: str) -> dict[str, Any]:
    (family,) = [each for each in DriverError.__subclasses__() if each.__name__ == kind]
    raise family("the problem", where="a.rs:1", why="because", hint="do that")


@pytest.fixture
def worker(monkeypatch: pytest.MonkeyPatch) -> Iterator[Worker]:
    monkeypatch.setattr("cargo_autodiff.ir.libllvm.LibLLVM.context", lambda _: 0)
    monkeypatch.setattr("cargo_autodiff.ir.libllvm.LibLLVM.dispose_context", lambda _, context: None)
    for step in (echo, die, leave, stumble, fail):
        monkeypatch.setitem(steps.STEPS, step.__name__, step)
    with Worker(LIBC, 22) as made:
        yield made


def test_a_step_answers(worker: Worker) -> None:
    assert worker.do("echo", text="ümlaut\n", many=["a", "b"], none={}) == {
        "said": {"text": "ümlaut\n", "many": ["a", "b"], "none": {}}
    }


def test_names_that_are_no_text_come_back_as_they_were(worker: Worker) -> None:
    name = os.fsdecode(b"/tmp/\xff")

    assert worker.do("echo", path=name) == {"said": {"path": name}}


@pytest.mark.parametrize("kind", [Refused, RequestError, FileError, ToolFailed])
def test_an_error_travels_with_all_it_says(worker: Worker, kind: type[DriverError]) -> None:
    with pytest.raises(kind) as caught:
        worker.do("fail", kind=kind.__name__)

    error = caught.value
    assert (error.problem, error.where, error.why, error.hint) == ("the problem", "a.rs:1", "because", "do that")


def test_an_error_is_not_the_end(worker: Worker) -> None:
    with pytest.raises(Refused):
        worker.do("fail", kind="Refused")

    assert worker.do("echo") == {"said": {}}


@pytest.mark.parametrize("number", [signal.SIGSEGV, signal.SIGABRT, signal.SIGKILL])
def test_a_crash_names_the_signal_and_the_step_and_says_why(worker: Worker, number: signal.Signals) -> None:
    with pytest.raises(ToolFailed) as caught:
        worker.do("die", number=int(number))

    assert caught.value.problem == f"libLLVM was killed by {number.name} in the step `die`"
    assert caught.value.why == "Assertion `it' failed"


def test_an_end_without_signal_names_the_code(worker: Worker) -> None:
    with pytest.raises(ToolFailed, match="libLLVM exited with 3 in the step `leave`"):
        worker.do("leave")


def test_a_mistake_of_ours_is_an_error_with_its_name(worker: Worker) -> None:
    with pytest.raises(ToolFailed) as caught:
        worker.do("stumble")

    assert caught.value.why == "error: KeyError: 'missing'"


def test_a_library_that_cannot_be_loaded_is_said_at_the_first_step(tmp_path: Path) -> None:
    with (
        Worker(tmp_path / "libLLVM.so", 22) as worker,
        pytest.raises(ToolsetError, match="libLLVM cannot be loaded"),
    ):
        worker.do("rewrite")


def test_the_child_ends_at_once_when_nobody_asked_it() -> None:
    with Worker(LIBC, 22) as worker:
        worker.start()
        worker.stop()

        _, status = os.waitpid(worker._pid, 0)

    assert os.waitstatus_to_exitcode(status) == -signal.SIGKILL


def test_the_child_ends_with_its_parents_interest() -> None:
    with Worker(LIBC, 22) as worker:
        worker.start()
        child = worker._pid

    with pytest.raises(ProcessLookupError):
        os.kill(child, 0)
