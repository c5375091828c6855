"""What a function is and reaches, as a digest that does not know where it stands.

Left out, because nothing that is computed may depend on it: nearly all of debug information (what counts of it says
`debug_content`), the hashes inside Rust's symbol names, and the order and numbers of things. Two functions of equal
content may be in different crates under different names; `symbols` says which symbol of one is which of the other.

Worked out from the module's text, printed once: the C API gives no digest, and walking the instructions costs a
hundred times more. Every function and variable is digested once, however many roots reach it.
"""

from __future__ import annotations

import hashlib
import re
from typing import TYPE_CHECKING, NamedTuple

from cargo_autodiff.ir.debug_content import DebugContent
from cargo_autodiff.ir.module_text import SYMBOL, ModuleText, plain
from cargo_autodiff.named import Frozen

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


class Content(Frozen):
    """What one root is."""

    digest: str
    """Sha256 of all it reaches."""
    symbols: tuple[str, ...]
    """The root, then what it reaches and the module does not define, in an order that equal contents share."""
    reaches: Mapping[str, str]
    """A short digest of each function it reaches, by its name without hashes; `` for all the rest."""


class Stated(Frozen):
    """What counts of a function whose body will be replaced: a text, and the function it is about."""

    text: str
    source: str


def contents(text: str, roots: Sequence[str], stated: Mapping[str, Stated]) -> dict[str, Content]:
    """Give the content of each root of a module's text; `stated` replaces bodies."""
    things = _Things(text, stated)
    return {root: things.content(root) for root in roots}


def normal_name(name: str) -> str:
    """Leave out of a symbol's name what differs from crate to crate: hashes, and the numbers of private constants."""
    if name.startswith("_R"):
        return _DISAMBIGUATOR.sub("C", name)
    return _NUMBERED.sub("", _HASH.sub("E", name))


_DISAMBIGUATOR = re.compile(r"Cs[0-9A-Za-z]*_")
_HASH = re.compile(r"17h[0-9a-f]{16}E")
_NUMBERED = re.compile(r"[._][0-9a-f]{32}(?=\.|$)|\.llvm\.\d+$|\.\d+$")

_LEXED = re.compile(rf'({SYMBOL}|![0-9]+|#[0-9]+|"[^"]*"|; preds = .*)')
_HOLE = "\0"
_OF_THE_CRATE = ("!llvm.dbg.cu ", "!llvm.ident ")


class _Thing(NamedTuple):
    """A text with holes, and what stands in them, in order: `@symbol` or `!number`."""

    text: str
    refs: tuple[str, ...]
    is_place: bool = False
    """Debug information: its text is all that there is of it, wherever it is named."""


class _Things:
    def __init__(self, text: str, stated: Mapping[str, Stated]) -> None:
        self._module = ModuleText(text)
        self._debug = DebugContent(self._module.nodes)
        self._nodes: dict[str, _Thing] = {}
        self._locals: dict[str, tuple[str, tuple[str, ...]]] = {}
        self._names: dict[str, str] = {}
        self._stated = {f"@{name}": what for name, what in stated.items()}
        whole = [line for line in self._module.whole if not line.startswith(_OF_THE_CRATE)]
        self._whole = "".join(self._digest("", self._lexed(line))[0] for line in whole)

    def content(self, root: str) -> Content:
        """Walk what the root reaches, in the order in which it is named."""
        order = {f"@{root}": 0}
        told, rest = [self._whole], []
        symbols, reaches = [root], {}
        todo = list(order)
        for symbol in todo:
            digest, refs = self._local(symbol)
            new = [ref for ref in refs if ref not in order]
            order.update(zip(new, range(len(order), len(order) + len(new)), strict=True))
            todo += new
            told.append(f"{digest} {[order[ref] for ref in refs]}")
            if symbol in self._module.undefined and not symbol.startswith("@llvm."):
                symbols.append(symbol[1:])
            if symbol in self._module.functions:
                reaches[self._names[symbol]] = digest[:16]
            else:
                rest.append(digest)
        reaches[""] = _sha256("".join([self._whole, *rest]))[:16]
        return Content(digest=_sha256("\n".join(told)), symbols=tuple(symbols), reaches=reaches)

    def _local(self, symbol: str) -> tuple[str, tuple[str, ...]]:
        """Digest one function or variable by itself; give the symbols it names, each once, in order."""
        found = self._locals.get(symbol)
        if found is None:
            text, name = self._module.texts.get(symbol, ""), normal_name(symbol[1:])
            self._names[symbol] = name
            stated = self._stated.get(symbol)
            if stated is not None:
                head = self._lexed(text.partition("\n")[0])
                name, thing = "", _Thing(head.text + stated.text, (*head.refs, f"@{stated.source}"))
            else:
                thing = self._lexed(text)
            found = self._locals[symbol] = self._digest(name, thing)
        return found

    def _digest(self, name: str, thing: _Thing) -> tuple[str, tuple[str, ...]]:
        """Digest a thing with all metadata it reaches, numbered in the order in which it is named."""
        numbers: dict[str, int] = {}
        symbols: dict[str, int] = {}
        told = [name]
        todo = [thing]
        for now in todo:
            told.append(now.text)
            for ref in now.refs:
                if ref[0] == "@":
                    told.append(f"@{symbols.setdefault(ref, len(symbols))}")
                elif (node := self._node(ref)).is_place:
                    told.append(node.text)
                else:
                    if ref not in numbers:
                        numbers[ref] = len(numbers)
                        todo.append(node)
                    told.append(str(numbers[ref]))
        return _sha256("\n".join(told)), tuple(symbols)

    def _node(self, ref: str) -> _Thing:
        """Read a node; of debug information, what decides anything."""
        found = self._nodes.get(ref)
        if found is None:
            is_debug_info = self._debug.is_debug_info(ref)
            text = self._module.nodes.get(ref, "")
            found = _Thing(self._debug.meaning(ref), (), is_place=True) if is_debug_info else self._lexed(text)
            self._nodes[ref] = found
        return found

    def _lexed(self, text: str) -> _Thing:
        parts = _LEXED.split(text)
        words = parts[1::2]
        kept = "\n".join([self._module.attributes.get(word, word) for word in words if word[0] in '#"'])
        kinds = "".join([word[0] for word in words])
        return _Thing(
            f"{_HOLE.join(parts[::2])}{kinds}{kept}", tuple([plain(word) for word in words if word[0] in "@!"])
        )


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode(errors="surrogateescape")).hexdigest()
