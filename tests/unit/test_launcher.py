"""The launcher becomes rustc at once for everything that cannot hold a derivative."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path

import pytest

from cargo_autodiff.cargo.launcher import PACKAGES, read_workspace, write_launcher
from cargo_autodiff.errors import FileError, UsageError
from cargo_autodiff.toolchain.tool import Tool


def program(path: Path, body: str) -> Path:
    path.write_text(f"#!/bin/sh\n{body}\n")
    path.chmod(0o755)
    return path


@pytest.fixture
def launched(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A launcher whose Python says that it was called."""
    monkeypatch.setattr("sys.executable", str(program(tmp_path / "a python", 'echo "driver: $*"')))
    return write_launcher(tmp_path / "launchers")


def run(launcher: Path, *args: str, package: str = "mine", version: str = "1.0") -> str:
    rustc = program(launcher.parent / "rustc", 'echo "rustc: $*"')
    environ = {"PATH": os.environ["PATH"], PACKAGES: "other@2.0 mine@1.0 more@0.1", "CARGO_PKG_NAME": package,
               "CARGO_PKG_VERSION": version}  # fmt: skip
    got = subprocess.run([launcher, rustc, *args], env=environ, capture_output=True, text=True, check=True)
    return got.stdout.strip().replace(str(rustc), "RUSTC")


@pytest.mark.parametrize("args", [["x.rs", "--target", "t"], ["x.rs", "--target=t"]])
def test_a_crate_that_uses_the_runtime_goes_to_the_driver(launched: Path, args: list[str]) -> None:
    assert run(launched, *args) == f"driver: -P -m cargo_autodiff wrap RUSTC {' '.join(args)}"


@pytest.mark.parametrize(
    "args",
    [["-vV"], ["-", "--crate-name", "___", "--print=file-names"], ["build.rs", "--crate-type", "bin"]],
    ids=["version", "probe", "build script"],
)
def test_questions_and_what_runs_on_the_host_go_to_rustc(launched: Path, args: list[str]) -> None:
    assert run(launched, *args) == f"rustc: {' '.join(args)}"


@pytest.mark.parametrize(
    ("package", "version"), [("serde", "1.0"), ("mine", "1.1"), ("min", "1.0"), ("ore", "0.1"), ("", "")]
)
def test_other_packages_go_to_rustc(launched: Path, package: str, version: str) -> None:
    assert run(launched, "x.rs", "--target=t", package=package, version=version) == "rustc: x.rs --target=t"


def test_it_is_written_once(launched: Path) -> None:
    before = launched.stat()

    assert write_launcher(launched.parent.parent) == launched
    assert launched.stat().st_ino == before.st_ino


def test_another_one_is_replaced(launched: Path) -> None:
    text = launched.read_text()
    launched.write_text("#!/bin/sh\nexit 1\n")

    write_launcher(launched.parent.parent)

    assert launched.read_text() == text
    assert os.access(launched, os.X_OK)


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()

    with pytest.raises(FileError):
        write_launcher(tmp_path / "file")


def cargo(folder: Path, metadata: object) -> Tool:
    answer = folder / "metadata.json"
    answer.write_text(json.dumps(metadata))
    return Tool(name="cargo", path=program(folder / "cargo", f"cat {answer}"))


def metadata(**needs: list[str]) -> dict[str, object]:
    return {
        "target_directory": "/t",
        "packages": [
            {
                "id": f"id:{name}",
                "name": name.replace("_", "-"),
                "version": "1.0",
                "manifest_path": f"/{name}/Cargo.toml",
            }
            for name in needs
        ],
        "resolve": {
            "nodes": [{"id": f"id:{name}", "dependencies": [f"id:{each}" for each in of]} for name, of in needs.items()]
        },
    }


def test_packages_that_depend_on_the_runtime_are_found_at_any_distance(tmp_path: Path) -> None:
    found = metadata(std_autodiff=[], direct=["std_autodiff"], distant=["direct", "plain"], plain=[])

    assert read_workspace(cargo(tmp_path, found), []).packages == ("direct@1.0", "distant@1.0")


def test_the_place_of_the_runtime_is_known(tmp_path: Path) -> None:
    found = metadata(std_autodiff=[], a=["std_autodiff"])

    assert read_workspace(cargo(tmp_path, found), []).runtime == Path("/std_autodiff/Cargo.toml")


def test_packages_that_need_each_other_end(tmp_path: Path) -> None:
    """Through dev-dependencies two packages may."""
    found = metadata(std_autodiff=[], a=["std_autodiff", "b"], b=["a"])

    assert read_workspace(cargo(tmp_path, found), []).packages == ("a@1.0", "b@1.0")


def test_a_workspace_without_the_runtime_has_none(tmp_path: Path) -> None:
    got = read_workspace(cargo(tmp_path, metadata(plain=[])), [])

    assert (got.packages, got.target, got.runtime) == ((), Path("/t"), None)


def test_cargos_own_words_are_passed_on(tmp_path: Path) -> None:
    tool = Tool(name="cargo", path=program(tmp_path / "cargo", "echo 'error: no Cargo.toml here' >&2; exit 101"))

    with pytest.raises(UsageError) as caught:
        read_workspace(tool, [])

    assert caught.value.why == "no Cargo.toml here"
