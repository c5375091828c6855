"""What the conformance suite cannot compare, in three profiles, and what is refused with its place and reason."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from cargo_autodiff.errors import Refused

if TYPE_CHECKING:
    from cargo_autodiff.toolchain.locate import Toolchain

HERE = Path(__file__).parent
PACKAGE = HERE / "soundness"
REFUSED = HERE / "soundness_refused"
OUT_OF_BOUNDS = "out-of-bounds"

C = HERE / "soundness_c"

REASONS = {
    "assembly": "computes with floats in assembly",
    "atomics": "it changes floats by atomic instructions",
    "bytes_of_floats": "computes with a part of a float in memory",
    "const_function_pointer": "comes from a Const parameter",
    "const_scratch": "is written to where a Const parameter leads",
    "float_bits": "it computes with a float's bits",
    "foreign_flag": "may come from elsewhere",
    "foreign_function": "may come from elsewhere",
    "foreign_pair": "returns floats and integers together by value",
    "gamma": "in `gamma::df::source` Enzyme's derivative of it calls `digamma`",
    "handed_out": "which would have to go out, too",
    "kept_const": "where they are read through that memory",
    "log_gamma": "Enzyme has no derivative of `lgamma`",
    "merged_with_a_field": "may mean one or the other",
    "mutable_static": "a static has no shadow",
    "numbers_handed_out": "it holds numbers, or leads to some",
    "other_primal": "means `other_primal::Line::at` there",
    "target_features": "which has other registers for them",
    "thread_local": "a static has no shadow",
    "trait_object_shadow": "there is no shadow of its table of functions",
    "threads": "catches panics",
    "twice_by_a_const_direction": "hands on slices, one of which counts while the other may not",
    "twice_in_reverse": "the loop of its derivative is entered at two",
    "twice_through_a_call": "its derivative returns numbers beside memory",
}
"""What is refused today, with words of the message."""


@pytest.fixture(scope="module")
def target(tmp_path_factory: pytest.TempPathFactory, llvm22: Toolchain) -> Path:
    """A target folder that the profiles share."""
    return tmp_path_factory.mktemp("target")


def autodiff(*arguments: str | Path, target: Path | None = None) -> subprocess.CompletedProcess[str]:
    environment = dict(os.environ) | ({"CARGO_TARGET_DIR": str(target)} if target else {})
    command = [sys.executable, "-m", "cargo_autodiff", *map(str, arguments)]
    return subprocess.run(command, cwd=PACKAGE, env=environment, capture_output=True, text=True, check=False)


@pytest.mark.parametrize("profile", ["dev", "release"])
def test_every_case_is_right(profile: str, target: Path) -> None:
    done = autodiff("test", "--locked", "--profile", profile, target=target)

    assert done.returncode == 0, done.stdout + done.stderr
    assert "19 cases are right" in done.stdout


def test_every_case_is_right_where_panics_abort(target: Path) -> None:
    done = autodiff("run", "--features", "program", "--locked", "--profile", "small", target=target)

    assert done.returncode == 0, done.stdout + done.stderr
    assert "19 cases are right" in done.stdout


def test_gradient_does_not_read_out_of_bounds_where_panics_abort(target: Path) -> None:
    """Enzyme by itself drops the call that reports the index, and reads on."""
    autodiff("build", "--features", "program", "--locked", "--profile", "small", target=target)
    program = target / "autodiff" / "small" / "soundness"

    done = subprocess.run([program, OUT_OF_BOUNDS], capture_output=True, text=True, check=False)

    assert done.returncode == -signal.SIGABRT
    assert "the len is 3 but the index is 3" in done.stderr
    assert done.stdout == ""


def test_every_refusal_is_listed() -> None:
    assert {path.stem for path in REFUSED.glob("*.rs")} == set(REASONS)


LINES = {
    "assembly": "asm!(",
    "atomics": "swap",
    "bytes_of_floats": "bytes[8 * i + 7] ^= 0x80",
    "const_function_pointer": "g(",
    "const_scratch": "*square = x * x",
    "float_bits": "f64::from_bits",
    "foreign_flag": "(layer.step)(",
    "foreign_function": "(layer.step)(",
    "foreign_pair": "(layer.step)(",
    "handed_out": "*scaled = x.iter()",
    "kept_const": "terms.push(Term { weights, power: 2 })",
    "log_gamma": "lgamma(value)",
    "mutable_static": "KEPT",
    "thread_local": "scale.set(",
}
"""What stands in the line inside the function that a refusal names."""


@pytest.mark.parametrize("name", sorted(LINES))
def test_refusal_names_the_line_inside_the_function(name: str, tmp_path: Path, llvm22: Toolchain) -> None:
    source = REFUSED / f"{name}.rs"

    done = autodiff("compile", source, "-o", tmp_path / "program")

    number = int(re.findall(rf"--> {re.escape(str(source))}:(\d+):", done.stderr)[0])
    assert LINES[name] in source.read_text().splitlines()[number - 1]


@pytest.mark.parametrize("name", sorted(REASONS))
def test_refusal_names_place_and_reason(name: str, tmp_path: Path, llvm22: Toolchain) -> None:
    source, program = REFUSED / f"{name}.rs", tmp_path / "program"
    lines = source.read_text().splitlines()
    attributes = [f"{number}:{text.index('#') + 1}" for number, text in enumerate(lines, 1) if "#[autodiff_" in text]

    done = autodiff("compile", source, "-o", program)

    assert done.returncode == Refused.exit_code, done.stderr
    assert f"--> {source}:" in done.stderr
    assert f"{source}:{attributes[-1]}" in done.stderr, "the place of the outer attribute"
    assert REASONS[name] in done.stderr
    assert not program.exists()


class CProgram:
    """A source of `soundness_c`, compiled with one tool set."""

    def __init__(self, profile: str, folder: Path) -> None:
        self._profile = profile
        self._program = folder / "program"

    def compiled(self, name: str, *words: str) -> subprocess.CompletedProcess[str]:
        """Compile it; the words go to the compiler."""
        return autodiff("compile", C / f"{name}.c", "-o", self._program, "--profile", self._profile, "--", *words)

    def said(self) -> str:
        """Run it, and give what it prints."""
        return subprocess.run([self._program], capture_output=True, text=True, check=True).stdout


@pytest.fixture(params=["llvm15", "llvm22"])
def c(tmp_path: Path, request: pytest.FixtureRequest) -> CProgram:
    request.getfixturevalue(request.param)
    return CProgram(request.param, tmp_path)


@pytest.mark.skipif(shutil.which("clang-15") is None, reason="clang-15 is not installed (Debian: clang-15)")
class TestC:
    def test_structs_of_numbers_and_floats_are_copied_as_such(self, c: CProgram) -> None:
        done = c.compiled("pairs")

        assert done.returncode == 0, done.stderr
        assert c.said() == "4 8 54\n"

    def test_a_function_pointer_that_is_const_is_refused(self, c: CProgram) -> None:
        done = c.compiled("const_function_pointer")

        assert done.returncode == Refused.exit_code
        assert "comes from a Const parameter" in done.stderr

    def test_functions_that_have_names_of_libraries_are_looked_into(self, c: CProgram) -> None:
        done = c.compiled("names", "-O2", "-fno-builtin")

        assert done.returncode == 0, done.stderr
        assert c.said() == "3 4 6 8\n9 16 6 16\n"

    def test_a_complex_quotient_is_refused(self, c: CProgram) -> None:
        done = c.compiled("quotient")

        assert done.returncode == Refused.exit_code
        assert "write the division out" in done.stderr

    def test_structures_that_are_passed_by_value_are_copied(self, c: CProgram) -> None:
        done = c.compiled("by_value", "-O2")

        assert done.returncode == 0, done.stderr
        assert c.said() == "8 2 0\n8 2 0\n28 1 8\n28 1 8\n"

    def test_one_that_a_function_is_given_that_is_called_from_elsewhere_is_refused(self, c: CProgram) -> None:
        done = c.compiled("by_value_elsewhere")

        assert done.returncode == Refused.exit_code
        assert "is given a structure by value" in done.stderr

    def test_a_loop_with_two_entries_is_right(self, c: CProgram) -> None:
        done = c.compiled("entries", "-O2")

        assert done.returncode == 0, done.stderr
        assert c.said() == "right\n" * 5

    def test_a_computed_goto_is_refused(self, c: CProgram) -> None:
        done = c.compiled("computed_goto", "-DDIFFERENTIATED=f", "-g")

        assert done.returncode == Refused.exit_code
        assert re.search(r"computed_goto.c:\d+", done.stderr)
        assert "`switch`" in done.stderr

    def test_one_beside_what_is_differentiated_is_not(self, c: CProgram) -> None:
        done = c.compiled("computed_goto", "-DDIFFERENTIATED=g")

        assert done.returncode == 0, done.stderr
        assert c.said() == "4\n3 0 1\n"
