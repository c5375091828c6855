"""Cargo's files with one entry more: what the user wrote stays as it is, to the byte."""

from __future__ import annotations

import copy
import json
import os
import re
import tomllib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cargo_autodiff.errors import FileError, UsageError
from cargo_autodiff.files import write_whole

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    Table = Mapping[str, "str | bool"]


@dataclass(frozen=True, kw_only=True)
class TomlFile:
    """A file of TOML as text and as what it says; both are empty when there is no such file."""

    path: Path
    text: str

    @classmethod
    def read(cls, path: Path) -> TomlFile:
        """Read a file. Raises FileError when it cannot be read, UsageError when it is not TOML."""
        try:
            text = path.read_bytes().decode()
            made = cls(path=path, text=text)
            made.says()
        except FileNotFoundError:
            return cls(path=path, text="")
        except OSError as error:
            raise FileError(f"the file cannot be read: {error.strerror}", where=str(path)) from None
        except ValueError as error:
            raise UsageError("the file is not TOML", where=str(path), why=str(error)) from None
        return made

    def says(self) -> dict[str, object]:
        """Give the content."""
        return tomllib.loads(self.text.removeprefix("\ufeff"))

    def entry(self, *keys: str) -> object:
        """Give what stands under the keys, or None."""
        found: object = self.says()
        for key in keys:
            found = found.get(key) if isinstance(found, dict) else None
        return found

    def with_entry(self, table: tuple[str, ...], key: str, value: Table) -> TomlFile:
        """Add an entry that is not there yet: a line below the table's header, or a table at the end.

        The result is read again and must say what the file said and the entry, nothing else. Raises UsageError with the
        text to add by hand when that cannot be done (a table in braces, for example).
        """
        return self._proven(self._attempts(table, key, value), (*table, key), value)

    def with_block(self, keys: tuple[str, ...], value: Table, comment: str) -> TomlFile:
        """Put a table at the end under a comment, or in place of the one under the same comment. Raises UsageError."""
        block = f"# {comment}\n{_table(keys, value)}"
        lines = [f"# {comment}", _header(keys)]
        patterns = [*map(re.escape, lines), *(f"{re.escape(name)} = [^\r\n]*" for name in value)]
        written = re.compile("".join(f"{pattern}(?:\r?\n|$)" for pattern in patterns))
        block = block.replace("\n", self._newline)
        replaced, count = written.subn(lambda _: block, self.text)
        return self._proven([replaced] if count else [self._extended(block)], keys, value)

    def write(self) -> None:
        """Write the file; a link stays one, the permissions stay. Raises FileError."""
        path = self.path.resolve()
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            mode = path.stat().st_mode & 0o777 if path.exists() else None
        except OSError as error:
            raise FileError(f"the file cannot be written: {error.strerror}", where=str(path)) from None
        if path.exists() and not os.access(path, os.W_OK):
            raise FileError("the file cannot be written: it is read-only", where=str(path))

        def put(temporary: Path) -> None:
            temporary.write_bytes(self.text.encode())
            if mode is not None:
                temporary.chmod(mode)

        write_whole(path, put)

    @property
    def _newline(self) -> str:
        return "\r\n" if "\r\n" in self.text else "\n"

    def _extended(self, block: str) -> str:
        if not self.text.strip():
            return block
        gap = self._newline if self.text.endswith("\n") else 2 * self._newline
        return f"{self.text}{gap}{block}"

    def _attempts(self, table: tuple[str, ...], key: str, value: Table) -> Iterator[str]:
        line = f"{key} = {_inline(value)}"
        name = re.escape(".".join(table))
        header = re.search(rf"^\ufeff?[ \t]*\[[ \t]*{name}[ \t]*\][ \t]*(#[^\r\n]*)?(?=\r?$)", self.text, re.MULTILINE)
        if header is not None:
            yield f"{self.text[: header.end()]}{self._newline}{line}{self.text[header.end() :]}"
        for block in (f"{_header(table)}\n{line}\n", _table((*table, key), value)):
            yield self._extended(block.replace("\n", self._newline))

    def _proven(self, attempts: Iterator[str] | list[str], keys: tuple[str, ...], value: Table) -> TomlFile:
        wanted = copy.deepcopy(self.says())
        inner: dict[str, object] = wanted
        for key in keys[:-1]:
            below = inner.setdefault(key, {})
            if not isinstance(below, dict):
                break
            inner = below
        inner[keys[-1]] = dict(value)
        for attempt in attempts:
            made = TomlFile(path=self.path, text=attempt)
            try:
                if made.says() == wanted:
                    return made
            except ValueError:
                continue
        raise UsageError(
            "the file is written in a way that an entry cannot be added to",
            where=str(self.path),
            hint=f"add it by hand: {'.'.join(keys)} = {_inline(value)}",
        )


def _header(keys: tuple[str, ...]) -> str:
    return f"[{'.'.join(keys)}]"


def _inline(value: Table) -> str:
    return f"{{ {', '.join(f'{name} = {_toml(each)}' for name, each in value.items())} }}"


def _table(keys: tuple[str, ...], value: Table) -> str:
    return "".join([f"{_header(keys)}\n", *(f"{name} = {_toml(each)}\n" for name, each in value.items())])


def _toml(value: str | bool) -> str:
    return json.dumps(value, ensure_ascii=False)  # a basic string of TOML is written as one of JSON
