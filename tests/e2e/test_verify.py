"""`cargo autodiff test --verify`: each call of a derivative checks itself, and only then."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from cargo_autodiff.errors import Refused
from cargo_autodiff.rust.rules.verifying import ASKED
from driving import REPOSITORY

if TYPE_CHECKING:
    from cargo_autodiff.toolchain.locate import Toolchain
    from driving import Driver

PACKAGE = Path(__file__).with_name("verified")
NUMBER = r"-?\d[\d.e-]*"
OPTIONAL = """\
use autodiff::__private::{cargo_autodiff_was_not_run__build_with__cargo_autodiff as marker, type_name, Request};

extern "C" {
    fn significand(x: f64) -> f64;
}

fn f(x: &mut f64) {
    *x = unsafe { significand(*x) };
}

fn df() {
    fn target<O>(x: &mut f64, dx: &mut f64, _: O) {
        let request = &const {
            Request {
                source: f as fn(&mut f64),
                spec: "mode=forward,ret=const,optional=OPTIONAL,args=dual",
                place: concat!(file!(), ":", line!(), ":", column!()),
                origin: type_name::<O> as fn() -> &'static str,
                sizes: [8],
                strides: [0],
            }
        };
        std::hint::black_box((x, dx));
        marker(request as *const _ as *const ());
    }
    target(&mut 1.0, &mut 1.0, (f, || ()));
}

#[no_mangle]
extern "C" fn cargo_autodiff_was_refused(_: *const ()) {
    println!("refused");
}

fn main() {
    df();
}
"""


def run(target: Path, *options: str, **environ: str) -> subprocess.CompletedProcess[str]:
    words = ["test", *options, "--locked", "--lib", "--target-dir", target, "--", "--test-threads=1", "--nocapture"]
    command = [sys.executable, "-m", "cargo_autodiff", *map(str, words)]
    return subprocess.run(
        command, cwd=PACKAGE, env={**os.environ, **environ}, capture_output=True, text=True, check=False, timeout=300
    )


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
        ("f_kink", "not smooth enough nearby"),
        ("f_edge", "panics nearby"),
    ],
)
def test_what_is_not_checked_is_said(verified: subprocess.CompletedProcess[str], name: str, why: str) -> None:
    (line,) = re.findall(rf"not checked: {name} \(.*", verified.stderr)

    assert why in line


def test_where_differences_say_nothing_forward_mode_checks_reverse_mode(
    verified: subprocess.CompletedProcess[str], target: Path
) -> None:
    """Without the rule for `memmove`, reverse mode is wrong, and forward mode right; the function has a kink there."""
    wrong = run(target, "--verify", AUTODIFF_WITHOUT_RULES="memmove")

    (message,) = re.findall(r"^d_shifted: the derivative is wrong: .*", wrong.stderr, re.MULTILINE)

    assert "not checked: d_kink" not in verified.stderr
    assert "d_shifted" not in verified.stderr
    assert re.search(rf"gives {NUMBER}, but forward mode gives {NUMBER} \(allowed: {NUMBER};", message)


def test_a_forward_derivative_that_only_a_check_asks_for_may_be_refused(driver: Driver) -> None:
    """No function of ordinary Rust is known that is refused in forward mode alone, so this one asks by hand."""
    (driver.folder / "optional.rs").write_text(OPTIONAL.replace("OPTIONAL", "yes"))
    (driver.folder / "needed.rs").write_text(OPTIONAL.replace("OPTIONAL", "no"))

    driver.run("compile", "optional.rs")
    needed = driver.run("compile", "needed.rs", code=Refused.exit_code)

    assert driver.run_program(driver.folder / "optional").out == "refused\n"
    assert "`significand` has no body" in needed.err


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
