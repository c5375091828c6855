"""rustc is started early, and nothing of it stays."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from cargo_autodiff.cargo.front_end import FrontEnd
from cargo_autodiff.cargo.invocation import RustcInvocation
from cargo_autodiff.errors import ToolsetError

if TYPE_CHECKING:
    from pathlib import Path

COSTLY = {"dataclasses", "enum", "json", "pathlib", "re", "shutil", "subprocess", "tempfile", "threading", "typing"}


@pytest.fixture(autouse=True)
def own_temporary_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("TMPDIR", str(tmp_path / "temporary"))
    (tmp_path / "temporary").mkdir()
    return tmp_path / "temporary"


def front_end(rustc: Path, *words: str, keep: Path | None = None) -> FrontEnd:
    return FrontEnd(str(rustc), RustcInvocation(["x.rs", *words]), os.environ, keep)


def program(path: Path, body: str) -> Path:
    path.write_text(f"#!/bin/sh\n{body}\n")
    path.chmod(0o755)
    return path


def test_before_rustc_is_started_nothing_costly_is_imported() -> None:
    early, bare = (
        set(subprocess.run([sys.executable, "-P", "-c", text], capture_output=True, check=True).stdout.decode().split())
        for text in ("import cargo_autodiff.cli.wrap, sys; print(*sys.modules)", "import sys; print(*sys.modules)")
    )

    assert "cargo_autodiff.cargo.front_end" in early
    assert COSTLY & (early - bare) == set()


def test_what_makes_derivatives_compiles_no_classes() -> None:
    text = "import cargo_autodiff.pipeline.worker, cargo_autodiff.pipeline.unit_steps, sys; print(*sys.modules)"
    said = subprocess.run([sys.executable, "-P", "-c", text], capture_output=True, check=True).stdout.decode()

    assert {"dataclasses", "inspect"} & set(said.split()) == set()


def test_a_build_in_which_all_is_found_imports_nothing_that_only_makes_things() -> None:
    text = (
        "import cargo_autodiff.cargo.unit, cargo_autodiff.cargo.natives, cargo_autodiff.report.audience, sys\n"
        "import cargo_autodiff.pipeline.run, cargo_autodiff.pipeline.worker, cargo_autodiff.toolchain.locate\n"
        "print(*sys.modules)"
    )
    modules = (
        subprocess.run([sys.executable, "-P", "-c", text], capture_output=True, check=True).stdout.decode().split()
    )

    assert {"dataclasses", "inspect", "filelock", "cargo_autodiff.pipeline.unit_steps"} & set(modules) == set()


def test_rustc_gets_the_options_of_the_front_end_and_a_folder_of_its_own(tmp_path: Path) -> None:
    rustc = program(tmp_path / "rustc", f'printf "%s\\n" "$TMPDIR" "$@" > {tmp_path}/said')

    with front_end(rustc, "--crate-name", "model") as started:
        assert started.process.wait() == 0
        folder = started.folder
        assert folder.is_dir()

    temporary, *words = (tmp_path / "said").read_text().splitlines()
    assert temporary.startswith(str(folder))
    assert "-Clinker-plugin-lto" in words
    assert not folder.exists()


def test_rustc_ends_when_something_fails(tmp_path: Path, own_temporary_folder: Path) -> None:
    rustc = program(tmp_path / "rustc", "exec sleep 100")

    with pytest.raises(KeyError), front_end(rustc) as started:
        raise KeyError

    assert started.process.wait() == -9
    assert list(own_temporary_folder.iterdir()) == []


def test_a_rustc_that_is_not_there_leaves_nothing(tmp_path: Path, own_temporary_folder: Path) -> None:
    with pytest.raises(ToolsetError, match="rustc cannot be started: No such file"):
        front_end(tmp_path / "rustc").__enter__()

    assert list(own_temporary_folder.iterdir()) == []


def test_stages_that_are_kept_stay(tmp_path: Path) -> None:
    rustc = program(tmp_path / "rustc", "exit 0")

    with front_end(rustc, "-Cextra-filename=-12", keep=tmp_path / "kept") as started:
        started.process.wait()

    assert [path.name for path in (tmp_path / "kept").iterdir()] == ["x-12"]
    assert list((tmp_path / "kept" / "x-12").iterdir()) == []


def test_words_that_are_too_many_for_a_process_go_into_a_file(tmp_path: Path) -> None:
    rustc = program(tmp_path / "rustc", f'echo "$#" > {tmp_path}/said; cat "${{1#@}}" >> {tmp_path}/said')

    with front_end(rustc, *(f"--cfg=a{'x' * 1000}" for _ in range(600))) as started:
        assert started.process.wait() == 0

    count, first, *_ = (tmp_path / "said").read_text().splitlines()
    assert (count, first) == ("1", "x.rs")
