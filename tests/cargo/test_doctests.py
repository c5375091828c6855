"""Doctests: rustdoc compiles them by itself, and their derivatives are made when it links them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from cargo_autodiff.toolchain.locate import Toolchain
    from driving import Done, Driver

PACKAGES = Path(__file__).with_name("packages")
FAILED = 101  # cargo's exit code of a failed test

pytestmark = pytest.mark.parametrize("package", ["documented", "documented_2024"], ids=["one by one", "merged"])


@dataclass(frozen=True)
class Doctests:
    """Those of one package."""

    driver: Driver
    target: Path
    package: str

    def run(self, *words: str, code: int = 0) -> Done:
        words = ("test", "--doc", "-p", self.package, *words)
        return self.driver.run(*words, cwd=PACKAGES, code=code, CARGO_TARGET_DIR=self.target)


@pytest.fixture
def doctests(driver: Driver, target: Path, package: str, llvm22: Toolchain) -> Doctests:
    return Doctests(driver, target, package)


def test_they_call_the_librarys_derivatives_and_have_their_own(doctests: Doctests) -> None:
    assert "4 passed; 0 failed" in doctests.run().out


def test_a_derivative_that_is_refused_fails_its_doctest_with_the_reason(doctests: Doctests) -> None:
    done = doctests.run("--features", "refused", code=FAILED)

    assert "1 failed" in done.out
    assert "`unknown` has no body" in done.out + done.err
