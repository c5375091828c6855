"""The driver's own files count for every key: another rule makes another derivative."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest

from cargo_autodiff.pipeline import recall

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize("name", ["ir/rules/memmove.py", "rust/std_functions.toml", "rust/rules/kept_caches.ll"])
def test_a_change_of_any_file_that_makes_derivatives_changes_the_digest(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    copy = shutil.copytree(recall._PACKAGE, tmp_path / "driver")
    monkeypatch.setattr(recall, "_PACKAGE", copy)
    before = recall.code_digest()

    (copy / name).write_bytes((copy / name).read_bytes() + b"\n")

    assert recall.code_digest() != before


def test_what_only_talks_to_people_does_not_count(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    copy = shutil.copytree(recall._PACKAGE, tmp_path / "driver")
    monkeypatch.setattr(recall, "_PACKAGE", copy)
    before = recall.code_digest()

    (copy / "cli" / "explain.py").write_text("\n")

    assert recall.code_digest() == before
