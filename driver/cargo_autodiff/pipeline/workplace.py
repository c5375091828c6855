"""Where the stages of one crate are kept while they are made, or for good."""

from __future__ import annotations

import os
import shutil
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from cargo_autodiff.errors import FileError
from cargo_autodiff.files import is_alive

if TYPE_CHECKING:
    from collections.abc import Iterator


_PREFIX = "cargo-autodiff-"


@contextmanager
def workplace(keep: Path | None, name: str) -> Iterator[Path]:
    """A folder for the stages: a temporary one, or `keep`/`name`, which stays. Raises FileError."""
    if keep is None:
        temporary = tempfile.mkdtemp(prefix=f"{_PREFIX}{os.getpid()}-")
        try:
            yield Path(temporary)
        finally:
            shutil.rmtree(temporary, ignore_errors=True)
        return
    folder = keep / name
    try:
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
    except OSError as error:
        raise FileError(
            f"the stages cannot be kept: {error.strerror}", where=str(folder), hint="name a folder that can be written"
        ) from None
    yield folder


def sweep_workplaces() -> int:
    """Remove the temporary folders of processes that were killed; give how many."""
    left = [path for path in Path(tempfile.gettempdir()).glob(f"{_PREFIX}*") if _is_left(path)]
    for path in left:
        shutil.rmtree(path, ignore_errors=True)
    return len(left)


def _is_left(path: Path) -> bool:
    try:
        return path.lstat().st_uid == os.geteuid() and not is_alive(path.name.removeprefix(_PREFIX))
    except OSError:
        return False
