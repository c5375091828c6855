"""What can be read of debug information that decides what a derivative is, as a text for each node.

Rules ask which functions an instruction went through (`debug_info.frames`), what those are called, and how the types
are laid out that they are generic over (`rust/layouts.py`). Lines, files, variables and all other types decide nothing:
they are for messages. So two functions whose debug information differs in them only are the same.
"""

from __future__ import annotations

import hashlib
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

_KIND = re.compile(r"(?:distinct )?!(DI\w+)\(")
_VARIABLE = (b"    #dbg_", b"  call void @llvm.dbg.", b"  tail call void @llvm.dbg.")
_HOLDER = re.compile(rb"!\d+ = (?:distinct )?!(?:DISubprogram|DICompileUnit)\(")
_UNREAD = re.compile(rb", (?:retainedNodes|enums|retainedTypes|globals|imports): !\d+")
_TYPE = re.compile(rb"(?<=, type: )!\d+")
_EMPTY = b"\n!4000000000 = !DISubroutineType(types: !4000000001)\n!4000000001 = !{}\n"  # no module has so many
_SCOPE = re.compile(r"scope: (!\d+)(?:, inlinedAt: (!\d+))?")
_NAME = re.compile(r'name: "([^"]*)"')
_TEMPLATE = re.compile(r"templateParams: (!\d+)")
_FIELD = re.compile(r'(\w+): ("[^"]*"|!\d+|[\w.-]+)')
_MEMBER = re.compile(r"!\d+")
_SCOPES = ("DISubprogram", "DINamespace", "DICompositeType")
_PLACES = ("DILocation", "DILexicalBlock", "DILexicalBlockFile")
_TYPES = ("DICompositeType", "DIDerivedType", "DIBasicType")
_BEGUN = "begun"


def without_variables(text: bytes) -> bytes:
    """Leave variables and types of functions out of a module's text: nobody reads them, and they are much of it.

    All functions get one empty type, as LLVM gives them when it strips all but lines: passes expect that there is one.
    """
    lines = text.split(b"\n")  # by lines: searching for their beginnings takes five times as long
    read = b"\n".join(
        [
            _TYPE.sub(b"!4000000000", _UNREAD.sub(b"", line)) if line[:1] == b"!" and _HOLDER.match(line) else line
            for line in lines
            if not line.startswith(_VARIABLE)
        ]
    )
    return read + _EMPTY if b"!4000000000" in read else read


class DebugContent:
    """The debug information of a module, by the numbers of its nodes, as `!7`."""

    def __init__(self, nodes: Mapping[str, str]) -> None:
        self._nodes = nodes
        self._meanings: dict[str, str] = {"": ""}
        self._paths: dict[str, str] = {}
        self._inlined: dict[tuple[str, str], str] = {}
        self._layouts: dict[str, str] = {}
        self._generics: dict[str, list[tuple[str, str]]] = {}

    def is_debug_info(self, ref: str) -> bool:
        """Tell nodes of debug information from others."""
        return _KIND.match(self._nodes.get(ref, "")) is not None

    def meaning(self, ref: str) -> str:
        """Say what counts of a node that is named in code: nothing, for what is neither a place nor a function."""
        found = self._meanings.get(ref)
        if found is None:
            kind = self._kind(ref)
            found = self._place(ref) if kind in _PLACES else self._function(ref) if kind in _SCOPES else ""
            self._meanings[ref] = found
        return found

    def _place(self, ref: str) -> str:
        """Digest the functions that a location or a block stands in by inlining."""
        found = _SCOPE.search(self._nodes[ref])
        scope, at = found.groups(default="") if found else ("", "")
        both = self.meaning(scope), self.meaning(at)
        if both not in self._inlined:
            self._inlined[both] = _digest(both) if at else both[0]
        return self._inlined[both]

    def _function(self, ref: str) -> str:
        """Digest a function's path and the types that it is generic over."""
        generic = _TEMPLATE.search(self._nodes[ref])
        return _digest((self._path(ref), self._parameters(generic[1]) if generic else []))

    def _parameters(self, ref: str) -> list[tuple[str, str]]:
        """Give the names and layouts of the types that something is generic over."""
        found = self._generics.get(ref)
        if found is None:
            parameters = [self._of(one) for one in self._list(ref)]
            found = [(one.get("name", ""), self._layout(one.get("type", ""))) for one in parameters]
            self._generics[ref] = found
        return found

    def _path(self, ref: str) -> str:
        """Write the names of a function and of what it stands in."""
        found = self._paths.get(ref)
        if found is None:
            node = self._nodes[ref] if self._kind(ref) in _SCOPES else ""
            name, scope = _NAME.search(node), _SCOPE.search(node)
            own = f"{name[1] if name else ''}\n" if node else ""
            found = self._paths[ref] = own + (self._path(scope[1]) if scope else "")
        return found

    def _layout(self, ref: str) -> str:
        """Digest a type by value: what is behind a pointer is not asked for."""
        found = self._layouts.get(ref)
        if found == _BEGUN:
            return _digest(list(self._nodes.values()))  # no type holds itself; should one, all counts
        if found is None:
            self._layouts[ref] = _BEGUN
            kind, fields = self._kind(ref), self._of(ref)
            inner = [self._layout(one) for one in self._list(fields.get("elements", "")) if self._kind(one) in _TYPES]
            others = [
                self._kind(one) for one in self._list(fields.get("elements", "")) if self._kind(one) not in _TYPES
            ]
            if kind == "DICompositeType" or fields.get("tag") == "DW_TAG_member":
                inner.append(self._layout(fields["baseType"]) if "baseType" in fields else "")
            own = [kind, *(fields.get(name, "") for name in ("tag", "name", "size", "offset", "encoding"))]
            found = self._layouts[ref] = _digest([own, inner, others])
        return found

    def _kind(self, ref: str) -> str:
        found = _KIND.match(self._nodes.get(ref, ""))
        return found[1] if found else ""

    def _of(self, ref: str) -> dict[str, str]:
        """Read the fields of a node."""
        return dict(_FIELD.findall(self._nodes.get(ref, "")))

    def _list(self, ref: str) -> list[str]:
        return _MEMBER.findall(self._nodes.get(ref, ""))


def _digest(what: object) -> str:
    return hashlib.sha256(repr(what).encode(errors="surrogateescape")).hexdigest()[:32]
