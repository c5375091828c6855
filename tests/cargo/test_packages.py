"""`cargo autodiff` on packages of every kind: what is built, by whom, where it goes, and what failures look like."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from cargo_autodiff.cargo.runtime import crates_folder
from driving import Done, Driver, script
from fake_toolset import cc

if TYPE_CHECKING:
    from collections.abc import Callable

    from cargo_autodiff.toolchain.locate import Toolchain

PACKAGES = Path(__file__).with_name("packages")
MARKER = "cargo_autodiff_was_not_run__build_with__cargo_autodiff"
FAILED = 101  # cargo's exit code of a failed build
APP = """\
library [1.0, 1.0]
body from the library 10 [4.0, 12.0]
generic (9.0, 6.0) (16.0, 8.0)
nested [4.0, 32.0] [12.0, 24.0]
"""

COUNTS_IN_A_STATIC = """\
use autodiff::autodiff_reverse;
use std::cell::Cell;
thread_local!(static SEEN: Cell<f64> = const { Cell::new(0.0) });

#[autodiff_reverse(df, Active, Active)]
pub fn f(x: f64) -> f64 {
    SEEN.with(|seen| seen.replace(x) * x)
}
"""

# every Python process writes its words here; `-P` of the wrapper does not keep PYTHONPATH out
RECORDER = """\
import os, sys
with open(os.environ["RECORD"], "a") as record:
    record.write("\\0".join(sys.orig_argv) + "\\n")
"""


@dataclass(frozen=True, kw_only=True)
class Workspace:
    """The packages, built into one target directory by all tests of this file."""

    driver: Driver
    target: Path
    record: Path

    def cargo(self, *words: str | Path, code: int | None = 0, **changed: str | Path | None) -> Done:
        """Run `cargo autodiff`."""
        return self.driver.run(*words, cwd=PACKAGES, code=code, **self.changed(changed))

    def plain_cargo(self, *words: str) -> Done:
        """Run cargo itself, on the same target directory."""
        target = str(self.target / "autodiff")
        return self.driver.run_program("cargo", *words, cwd=PACKAGES, CARGO_TARGET_DIR=target)

    def changed(self, changed: dict[str, str | Path | None]) -> dict[str, str | Path | None]:
        paths = os.pathsep.join([str(self.record.parent), self.driver.environ({})["PYTHONPATH"]])
        return {"CARGO_TARGET_DIR": self.target, "PYTHONPATH": paths, "RECORD": self.record, **changed}

    def wrapped(self) -> list[str]:
        """Name the crates for which Python was started since the last call of this."""
        lines = [line.split("\0") for line in self.record.read_text().splitlines()] if self.record.exists() else []
        self.record.unlink(missing_ok=True)
        return [line[line.index("--crate-name") + 1] for line in lines if "wrap" in line]

    def touch(self, source: str) -> None:
        """Make cargo compile a crate again."""
        (PACKAGES / source).touch()


@pytest.fixture
def packages(driver: Driver, target: Path, tmp_path: Path, llvm22: Toolchain) -> Workspace:
    folder = tmp_path / "recorder"
    folder.mkdir()
    (folder / "sitecustomize.py").write_text(RECORDER)
    return Workspace(driver=driver, target=target, record=folder / "record")


def messages(out: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in out.splitlines() if line.startswith("{")]


@pytest.mark.parametrize("profile", ["dev", "release"])
def test_a_program_has_its_derivatives_whoever_wrote_the_functions(packages: Workspace, profile: str) -> None:
    done = packages.cargo("run", "-p", "app", "--profile", profile)

    assert done.out == APP


def test_python_is_started_once_for_each_crate_that_can_hold_a_derivative(packages: Workspace) -> None:
    packages.cargo("build", "-p", "app", "-p", "plain", "-p", "generated")
    packages.wrapped()
    for source in (
        "app/src/main.rs",
        "generated/src/main.rs",
        "generated/build.rs",
        "macros/src/lib.rs",
        "model/src/lib.rs",
        "plain/src/main.rs",
    ):
        packages.touch(source)

    done = packages.cargo("build", "-p", "app", "-p", "plain", "-p", "generated")

    assert done.err.count("Compiling") == 5
    assert sorted(packages.wrapped()) == ["app", "generated", "model"]


def test_what_is_fresh_starts_nothing(packages: Workspace) -> None:
    packages.cargo("build", "-p", "app")
    packages.wrapped()

    packages.cargo("build", "-p", "app")

    assert packages.wrapped() == []


def test_a_package_without_derivatives_never_meets_python(packages: Workspace) -> None:
    packages.touch("plain/src/main.rs")

    assert packages.cargo("run", "-p", "plain").out == "plain\n"
    assert packages.wrapped() == []


def test_build_scripts_and_proc_macros_are_rustcs(packages: Workspace) -> None:
    assert packages.cargo("run", "-p", "generated").out == "(10.0, 3.0)\n"
    assert set(packages.wrapped()) <= {"generated"}


def test_words_after_two_dashes_and_the_exit_code_are_the_programs(packages: Workspace) -> None:
    done = packages.cargo("run", "-p", "app", "--", "--target", "exit=7", code=7)

    assert done.out == APP + "given --target\ngiven exit=7\n"


def test_unit_and_integration_tests_run(packages: Workspace) -> None:
    done = packages.cargo("test", "-p", "app", "-p", "model", "--tests")

    assert "test tests::a_unit_test_has_a_derivative_of_its_own ... ok" in done.out
    assert "test an_integration_test_differentiates_the_library ... ok" in done.out
    assert done.out.count("test result: ok") == 3


def test_a_failing_test_fails_the_command(packages: Workspace) -> None:
    done = packages.cargo("test", "-p", "app", "--test", "derivatives", code=FAILED, FAIL="yes")

    assert "test a_test_may_fail ... FAILED" in done.out
    assert "2 passed; 1 failed" in done.out


def test_artefacts_go_beside_cargos_own(packages: Workspace) -> None:
    packages.cargo("build", "-p", "plain")

    assert [path.name for path in packages.target.iterdir() if path.is_dir()] == ["autodiff"]
    assert not (PACKAGES / "target").exists()


def test_check_differentiates_nothing(packages: Workspace) -> None:
    packages.touch("refused/src/main.rs")

    packages.cargo("check", "-p", "refused")

    assert list((packages.target / "autodiff").rglob("refused*.o")) == []


def objects_left(packages: Workspace, name: str) -> list[Path]:
    """Find what rustc left of a crate that was not linked."""
    deps = [folder for folder in (packages.target / "autodiff").rglob("deps") if folder.is_dir()]
    found = [path for folder in deps for path in folder.glob(f"{name}-*") if not path.name.endswith((".d", ".rmeta"))]
    return found + [path for folder in deps for path in folder.glob("rustc??????")]


def test_every_refusal_of_a_crate_is_an_error_at_the_users_line(packages: Workspace) -> None:
    done = packages.cargo("build", "-p", "refused", code=FAILED)

    assert "refused/src/main.rs:8:" in done.err
    assert "`unknown` has no body" in done.err
    assert "refused/src/main.rs:17:" in done.err
    assert "a static that changes cannot be differentiated" in done.err
    assert 'could not compile `refused` (bin "refused") due to 2 previous errors' in done.err
    assert objects_left(packages, "refused") == []


def test_a_refusal_outside_of_the_workspace_names_the_whole_path(packages: Workspace, tmp_path: Path) -> None:
    for name, depends, source in [
        ("near", 'away = { path = "../away" }', "pub use away::df;\n"),
        ("away", f'std-autodiff = {{ path = "{crates_folder() / "autodiff"}" }}', COUNTS_IN_A_STATIC),
    ]:
        (tmp_path / name / "src").mkdir(parents=True)
        head = f'[package]\nname = "{name}"\nedition = "2021"\n[workspace]\n[dependencies]\n'
        (tmp_path / name / "Cargo.toml").write_text(head + depends + "\n")
        (tmp_path / name / "src" / "lib.rs").write_text(source)

    done = packages.driver.run("build", cwd=tmp_path / "near", code=FAILED, **packages.changed({}))

    assert f"--> {tmp_path}/away/src/lib.rs:7:" in done.err


def test_a_refusal_is_a_message_for_programs_too(packages: Workspace) -> None:
    done = packages.cargo("build", "-p", "refused", "--message-format=json", code=FAILED)

    errors = [
        message["message"]
        for message in messages(done.out)
        if message["reason"] == "compiler-message" and message["message"]["level"] == "error"
    ]
    assert [error["spans"][0]["line_start"] for error in errors] == [10, 17]
    assert all(error["rendered"].startswith(f"error: {error['message']}") for error in errors)
    assert messages(done.out)[-1] == {"reason": "build-finished", "success": False}


def test_an_error_of_rustc_is_only_rustcs(packages: Workspace, tmp_path: Path) -> None:
    done = packages.cargo("rustc", "-p", "plain", "--", "--no-such-option", code=FAILED)

    assert "Unrecognized option: 'no-such-option'" in done.err
    assert "Traceback" not in done.err


def test_an_error_in_a_crate_with_derivatives_is_rustcs_and_counted_once(packages: Workspace) -> None:
    done = packages.cargo("rustc", "-p", "app", "--bin", "app", "--", "-Clink-arg=-lnot_there", code=FAILED)

    assert "linking with" in done.err
    assert "not_there" in done.err
    assert done.err.count("could not compile `app`") == 1


def test_what_plain_cargo_makes_does_not_link_and_says_what_to_do(packages: Workspace) -> None:
    done = packages.plain_cargo("build", "-p", "refused", "--target", host())

    assert done.code == FAILED
    assert MARKER in done.err


def host() -> str:
    text = subprocess.run(["rustc", "-vV"], capture_output=True, text=True, check=True).stdout  # noqa: S607
    return next(line.removeprefix("host: ") for line in text.splitlines() if line.startswith("host: "))


def test_a_missing_manifest_is_cargos_error(packages: Workspace, tmp_path: Path) -> None:
    done = packages.driver.run("build", cwd=tmp_path, code=FAILED)

    assert done.err.startswith("error: could not find `Cargo.toml`")


def hanging_linker(folder: Path, sign: Path) -> dict[str, str | Path | None]:
    programs = folder / "programs"
    programs.mkdir()
    stop = f'grep -qs interrupted "${{1#@}}" && : > "{sign}" && exec sleep 600'
    script(programs / "cc", f'{stop}\nexec "{shutil.which("cc")}" "$@"')
    return {"PATH": f"{programs}:{os.environ['PATH']}"}


def hanging_enzyme(folder: Path, sign: Path) -> dict[str, str | Path | None]:
    plugin = folder / "LLVMEnzyme-22.so"
    body = f'fclose(fopen("{sign}", "w")); sleep(600);'
    source = f"#include <stdio.h>\n#include <unistd.h>\n__attribute__((constructor)) void f(void) {{ {body} }}"
    cc(plugin, source, "-shared", "-fPIC")
    return {"AUTODIFF_PLUGIN": plugin}


@pytest.mark.parametrize("hanging", [hanging_linker, hanging_enzyme])
def test_ctrl_c_ends_everything_and_the_next_build_succeeds(
    packages: Workspace, tmp_path: Path, hanging: Callable[[Path, Path], dict[str, str | Path | None]]
) -> None:
    packages.cargo("build", "-p", "model")  # the runtime crate too
    packages.touch("interrupted/src/main.rs")
    sign = tmp_path / "sign"
    changed = packages.changed(hanging(tmp_path, sign))

    with packages.driver.started("build", "-p", "interrupted", cwd=PACKAGES, **changed) as session:
        session.wait_for(sign)
        assert packages.driver.left != []
        done = session.ctrl_c()

    assert done.code != 0
    assert "Traceback" not in done.err
    assert packages.driver.left == []
    assert objects_left(packages, "interrupted") == []
    assert packages.cargo("run", "-p", "interrupted").out == "(1.5, 0.5)\n"
