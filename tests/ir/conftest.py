"""A process for each test, and the fixture through which tests read, change, compile and run IR."""

from __future__ import annotations

import os
import pickle
import signal
import traceback
from typing import TYPE_CHECKING, NoReturn

import pytest

pytest.register_assert_rewrite("ir.reading")

from ir.reading import Ir  # noqa: E402

if TYPE_CHECKING:
    from pathlib import Path

_PASSED, _SKIPPED, _FAILED = "passed", "skipped", "failed"


@pytest.fixture(params=["llvm22", "llvm15"])
def ir(request: pytest.FixtureRequest, tmp_path: Path) -> Ir:
    return Ir(request.getfixturevalue(request.param), tmp_path)


@pytest.hookimpl(tryfirst=True)
def pytest_pyfunc_call(pyfuncitem: pytest.Function) -> bool | None:
    """Run a test that touches IR in a fork: libLLVM is loaded there, and may die there."""
    if "ir" not in pyfuncitem.fixturenames:
        return None
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reader)
        _run(pyfuncitem, writer)
    os.close(writer)
    with os.fdopen(reader, "rb") as stream:
        said = stream.read()
    _, status = os.waitpid(child, 0)
    code = os.waitstatus_to_exitcode(status)
    if not said:
        how = f"was killed by {signal.Signals(-code).name}" if code < 0 else f"exited with {code}"
        pytest.fail(f"the test's process {how}", pytrace=False)
    outcome, text = pickle.loads(said)  # noqa: S301 - our own child's
    if outcome == _SKIPPED:
        pytest.skip(text)
    if outcome == _FAILED:
        pytest.fail(text, pytrace=False)
    return True


def _run(item: pytest.Function, writer: int) -> NoReturn:
    outcome, text = _PASSED, ""
    try:
        item.obj(**{name: item.funcargs[name] for name in item._fixtureinfo.argnames})
    except pytest.skip.Exception as skipped:
        outcome, text = _SKIPPED, str(skipped)
    except BaseException:
        outcome, text = _FAILED, traceback.format_exc()
    with os.fdopen(writer, "wb") as stream:
        stream.write(pickle.dumps((outcome, text)))
    os._exit(0)
