"""Every kind of crate in every profile: a table whose cells are numbers that the built thing computes.

One workspace (kinds/): a chain of libraries with generic derivatives and a proc-macro, and on top of it what programs,
other languages, tests, examples and benches need. Each profile builds it once.
"""

from __future__ import annotations

import json
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from driving import Done, Driver

if TYPE_CHECKING:
    from cargo_autodiff.toolchain.locate import Toolchain

KINDS = Path(__file__).with_name("kinds")
FAILED = 101  # cargo's exit code of a failed build
PROFILES = ("dev", "release", "thin", "fat", "off", "abort", "strip", "units", "size", "packed", "unpacked")

CHECKED = ("dev", "packed", "unpacked")
"""The profiles with debug assertions and debug information."""

# x = 1, y = 2: 3xy + x³ + y³ and its gradient; 3x² at 1, 2, 3; 2x at 4 and at 1/2; x/4 at 2
LINE = "15 [9.0, 15.0] [3.0, 12.0, 27.0] 8 [1.0] (0.5, 0.25)\n"
POWER = "80\n"  # 5x⁴ at 2

CALLER = """\
#include <stdio.h>
double slope_of_power(double x, int n);
int main(void) { printf("%g\\n", slope_of_power(2.0, 2)); }
"""


@dataclass(frozen=True, kw_only=True)
class Built:
    """The workspace in one profile."""

    driver: Driver
    target: Path
    profile: str
    programs: dict[str, Path]
    libraries: dict[str, Path]

    def cargo(self, *words: str, code: int = 0) -> Done:
        return self.driver.run(*words, "--profile", self.profile, cwd=KINDS, code=code, CARGO_TARGET_DIR=self.target)

    def run(self, name: str, *words: str) -> Done:
        return self.driver.run_program(self.programs[name], *words)


@pytest.fixture(scope="session", params=PROFILES)
def workspace(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, llvm22: Toolchain
) -> tuple[str, Path, str]:
    """Build all but the shared library of Rust: cargo gives that its own copy of std where it is asked for by name."""
    place = tmp_path_factory.mktemp(request.param)
    words = ("build", "-p", "host", "-p", "middle", "-p", "shared", "--all-targets", "--profile", request.param)
    done = Driver.within(place).run(*words, "--message-format=json", cwd=KINDS, CARGO_TARGET_DIR=place / "target")
    return request.param, place / "target", done.out


@pytest.fixture
def built(driver: Driver, workspace: tuple[str, Path, str]) -> Built:
    profile, target, out = workspace
    made = [message for message in map(json.loads, out.splitlines()) if message["reason"] == "compiler-artifact"]
    return Built(
        driver=driver,
        target=target,
        profile=profile,
        programs={_what(message): Path(message["executable"]) for message in made if message["executable"]},
        libraries={Path(file).name: Path(file) for message in made for file in message["filenames"]},
    )


def _what(message: dict[str, Any]) -> str:
    """Name a program by what cargo calls its target; libraries and programs have a test harness besides."""
    target = message["target"]
    (kind,) = target["kind"][:1]
    return f"{kind} {target['name']}{' harness' * (message['profile']['test'] and kind in ('bin', 'lib'))}"


@pytest.mark.parametrize("name", ["bin host", "example example", "bench bench"])
def test_a_program_over_three_crates(built: Built, name: str) -> None:
    assert built.run(name).out == LINE


def test_a_program_by_a_linker_that_knows_no_bitcode(built: Built) -> None:
    """With `lto`, cargo makes bitcode of the crates below, the runtime crate for one."""
    words = ("rustc", "-p", "host", "--bin", "host", "--profile", built.profile, "--", "-Clink-arg=-fuse-ld=bfd")
    built.driver.run(*words, cwd=KINDS, CARGO_TARGET_DIR=built.target)

    assert built.run("bin host").out == LINE


def test_overflow_is_checked_in_a_derivative_where_the_profile_checks_it(built: Built) -> None:
    done = built.run("bin host", "overflow")

    if built.profile in CHECKED:
        assert "attempt to add with overflow" in done.err
        assert done.code == FAILED
    else:
        assert done.out == "(0.0, 0.0)\n"


def test_lines_are_where_the_profile_keeps_debug_information(built: Built) -> None:
    """Split or not: the lines of a crate with derivatives stay in the program."""
    symbols = built.driver.run_program("nm", built.programs["bin host"]).out
    found = [words.split()[0] for words in symbols.splitlines() if "4host4main" in words]
    said = [built.driver.run_program("addr2line", "-e", built.programs["bin host"], address).out for address in found]

    assert said == [f"{KINDS}/host/src/main.rs:8\n"] if built.profile in CHECKED else "main.rs" not in "".join(said)


def test_functions_of_other_crates_are_inlined_with_lto_and_only_then(built: Built) -> None:
    symbols = built.driver.run_program("nm", built.programs["example example"]).out

    kept = built.profile not in ("thin", "fat", "strip")  # the last has no symbols at all
    assert ("_ZN6middle7doubles17h" in symbols) is kept


def test_a_test_harness_over_three_crates(built: Built) -> None:
    done = built.run("test harness", "--nocapture")

    assert LINE in done.out
    assert "1 passed" in done.out


def test_a_librarys_own_test_harness(built: Built) -> None:
    assert "1 passed" in built.run("lib middle harness").out


def test_a_shared_library_for_c(built: Built) -> None:
    program = (
        "import ctypes, sys; f = ctypes.CDLL(sys.argv[1]).slope_of_power; f.restype = ctypes.c_double; "
        "print(f'{f(ctypes.c_double(2.0), 2):g}')"
    )

    assert built.driver.run_program(sys.executable, "-c", program, built.libraries["libshared.so"]).out == POWER


def test_a_static_library_for_c(built: Built) -> None:
    (built.driver.folder / "caller.c").write_text(CALLER)
    words = ("cc", "caller.c", built.libraries["libshared.a"], "-o", "caller", "-lm", "-lpthread", "-ldl")
    linked = built.driver.run_program(*words)

    assert linked.code == 0, linked.err
    assert built.driver.run_program(built.driver.folder / "caller").out == POWER


def test_a_shared_library_for_rust(built: Built) -> None:
    if built.profile == "abort":
        done = built.cargo("run", "-p", "onto", code=FAILED)
        assert "not compiled with this crate's panic strategy `abort`" in done.err  # std is a shared library here, too
    else:
        assert built.cargo("run", "-p", "onto").out == "2.5 [1.0, 2.0] (9.0, 6.0)\n"
