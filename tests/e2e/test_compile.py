"""`cargo autodiff compile`: one file of Rust or C to a program, and what it leaves."""

from __future__ import annotations

import ctypes
import shutil
import stat
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from cargo_autodiff.errors import UsageError
from driving import DRIVER, REPOSITORY, Done, Driver, script

if TYPE_CHECKING:
    from cargo_autodiff.toolchain.locate import Toolchain

ONE = Path(__file__).with_name("one_file")
SAID = {"squares.rs": "14 [2.0, 4.0, 6.0]", "cube.c": "27"}
AARCH64 = "aarch64-unknown-linux-gnu"
UNKNOWN = """\
use autodiff::autodiff_reverse;

extern "C" {
    fn unknown(x: f64) -> f64;
}

#[autodiff_reverse(df, Active, Active)]
fn f(x: f64) -> f64 {
    unsafe { unknown(x) }
}

fn main() {
    println!("{:?}", df(1.0, 1.0));
}
"""
DEAD = """\
use autodiff::{autodiff_forward, autodiff_reverse};

macro_rules! square {
    () => {
        #[autodiff_reverse(df, Active, ActiveOnly)]
        fn f(x: f64) -> f64 {
            x * x
        }
    };
}

square!();

#[autodiff_forward(dnothing, Const, Dual)]
pub fn nothing(_nothing: (), _x: f64) {}

fn main() {
    println!("{:?}", df(2.0, 1.0));
}
"""
SCRATCH = """\
use autodiff::autodiff_reverse;

#[autodiff_reverse(df, Duplicated, Const, Active)]
fn f(x: &[f64], squares: &mut [f64]) -> f64 {
    for (square, x) in squares.iter_mut().zip(x) {
        *square = x * x;
    }
    x[0] * squares[1]
}

fn main() {
    let (mut dx, mut squares) = ([0.0; 2], [0.5; 2]);
    println!("{} {dx:?} {squares:?}", df(&[2.0, 3.0], &mut dx, &mut squares, 1.0));
}
"""


@pytest.fixture(params=SAID)
def source(request: pytest.FixtureRequest, llvm22: Toolchain, driver: Driver) -> Path:
    """A copy of a source file in the work folder."""
    name: str = request.param
    if name.endswith(".c") and shutil.which("clang-15") is None:
        pytest.skip("clang-15 is not installed (Debian: clang-15)")
    return Path(shutil.copy(ONE / name, driver.folder))


@pytest.fixture
def rust(llvm22: Toolchain, driver: Driver) -> Path:
    return Path(shutil.copy(ONE / "squares.rs", driver.folder))


def said(program: Path) -> str:
    return subprocess.run([program], capture_output=True, text=True, check=True, timeout=60).stdout.strip()


def test_the_program_has_the_files_name_and_its_derivative(driver: Driver, source: Path) -> None:
    done = driver.run("compile", source.name)

    assert done == Done(code=0, out="", err="")
    assert said(driver.folder / source.stem) == SAID[source.name]
    assert driver.made == sorted([source.name, source.stem])


def test_the_program_goes_where_it_is_told(driver: Driver, source: Path) -> None:
    (driver.folder / "a b").mkdir()

    driver.run("compile", source.name, "-o", "a b/program")

    assert said(driver.folder / "a b" / "program") == SAID[source.name]
    assert driver.made == sorted([source.name, "a b"])


def test_options_after_two_dashes_are_the_compilers(driver: Driver, source: Path) -> None:
    options = ["--cfg", "marked"] if source.suffix == ".rs" else ["-DMARKED"]

    driver.run("compile", source.name, "--", *options)

    assert said(driver.folder / source.stem) == f"{SAID[source.name]} marked"


def test_dead_code_may_be_linked(driver: Driver, llvm22: Toolchain) -> None:
    """Every derivative is made then, called or not: nightly's attribute crashes (rust-lang/rust 150330, 150331)."""
    (driver.folder / "dead.rs").write_text(DEAD)

    driver.run("compile", "dead.rs", "--", "-Clink-dead-code")

    assert said(driver.folder / "dead") == "4.0"


def test_an_experiment_is_warned_of_and_its_derivative_never_taken_for_another(driver: Driver, rust: Path) -> None:
    done = driver.run("compile", rust.name, AUTODIFF_WITHOUT_RULES="memmove", AUTODIFF_LOOSE_TYPES="1")
    after = driver.run("compile", rust.name)

    assert "made without the rules memmove and with loose types: they can be wrong" in done.err
    assert "can be wrong" not in after.err


def test_a_rule_that_there_is_not_is_a_usage_error(driver: Driver, rust: Path) -> None:
    done = driver.run("compile", rust.name, AUTODIFF_WITHOUT_RULES="nonsense", code=UsageError.exit_code)

    assert done.problem == "error: there is no rule `nonsense`"


ENUMS = REPOSITORY / "tests" / "conformance" / "programs" / "enums_with_a_niche_as_tag.rs"
CALL = """
#[autodiff::autodiff_reverse(df, Duplicated, Active)]
fn primal(x: &[f64]) -> f64 {
    f(x)
}

fn main() {
    println!("{:?}", df(&[0.5; N], &mut [0.0; N], 1.0));
}
"""


@pytest.mark.skipif(
    ctypes.CDLL(None).personality(0xFFFFFFFF) == -1, reason="the system lets no process choose how memory is laid out"
)
def test_what_is_made_twice_is_the_same_to_the_byte(driver: Driver, llvm22: Toolchain) -> None:
    """Enzyme goes through pointers in the order of their addresses, which are random elsewhere."""
    (driver.folder / "twice.rs").write_text(ENUMS.read_text() + CALL)

    made = set()
    for _ in range(3):
        driver.run("compile", "twice.rs", AUTODIFF_CACHE="off")
        made.add((driver.folder / "twice").read_bytes())

    assert len(made) == 1


VARIABLE = b"seen_by_a_debugger"


@pytest.mark.parametrize(("level", "names"), [("0", False), ("1", False), ("2", True)])
def test_debug_information_is_what_was_asked_for(driver: Driver, rust: Path, level: str, names: bool) -> None:
    """Types are read from full debug information, whatever the profile; it stays among us."""
    variable = VARIABLE.decode()
    text = rust.read_text()
    rust.write_text(text.replace("fn main() {", f"fn main() {{\n    let {variable} = std::env::args().count();", 1))

    driver.run("compile", rust.name, "--", f"-Cdebuginfo={level}", "-Copt-level=0", "-Aunused")
    program = (driver.folder / rust.stem).read_bytes()

    assert (VARIABLE in program) == names
    assert (b".debug_gdb_scripts" in program) == (level != "0")


def test_the_profile_is_chosen(driver: Driver, llvm15: Toolchain, tmp_path: Path) -> None:
    keep = tmp_path / "keep"

    driver.run("compile", ONE / "cube.c", "--profile", "llvm15", AUTODIFF_KEEP=keep)

    assert said(driver.folder / "cube") == "27"
    assert "LLVMEnzyme-15.so" in (keep / "cube" / "build.sh").read_text()


def test_an_unknown_profile_is_a_usage_error(driver: Driver, source: Path) -> None:
    done = driver.run("compile", source.name, "--profile", "llvm3", code=2)

    assert done.problem == "error: there is no profile `llvm3`"
    assert driver.made == [source.name]


def test_the_script_alone_makes_the_program_again_from_anywhere(driver: Driver, source: Path, tmp_path: Path) -> None:
    driver.run("compile", source.name, "--script", "build.sh")
    program = driver.folder / source.stem
    program.unlink()
    folder = tmp_path / "bin"
    folder.mkdir()
    script(folder / "cargo-autodiff", f'exec "{sys.executable}" -m cargo_autodiff "$@"')

    done = driver.run_program(
        driver.folder / "build.sh", cwd=tmp_path, PATH=f"{folder}:/usr/bin:/bin", PYTHONPATH=DRIVER
    )

    assert done.code == 0, done.err
    assert said(program) == SAID[source.name]
    assert driver.made == sorted([source.name, source.stem, "build.sh"])


def test_the_script_gives_shadows_as_the_build_did(driver: Driver, rust: Path, tmp_path: Path) -> None:
    """The first way to make the derivative is refused; the script goes the second only."""
    rust.write_text(SCRATCH)
    driver.run("compile", rust.name, "--script", "build.sh")
    program = driver.folder / rust.stem
    assert said(program) == "18 [9.0, 12.0] [4.0, 9.0]"
    program.unlink()
    folder = tmp_path / "bin"
    folder.mkdir()
    script(folder / "cargo-autodiff", f'exec "{sys.executable}" -m cargo_autodiff "$@"')

    done = driver.run_program(driver.folder / "build.sh", PATH=f"{folder}:/usr/bin:/bin", PYTHONPATH=DRIVER)

    assert done.code == 0, done.err
    assert said(program) == "18 [9.0, 12.0] [4.0, 9.0]"


def rustc_for(driver: Driver, target: str) -> Path | None:
    """A rustc that has the target's library: the first of the PATH, or Debian's."""
    for rustc in ("rustc", "/usr/bin/rustc"):
        if shutil.which(rustc) is None:
            continue
        sysroot = Path(driver.run_program(rustc, "--print", "sysroot").out.strip())
        if (sysroot / "lib/rustlib" / target).is_dir():
            return Path(rustc)
    return None


def test_another_machine(driver: Driver, rust: Path) -> None:
    rustc, emulator = rustc_for(driver, AARCH64), shutil.which("qemu-aarch64") or shutil.which("qemu-aarch64-static")
    needed = ((f"rustc's library for {AARCH64}", rustc), ("qemu-aarch64", emulator))
    absent = [name for name, found in needed if not found]
    if not shutil.which("aarch64-linux-gnu-gcc"):
        absent.append("aarch64-linux-gnu-gcc")
    if absent:
        pytest.skip(f"there is no {', no '.join(absent)}")

    driver.run("compile", rust.name, "--target", AARCH64, RUSTC=rustc)

    done = driver.run_program(str(emulator), "-L", "/usr/aarch64-linux-gnu", driver.folder / "squares")
    assert done.out.strip() == SAID["squares.rs"]


def test_rustcs_errors_are_rustcs(driver: Driver, rust: Path) -> None:
    rust.write_text("fn main() {\n    let x: f64 = nothing;\n}\n")
    plain = driver.run_program("rustc", "--edition=2021", "-o", "squares", rust.name)

    done = driver.run("compile", rust.name, code=plain.code)

    assert plain.code == 1
    assert (done.out, done.err) == (plain.out, plain.err)
    assert driver.made == [rust.name]


def test_clangs_errors_are_shown(driver: Driver, llvm15: Toolchain) -> None:
    (driver.folder / "wrong.c").write_text("int main(void) { return nothing; }\n")

    done = driver.run("compile", "wrong.c", "--profile", "llvm15", code=1)

    assert "use of undeclared identifier 'nothing'" in done.err
    assert driver.made == ["wrong.c"]


def test_a_failed_link_is_rustcs_error(driver: Driver, rust: Path) -> None:
    done = driver.run("compile", rust.name, "--", "-Clink-arg=-lnot_there", code=1)

    assert "linking with" in done.err
    assert "not_there" in done.err
    assert driver.made == [rust.name]


def test_warnings_come_through(driver: Driver, rust: Path) -> None:
    rust.write_text(rust.read_text().replace("let value", "let unused = 1;\n    let value"))

    assert "unused variable: `unused`" in driver.run("compile", rust.name).err


def test_what_enzyme_cannot_do_is_refused_with_its_place(driver: Driver, rust: Path) -> None:
    rust.write_text(UNKNOWN)

    done = driver.run("compile", rust.name, code=7)

    assert done.problem
    assert "--> squares.rs:9:14" in done.err
    assert "unknown" in done.err
    assert driver.made == [rust.name]


@pytest.mark.parametrize(("name", "code"), [("none.rs", 8), ("file.txt", 2), ("folder.rs", 8)])
def test_what_is_no_source_file_is_said(driver: Driver, llvm22: Toolchain, name: str, code: int) -> None:
    (driver.folder / "file.txt").write_text("")
    (driver.folder / "folder.rs").mkdir()

    done = driver.run("compile", name, code=code)

    assert done.problem
    assert name in done.err
    assert driver.made == ["file.txt", "folder.rs"]


LEVELS = (
    "rewritten.ll",
    "prepared.ll",
    "shaped.ll",
    "grad.ll",
    "settled.ll",
    "derivative.bc",
    "0.host.bc",
    "0.o",
)


def test_every_level_is_kept_and_its_script_replays(driver: Driver, source: Path, tmp_path: Path) -> None:
    keep = tmp_path / "keep" / "here"

    driver.run("compile", source.name, AUTODIFF_KEEP=keep)

    (folder,) = keep.iterdir()
    files = [path for path in folder.rglob("*") if not path.is_dir()]
    names = {path.name.partition(".")[2] for path in files if path.parent != folder}
    assert names.issuperset(LEVELS)
    assert all(stat.S_ISREG(path.stat().st_mode) for path in files), "a pipe would make others hang"
    objects = {path: path.read_bytes() for path in files if path.suffix == ".o"}
    for path in files:
        if path.suffix != ".sh" and (path.parent != folder or path.suffix != ".bc"):
            path.unlink()
    programs = tmp_path / "bin"
    programs.mkdir()
    script(programs / "cargo-autodiff", f'exec "{sys.executable}" -m cargo_autodiff "$@"')
    moved = folder.rename(tmp_path / "moved")
    replayed = driver.run_program(moved / "build.sh", PATH=f"{programs}:/usr/bin:/bin")
    assert replayed.code == 0, replayed.err
    assert {path: (moved / path.relative_to(folder)).read_bytes() for path in objects} == objects


def test_what_was_made_before_a_failure_is_kept(driver: Driver, rust: Path, tmp_path: Path) -> None:
    rust.write_text(UNKNOWN)

    driver.run("compile", rust.name, code=7, AUTODIFF_KEEP=tmp_path / "keep")

    levels = {path.name.partition(".")[2] for path in (tmp_path / "keep").rglob("0.*")}
    assert levels == {"closed.ll", "rewritten.ll", "prepared.ll", "shaped.ll"}
    assert (tmp_path / "keep" / "squares" / "build.sh").exists()
    assert driver.made == [rust.name]
