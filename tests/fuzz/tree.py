"""The generator's tree: pieces of Rust with holes, and how a tree becomes smaller."""

from __future__ import annotations

import enum
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

HOLE = "$"


class Kind(enum.Enum):
    """What a piece is; an expression can take the place of another of its kind."""

    FLOAT = "float"
    INTEGER = "integer"
    CONDITION = "condition"
    STATEMENT = "statement"
    ITEM = "item"


@dataclass(frozen=True)
class Node:
    """Rust's text with a `$` for each part."""

    kind: Kind
    text: str
    parts: tuple[Node | Block, ...] = ()

    def __post_init__(self) -> None:
        assert self.text.count(HOLE) == len(self.parts), self.text

    def __str__(self) -> str:
        first, *rest = self.text.split(HOLE)
        return first + "".join(f"{part}{after}" for part, after in zip(self.parts, rest, strict=True))


@dataclass(frozen=True)
class Block:
    """Statements, or a module's items, of which any can be left out as far as rustc is concerned with it."""

    nodes: tuple[Node, ...]

    def __str__(self) -> str:
        return "\n".join(text for node in self.nodes if (text := str(node)))


ATOMS = {
    Kind.FLOAT: (Node(Kind.FLOAT, "x[0]"), Node(Kind.FLOAT, "(1.0 as F)")),
    Kind.INTEGER: (Node(Kind.INTEGER, "0"), Node(Kind.INTEGER, "1")),
    Kind.CONDITION: (Node(Kind.CONDITION, "true"), Node(Kind.CONDITION, "false")),
    Kind.STATEMENT: (Node(Kind.STATEMENT, ""),),
    Kind.ITEM: (Node(Kind.ITEM, ""),),
}
"""What can stand for anything of a kind."""

Path = tuple[int, ...]
Cut = tuple[tuple[Path, Node], ...]
"""Nodes that take the place of others, none inside another. What is left out becomes empty, so that paths stay true."""


def cuts(block: Block, path: Path = ()) -> Iterator[Cut]:
    """Yield what can be done to make the tree smaller."""
    full = [index for index, node in enumerate(block.nodes) if node.text]
    size = len(full)
    while size > 1:
        for first in range(0, len(full), size):
            yield tuple(((*path, index), ATOMS[block.nodes[index].kind][0]) for index in full[first : first + size])
        size //= 2
    for index in full:
        yield from _cuts_of_node(block.nodes[index], (*path, index))


def _cuts_of_node(node: Node, path: Path) -> Iterator[Cut]:
    others = [*ATOMS[node.kind]]
    if node.kind is Kind.STATEMENT:
        others += [Node(Kind.STATEMENT, HOLE, (part,)) for part in node.parts if isinstance(part, Block)]
    else:
        others += _inner(node, node.kind)
    for other in others:
        if len(str(other)) < len(str(node)):
            yield ((path, other),)
    for index, part in enumerate(node.parts):
        inside = (*path, index)
        yield from cuts(part, inside) if isinstance(part, Block) else _cuts_of_node(part, inside)


def _inner(node: Node, kind: Kind) -> Iterator[Node]:
    """Yield the outermost expressions of a kind inside a node."""
    for part in node.parts:
        if isinstance(part, Node) and part.kind is kind:
            yield part
        elif isinstance(part, Node):
            yield from _inner(part, kind)


def cut_out(block: Block, cut: Cut) -> Block:
    """Make the tree with a cut's nodes in place."""
    for path, node in cut:
        block = Block(_replaced(block.nodes, path, node))
    return block


def _replaced(nodes: tuple[Node, ...], path: Path, new: Node) -> tuple[Node, ...]:
    index, rest = path[0], path[1:]
    return (*nodes[:index], _with(nodes[index], rest, new), *nodes[index + 1 :])


def _with(node: Node, path: Path, new: Node) -> Node:
    if not path:
        return new
    index, rest = path[0], path[1:]
    part = node.parts[index]
    changed = Block(_replaced(part.nodes, rest, new)) if isinstance(part, Block) else _with(part, rest, new)
    return replace(node, parts=(*node.parts[:index], changed, *node.parts[index + 1 :]))


def disjoint(cut: Cut, others: Cut) -> bool:
    """Tell whether no node of one lies in or above a node of the other."""
    return not any(_related(path, other) for path, _ in cut for other, _ in others)


def _related(path: Path, other: Path) -> bool:
    length = min(len(path), len(other))
    return path[:length] == other[:length]
