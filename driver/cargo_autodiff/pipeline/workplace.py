"""Where the stages of one crate are kept while they are made, or for good."""

from __future__ import annotations

import shutil
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from cargo_autodiff.errors import FileError

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextmanager
def workplace(keep: Path | None, name: str) -> Iterator[Path]:
    """A folder for the stages: a temporary one, or `keep`/`name`, which stays. Raises FileError."""
    if keep is None:
        temporary = tempfile.mkdtemp(prefix="cargo-autodiff-")
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
