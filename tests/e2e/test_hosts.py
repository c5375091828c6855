"""Both Enzyme hosts on the same module; plugins that are wrong, hang or crash."""

from __future__ import annotations

import json
import os
import subprocess
from contextlib import chdir
from typing import TYPE_CHECKING

import pytest

from cargo_autodiff.cli import doctor
from cargo_autodiff.errors import ToolFailed, ToolsetError
from cargo_autodiff.toolchain.probe import probe
from fake_toolset import cc

if TYPE_CHECKING:
    from pathlib import Path

    from cargo_autodiff.toolchain.locate import Toolchain
    from cargo_autodiff.toolchain.tool import Command

CUBE = """\
target triple = "x86_64-unknown-linux-gnu"

@format = constant [4 x i8] c"%g\\0A\\00"
declare double @__enzyme_autodiff(...)
declare i32 @printf(ptr, ...)

define internal double @cube(double %x) {
  %square = fmul double %x, %x
  %cube = fmul double %square, %x
  ret double %cube
}

define double @untouched(double %x) {
  %place = alloca double
  store double %x, ptr %place
  %again = load double, ptr %place
  ret double %again
}

define i32 @main() {
  %d = call double (...) @__enzyme_autodiff(ptr @cube, metadata !"enzyme_out", double 3.0)
  %n = call i32 (ptr, ...) @printf(ptr @format, double %d)
  ret i32 0
}
"""


@pytest.fixture(params=["llvm22", "llvm15"])
def tools(request: pytest.FixtureRequest) -> Toolchain:
    found: Toolchain = request.getfixturevalue(request.param)
    return found


def differentiate(tools: Toolchain, folder: Path, text: str = CUBE, *options: str) -> str:
    """Run the host in an empty folder; returns the IR it wrote, and checks that it wrote nothing else."""
    given, out = folder / "given.ll", folder / "out" / "out.ll"
    out.parent.mkdir()
    given.write_text(text)
    with chdir(out.parent):
        tools.host.command(given, out, options).run(timeout=60)
    assert [path.name for path in out.parent.iterdir()] == ["out.ll"]
    return out.read_text()


def said_by(command: Command) -> str:
    """All that a command prints, whatever its end."""
    done = subprocess.run(command.words, capture_output=True, text=True, check=False)
    return done.stdout + done.stderr


@pytest.mark.skipif(os.uname().machine != "x86_64", reason="the module is for x86_64")
def test_the_derivative_of_the_cube_at_three_is_27(tools: Toolchain, tmp_path: Path) -> None:
    differentiate(tools, tmp_path)
    pointers = ["-opaque-pointers"] if tools.llvm.major == 15 else []
    compiled, program = tmp_path / "cube.o", tmp_path / "cube"
    tools.llc.command(
        *pointers, "-relocation-model=pic", "-filetype=obj", tmp_path / "out/out.ll", "-o", compiled
    ).run()
    subprocess.run(["cc", compiled, "-o", program, "-lm"], check=True)  # noqa: S607

    assert subprocess.run([program], capture_output=True, text=True, check=True).stdout == "27\n"


def test_enzyme_runs_alone(tools: Toolchain, tmp_path: Path) -> None:
    """Rules must be able to act between Enzyme and the next pass: no other pass may have run."""
    made = differentiate(tools, tmp_path)

    assert "store double %x, ptr %place" in made
    assert "define internal double @cube(" in made
    assert "call" in made.partition("define i32 @main")[2].partition("}")[0].partition("@diffecube(")[0]


@pytest.mark.parametrize("triple", ["aarch64-unknown-linux-gnu", "x86_64-unknown-linux-musl"])
def test_the_target_stays(tools: Toolchain, tmp_path: Path, triple: str) -> None:
    made = differentiate(tools, tmp_path, CUBE.replace("x86_64-unknown-linux-gnu", triple))

    assert f'target triple = "{triple}"' in made
    assert "target datalayout" not in made


def test_enzymes_options_reach_it(tools: Toolchain, tmp_path: Path) -> None:
    given, out = tmp_path / "given.ll", tmp_path / "out.ll"
    given.write_text(CUBE)

    printed = said_by(tools.host.command(given, out, ["--enzyme-print"]))

    assert "prefn:" in printed


@pytest.mark.parametrize(
    ("text", "options", "said"),
    [
        ("define garbage", (), "expected type"),
        (CUBE.replace("%cube = fmul double %square, %x", "%cube = call double @unknown(double %square)")
         + "declare double @unknown(double)\n", (), "No reverse pass found for unknown"),
        (CUBE, ("--enzyme-nonsense",), "--enzyme-nonsense"),
    ],
)  # fmt: skip
def test_a_failure_is_an_error_that_leaves_nothing(
    tools: Toolchain, tmp_path: Path, text: str, options: tuple[str, ...], said: str
) -> None:
    given, out = tmp_path / "given.ll", tmp_path / "out.ll"
    given.write_text(text)

    command = tools.host.command(given, out, options)
    with pytest.raises(ToolFailed):
        command.run()

    assert said in said_by(command)
    assert not out.exists() or out.read_text() == ""  # Debian's opt 15 leaves an empty file


def test_a_missing_module_is_an_error(tools: Toolchain, tmp_path: Path) -> None:
    with pytest.raises(ToolFailed):
        tools.host.command(tmp_path / "none.ll", tmp_path / "out.ll").run()

    assert not (tmp_path / "out.ll").exists()


def test_both_pass_the_probe(tools: Toolchain) -> None:
    probe(tools.host, 60)


def examine(capsys: pytest.CaptureFixture[str], *argv: str) -> dict[str, str]:
    """Run `doctor --json`; returns what is said of each requirement that is not met."""
    code = doctor.main(["--json", *argv], os.environ)
    facts = json.loads(capsys.readouterr().out)
    assert (code == 0) == facts["ok"]
    assert code in (0, ToolsetError.exit_code)
    return {finding["name"]: finding["says"] for finding in facts["findings"] if finding["state"] == "missing"}


def test_the_doctor_is_content_with_the_default(llvm22: Toolchain, capsys: pytest.CaptureFixture[str]) -> None:
    assert {"opt", "llc", "libLLVM", "Enzyme host", "probe"}.isdisjoint(examine(capsys, "--profile", "llvm22"))


def test_a_plugin_of_another_llvm_is_not_loaded(
    llvm22: Toolchain, llvm15: Toolchain, capsys: pytest.CaptureFixture[str]
) -> None:
    plugin = llvm15.host.files[0]

    said = examine(capsys, "--profile", "llvm22", "--plugin", str(plugin))

    assert "was built for LLVM 15, not 22" in said["Enzyme host"]
    assert "probe" not in said


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("#include <unistd.h>\n__attribute__((constructor)) void f(void) { sleep(30); }", "did not end within 1 s"),
        ("#include <stdlib.h>\n__attribute__((constructor)) void f(void) { abort(); }", "was killed by SIGABRT"),
        ("__attribute__((constructor)) void f(void) { *(volatile int *)0 = 1; }", "was killed by SIGSEGV"),
        ("int f(void) { return 0; }", "exited with 1"),
    ],
)
def test_a_plugin_that_hangs_or_crashes_is_named_in_time(
    llvm22: Toolchain, tmp_path: Path, capsys: pytest.CaptureFixture[str], source: str, said: str
) -> None:
    plugin = tmp_path / "LLVMEnzyme-22.so"
    cc(plugin, source, "-shared", "-fPIC")

    findings = examine(capsys, "--profile", "llvm22", "--plugin", str(plugin), "--timeout", "1")

    assert "plugin LLVMEnzyme-22.so" in findings["probe"]
    assert said in findings["probe"]
