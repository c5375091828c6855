"""What was built before, and whether it seems to be as it was."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from cargo_autodiff.store.local import Folder
from cargo_autodiff.store.record import Record, is_likely_unchanged, records_folder, write_record

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def built(tmp_path: Path) -> Folder:
    """A store that remembers a build of `model`, an hour ago, from a file of two hours ago."""
    folder = Folder(tmp_path / "store")
    folder.path.mkdir()
    write_record(folder, tmp_path / "target", Record(crate="model", time=0.0))
    source, record = tmp_path / "model.rs", records_folder(folder, tmp_path / "target") / "model.json"
    source.touch()
    now = source.stat().st_mtime
    os.utime(source, (now - 7200, now - 7200))
    os.utime(record, (now - 3600, now - 3600))
    return folder


def guess(folder: Folder, target: str = "target", crate: str = "model") -> bool:
    here = folder.path.parent
    return is_likely_unchanged(folder, here / target, crate, [here / "model.rs"])


def test_a_crate_with_older_sources_seems_unchanged(built: Folder) -> None:
    assert guess(built)


def test_an_edited_one_does_not(built: Folder) -> None:
    (built.path.parent / "model.rs").touch()

    assert not guess(built)


def test_one_that_was_never_built_here_does_not(built: Folder) -> None:
    assert not guess(built, target="elsewhere")
    assert not guess(built, crate="other")


def test_one_whose_sources_are_gone_does_not(built: Folder) -> None:
    (built.path.parent / "model.rs").unlink()

    assert not guess(built)
