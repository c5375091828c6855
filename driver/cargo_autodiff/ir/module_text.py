"""A module's text as LLVM prints it, taken apart into what has a name; and what one function reaches, as text again.

To cut text costs as much as what is cut out; to cut LLVM's own modules, as much as what is left behind.
"""

from __future__ import annotations

import re

SYMBOL = r'@(?:"[^"]*"|[-\w.$]+)'
_ENTITY = re.compile(
    r"^(?:(?P<define>define .*\n(?:[^}\n].*\n|\n)*)}"
    r"|(?P<declare>declare .*)"
    r"|(?P<variable>@.*)"
    r"|attributes (?P<group>#\d+) = (?P<attributes>.*)"
    r"|(?P<whole>target .*|module asm .*|%.* = type .*|![-a-zA-Z_.$][-\w.$]* = .*))$",
    re.MULTILINE,
)
_FIRST_NODE = "\n!0 = "  # LLVM prints nodes last, this one first of all: half of a text
_NODE = re.compile(r"^(!\d+) = (.*)$", re.MULTILINE)
_FIRST_SYMBOL = re.compile(SYMBOL)
_NAMED = re.compile(rf'{SYMBOL}|![0-9]+|"[^"]*"')
_EXTERNAL = re.compile(r" = (?:extern_weak|external) ")
_ESCAPE = re.compile(r"\\([0-9A-Fa-f]{2})")
_SOURCE = 'source_filename = "unit"'  # without it LLVM takes the file's own, which would be in every result
_LINKAGE = re.compile(r"define (?:internal |private )?")


class ModuleText:
    """The parts of a module's text, which has its numbered nodes last.

    Symbols are written `@name`, as the C API writes names; metadata `!7`.
    """

    def __init__(self, text: str) -> None:
        self.whole: list[str] = []
        """Lines that belong to the module itself."""
        self.attributes: dict[str, str] = {}
        """By group, as `#7`."""
        nodes = text.find(_FIRST_NODE) + 1
        self.nodes: dict[str, str] = dict(_NODE.findall(text, nodes))
        self.texts: dict[str, str] = {}
        """By symbol."""
        self.functions: set[str] = set()
        """Those with a body."""
        self.undefined: set[str] = set()
        self._names: dict[str, tuple[str, ...]] = {}
        for entity in _ENTITY.finditer(text, 0, nodes or len(text)):
            self._sort(entity)
        self._order = {symbol: number for number, symbol in enumerate(self.texts)}

    def _sort(self, entity: re.Match[str]) -> None:
        """Put an entity where it belongs."""
        kind = entity.lastgroup
        if kind == "attributes":
            self.attributes[entity["group"]] = entity["attributes"]
        elif kind == "whole":
            self.whole.append(entity["whole"])
        elif (found := _FIRST_SYMBOL.search(text := entity[kind or 0])) is not None:
            symbol = plain(found[0])
            self.texts[symbol] = text
            if kind == "define":
                self.functions.add(symbol)
            elif kind == "declare" or _EXTERNAL.match(text, found.end()):
                self.undefined.add(symbol)

    def unit(self, root: str) -> str:
        """Write a function with all that it reaches, itself the only one that others could see."""
        symbol = f"@{root}"
        reached = self._reached(symbol)
        texts = {name: self.texts[name] for name in sorted(reached & self.texts.keys(), key=self._order.__getitem__)}
        texts[symbol] = _LINKAGE.sub("define hidden ", texts[symbol], count=1)
        bodies = (f"{text}}}" if name in self.functions else text for name, text in texts.items())
        groups = (f"attributes {group} = {text}" for group, text in self.attributes.items())
        nodes = (f"{node} = {self.nodes[node]}" for node in sorted(reached & self.nodes.keys()))
        return "\n".join([_SOURCE, *self.whole, *bodies, *groups, *nodes, ""])

    def _reached(self, symbol: str) -> set[str]:
        todo = [symbol, *(name for line in self.whole if line[0] == "!" for name in _names(line))]
        reached = set(todo)
        for name in todo:
            new = [other for other in self._named_in(name) if other not in reached]
            reached.update(new)
            todo += new
        return reached

    def _named_in(self, name: str) -> tuple[str, ...]:
        """Give the symbols and nodes that something names."""
        found = self._names.get(name)
        if found is None:
            text = (self.nodes if name[0] == "!" else self.texts).get(name, "")
            found = self._names[name] = _names(text)
        return found


def _names(text: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys([plain(word) for word in _NAMED.findall(text) if word[0] != '"']))


def plain(symbol: str) -> str:
    """Write a symbol as the C API does, behind its `@`."""
    if '"' not in symbol:
        return symbol
    return "@" + _ESCAPE.sub(lambda found: chr(int(found[1], 16)), symbol[2:-1])
