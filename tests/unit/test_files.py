"""Files that are there whole or not at all."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from cargo_autodiff.errors import FileError
from cargo_autodiff.files import write_bytes, write_whole

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize("mask", [0o022, 0o027, 0o077])
def test_who_may_read_a_file_is_what_the_umask_says(tmp_path: Path, mask: int) -> None:
    before = os.umask(mask)
    try:
        write_bytes(tmp_path / "file.rlib", b"content")
    finally:
        os.umask(before)

    assert (tmp_path / "file.rlib").stat().st_mode & 0o777 == 0o666 & ~mask


def test_a_file_that_could_not_be_written_is_what_it_was(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_text("before")

    def put(temporary: Path) -> None:
        temporary.write_text("half")
        raise OSError(28, "No space left on device")

    with pytest.raises(FileError, match="No space left on device"):
        write_whole(path, put)

    assert path.read_text() == "before"
    assert list(tmp_path.iterdir()) == [path]
