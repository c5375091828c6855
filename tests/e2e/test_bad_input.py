"""Bad input: one clear sentence with what to do, an exit code that says the kind, and nothing half-written.

What `setup` and `doctor` meet (wheels, downloads, plugins that hang) is in unit/test_install.py and test_hosts.py.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from cargo_autodiff.cargo.runtime import crates_folder
from cargo_autodiff.errors import FileError, RequestError, ToolFailed, ToolsetError, UsageError
from driving import Done, Driver, mount, script
from fake_toolset import cc

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cargo_autodiff.toolchain.locate import Toolchain

SQUARES = Path(__file__).parent / "one_file" / "squares.rs"
REQUEST = "source=f,target=df,mode=reverse,ret=activeonly,args=active"
MODULE = """\
define double @f(double %x) {
  %y = fmul double %x, %x
  ret double %y
}

define double @df(double %x) {
  ret double %x
}

define double @dpointer(ptr %x, ptr %dx) {
  ret double 0.0
}

define double @one_pointer(ptr %x) {
  %y = load double, ptr %x
  ret double %y
}

define i64 @dinteger(ptr %x, i64 %dx) {
  ret i64 0
}
"""


@pytest.fixture
def given(driver: Driver, llvm22: Toolchain) -> Path:
    path = driver.folder / "given.ll"
    path.write_text(MODULE)
    return path


def is_clear(done: Done) -> bool:
    """Tell whether an error is one sentence with something to do, laid out as rustc does."""
    lines = done.err.splitlines()
    problems = [line for line in lines if line.startswith("error: ")]
    advice = [line for line in lines if line.startswith("  = help: ")]
    return len(problems) == 1 and lines[0] == problems[0] and bool(advice) and "Traceback" not in done.err


class TestRewrite:
    @pytest.mark.parametrize(
        ("request_", "code", "said"),
        [
            ("source=g,target=df,mode=reverse,args=active", RequestError, "could not find source function"),
            ("source=f,target=dg,mode=reverse,args=active", RequestError, "could not find target function"),
            (REQUEST + ",active", RequestError, "no parameter is left for activity active (number 2)"),
            (REQUEST.removesuffix("active"), RequestError, "parameter 0 (`x`) of the target has no activity"),
            (REQUEST.replace("active", "duplicated"), RequestError, "invalid return activity duplicatedonly"),
            ("source=f,target=df,mode=reverse,args=duplicated", RequestError, "must be a pointer"),
            ("source=f,target=dpointer,mode=reverse,args=duplicated", RequestError, "has another type"),
            ("source=one_pointer,target=df,mode=reverse,args=active", RequestError, "parameter 0 (`x`)"),
            ("source=one_pointer,target=dinteger,mode=reverse,args=duplicated", RequestError, "parameter 1 (`dx`)"),
            ("source=f,target=df,mode=forward,ret=dual,args=active", RequestError, "cannot be used in forward mode"),
            ("source=f,target=df,mode=sideways,args=active", UsageError, "`sideways` is not one of"),
            ("source=f,target", UsageError, "not one `name=value`"),
            ("", UsageError, "missing: mode, source, target"),
        ],
    )
    def test_of_what_does_not_fit_is_refused(
        self, driver: Driver, given: Path, request_: str, code: type[RequestError | UsageError], said: str
    ) -> None:
        done = driver.run("rewrite", given.name, "-o", "out.ll", "--request", request_, code=code.exit_code)

        assert is_clear(done), done.err
        assert said in done.err
        assert driver.made == ["given.ll"]

    @pytest.mark.parametrize(
        "content", [b"", b"garbage", b"BC\xc0\xde" + bytes(100), MODULE.encode()[:100], os.urandom(99)]
    )
    def test_of_what_is_no_ir_is_refused(self, driver: Driver, given: Path, content: bytes) -> None:
        given.write_bytes(content)

        done = driver.run("rewrite", given.name, "-o", "out.ll", "--request", REQUEST, code=RequestError.exit_code)

        assert is_clear(done), done.err
        assert driver.made == ["given.ll"]

    @pytest.mark.parametrize(("file", "out"), [("none.ll", "out.ll"), ("given.ll", "none/out.ll"), (".", "out.ll")])
    def test_of_files_that_are_not_there_is_refused(self, driver: Driver, given: Path, file: str, out: str) -> None:
        done = driver.run("rewrite", file, "-o", out, "--request", REQUEST, code=FileError.exit_code)

        assert done.problem
        assert driver.made == ["given.ll"]

    def test_leaves_what_was_there_before(self, driver: Driver, given: Path) -> None:
        driver.run(
            "rewrite", given.name, "-o", given.name, "--request", "source=g,target=df,mode=reverse,args=", code=None
        )

        assert given.read_text() == MODULE

    def test_without_requests_is_a_usage_error(self, driver: Driver, given: Path) -> None:
        assert is_clear(driver.run("rewrite", given.name, "-o", "out.ll", code=UsageError.exit_code))


@pytest.mark.parametrize(
    "words",
    [
        [],
        ["none"],
        ["shape"],
        ["shape", "given=a"],
        ["shape", "given"],
        ["shape", "given=[1", "out=b"],
        ["shape", "x=1"],
    ],
)
def test_a_step_with_wrong_words_is_a_usage_error(driver: Driver, llvm22: Toolchain, words: list[str]) -> None:
    assert driver.run("step", *words, code=UsageError.exit_code).problem


class TestTools:
    """Of a package with derivatives too they are missed before anything is compiled."""

    @pytest.fixture(autouse=True)
    def package(self, tmp_path: Path) -> None:
        (tmp_path / "src").mkdir()
        (tmp_path / "src" / "lib.rs").touch()
        runtime = f'std-autodiff = {{ path = "{crates_folder()}/autodiff" }}'
        (tmp_path / "Cargo.toml").write_text(
            f'[package]\nname = "mine"\nversion = "0.0.0"\nedition = "2021"\n[dependencies]\n{runtime}\n'
        )

    @pytest.mark.parametrize("verb", [["compile", SQUARES], ["build"]])
    def test_no_rustc(self, driver: Driver, tmp_path: Path, verb: list[str | Path]) -> None:
        cargo = shutil.which("cargo")

        done = driver.run(*verb, PATH=tmp_path, CARGO=cargo, RUSTC=None, code=ToolsetError.exit_code)

        assert done.problem == "error: there is no rustc: `rustc` was not found"
        assert is_clear(done), done.err
        assert driver.made == []

    @pytest.mark.parametrize("verb", [["compile", SQUARES], ["build"]])
    def test_rustc_of_an_unsupported_llvm(
        self, driver: Driver, llvm22: Toolchain, tmp_path: Path, verb: list[str | Path]
    ) -> None:
        version = "release: 1.99.0\\nhost: x86_64-unknown-linux-gnu\\nLLVM version: 31.4.1\\n"
        rustc = script(tmp_path / "rustc", f'case "$1" in -vV) printf "{version}" ;; *) echo "{tmp_path}" ;; esac')

        done = driver.run(*verb, RUSTC=rustc, code=ToolsetError.exit_code)

        assert done.problem == "error: rustc 1.99.0 is of LLVM 31.4.1, but the tool set llvm22 takes LLVM 22"
        assert is_clear(done), done.err
        assert driver.made == []

    @pytest.mark.parametrize("verb", [["compile", SQUARES], ["build"]])
    def test_no_tool_set(self, driver: Driver, tmp_path: Path, verb: list[str | Path]) -> None:
        none = tmp_path / "none"

        done = driver.run(*verb, AUTODIFF_TOOLS_DIR=none, AUTODIFF_PROFILE="llvm22", code=ToolsetError.exit_code)

        assert "the tool set llvm22 is not complete" in done.problem
        assert "run `cargo autodiff setup --profile llvm22`" in done.err
        assert is_clear(done), done.err
        assert driver.made == []
        assert {path.name for path in none.glob("*")} <= {"builds.json"}, "only what tools said of themselves"

    def test_no_cargo(self, driver: Driver, tmp_path: Path) -> None:
        assert is_clear(driver.run("build", PATH=tmp_path, CARGO=None, code=ToolsetError.exit_code))

    @pytest.mark.parametrize(("name", "profile"), [("squares.rs", "llvm22"), ("cube.c", "llvm15")])
    def test_a_link_that_fails_leaves_no_script(
        self, driver: Driver, llvm22: Toolchain, llvm15: Toolchain, tmp_path: Path, name: str, profile: str
    ) -> None:
        script(tmp_path / "cc", "exit 1")
        driver.run("compile", SQUARES)  # the runtime crate, which is linked too
        (driver.folder / "squares").unlink()

        words = ("compile", SQUARES.with_name(name), "--profile", profile, "--script", "build.sh")
        driver.run(*words, PATH=f"{tmp_path}:{os.environ['PATH']}", code=1)

        assert driver.made == []

    def test_a_profile_that_takes_other_ir(self, driver: Driver, llvm15: Toolchain) -> None:
        done = driver.run("compile", SQUARES, "--profile", "llvm15", code=ToolsetError.exit_code)

        assert "the tool set llvm15 takes LLVM 14 or 15" in done.problem
        assert driver.made == []


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 64 kB."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mount("-t", "tmpfs", "-o", "size=64k", "none", str(folder))
    yield folder
    subprocess.run(["umount", str(folder)], check=True)  # noqa: S607


class TestDisks:
    def test_that_are_full_when_an_object_is_written(self, driver: Driver, llvm22: Toolchain, small_disk: Path) -> None:
        done = driver.run("compile", SQUARES, TMPDIR=small_disk, code=None)

        assert done.code in (FileError.exit_code, ToolFailed.exit_code, 1)
        assert "o space left on device" in done.err
        assert list(small_disk.iterdir()) == []
        assert driver.made == []

    def test_that_are_full_when_the_program_is_written(
        self, driver: Driver, llvm22: Toolchain, small_disk: Path
    ) -> None:
        done = driver.run("compile", SQUARES, "-o", small_disk / "squares", code=FileError.exit_code)

        assert done.problem == "error: the file cannot be written: No space left on device"
        assert is_clear(done), done.err
        assert list(small_disk.iterdir()) == []

    def test_that_are_full_when_ir_is_written(self, driver: Driver, given: Path, small_disk: Path) -> None:
        (small_disk / "full").write_bytes(bytes(60_000))

        given.write_text(MODULE + f'@text = constant [20000 x i8] c"{"x" * 20000}"\n')
        done = driver.run(
            "rewrite", given.name, "-o", small_disk / "o.ll", "--request", REQUEST, code=FileError.exit_code
        )

        assert "No space left on device" in done.err
        assert [path.name for path in small_disk.iterdir()] == ["full"]

    def test_that_are_full_when_stages_are_kept(self, driver: Driver, llvm22: Toolchain, small_disk: Path) -> None:
        done = driver.run("compile", SQUARES, AUTODIFF_KEEP=small_disk / "keep", code=None)

        assert done.code != 0
        assert "o space left on device" in done.err
        assert driver.made == []

    def test_that_cannot_be_written_but_hold_the_tools_are_enough(
        self, driver: Driver, llvm22: Toolchain, tmp_path: Path
    ) -> None:
        driver.run("compile", SQUARES)  # the runtime crate is built now
        (driver.folder / "squares").unlink()
        tools = llvm22.libllvm.parents[2]
        locked = tmp_path / "locked"
        locked.mkdir()
        mount("--bind", str(tools), str(locked))
        try:
            mount("-o", "remount,ro,bind", str(locked))
            driver.run("compile", SQUARES, AUTODIFF_TOOLS_DIR=locked, code=None)
            done = driver.run("compile", SQUARES, AUTODIFF_TOOLS_DIR=locked)
        finally:
            subprocess.run(["umount", str(locked)], check=True)  # noqa: S607

        assert done.err == ""
        assert driver.made == ["squares"]

    def test_that_cannot_be_written_are_named(self, driver: Driver, llvm22: Toolchain, small_disk: Path) -> None:
        mount("-o", "remount,ro", str(small_disk))

        done = driver.run("compile", SQUARES, "-o", small_disk / "squares", code=FileError.exit_code)
        kept = driver.run("compile", SQUARES, AUTODIFF_KEEP=small_disk / "keep", code=FileError.exit_code)
        temporary = driver.run("compile", SQUARES, TMPDIR=small_disk, code=None)

        assert "Read-only file system" in done.problem
        assert "Read-only file system" in kept.problem
        assert temporary.code in (0, FileError.exit_code)
        assert is_clear(done)
        assert is_clear(kept)


class TestCtrlC:
    @pytest.fixture
    def sign(self, tmp_path: Path) -> Path:
        return tmp_path / "sign"

    def test_in_enzyme(self, driver: Driver, llvm22: Toolchain, tmp_path: Path, sign: Path) -> None:
        plugin = tmp_path / "LLVMEnzyme-22.so"
        body = f'fclose(fopen("{sign}", "w")); sleep(600);'
        source = f"#include <stdio.h>\n#include <unistd.h>\n__attribute__((constructor)) void f(void) {{ {body} }}"
        cc(plugin, source, "-shared", "-fPIC")

        self.interrupt(driver, sign, "--plugin", str(plugin))

    def test_in_the_linker(self, driver: Driver, llvm22: Toolchain, tmp_path: Path, sign: Path) -> None:
        linker = script(tmp_path / "cc", f': > "{sign}"\nexec sleep 600')

        self.interrupt(driver, sign, "--", f"-Clinker={linker}")

    def test_in_rustc(self, driver: Driver, llvm22: Toolchain, tmp_path: Path, sign: Path) -> None:
        sysroot = subprocess.run(["rustc", "--print", "sysroot"], capture_output=True, text=True, check=True).stdout  # noqa: S607
        real = Path(sysroot.strip()) / "bin" / "rustc"
        hang = f'case "$*" in *-Cno-prepopulate-passes*) : > "{sign}"; exec sleep 600 ;; esac'
        rustc = script(tmp_path / "rustc", f'{hang}\nexec "{real}" "$@"')

        self.interrupt(driver, sign, rustc=rustc)

    def interrupt(self, driver: Driver, sign: Path, *words: str, rustc: Path | None = None) -> None:
        with driver.started("compile", SQUARES, *words, RUSTC=rustc) as session:
            session.wait_for(sign)
            assert driver.left != []
            done = session.ctrl_c()

        assert done.code == -signal.SIGINT, "a shell sees that it was interrupted"
        assert "Traceback" not in done.err
        assert driver.made == []
        assert driver.left == []
