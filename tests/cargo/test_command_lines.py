"""The ways to say a thing to cargo: each means to `cargo autodiff` what it means to cargo, in a folder of its own."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from cargo_autodiff.cargo.wrapper import WRAPPER
from driving import script

if TYPE_CHECKING:
    from pathlib import Path

    from driving import Done, Driver

MAIN = 'fn main() { println!("{:?}", std::env::args().skip(1).collect::<Vec<_>>()); }\n'


@dataclass(frozen=True, kw_only=True)
class Package:
    """A program without derivatives; there is no tool set."""

    driver: Driver
    folder: Path

    def cargo(self, *words: str | Path, cwd: Path | None = None, **changed: str | Path | None) -> Done:
        none = self.folder / "no tools"
        return self.driver.run(*words, cwd=cwd or self.folder, code=0, AUTODIFF_TOOLS_DIR=none, **changed)

    def configure(self, text: str) -> None:
        (self.folder / ".cargo").mkdir()
        (self.folder / ".cargo" / "config.toml").write_text(text)

    @property
    def made(self) -> list[str]:
        """Where the program is."""
        found = (path for path in self.folder.rglob("tiny") if path.is_file() and "deps" not in path.parts)
        return sorted(str(path.relative_to(self.folder)) for path in found)


@pytest.fixture
def package(driver: Driver) -> Package:
    folder = driver.folder / "tiny package"
    (folder / "src").mkdir(parents=True)
    (folder / "src" / "main.rs").write_text(MAIN)
    (folder / "Cargo.toml").write_text('[package]\nname = "tiny"\nversion = "0.0.0"\nedition = "2021"\n')
    return Package(driver=driver, folder=folder)


def host() -> str:
    text = subprocess.run(["rustc", "-vV"], capture_output=True, text=True, check=True).stdout  # noqa: S607
    return next(line.removeprefix("host: ") for line in text.splitlines() if line.startswith("host: "))


@pytest.mark.parametrize(
    ("words", "place"),
    [
        (["build"], "target/autodiff/debug"),
        (["autodiff", "build"], "target/autodiff/debug"),
        (["b", "-r"], "target/autodiff/release"),
        (["build", "--target-dir", "other"], "other/autodiff/debug"),
        (["build", "--target-dir=other"], "other/autodiff/debug"),
        (["build", "--config", "build.target-dir='other'"], "other/autodiff/debug"),
        (["build", f"--target={host()}"], f"target/autodiff/{host()}/debug"),
        (["--offline", "build"], "target/autodiff/debug"),
        (["rustc", "--", "-Cdebuginfo=0"], "target/autodiff/debug"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_options_choose_the_place(package: Package, words: list[str], place: str) -> None:
    package.cargo(*words)

    assert package.made == [f"{place}/tiny"]


@pytest.mark.parametrize("name", ["CARGO_TARGET_DIR", "CARGO_BUILD_TARGET_DIR"])
def test_a_variable_chooses_the_place(package: Package, name: str) -> None:
    package.cargo("build", **{name: "other"}, cwd=package.folder)

    assert package.made == ["other/autodiff/debug/tiny"]


def test_a_configuration_chooses_the_places(package: Package) -> None:
    package.configure(f'[build]\ntarget-dir = "other"\nbuild-dir = "inner"\ntarget = "{host()}"\n')

    package.cargo("build")

    assert package.made == [f"other/autodiff/{host()}/debug/tiny"]
    assert [path.name for path in (package.folder / "inner").iterdir()] == ["autodiff"]


def test_another_manifest_is_named(package: Package, tmp_path: Path) -> None:
    package.cargo("build", "--manifest-path", package.folder / "Cargo.toml", cwd=tmp_path)

    assert package.made == ["target/autodiff/debug/tiny"]


def test_a_folder_of_the_package_is_as_good(package: Package) -> None:
    package.cargo("build", cwd=package.folder / "src")

    assert package.made == ["target/autodiff/debug/tiny"]


@pytest.mark.skipif(shutil.which("rustup") is None, reason="there is no rustup")
def test_a_toolchain_is_chosen(package: Package) -> None:
    listed = subprocess.run(["rustup", "toolchain", "list", "-q"], capture_output=True, text=True, check=True)  # noqa: S607
    toolchain = listed.stdout.split()[-1]

    done = package.cargo(f"+{toolchain}", "rustc", "-v", "--", "-Cdebuginfo=0")

    assert f"/toolchains/{toolchain}/bin/rustc" in done.err
    assert package.made == ["target/autodiff/debug/tiny"]


def test_an_alias_is_cargos(package: Package) -> None:
    package.configure('[alias]\nship = "build --release"\n')

    package.cargo("ship")

    assert package.made == ["target/autodiff/release/tiny"]


def test_another_subcommand_is_called_with_all_that_makes_derivatives(package: Package, tmp_path: Path) -> None:
    script(tmp_path / "cargo-hello", 'echo "$*"; exec "$CARGO" build')

    done = package.cargo("hello", "--target-dir-is-not-mine", PATH=f"{tmp_path}:{os.environ['PATH']}")

    assert done.out == "hello --target-dir-is-not-mine\n"
    assert package.made == ["target/autodiff/debug/tiny"]


@pytest.mark.parametrize("words", [["--list"], ["version"], ["fmt", "--", "--version"]])
def test_verbs_that_need_no_workspace_need_none(driver: Driver, words: list[str]) -> None:
    assert driver.run(*words).out


def test_messages_for_programs_are_cargos(package: Package) -> None:
    done = package.cargo("build", "--message-format", "json")

    reasons = [json.loads(line)["reason"] for line in done.out.splitlines()]
    assert reasons == ["compiler-artifact", "build-finished"]


def test_nothing_is_read_after_two_dashes(package: Package) -> None:
    done = package.cargo("run", "--", "--help", "--target-dir", "x", "--keep", "y")

    assert done.out == '["--help", "--target-dir", "x", "--keep", "y"]\n'
    assert package.made == ["target/autodiff/debug/tiny"]


@pytest.mark.parametrize("words", [["build", "--help"], ["help", "build"]])
def test_help_for_a_verb_is_cargos_after_a_line_of_ours(package: Package, words: list[str]) -> None:
    first, rest = package.cargo(*words).out.split("\n\n", 1)

    assert first == "cargo's build, with derivatives; `cargo autodiff --help` tells more."
    assert "cargo build [OPTIONS]" in rest


def test_clean_leaves_what_plain_cargo_made(package: Package) -> None:
    package.cargo("build")
    subprocess.run(["cargo", "build", "--quiet"], cwd=package.folder, check=True)  # noqa: S607

    package.cargo("clean")

    assert package.made == ["target/debug/tiny"]


@pytest.mark.parametrize("road", ["variable", "configuration", "variable of the configuration"])
def test_the_users_own_wrapper_is_called(package: Package, tmp_path: Path, road: str) -> None:
    own = script(tmp_path / "own", f'echo "$*" >>"{tmp_path}/called"; exec "$@"')
    changed: dict[str, Path] = {}
    if road == "configuration":
        package.configure(f'[build]\nrustc-wrapper = "{own}"\n')
    else:
        changed = {"RUSTC_WRAPPER" if road == "variable" else "CARGO_BUILD_RUSTC_WRAPPER": own}

    package.cargo("build", cwd=None, **changed)

    assert "--crate-name tiny" in (tmp_path / "called").read_text()


def test_a_program_that_it_runs_may_run_it_again(package: Package) -> None:
    done = package.cargo("build", RUSTC_WRAPPER=WRAPPER)

    assert "Finished" in done.err
