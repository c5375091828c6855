"""The driver's own files count for every key: another rule makes another derivative."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest

from cargo_autodiff.pipeline import recall
from cargo_autodiff.store.entry import sha256

if TYPE_CHECKING:
    from pathlib import Path


def of_own_files() -> str:
    return recall.code_digest({path: sha256(path.read_bytes()) for path in recall.own_files()})


@pytest.mark.parametrize("name", ["ir/rules/memmove.py", "rust/std_functions.py", "rust/rules/kept_caches.ll"])
def test_a_change_of_any_file_that_makes_derivatives_changes_the_digest(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    copy = shutil.copytree(recall._PACKAGE, tmp_path / "driver")
    monkeypatch.setattr(recall, "_PACKAGE", copy)
    before = of_own_files()

    (copy / name).write_bytes((copy / name).read_bytes() + b"\n")

    assert of_own_files() != before


def test_what_only_talks_to_people_does_not_count(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    copy = shutil.copytree(recall._PACKAGE, tmp_path / "driver")
    monkeypatch.setattr(recall, "_PACKAGE", copy)
    before = of_own_files()

    (copy / "cli" / "explain.py").write_text("\n")

    assert of_own_files() == before
