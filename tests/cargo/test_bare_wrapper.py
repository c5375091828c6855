"""`RUSTC_WRAPPER=cargo-autodiff-rustc cargo …`: any cargo, in its own target directory, without `cargo autodiff`."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from project import Project, installed, rebuilt

if TYPE_CHECKING:
    from pathlib import Path

    from cargo_autodiff.toolchain.locate import Toolchain
    from driving import Done, Driver

FAILED = 101  # cargo's exit code of a failed build
MARKER = "cargo_autodiff_was_not_run__build_with__cargo_autodiff"

# every Python process writes its words here
RECORDER = """\
import os, sys
with open(os.environ["RECORD"], "a") as record:
    record.write("\\0".join(sys.orig_argv) + "\\n")
"""


@dataclass(frozen=True, kw_only=True)
class Bare:
    """cargo with the wrapper, and a record of the crates for which Python was started."""

    driver: Driver
    project: Project
    wrapper: Path
    record: Path

    def cargo(self, *words: str, code: int = 0, **changed: str | Path | None) -> Done:
        paths = os.pathsep.join([str(self.record.parent), self.driver.environ({})["PYTHONPATH"]])
        ours = {"PYTHONPATH": paths, "RECORD": self.record, "RUSTC_WRAPPER": self.wrapper, **changed}
        return self.project.cargo(self.driver, *words, code=code, **ours)

    def wrapped(self) -> list[str]:
        lines = [line.split("\0") for line in self.record.read_text().splitlines()] if self.record.exists() else []
        self.record.unlink(missing_ok=True)
        return sorted(line[line.index("--crate-name") + 1] for line in lines if "wrap" in line)


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Project:
    return Project.copied(tmp_path_factory.mktemp("bare"))


@pytest.fixture
def bare(driver: Driver, project: Project, tmp_path: Path, llvm22: Toolchain) -> Bare:
    folder = tmp_path / "recorder"
    folder.mkdir()
    (folder / "sitecustomize.py").write_text(RECORDER)
    wrapper = installed(tmp_path / "the bin")
    return Bare(driver=driver, project=project, wrapper=wrapper, record=folder / "record")


def test_a_program_has_its_derivatives_whoever_wrote_the_functions(bare: Bare) -> None:
    done = bare.cargo("run", "-p", "app")

    assert done.out.splitlines()[:2] == ["library [1.0, 1.0]", "body from the library 10 [4.0, 12.0]"]
    assert bare.wrapped() == ["app", "model"]


def test_it_is_found_on_the_path(bare: Bare) -> None:
    bare.project.edit("app/src/main.rs")
    path = f"{bare.wrapper.parent}:{os.environ['PATH']}"

    done = bare.cargo("run", "-p", "app", RUSTC_WRAPPER="cargo-autodiff-rustc", PATH=path)

    assert done.out.startswith("library [1.0, 1.0]\n")


def test_what_is_fresh_starts_nothing(bare: Bare) -> None:
    bare.cargo("build", "-p", "app")
    bare.wrapped()

    assert rebuilt(bare.cargo("build", "-p", "app", "--message-format=json")) == set()
    assert bare.wrapped() == []


def test_a_package_without_derivatives_never_meets_python(bare: Bare) -> None:
    assert bare.cargo("run", "-p", "plain").out == "plain\n"
    assert bare.wrapped() == []


def test_build_scripts_and_proc_macros_are_rustcs(bare: Bare) -> None:
    assert bare.cargo("run", "-p", "generated").out == "(10.0, 3.0)\n"
    assert bare.wrapped() == ["generated"]


def test_tests_run(bare: Bare) -> None:
    done = bare.cargo("test", "-p", "app", "-p", "model", "--tests")

    assert done.out.count("test result: ok") == 3


def test_check_needs_no_python(bare: Bare) -> None:
    bare.cargo("check", "-p", "refused", "-p", "app")

    assert bare.wrapped() == []


def test_a_setting_that_matters_rebuilds_crates_with_derivatives(bare: Bare) -> None:
    build = ("build", "-p", "app", "-p", "plain", "--message-format=json")
    bare.cargo(*build)

    assert rebuilt(bare.cargo(*build, AUTODIFF_PROFILE="llvm22")) == {"app", "model"}
    assert rebuilt(bare.cargo(*build, AUTODIFF_PROFILE="llvm22")) == set()


def test_another_plugin_too_even_if_there_is_none(bare: Bare) -> None:
    done = bare.cargo("build", "-p", "model", code=FAILED, AUTODIFF_PLUGIN="/not/there/LLVMEnzyme-22.so")

    assert "/not/there/LLVMEnzyme-22.so does not exist" in done.err


def test_a_refusal_is_an_error_at_the_users_line(bare: Bare) -> None:
    done = bare.cargo("build", "-p", "refused", code=FAILED)

    assert "--> refused/src/main.rs:" in done.err


def test_what_plain_cargo_compiled_before_is_never_linked_and_can_be_cleaned(bare: Bare, tmp_path: Path) -> None:
    target = tmp_path / "target"
    plain = bare.cargo("build", "-p", "app", code=FAILED, RUSTC_WRAPPER="", CARGO_TARGET_DIR=target)
    assert MARKER in plain.err

    bare.cargo("run", "-p", "app", code=FAILED, CARGO_TARGET_DIR=target)

    bare.cargo("clean", "-p", "model", CARGO_TARGET_DIR=target)
    assert bare.cargo("run", "-p", "app", CARGO_TARGET_DIR=target).out.startswith("library [1.0, 1.0]\n")


def test_what_plain_cargo_compiles_after_it_does_not_link(bare: Bare, tmp_path: Path) -> None:
    bare.cargo("build", "-p", "app")
    bare.project.edit("app/src/main.rs")

    assert MARKER in bare.cargo("build", "-p", "app", code=FAILED, RUSTC_WRAPPER="").err


def test_cargo_autodiff_does_not_chain_it_to_itself(bare: Bare) -> None:
    done = bare.project.autodiff(bare.driver, "run", "-p", "plain", RUSTC_WRAPPER=bare.wrapper)

    assert done.out == "plain\n"
