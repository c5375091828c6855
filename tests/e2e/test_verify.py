"""`cargo autodiff test --verify`: each call of a derivative checks itself, and only then."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from cargo_autodiff.rust.rules.verifying import ASKED
from driving import REPOSITORY

if TYPE_CHECKING:
    from cargo_autodiff.toolchain.locate import Toolchain

PACKAGE = Path(__file__).with_name("verified")
NUMBER = r"-?\d[\d.e-]*"


def run(target: Path, *options: str) -> subprocess.CompletedProcess[str]:
    words = ["test", *options, "--locked", "--lib", "--target-dir", target, "--", "--test-threads=1", "--nocapture"]
    command = [sys.executable, "-m", "cargo_autodiff", *map(str, words)]
    return subprocess.run(command, cwd=PACKAGE, capture_output=True, text=True, check=False, timeout=300)


@pytest.fixture(scope="module")
def target(tmp_path_factory: pytest.TempPathFactory, llvm22: Toolchain) -> Path:
    return tmp_path_factory.mktemp("verified")


@dataclass(frozen=True, kw_only=True)
class Plain:
    """The run without the option, and what its program held."""

    done: subprocess.CompletedProcess[str]
    symbols: list[str]


@pytest.fixture(scope="module")
def plain(target: Path) -> Plain:
    return Plain(done=run(target), symbols=symbols(target))


@pytest.fixture(scope="module")
def verified(target: Path, plain: Plain) -> subprocess.CompletedProcess[str]:
    """The run with the option, in the same target folder."""
    return run(target, "--verify")


def test_right_derivatives_pass_and_wrong_ones_fail(verified: subprocess.CompletedProcess[str]) -> None:
    failed = set(re.findall(r"^    tests::(\w+)$", verified.stdout, re.MULTILINE))

    assert failed == {"wrong_in_reverse", "wrong_in_forward", "wrong_in_part_of_the_inputs"}
    assert "6 passed; 3 failed" in verified.stdout


@pytest.mark.parametrize("name", ["d_rounded", "f_rounded", "d_in_part"])
def test_the_panic_names_function_place_seed_and_both_numbers(
    verified: subprocess.CompletedProcess[str], name: str
) -> None:
    source = (PACKAGE / "src" / "lib.rs").read_text().splitlines()
    line = next(number for number, text in enumerate(source, 1) if f"({name}," in text)
    numbers = rf"gives {NUMBER}, but differences of the function give {NUMBER} \(allowed: {NUMBER};"

    (message,) = re.findall(rf"^{name}: the derivative is wrong: .*", verified.stderr, re.MULTILINE)

    assert re.search(numbers, message)
    assert re.search(rf"attribute at src/lib.rs:{line}:\d+, seed 0x[0-9a-f]{{16}}\)", message)


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("d_point", "cannot be copied and varied"),
        ("d_kink", "not smooth enough nearby"),
        ("d_edge", "panics nearby"),
    ],
)
def test_what_is_not_checked_is_said(verified: subprocess.CompletedProcess[str], name: str, why: str) -> None:
    (line,) = re.findall(rf"not checked: {name} \(.*", verified.stderr)

    assert why in line


def test_without_the_option_nothing_is_checked_or_even_there(plain: Plain) -> None:
    assert plain.done.returncode == 0, plain.done.stderr
    assert not any(ASKED in symbol for symbol in plain.symbols)


def test_with_it_everything_is_built_again(target: Path, verified: subprocess.CompletedProcess[str]) -> None:
    assert "Compiling verified" in verified.stderr
    assert any(ASKED in symbol for symbol in symbols(target))


def symbols(target: Path) -> list[str]:
    """Name what the newest test program holds."""
    programs = [path for path in target.rglob("deps/verified-*") if path.suffix == ""]
    newest = max(programs, key=lambda path: path.stat().st_mtime)
    nm = shutil.which("nm")
    assert nm is not None
    return subprocess.run([nm, newest], capture_output=True, text=True, check=True).stdout.splitlines()


def test_the_documentation_shows_what_a_wrong_derivative_says() -> None:
    assert "the derivative is wrong: along a direction it gives" in (REPOSITORY / "docs" / "verify.md").read_text()
