"""One random function of a seed."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from fuzz import buffers, calls, flow, keeping, options, passes, references, rows, sequences, texts, types
from fuzz.numbers import total
from fuzz.scope import Choices, Scope, Sequence, Shape
from fuzz.signature import STRUCTURE, signature
from fuzz.tree import Block, Kind, Node
from judging.program import Mode, Program

if TYPE_CHECKING:
    from fuzz.signature import Signature

_DEEPEST = 4
_EVERYWHERE = (*flow.PRODUCTIONS, *sequences.PRODUCTIONS)
_AT_FIRST = (*_EVERYWHERE, *types.PRODUCTIONS, *calls.PRODUCTIONS)
_REFERENCES_SINCE = 10_000
"""The first seed whose function has references, tables and hash maps: earlier ones stay what they were."""
_ROWS_SINCE = 20_000
"""The first seed whose function has tables of structures."""
_SIGNATURES_SINCE = 40_000
"""The first seed whose function has a signature of its own, two times of three."""
_NESTED_SINCE = 50_000
"""The first seed whose function may have parameters with vectors inside, and buffers that are Const."""
_PASSES_SINCE = 60_000
"""The first seed whose function goes over what it has chosen again and again."""
_BUFFERS_SINCE = 70_000
"""The first seed whose function may be of arrays that others fill, or carry options through loops."""
_KEEPING_SINCE = 90_000
"""The first seed whose function may keep references in cells, states of an enum, or rests of vectors."""
_TEXTS_SINCE = 100_000
"""The first seed whose function may have texts for errors, and overwrite numbers through pointers that are kept."""
_SLOTS_SINCE = 110_000
"""The first seed whose function may overwrite the variants of enums in place."""


@dataclass(frozen=True)
class Tree:
    """A generated program: its items, `f` the last of them, and how many coordinates it has."""

    seed: int
    scalar: str
    size: int
    items: Block
    signature: Signature | None = None

    def program(self, name: str = "") -> Program:
        """Write it down."""
        items = str(self.items)
        rounding = "type G = f32;\n" if re.search(r"\bG\b", items) else ""
        seen = "pub " if self.signature else ""
        head = f"{seen}type F = {self.scalar};\n{rounding}pub const N: usize = {self.size};\n"
        name = name or f"seed {self.seed}"
        if self.signature is None:
            return Program(name, f"{head}{items}\n")
        modules = tuple((mode, self.signature.derivative(mode)) for mode in Mode)
        return Program(name, f"{head}{STRUCTURE}{items}\n{self.signature.f}\n", modules)


def generate(seed: int) -> Tree:
    """Make the function of a seed, always the same."""
    choices = Choices(seed)
    size = 3 + choices.below(5)
    if seed >= _BUFFERS_SINCE and choices.chance(0.3):
        f = Node(Kind.ITEM, "pub fn f(x: &[F]) -> F {\n$\nt\n}", (buffers.straight(choices),))
        return Tree(seed, "f64", size, Block((*choices.items, f)))
    is_own = seed >= _SIGNATURES_SINCE and choices.chance(2 / 3)
    own = signature(choices, nested=seed >= _NESTED_SINCE) if is_own else None
    scope = own.scope() if own else Scope(sequences=[Sequence("x", Shape.SLICE, mutable=False)], returns="return $;")
    productions = (
        *_AT_FIRST,
        *(references.PRODUCTIONS if seed >= _REFERENCES_SINCE else ()),
        *(rows.PRODUCTIONS if seed >= _ROWS_SINCE else ()),
        *(passes.PRODUCTIONS if seed >= _PASSES_SINCE else ()),
        *(options.PRODUCTIONS if seed >= _BUFFERS_SINCE else ()),
        *(keeping.PRODUCTIONS if seed >= _KEEPING_SINCE else ()),
        *(texts.PRODUCTIONS if seed >= _TEXTS_SINCE else ()),
        *(texts.SLOTS if seed >= _SLOTS_SINCE else ()),
    )
    block = _block(choices, scope, 6 + choices.below(7), productions)
    ending = Node(Kind.STATEMENT, " + ".join("$" * len(total(scope))) or "x[0]", tuple(total(scope)))
    if own:
        f = Node(Kind.ITEM, f"{own.header} {{\n$\n$\n}}", (block, own.ending(ending)))
    else:
        f = Node(Kind.ITEM, "pub fn f(x: &[F]) -> F {\n$\n$\n}", (block, ending))
    scalar = "f32" if choices.chance(0.15) else "f64"
    return Tree(seed, scalar, size, Block((*choices.items, f)), own)


def body(choices: Choices, scope: Scope, most: int) -> Block:
    """Make the block of a loop, a branch or a helper."""
    if scope.depth >= _DEEPEST:
        return Block(tuple(filter(None, [flow.assign(choices, scope, body)])))
    everything = _AT_FIRST if scope.depth <= 1 and choices.chance(0.4) else _EVERYWHERE
    return _block(choices, scope, 1 + choices.below(most), everything)


def _block(choices: Choices, scope: Scope, count: int, productions: tuple[tuple[flow.Production, int], ...]) -> Block:
    kinds, weights = zip(*productions, strict=True)
    made = []
    for _ in range(count):
        if not choices.spend():
            break
        (production,) = choices.random.choices(kinds, weights)
        made.append(production(choices, scope, body))
    return Block(tuple(node for node in made if node is not None))
