"""Which edits run Enzyme again, and which do not; after all of them the program is right."""

from __future__ import annotations

import json
import shutil
import subprocess
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import pytest
from building import PANICS, SAYS, SOURCE, Builder, package, place_of_panic

from driving import DRIVER, REPOSITORY, Driver

if TYPE_CHECKING:
    from pathlib import Path

    from cargo_autodiff.toolchain.locate import Toolchain

CUBE = """\
#[autodiff_reverse(dcube, Active, Active)]
fn cube(x: f64) -> f64 {
    x * x * x
}
"""

PRINT_CUBE = '    println!("{:?}", dcube(2.0, 1.0));'

# edits that change nothing the derivative reaches, and what the program says then
HIT = {
    "nothing": (SOURCE, SAYS),
    "a comment above": (SOURCE.replace("#[inline", "// why\n#[inline"), SAYS),
    "lines above": (f"\n\n\n{SOURCE}", SAYS),
    "a function above, with panics of its own": (
        "pub fn more(x: &[u8], i: usize) -> u8 {\n    x[i] / x[i + 1]\n}\n"
        + SOURCE.replace("fn main() {", 'fn main() {\n    assert_eq!(more(&[4, 2, 1], x_()), 2);\n')
        + "fn x_() -> usize {\n    std::env::args().count() - 1\n}\n",
        SAYS,
    ),
    "a function that it does not reach": (SOURCE.replace("x + 1", "x * 10"), SAYS.replace(" 2\n", " 10\n")),
    "the name of a function that it does not reach": (SOURCE.replace("unrelated", "elsewhere"), SAYS),
    "one more derivative": (
        SOURCE.replace("#[inline", f"{CUBE}\n#[inline").replace("    println!", f"{PRINT_CUBE}\n    println!"),
        f"(8.0, 12.0)\n{SAYS}",
    ),
}  # fmt: skip

# edits that change it
MISS = {
    "its own body": (SOURCE.replace("x * x)", "x * x * x)"), "12 [6.0, 12.0] 2\n"),
    "a function that it reaches": (SOURCE.replace("* 3.0", "* 4.0"), "9 [6.0, 4.0] 2\n"),
    "the activity of its parameter": (
        SOURCE.replace("Duplicated, Active", "Const, Active").replace("&mut gradient, ", ""),
        "8 [0.0, 0.0] 2\n",
    ),
}  # fmt: skip


@pytest.fixture(scope="session")
def cache(llvm22: Toolchain, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The store after the program was built once."""
    builder = Builder(driver=Driver.within(tmp_path_factory.mktemp("built")))
    assert builder.build(SOURCE).out == SAYS
    assert len(builder.stored()) == 1
    return builder.driver.cache


@pytest.fixture
def built(driver: Driver, cache: Path) -> Builder:
    """A builder whose store has seen the program, elsewhere."""
    shutil.copytree(cache, driver.cache)
    return Builder(driver=driver)


@pytest.mark.parametrize("edit", HIT)
def test_runs_no_enzyme_after_an_edit_of(built: Builder, edit: str) -> None:
    source, says = HIT[edit]
    before = built.stored()

    assert built.build(source).out == says

    assert len(built.stored() - before) == source.count("#[autodiff") - 1
    assert place_of_panic(source) in built.panic()


@pytest.mark.parametrize("edit", MISS)
def test_runs_enzyme_after_an_edit_of(built: Builder, edit: str) -> None:
    source, says = MISS[edit]
    before = built.stored()

    assert built.build(source).out == says

    assert len(built.stored() - before) == 1


@pytest.mark.parametrize("option", ["-Ctarget-cpu=x86-64-v2", "-Ctarget-feature=+avx2", "-Cforce-frame-pointers=yes"])
def test_runs_enzyme_with_another(built: Builder, option: str) -> None:
    before = built.stored()

    assert built.build(SOURCE, option).out == SAYS

    assert len(built.stored() - before) == 1


def linked_tree(real: Path, place: Path, changed: Path) -> Path:
    """Make a tree of links to another, in which one file is our own, with one more byte; give that file."""
    here, there = place, real
    here.mkdir()
    for part in changed.parts:
        for entry in there.iterdir():
            if entry.name != part:
                (here / entry.name).symlink_to(entry.resolve())
        here, there = here / part, there / part
        if there.is_dir():
            here.mkdir()
    shutil.copy(there, here)
    with here.open("ab") as file:
        file.write(b"\0")
    return here


def test_runs_enzyme_with_a_tool_of_other_bytes(built: Builder, llvm22: Toolchain, tmp_path: Path) -> None:
    real = llvm22.opt.path.parents[2]
    linked_tree(real, tmp_path / "tools", llvm22.opt.path.relative_to(real))
    before = built.stored()

    assert built.build(SOURCE, AUTODIFF_TOOLS_DIR=tmp_path / "tools").out == SAYS

    assert len(built.stored() - before) == 1


def test_runs_enzyme_with_another_std(built: Builder, tmp_path: Path) -> None:
    real = subprocess.run(["rustc", "--print", "sysroot"], capture_output=True, text=True, check=True).stdout.strip()  # noqa: S607
    sysroot = type(tmp_path)(real)
    library = next(sysroot.glob("lib/rustlib/*/lib/libtest-*.rlib"))
    linked_tree(sysroot, tmp_path / "sysroot", library.relative_to(sysroot))
    (tmp_path / "sysroot" / "bin").unlink()
    shutil.copytree(sysroot / "bin", tmp_path / "sysroot" / "bin")
    before = built.stored()

    assert built.build(SOURCE, RUSTC=tmp_path / "sysroot" / "bin" / "rustc").out == SAYS

    assert len(built.stored() - before) == 1


def test_runs_enzyme_with_another_revision_of_a_rule(built: Builder, tmp_path: Path) -> None:
    shutil.copytree(DRIVER, tmp_path / "code" / "driver")
    for name in ("crates", "toolchain.toml"):
        (tmp_path / "code" / name).symlink_to(REPOSITORY / name)
    with (tmp_path / "code" / "driver" / "cargo_autodiff" / "ir" / "rules" / "memmove.py").open("a") as file:
        file.write("\n")
    before = built.stored()

    assert built.build(SOURCE, PYTHONPATH=tmp_path / "code" / "driver").out == SAYS

    assert len(built.stored() - before) == 1


PUSHES = """\
use autodiff::autodiff_reverse;

#[autodiff_reverse(dpushed, Duplicated, Active)]
fn pushed(x: &[f64]) -> f64 {
    let mut v = Vec::new();
    for x in x {
        v.push(x * x);
    }
    v.iter().sum()
}

#[test]
fn is_right() {
    let mut gradient = [0.0; 2];
    assert_eq!((dpushed(&[1.0, 2.0], &mut gradient, 1.0), gradient), (5.0, [2.0, 4.0]));
}
"""


def test_a_body_of_std_is_taken_out_of_its_bitcode_once(driver: Driver, llvm22: Toolchain) -> None:
    builder = Builder(driver=driver)
    builder.build(PUSHES, "--test")
    before = builder.stored("bodies")

    done = builder.build(PUSHES.replace("x * x", "x.powi(2)"), "--test")

    assert "1 passed" in done.out
    assert len(before) == 1
    assert builder.stored("bodies") == before
    assert len(builder.stored()) == 2


def forget_all_but_whole_crates(cache: Path) -> None:
    for path in (cache / "ac").glob("*"):
        if json.loads(path.read_bytes())["what"] != "whole":
            path.unlink()


def test_a_crate_that_is_as_it_was_is_not_looked_into(built: Builder) -> None:
    built.build(SOURCE)
    forget_all_but_whole_crates(built.driver.cache)

    assert built.build(SOURCE).out == SAYS

    assert place_of_panic(SOURCE) in built.panic()
    assert built.stored() == set()
    assert built.driver.run("explain").out == "one::dcost: found in the cache\n  --> one.rs:12:1\n"


@pytest.mark.parametrize("option", ["-Copt-level=2", "-Cdebuginfo=2", "-Ctarget-cpu=x86-64-v2"])
def test_a_crate_is_not_as_it_was_with_another(built: Builder, option: str) -> None:
    before = built.stored("whole")

    built.build(SOURCE, option)

    assert before < built.stored("whole")


CRATES = REPOSITORY / "crates"
GENERIC = """\
use autodiff::autodiff_reverse;

#[autodiff_reverse(dsquare, Active, Active)]
pub fn square<T: Copy + std::ops::Mul<Output = T>>(x: T) -> T {
    x * x
}
"""
USE = """\
fn main() {
    println!("{:?}", one::dsquare(3.0f64, 1.0));
}
"""


OTHER_CRATE = """\
pub use autodiff;

#[inline(never)]
pub fn weight(x: f64) -> f64 {
    x * 3.0
}
"""
REACHES = """\
use autodiff::autodiff_reverse;

#[autodiff_reverse(dcost, Active, Active)]
fn cost(x: f64) -> f64 {
    two::weight(x) * x
}

fn main() {
    println!("{:?}", dcost(std::env::args().count() as f64 * 3.0, 1.0));
}
"""


@pytest.fixture(scope="session")
def target(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One target directory, so that the runtime crate is compiled once."""
    return tmp_path_factory.mktemp("target")


@dataclass(frozen=True, kw_only=True)
class Cargo:
    """Packages built with real cargo."""

    builder: Builder
    target: Path

    def package(self, name: str, sources: dict[str, str], **tables: str) -> Path:
        return package(self.builder.driver.folder / name, CRATES, sources, **tables)

    def run(self, folder: Path, *words: str) -> str:
        return self.builder.driver.run("run", "--quiet", *words, cwd=folder, CARGO_TARGET_DIR=self.target).out

    def panic(self) -> str:
        (program,) = (self.target / "autodiff").rglob("release/one")
        return self.builder.driver.run_program(program, "panic", RUST_BACKTRACE="0").err


@pytest.fixture
def cargo(driver: Driver, llvm22: Toolchain, target: Path) -> Cargo:
    return Cargo(builder=Builder(driver=driver), target=target)


class TestCargo:
    def test_another_checkout_runs_no_enzyme(self, cargo: Cargo) -> None:
        moved = f"\n{SOURCE}"
        cargo.run(cargo.package("first", {"main.rs": SOURCE}), "--release")
        before = cargo.builder.stored()
        second = cargo.package("a/deeper/place", {"main.rs": moved})
        cargo = replace(cargo, target=second / "target")  # in one target directory cargo takes the two for the same

        assert cargo.run(second, "--release") == SAYS

        assert len(before) == 1
        assert cargo.builder.stored() == before
        assert place_of_panic(moved, "src/main.rs") in cargo.panic()

    def test_another_profile_that_gives_the_same_code_runs_no_enzyme(self, cargo: Cargo) -> None:
        small = 'inherits = "release"\nopt-level = "z"\nlto = "thin"\ncodegen-units = 3\nstrip = true'
        folder = cargo.package("one", {"main.rs": SOURCE}, profile__small=small)
        cargo.run(folder, "--release")
        before = cargo.builder.stored()

        assert cargo.run(folder, "--profile", "small") == SAYS

        assert len(before) == 1
        assert cargo.builder.stored() == before

    def test_what_a_derivative_reaches_in_another_crate_is_looked_at_though_its_own_is_as_it_was(
        self, cargo: Cargo
    ) -> None:
        library = cargo.package("two", {"lib.rs": OTHER_CRATE})
        manifest = library / "Cargo.toml"
        manifest.write_text(manifest.read_text().replace('name = "one"', 'name = "two"'))
        folder = cargo.package("one", {"main.rs": REACHES}, dependencies__two=f'path = "{library}"')

        before = cargo.run(folder, "--release")
        (library / "src" / "lib.rs").write_text(OTHER_CRATE.replace("* 3.0", "* 4.0"))
        after = cargo.run(folder, "--release")

        assert (before, after) == ("(27.0, 18.0)\n", "(36.0, 24.0)\n")
        keys = cargo.builder.stored("whole")
        assert cargo.run(folder, "--release") == after
        assert cargo.builder.stored("whole") == keys

    def test_two_crates_share_what_a_library_makes_generic(self, cargo: Cargo) -> None:
        folder = cargo.package("one", {"lib.rs": GENERIC, "main.rs": USE})
        (folder / "src" / "bin").mkdir()
        (folder / "src" / "bin" / "two.rs").write_text(f"// another\n{USE}")

        said = [cargo.run(folder, "--release", "--bin", name) for name in ("one", "two")]

        assert said == ["(9.0, 6.0)\n"] * 2
        assert len(cargo.builder.stored()) == 1


def test_the_test_program_panics_where_it_says() -> None:
    assert SOURCE.splitlines()[int(place_of_panic(SOURCE).split(":")[1]) - 1].strip() == PANICS
