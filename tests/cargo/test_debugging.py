"""Debugging: panics and breakpoints name the user's file and line, in debug and in release builds."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from cargo_autodiff.toolchain.locate import Toolchain
    from driving import Done, Driver

PACKAGES = Path(__file__).with_name("packages")
SOURCE = PACKAGES / "debugged" / "src" / "main.rs"
FAILED = 101  # of a panic

pytestmark = pytest.mark.parametrize("profile", ["dev", "release"])


def line(text: str) -> int:
    """Find the line of the program that holds a text."""
    return next(number for number, found in enumerate(SOURCE.read_text().splitlines(), 1) if text in found)


@dataclass(frozen=True, kw_only=True)
class Program:
    """The program, and how it is run."""

    driver: Driver
    path: Path

    def run(self, *words: str) -> Done:
        return self.driver.run_program(self.path, *words, RUST_BACKTRACE="1")

    def debug(self, *orders: str) -> str:
        words = [word for order in orders for word in ("-ex", order)]
        return self.driver.run_program("gdb", "-nx", "-batch", *words, self.path).out


@pytest.fixture
def program(driver: Driver, target: Path, llvm22: Toolchain, profile: str) -> Program:
    words = ("build", "-p", "debugged", "--profile", profile)
    driver.run(*words, cwd=PACKAGES, CARGO_TARGET_DIR=target)
    folder = {"dev": "debug"}.get(profile, profile)
    return Program(driver=driver, path=target / "autodiff" / folder / "debugged")


def test_a_panic_in_a_differentiated_function_is_at_its_line(program: Program) -> None:
    done = program.run("panic")

    assert done.code == FAILED
    assert f"panicked at debugged/src/main.rs:{line('x[n] * x[n]')}:18:" in done.err
    assert "index out of bounds: the len is 2 but the index is 2" in done.err


def test_the_backtrace_of_a_panic_names_the_callers(program: Program) -> None:
    err = program.run("panic").err

    assert f"debugged/src/main.rs:{line('= dnth(')}:17" in err
    assert f"debugged/src/main.rs:{line('caller(std')}:20" in err


def test_a_breakpoint_stops_at_its_line_with_its_variables(program: Program) -> None:
    if shutil.which("gdb") is None:
        pytest.skip("there is no gdb")
    stop = line("value + gradient[1]")

    said = program.debug(f"break main.rs:{stop}", "run", "backtrace", "print value", "continue")

    assert f"Breakpoint 1, debugged::caller (n=1) at debugged/src/main.rs:{stop}" in said
    assert f"in debugged::main () at debugged/src/main.rs:{line('caller(std')}" in said
    assert "= 5" in said


def test_the_table_of_lines_names_the_users_file(program: Program) -> None:
    """What debuggers and profilers read."""
    said = program.driver.run_program("nm", program.path).out
    address = next(words.split()[0] for words in said.splitlines() if "8debugged6caller" in words)

    assert program.driver.run_program("addr2line", "-e", program.path, address).out == f"{SOURCE}:{line('fn caller')}\n"
