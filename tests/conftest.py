"""Fixtures that several suites share."""

from __future__ import annotations

import os
import shutil
import signal
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from cargo_autodiff.settings import Settings
from cargo_autodiff.toolchain.install import install
from cargo_autodiff.toolchain.locate import Toolchain, locate
from cargo_autodiff.toolchain.profile import read_profiles
from driving import REPOSITORY, Driver

if TYPE_CHECKING:
    from collections.abc import Iterator


def pytest_configure() -> None:
    """Let what tests start end by Ctrl-C: who was started by a shell's `&` ignores it, and all that it starts."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


def toolchain(name: str) -> Toolchain:
    """Install a tool set if it is not there (from AUTODIFF_WHEELS, or the network) and find it."""
    profile, settings = read_profiles().named(name), Settings.read(os.environ)
    install(profile, settings)
    return locate(profile, settings)


@pytest.fixture(scope="session")
def llvm22() -> Toolchain:
    """The default tool set: opt 22, and Enzyme in catalyst."""
    return toolchain("llvm22")


@pytest.fixture(scope="session")
def llvm15() -> Toolchain:
    """Debian's opt 15 and the real plugin, where they are."""
    if shutil.which("opt-15") is None:
        pytest.skip("opt-15 is not installed (Debian: llvm-15)")
    if os.uname().machine != "x86_64":
        pytest.skip("the plugin for LLVM 15 is made for x86_64 only")
    return toolchain("llvm15")


@pytest.fixture(scope="session")
def target(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A target directory for tests/cargo/packages, in which the runtime crate is built once for all tests."""
    return tmp_path_factory.mktemp("target")


@pytest.fixture
def driver(tmp_path: Path) -> Iterator[Driver]:
    """The driver in an empty folder; whatever the test does, it must leave no temporary file."""
    made = Driver.within(tmp_path)
    yield made
    assert made.left == []


@pytest.fixture(scope="session")
def rustc163(llvm15: Toolchain) -> Path:
    """Debian's rustc 1.63, where it was unpacked."""
    named = os.environ.get("AUTODIFF_TEST_RUSTC163")
    path = Path(named) if named else REPOSITORY / ".venv" / "rust163" / "rustc"
    if not path.exists():
        pytest.skip(f"there is no {path}: run scripts/rust163 {REPOSITORY / '.venv' / 'rust163'}")
    return path
