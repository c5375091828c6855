"""What plain cargo makes of a crate with derivatives: it does not link, or cannot be loaded, and says what to do.

Never does it run to a wrong number, whatever kind of crate it is and however much the linker lets pass.
"""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from cargo_autodiff.cargo.runtime import crates_folder

if TYPE_CHECKING:
    from pathlib import Path

MARKER = "cargo_autodiff_was_not_run__build_with__cargo_autodiff"
LIB = """\
use autodiff::autodiff_reverse;

#[autodiff_reverse(df, Active, ActiveOnly)]
fn f(x: f64) -> f64 {
    x * x
}

#[no_mangle]
pub extern "C" fn slope(x: f64) -> f64 {
    df(x, 1.0)
}

#[test]
fn slope_of_a_square() {
    assert_eq!(slope(3.0), 6.0);
}
"""
MANIFEST = f"""\
[package]
name = "undriven"
version = "0.0.0"
edition = "2021"

[dependencies]
autodiff = {{ package = "std-autodiff", path = "{crates_folder() / "autodiff"}" }}

[workspace]
"""
CALL = "import ctypes, os, sys; print(ctypes.CDLL(sys.argv[1], mode=int(sys.argv[2])).slope)"
C = "double slope(double); int main(void) { return slope(3.0) == 6.0; }"
LAZY, NOW = 1, 2  # dlopen's modes


@pytest.fixture(scope="module")
def package(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("undriven")
    (folder / "src").mkdir()
    (folder / "src" / "lib.rs").write_text(LIB)
    (folder / "src" / "main.rs").write_text('fn main() { println!("{}", undriven::slope(3.0)); }\n')
    (folder / "Cargo.toml").write_text(MANIFEST)
    return folder


def run(*words: str | Path, cwd: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(words, cwd=cwd, capture_output=True, text=True, check=False, timeout=300)


def cargo(package: Path, *words: str) -> subprocess.CompletedProcess[str]:
    return run("cargo", *words, cwd=package)


@pytest.mark.parametrize("profile", ["dev", "release"])
@pytest.mark.parametrize("verb", [["build", "--bin", "undriven"], ["test", "--lib", "--no-run"]], ids=["bin", "test"])
def test_programs_and_tests_do_not_link(package: Path, verb: list[str], profile: str) -> None:
    done = cargo(package, *verb, "--profile", profile)

    assert done.returncode != 0
    assert MARKER in done.stderr


@pytest.mark.parametrize("options", [[], ["-Crelro-level=off", "-Clink-arg=-Wl,-z,lazy"]], ids=["default", "lazy"])
@pytest.mark.parametrize("kind", ["cdylib", "dylib"])
def test_shared_libraries_cannot_be_loaded_or_end_the_program(package: Path, kind: str, options: list[str]) -> None:
    done = cargo(package, "rustc", "--lib", "--crate-type", kind, "--", *options)
    if done.returncode != 0:
        assert MARKER in done.stderr
        return
    library = package / "target" / "debug" / "libundriven.so"
    for mode in (NOW, LAZY):
        called = run(sys.executable, "-c", f"{CALL[:-1]}(ctypes.c_double(3.0)))", library, str(mode), cwd=package)
        assert called.returncode != 0
        assert called.stdout == ""
        assert MARKER in called.stderr


def test_static_libraries_do_not_link(package: Path) -> None:
    assert cargo(package, "rustc", "--lib", "--crate-type", "staticlib").returncode == 0
    (package / "main.c").write_text(C)

    words = ("target/debug/libundriven.a", "-lpthread", "-ldl", "-lm", "-lgcc_s", "-Wl,--gc-sections")
    done = run("cc", "main.c", *words, "-o", "program", cwd=package)

    assert done.returncode != 0
    assert MARKER in done.stderr


def test_a_program_that_never_calls_its_derivative_may_link(package: Path) -> None:
    """The linker takes out what is not called; what is left has no derivative to be wrong."""
    (package / "examples").mkdir()
    (package / "examples" / "nothing.rs").write_text("fn main() {}\n")

    done = cargo(package, "run", "--quiet", "--example", "nothing")

    assert (done.returncode, done.stdout) == (0, "")
