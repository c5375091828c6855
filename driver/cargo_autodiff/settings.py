"""Every AUTODIFF_* variable, typed, in one table."""

from __future__ import annotations

import os
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from cargo_autodiff.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping


class Variable(NamedTuple):
    """One environment variable; `parse` raises ValueError with a sentence that says what was expected."""

    name: str
    meaning: str
    parse: Callable[[str], object]


def profile_name(text: str) -> str:
    """Take a profile's name: letters, digits, `-` and `_`."""
    if not text.replace("-", "").replace("_", "").isalnum():
        raise ValueError("a profile's name such as `llvm22`")
    return text


def absolute_path(text: str) -> Path:
    """Take a path that means the same in every directory cargo runs us in."""
    path = Path(text)
    if not path.is_absolute() or "\0" in text:
        raise ValueError("an absolute path")
    return path


class CacheMode(Enum):
    """What may be done with the store."""

    ON = "on"
    READ_ONLY = "read-only"
    OFF = "off"


def cache_mode(text: str) -> CacheMode:
    """Take what may be done with the store."""
    try:
        return CacheMode(text)
    except ValueError:
        raise ValueError("`on`, `read-only` or `off`") from None


def byte_size(text: str) -> int:
    """Take a size in bytes, or in units of 10³, 10⁶, 10⁹ or 10¹² of them."""
    number, unit = (text[:-1], text[-1].upper()) if text[-1:].isalpha() else (text, "")
    if not number.isdecimal() or unit not in _UNITS:
        raise ValueError("a size such as `500M` or `5G`")
    return int(number) * _UNITS[unit]


_UNITS = {"": 1, "K": 10**3, "M": 10**6, "G": 10**9, "T": 10**12}


def rule_names(text: str) -> tuple[str, ...]:
    """Take names of rules; which there are is known where they run."""
    names = tuple(sorted({name.strip() for name in text.split(",") if name.strip()}))
    if not all(name.replace("-", "").isalpha() for name in names):
        raise ValueError("names of rules such as `memmove,address-guard`")
    return names


def switch(text: str) -> bool:
    """Take 1 or 0."""
    if text not in ("0", "1"):
        raise ValueError("1 or 0")
    return text == "1"


_LOOPBACK = ("localhost", "127.0.0.1", "[::1]")


def shared_place(text: str) -> str:
    """Take a folder or a server; what comes from one becomes part of programs, so the way there must be safe."""
    scheme, _, rest = text.partition("://")
    host = rest.partition("/")[0].rpartition(":")[0] or rest.partition("/")[0]
    if text.startswith("/") or (scheme == "https" and host) or (scheme == "http" and host in _LOOPBACK):
        return text
    raise ValueError("an absolute path, or an https:// URL (http:// only for this machine)")


VARIABLES = (
    Variable(
        name="AUTODIFF_PROFILE",
        meaning="the tool set to use: a profile of toolchain.toml, or `llvmN`; by default the one that fits rustc",
        parse=profile_name,
    ),
    Variable(
        name="AUTODIFF_PLUGIN",
        meaning="an Enzyme plugin of your own, LLVMEnzyme-N.so (absolute path)",
        parse=absolute_path,
    ),
    Variable(
        name="AUTODIFF_TOOLS_DIR",
        meaning="where tool sets are unpacked (absolute path); default: cargo-autodiff/tools in your data folder",
        parse=absolute_path,
    ),
    Variable(
        name="AUTODIFF_WHEELS",
        meaning="a folder of wheels to install from instead of the network (absolute path)",
        parse=absolute_path,
    ),
    Variable(
        name="AUTODIFF_WITHOUT_RULES",
        meaning="rules to leave out, for an experiment (names, with commas between): derivatives can be wrong then",
        parse=rule_names,
    ),
    Variable(
        name="AUTODIFF_LOOSE_TYPES",
        meaning="1 lets Enzyme guess types that it does not know: derivatives can be wrong then",
        parse=switch,
    ),
    Variable(
        name="AUTODIFF_KEEP",
        meaning="a folder in which every step's result is kept (absolute path)",
        parse=absolute_path,
    ),
    Variable(
        name="AUTODIFF_CACHE",
        meaning="what may be done with the cache: `on` (default), `read-only` or `off`",
        parse=cache_mode,
    ),
    Variable(
        name="AUTODIFF_CACHE_DIR",
        meaning="where results are kept (absolute path); default: cargo-autodiff in your cache folder",
        parse=absolute_path,
    ),
    Variable(
        name="AUTODIFF_CACHE_SIZE",
        meaning="how large the cache may grow before the oldest results go, such as `500M`; default: `5G`",
        parse=byte_size,
    ),
    Variable(
        name="AUTODIFF_CACHE_SHARED",
        meaning="a cache that others share: a folder (absolute path), or a server, `https://host/path`",
        parse=shared_place,
    ),
    Variable(
        name="AUTODIFF_CACHE_SHARED_MODE",
        meaning="`on`: results go there too; default: `read-only`",
        parse=cache_mode,
    ),
)


def variables_table() -> str:
    """Write the table for the documentation."""
    rows = [f"| `{variable.name}` | {variable.meaning} |" for variable in VARIABLES]
    return "\n".join(["| variable | says |", "|---|---|", *rows]) + "\n"


class Settings(NamedTuple):
    """What the environment asks of us; `search` is its PATH."""

    profile: str | None = None
    plugin: Path | None = None
    tools_dir: Path | None = None
    wheels: Path | None = None
    keep: Path | None = None
    without_rules: tuple[str, ...] = ()
    loose_types: bool = False
    cache: CacheMode = CacheMode.ON
    cache_dir: Path | None = None
    cache_size: int = 5 * 10**9
    cache_shared: str = ""
    cache_shared_mode: CacheMode = CacheMode.READ_ONLY
    search: str = "/usr/local/bin:/usr/bin:/bin"

    @classmethod
    def read(cls, environ: Mapping[str, str]) -> Settings:
        """Read every variable of the table; an empty one counts as unset. Raises UsageError that names the variable."""
        values: dict[str, object] = {}
        for variable in VARIABLES:
            text = environ.get(variable.name, "")
            if not text:
                continue
            try:
                values[variable.name.removeprefix("AUTODIFF_").lower()] = variable.parse(text)
            except ValueError as error:
                raise UsageError(
                    f"{variable.name} is `{text}`, but must be {error}", hint=f"it sets {variable.meaning}"
                ) from None
        if environ.get("PATH"):
            values["search"] = environ["PATH"]
        return cls(**values)  # type: ignore[arg-type]  # the table's parsers give the fields' types

    def tools_folder(self) -> Path:
        """Say where tool sets live; raises UsageError when there is no home folder to put them in."""
        if self.tools_dir is not None:
            return self.tools_dir
        folder = user_folder("XDG_DATA_HOME", ".local/share")
        if folder is None:
            raise UsageError(
                "there is no home folder to keep tool sets in", hint="set AUTODIFF_TOOLS_DIR to an absolute path"
            )
        return folder / "tools"


def user_folder(variable: str, default: str) -> Path | None:
    """Say where the driver keeps a kind of file of the user's, or None if he has no home.

    As the XDG base directory specification says: a relative path counts as unset.
    """
    named = Path(os.environ.get(variable, ""))
    try:
        base = named if named.is_absolute() else Path.home() / default
    except RuntimeError:
        return None
    return base / "cargo-autodiff" if base.is_absolute() else None
