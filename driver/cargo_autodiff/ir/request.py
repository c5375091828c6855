"""What is asked for: one derivative of one function, as text, as a table of a file, and as a value."""

from __future__ import annotations

import json
import tomllib
from typing import TYPE_CHECKING, Any, TypeVar

from cargo_autodiff.errors import FileError, UsageError
from cargo_autodiff.ir.activity import DiffActivity, DiffMode
from cargo_autodiff.ir.symbols import derivative, path_of
from cargo_autodiff.named import Frozen

if TYPE_CHECKING:
    from collections.abc import Mapping
    from enum import Enum
    from pathlib import Path

E = TypeVar("E", bound="Enum")

GRAMMAR = "source=f,target=df,mode=reverse,ret=active,args=duplicated:slice,active"


class Input(Frozen):
    """The activity of one parameter of the source, at the level of LLVM.

    `stride` is bytes: of one lane of a thin pointer, or of one element of a slice. The batched activities need it; of a
    Const slice or array it says how large a shadow of zeros would be.
    """

    activity: DiffActivity
    stride: int = 0


class Request(Frozen):
    """One derivative (rustc's AutoDiffItem): the body of `target` becomes Enzyme's derivative of `source`."""

    source: str
    target: str
    mode: DiffMode
    inputs: tuple[Input, ...]
    returned: DiffActivity = DiffActivity.CONST
    width: int = 1
    optional: bool = False
    """It is left out, not refused, when it cannot be made: the check of another derivative asks for it."""

    @property
    def label(self) -> str:
        """How messages name it."""
        name, source = derivative(self.target), path_of(self.source)
        of = "" if source == f"{name}::source" else f" of `{source}`"
        return f"{self.mode.value} derivative `{name}`{of}"


def parse_request(text: str) -> Request:
    """Read the one-line form, for instance that of GRAMMAR; `args=` comes last. Raises UsageError."""
    head, _, tail = text.partition("args=")
    fields: dict[str, Any] = {}
    for part in filter(None, (piece.strip() for piece in head.split(","))):
        name, equals, value = part.partition("=")
        if not equals or name in fields:
            raise _misread(text, f"`{part}` is not one `name=value`")
        fields[name] = value
    fields["args"] = [word.strip() for word in tail.split(",") if word.strip()]
    return request_of(fields, text)


def request_of(fields: Mapping[str, Any], where: str) -> Request:
    """Read the fields of a table (TOML, JSON, or the one-line form). Raises UsageError naming `where`."""
    unknown = set(fields) - {"source", "target", "mode", "ret", "width", "optional", "args"}
    missing = {"source", "target", "mode"} - set(fields)
    if unknown or missing:
        what = f"unknown: {', '.join(sorted(unknown))}" if unknown else f"missing: {', '.join(sorted(missing))}"
        raise _misread(where, what)
    width, args = str(fields.get("width", 1)), fields.get("args", [])
    if not width.isdecimal() or not 0 < int(width) < 2**32:
        raise _misread(where, f"width must be a positive number that fits u32, not `{width}`")
    optional = fields.get("optional", "no")
    if optional not in ("yes", "no"):
        raise _misread(where, f"optional must be `yes` or `no`, not `{optional}`")
    if not isinstance(args, list):
        raise _misread(where, "args must be a list of activities")
    return Request(
        source=str(fields["source"]),
        target=str(fields["target"]),
        mode=_member(DiffMode, fields["mode"], where),
        returned=_member(DiffActivity, fields.get("ret", "const"), where),
        width=int(width),
        optional=optional == "yes",
        inputs=tuple(part for word in args for part in _inputs(str(word), where)),
    )


def read_requests(path: Path) -> list[Request]:
    """Read a list of requests: `[[request]]` tables of a TOML file, or a JSON array of objects."""
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise FileError("the requests cannot be read", where=str(path), why=error.strerror or "") from None
    try:
        text = raw.decode()
        found = json.loads(text) if path.suffix == ".json" else tomllib.loads(text).get("request", [])
    except ValueError as error:
        raise UsageError("the requests cannot be understood", where=str(path), why=str(error)) from None
    if not isinstance(found, list) or not all(isinstance(entry, dict) for entry in found):
        raise UsageError("this is not a list of requests", where=str(path), hint="write `[[request]]` tables")
    return [request_of(entry, str(path)) for entry in found]


def _inputs(word: str, where: str) -> tuple[Input, ...]:
    name, _, shape = word.partition(":")
    if shape not in ("", "slice"):
        raise _misread(where, f"`{shape}` is not a shape; `slice` is")
    name, opened, size = name.partition("(")
    stride = size.removesuffix(")")
    if opened and (not stride.isdecimal() or size == stride or int(stride) >= 2**63):
        raise _misread(where, f"`{opened}{size}` is not a number of bytes")
    first = Input(activity=_member(DiffActivity, name, where), stride=int(stride or 0))
    return (first, Input(activity=DiffActivity.FAKE_SIZE)) if shape else (first,)


def _member(kind: type[E], word: object, where: str) -> E:
    try:
        return kind(str(word).lower())
    except ValueError:
        known = ", ".join(str(member.value) for member in kind)
        raise _misread(where, f"`{word}` is not one of {known}") from None


def _misread(where: str, why: str) -> UsageError:
    return UsageError("the request cannot be understood", where=where, why=why, hint=f"write it like `{GRAMMAR}`")
