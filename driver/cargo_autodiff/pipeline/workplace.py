"""Where the stages of one crate are kept while they are made, or for good."""

from __future__ import annotations

import os

from cargo_autodiff.errors import FileError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from pathlib import Path

_PREFIX = "cargo-autodiff-"


class Workplace:
    """A folder for the stages: a temporary one, or `keep`/`name`, which stays. Use it as a context manager.

    It is made before rustc can be started, so what few need is imported where it is needed.
    """

    def __init__(self, keep: str | Path | None, name: str) -> None:
        """Make it. Raises FileError."""
        self._stays = keep is not None
        self.folder = _temporary() if keep is None else _kept(keep, name)

    def __enter__(self) -> Path:
        from pathlib import Path

        return Path(self.folder)

    def __exit__(self, *_: object) -> None:
        if not self._stays:
            from shutil import rmtree

            rmtree(self.folder, ignore_errors=True)


def temporary_folder() -> str:
    """Say where temporary folders are made."""
    return os.path.abspath(os.environ.get("TMPDIR") or "/tmp")  # noqa: PTH100, S108 - what is made there is ours alone


def _temporary() -> str:
    folder = f"{temporary_folder()}/{_PREFIX}{os.getpid()}-{os.urandom(6).hex()}"
    try:
        os.mkdir(folder, 0o700)  # noqa: PTH102
    except OSError as error:
        raise FileError(
            f"no temporary folder can be made: {error.strerror}",
            where=temporary_folder(),
            hint="let TMPDIR name a folder that can be written and has room",
        ) from None
    return folder


def _kept(keep: str | Path, name: str) -> str:
    from pathlib import Path
    from shutil import rmtree

    folder = Path(keep, name)
    try:
        rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
    except OSError as error:
        raise FileError(
            f"the stages cannot be kept: {error.strerror}", where=str(folder), hint="name a folder that can be written"
        ) from None
    return str(folder)


def sweep_workplaces() -> int:
    """Remove the temporary folders of processes that were killed; give how many."""
    from pathlib import Path
    from shutil import rmtree

    left = [path for path in Path(temporary_folder()).glob(f"{_PREFIX}*") if _is_left(path)]
    for path in left:
        rmtree(path, ignore_errors=True)
    return len(left)


def _is_left(path: Path) -> bool:
    from cargo_autodiff.files import is_alive

    try:
        return path.lstat().st_uid == os.geteuid() and not is_alive(path.name.removeprefix(_PREFIX))
    except OSError:
        return False
