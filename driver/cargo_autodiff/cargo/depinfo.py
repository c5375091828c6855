"""What makes cargo call us again: lines of the crate's `.d` file.

The wrapper is not part of cargo's fingerprints, so the settings and the files that make a derivative what it is are
named like sources and like variables read with `env!` (as clippy's driver does it).
"""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from cargo_autodiff.files import write_whole

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

VARIABLES = (
    "AUTODIFF_DRIVER",
    "AUTODIFF_KEEP",
    "AUTODIFF_LOOSE_TYPES",
    "AUTODIFF_PLUGIN",
    "AUTODIFF_PROFILE",
    "AUTODIFF_TOOLS_DIR",
    "AUTODIFF_WITHOUT_RULES",
)
_PACKAGE = Path(__file__).parents[1]


@cache
def driver_files() -> tuple[Path, ...]:
    """Name the driver's own files: another version of it makes other derivatives.

    One stands for all where it is installed, which brings crates inside the package: an installer replaces the whole,
    and cargo looks at every file that is named for every crate, whenever it is called.
    """
    if (_PACKAGE / "crates").is_dir():
        return (_PACKAGE / "__init__.py",)
    return tuple(sorted(path for path in _PACKAGE.rglob("*") if path.suffix in (".py", ".toml", ".ll")))


def sources(depinfo: Path | None, root: Path) -> list[Path]:
    """Name what a crate was made from last time, as its `.d` file says: its root only, when there is none."""
    try:
        text = depinfo.read_text(errors="surrogateescape") if depinfo else ""
    except OSError:
        text = ""
    lines = text.split("\n")
    rule = _first_rule(lines)
    if rule is None:
        return [root]
    words = re.split(r"(?<!\\) +", lines[rule].partition(": ")[2])
    return [root, *(Path(word.replace("\\ ", " ")) for word in words if word)]


def _first_rule(lines: Sequence[str]) -> int | None:
    """Say in which line it is that what is made is made from something."""
    return next((number for number, line in enumerate(lines) if ": " in line and not line.startswith("#")), None)


def add_to_depinfo(path: Path, files: Iterable[Path], environ: Mapping[str, str]) -> None:
    """Append to the first rule of a `.d` file, and the variables at its end. Does nothing when there is no such file.

    Raises FileError when it cannot be written.
    """
    try:
        lines = path.read_text(errors="surrogateescape").split("\n")
    except OSError:
        return
    rule = _first_rule(lines)
    if rule is None:
        return
    lines[rule] += "".join(f" {str(file).replace(' ', chr(92) + ' ')}" for file in files)
    lines += [f"# env-dep:{name}={environ[name]}" if name in environ else f"# env-dep:{name}" for name in VARIABLES]

    def put(temporary: Path) -> None:
        temporary.write_text("\n".join([*lines, ""]), errors="surrogateescape")

    write_whole(path, put)
