"""`cargo autodiff init`, as a newcomer meets it: an installed wheel, a package of his own, plain cargo beside ours."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import sysconfig
import venv
from typing import TYPE_CHECKING

import pytest

from cargo_autodiff.cargo.runtime import crates_folder
from driving import REPOSITORY, Driver

if TYPE_CHECKING:
    from pathlib import Path

    from cargo_autodiff.toolchain.locate import Toolchain

MAIN = """\
use autodiff::autodiff_reverse;

#[autodiff_reverse(df, Active, Active)]
fn f(x: f64) -> f64 {
    x * x
}

fn main() {
    println!("{:?}", df(3.0, 1.0));
}
"""
LINE = 'autodiff = { package = "std-autodiff", version = "0.1.0" }'
PLACE = f"""\
# written by `cargo autodiff init`: the crate that belongs to the cargo-autodiff of this machine
[patch.crates-io.std-autodiff]
path = {json.dumps(str(crates_folder() / "autodiff"), ensure_ascii=False)}
"""


def package(folder: Path, manifest: str = "", *, name: str = "mine") -> Path:
    """Write a package whose manifest ends with a text."""
    (folder / "src").mkdir(parents=True)
    (folder / "src" / "main.rs").write_text(MAIN)
    (folder / "Cargo.toml").write_text(f'[package]\nname = "{name}"\nversion = "0.0.0"\nedition = "2021"\n{manifest}')
    return folder


def read(folder: Path, name: str) -> str:
    return (folder / name).read_text()


@pytest.fixture(scope="module", autouse=True)
def fetched() -> None:
    """The crates from crates.io are there, so that the tests can do without a network."""
    manifest = crates_folder() / "Cargo.toml"
    command = ["cargo", "fetch", "--locked", "--quiet", "--manifest-path", str(manifest)]
    subprocess.run(command, check=True)


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A fresh environment with the wheel; what it depends on is borrowed from the tests' own."""
    folder = tmp_path_factory.mktemp("installed") / "mit Ümlaut"
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    subprocess.run(build, cwd=REPOSITORY, check=True, capture_output=True)
    (wheel,) = folder.glob("*.whl")
    venv.create(folder / "env", with_pip=False)
    pip = [sys.executable, "-m", "pip", "--python", str(folder / "env" / "bin" / "python")]
    subprocess.run([*pip, "install", "--quiet", "--no-index", "--no-deps", str(wheel)], check=True, capture_output=True)
    (site,) = (folder / "env").glob("lib/python*/site-packages")
    (site / "borrowed.pth").write_text(sysconfig.get_path("purelib"))
    return folder / "env"


def test_a_newcomer_has_plain_cargo_and_derivatives(installed: Path, driver: Driver, llvm22: Toolchain) -> None:
    place = package(driver.folder / "ein Päckchen", "\n[dependencies]\n")
    path = f"{installed / 'bin'}:{driver.environ({})['PATH']}"
    cargo = ("env", f"PATH={path}", "CARGO_NET_OFFLINE=true", "cargo")

    done = driver.run_program(*cargo, "autodiff", "init", cwd=place, PYTHONPATH=None)
    assert done.code == 0, done.err
    assert "[dependencies]\n" + LINE in read(place, "Cargo.toml")
    assert str(installed) in read(place, ".cargo/config.toml")

    checked = driver.run_program(*cargo, "check", cwd=place, PYTHONPATH=None)
    assert checked.code == 0, checked.err

    ran = driver.run_program(*cargo, "autodiff", "run", cwd=place, PYTHONPATH=None)
    assert ran.out == "(9.0, 6.0)\n", ran.err


@pytest.fixture
def prepared(driver: Driver, llvm22: Toolchain) -> Path:
    place = package(driver.folder / "mine")
    driver.run("init", cwd=place)
    return place


def elsewhere(place: Path, crates: Path) -> None:
    """Let the configuration name another installation's crate."""
    configuration = place / ".cargo" / "config.toml"
    configuration.write_text(configuration.read_text().replace(str(crates_folder()), str(crates)))


def other_installation(folder: Path, changed: str = "") -> Path:
    crates = shutil.copytree(crates_folder(), folder / "other", ignore=shutil.ignore_patterns("target", "tests"))
    with (crates / "autodiff" / "src" / "lib.rs").open("a") as source:
        source.write(changed)
    return crates


def test_another_installations_crate_is_refused_until_init_runs_again(
    prepared: Path, driver: Driver, tmp_path: Path
) -> None:
    elsewhere(prepared, other_installation(tmp_path, "// another version\n"))

    refused = driver.run("check", cwd=prepared, code=3, CARGO_NET_OFFLINE="true")
    assert refused.problem == "error: the crate `autodiff` is not the one that belongs to this cargo-autodiff"
    assert str(tmp_path / "other") in refused.err
    assert "cargo autodiff init" in refused.err

    again = driver.run("init", cwd=prepared)
    assert again.err.split() == ["Changed", ".cargo/config.toml", "Fresh", "Cargo.toml"]
    assert read(prepared, ".cargo/config.toml") == PLACE


def test_the_same_crate_in_another_place_is_as_good(prepared: Path, driver: Driver, tmp_path: Path) -> None:
    elsewhere(prepared, other_installation(tmp_path))

    driver.run("tree", cwd=prepared, CARGO_NET_OFFLINE="true")
    driver.run("no-such-verb", cwd=prepared, code=101, CARGO_NET_OFFLINE="true")


def test_a_package_that_was_not_prepared_here_is_told_what_to_do(
    prepared: Path, driver: Driver, llvm22: Toolchain
) -> None:
    shutil.rmtree(prepared / ".cargo")

    done = driver.run("check", cwd=prepared, code=2, CARGO_NET_OFFLINE="true")

    assert "run `cargo autodiff init`" in done.err


def test_twice_is_once(driver: Driver) -> None:
    place = package(driver.folder / "mine", "\n[dependencies] # few\n# none yet\n")
    (place / ".cargo").mkdir()
    (place / ".cargo" / "config.toml").write_text("[build]\njobs = 2\n")

    first = driver.run("init", cwd=place / "src")
    files = [read(place, "Cargo.toml"), read(place, ".cargo/config.toml")]
    second = driver.run("init", cwd=place)

    assert first.err.split() == ["Changed", ".cargo/config.toml", "Changed", "Cargo.toml"]
    assert second.err.split() == ["Fresh", ".cargo/config.toml", "Fresh", "Cargo.toml"]
    assert [read(place, "Cargo.toml"), read(place, ".cargo/config.toml")] == files
    assert f"\n[dependencies] # few\n{LINE}\n# none yet\n" in files[0]
    assert files[1] == f"[build]\njobs = 2\n\n{PLACE}"


def test_in_a_workspace_packages_are_named(driver: Driver) -> None:
    root = driver.folder / "many"
    for name in ("a", "b", "c"):
        package(root / name, name=name)
    (root / "Cargo.toml").write_text('[workspace]\nmembers = ["a", "b", "c"]\n')

    nobody = driver.run("init", cwd=root, code=2)
    driver.run("init", "-p", "a", cwd=root)
    driver.run("init", cwd=root / "b")
    stranger = driver.run("init", "-p", "d", cwd=root, code=2)

    assert "`a`, `b`, `c`" in nobody.err
    assert "`a`, `b`, `c`" in stranger.err
    assert [LINE in read(root / name, "Cargo.toml") for name in ("a", "b", "c")] == [True, True, False]
    assert read(root, ".cargo/config.toml") == PLACE
    assert not (root / "b" / ".cargo").exists()
    driver.run("init", "--workspace", cwd=root)
    assert LINE in read(root / "c", "Cargo.toml")


def test_a_dependency_of_the_workspace_is_inherited(driver: Driver) -> None:
    root = driver.folder / "many"
    package(root / "a", name="a")
    (root / "Cargo.toml").write_text(f'[workspace]\nmembers = ["a"]\n\n[workspace.dependencies]\n{LINE}\n')

    driver.run("init", "--manifest-path", root / "a" / "Cargo.toml")

    assert "autodiff = { workspace = true }" in read(root / "a", "Cargo.toml")
    assert read(root, ".cargo/config.toml") == PLACE


def test_a_dependency_by_path_needs_no_configuration(driver: Driver) -> None:
    path = f'path = "{crates_folder() / "autodiff"}"'
    place = package(driver.folder / "mine", f'[dependencies]\nautodiff = {{ package = "std-autodiff", {path} }}\n')

    assert driver.run("init", cwd=place).err.split() == ["Fresh", "Cargo.toml"]
    assert not (place / ".cargo").exists()


@pytest.mark.parametrize(
    ("dependency", "name"),
    [('autodiff = "0.8"', "autodiff"), ('ad = { package = "std-autodiff", version = "0.1" }', "ad")],
)
def test_another_crate_or_another_name_is_refused(driver: Driver, dependency: str, name: str) -> None:
    place = package(driver.folder / "mine", f"[dependencies]\n{dependency}\n")
    before = read(place, "Cargo.toml")

    done = driver.run("init", cwd=place, code=2)

    assert f"under the name `{name}`" in done.problem
    assert read(place, "Cargo.toml") == before
    assert not (place / ".cargo").exists()


def test_a_place_that_the_user_chose_is_not_changed(driver: Driver) -> None:
    place = package(driver.folder / "mine")
    (place / ".cargo").mkdir()
    chosen = '[patch.crates-io]\nstd-autodiff = { path = "/my/own" }\n'
    (place / ".cargo" / "config.toml").write_text(chosen)
    before = read(place, "Cargo.toml")

    done = driver.run("init", cwd=place, code=2)

    assert done.problem == "error: the configuration already says where `std-autodiff` is"
    assert (read(place, ".cargo/config.toml"), read(place, "Cargo.toml")) == (chosen, before)


def test_without_a_manifest_the_words_are_cargos(driver: Driver) -> None:
    done = driver.run("init", code=2)

    assert done.problem == "error: cargo cannot read the workspace"
    assert "could not find `Cargo.toml`" in done.err


def test_a_folder_that_cannot_be_written_is_named_and_nothing_is_changed(driver: Driver) -> None:
    place = package(driver.folder / "mine")
    (place / ".cargo").touch()
    before = read(place, "Cargo.toml")

    done = driver.run("init", cwd=place, code=8)

    assert ".cargo" in done.err
    assert read(place, "Cargo.toml") == before
