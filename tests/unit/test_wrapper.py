"""The script that cargo calls becomes rustc at once for everything that cannot hold a derivative."""

from __future__ import annotations

import shutil
import subprocess
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from cargo_autodiff import __version__
from cargo_autodiff.cargo.wrapper import WRAPPER, is_wrapped, wrapping
from driving import script

if TYPE_CHECKING:
    from pathlib import Path

LINKS = ["--crate-name", "app", "src/main.rs", "--emit=dep-info,link"]


@dataclass(frozen=True, kw_only=True)
class Called:
    """The wrapper beside programs that say that they were called, and a folder of libraries."""

    folder: Path

    def said(self, *args: str, wrapper: str | Path = WRAPPER, **environ: str | Path) -> str:
        """Call the wrapper as cargo does; give who was called, and with what. It finds no other program to start."""
        rustc = script(self.folder / "rustc", 'echo "rustc: $*"')
        python = script(self.folder / "a python", 'echo "driver: $*"')
        known = {
            "PATH": "/nowhere",
            "AUTODIFF_PYTHON": str(python),
            **{name: str(value) for name, value in environ.items()},
        }
        done = subprocess.run([wrapper, rustc, *args], env=known, capture_output=True, text=True, check=True)
        return done.stdout.strip().replace(str(rustc), "RUSTC")

    def library(self, name: str, *, holds: bool = False) -> str:
        """Make a library that rustc would find, and the driver's mark beside it."""
        path = self.folder / "deps of it" / name
        path.parent.mkdir(exist_ok=True)
        path.touch()
        if holds:
            path.with_suffix(".autodiff").touch()
        return str(path)


@pytest.fixture
def called(tmp_path: Path) -> Called:
    return Called(folder=tmp_path)


def test_a_crate_that_is_linked_with_the_runtime_goes_to_the_driver(called: Called) -> None:
    args = [*LINKS, "--extern", f"autodiff={called.library('libautodiff-0123.rmeta')}"]

    said = called.said(*args)

    assert said.startswith("driver: -S -P -c import sys")
    assert said.endswith(f" {WRAPPER.parent}/../.. wrap RUSTC {' '.join(args)}")


@pytest.mark.parametrize("name", ["libmodel-0123.rmeta", "libmodel-0123.rlib", "libmodel.so"])
def test_a_crate_that_is_linked_with_one_that_went_there_does_too(called: Called, name: str) -> None:
    args = [*LINKS, "--extern", f"model={called.library(name, holds=True)}"]

    assert called.said(*args).startswith("driver: ")


def test_the_name_of_an_extern_may_carry_options(called: Called) -> None:
    args = [*LINKS, "--extern", f"noprelude:model={called.library('libmodel-1.rlib', holds=True)}"]

    assert called.said(*args).startswith("driver: ")


def test_a_file_of_arguments_is_the_drivers_to_read(called: Called) -> None:
    assert called.said("@arguments").endswith(" wrap RUSTC @arguments")


@pytest.mark.parametrize(
    "args",
    [
        ["-vV"],
        ["-", "--crate-name", "___", "--print=file-names", "--crate-type", "bin"],
        LINKS,
        ["--crate-name", "app", "--emit=dep-info,metadata", "--extern", "autodiff=/t/deps/libautodiff-0123.rmeta"],
        ["--crate-name", "build_script_build", *LINKS[2:], "--extern", "autodiff=/t/deps/libautodiff-0123.rlib"],
        [*LINKS, "--crate-type", "proc-macro", "--extern", "autodiff=/t/deps/libautodiff-0123.rlib"],
        [*LINKS, "--extern", "proc_macro"],
    ],
    ids=["version", "probe", "plain", "check", "build script", "proc macro", "no file"],
)
def test_what_needs_no_derivative_is_rustcs(called: Called, args: list[str]) -> None:
    assert called.said(*args) == f"rustc: {' '.join(args)}"


def test_a_library_without_a_mark_is_no_reason(called: Called) -> None:
    args = [*LINKS, "--extern", f"serde={called.library('libserde-0123.rmeta')}"]

    assert called.said(*args).startswith("rustc: ")


def test_words_reach_rustc_as_they_were(called: Called) -> None:
    script(called.folder / "rustc", "true")
    shows = script(called.folder / "shows", 'shift; printf "[%s]" "$@"')

    assert called.said("a b", "", "c'd", "*", AUTODIFF_CHAINED_WRAPPER=shows) == "[a b][][c'd][*]"


def test_the_users_own_wrapper_is_called_for_what_is_rustcs_and_only_once(called: Called) -> None:
    (called.folder / "with space").mkdir()
    own = script(called.folder / "with space" / "sccache", 'echo "$AUTODIFF_CHAINED_WRAPPER+$*"')

    assert called.said(*LINKS, AUTODIFF_CHAINED_WRAPPER=own) == f"+RUSTC {' '.join(LINKS)}"


def test_chained_to_itself_it_ends(called: Called) -> None:
    assert called.said(*LINKS, AUTODIFF_CHAINED_WRAPPER=WRAPPER) == f"rustc: {' '.join(LINKS)}"


def test_alone_it_calls_the_driver_installed_beside_it(called: Called) -> None:
    script(called.folder / "cargo-autodiff-driver", 'echo "beside: $*"')
    installed = shutil.copy(WRAPPER, called.folder / "cargo-autodiff-rustc")

    assert called.said("@x", wrapper=installed, AUTODIFF_PYTHON="") == "beside: wrap RUSTC @x"


def test_without_a_rustc_it_says_what_it_is_for() -> None:
    done = subprocess.run([WRAPPER], capture_output=True, text=True, check=False)

    assert (done.returncode, done.stderr) == (2, "usage: RUSTC_WRAPPER=cargo-autodiff-rustc cargo build\n")


def test_cargo_is_told_the_wrapper_the_users_own_and_the_version() -> None:
    changes = wrapping("sccache", "/my/rustdoc")

    assert changes["RUSTC_WRAPPER"] == str(WRAPPER)
    assert changes["AUTODIFF_CHAINED_WRAPPER"] == "sccache"
    assert changes["AUTODIFF_RUSTDOC"] == "/my/rustdoc"
    assert changes["AUTODIFF_DRIVER"] == __version__
    assert is_wrapped(changes)


@pytest.mark.parametrize("wrapper", ["cargo-autodiff-rustc", "/usr/bin/cargo-autodiff-rustc"])
def test_the_wrapper_alone_is_ours_too(wrapper: str) -> None:
    assert is_wrapped({"RUSTC_WRAPPER": wrapper})


def test_another_wrapper_is_not_ours() -> None:
    assert not is_wrapped({"RUSTC_WRAPPER": "/usr/bin/sccache"})
    assert not is_wrapped({})
