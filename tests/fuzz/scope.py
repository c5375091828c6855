"""What a place in a generated function can read and change, and the choices that are made there."""

from __future__ import annotations

import enum
import random
from dataclasses import dataclass, field, replace

from fuzz.tree import Block, Kind, Node

LEAST = 3
"""Every sequence has at least as many elements, always: whatever takes one away looks first."""


class Shape(enum.Enum):
    """What holds a sequence of floats."""

    SLICE = "slice"
    ARRAY = "array"
    VEC = "vec"
    DEQUE = "deque"


@dataclass(frozen=True)
class Sequence:
    """A variable with floats, at least LEAST of them."""

    name: str
    shape: Shape
    mutable: bool = True

    @property
    def is_slice(self) -> bool:
        """Tell whether it has the methods of a slice."""
        return self.shape is not Shape.DEQUE


@dataclass(frozen=True)
class Field:
    """A field of a structure: a float, three floats, a whole number, or a truth value."""

    name: str
    type: str


@dataclass(frozen=True)
class Structure:
    """A structure that the program defines."""

    name: str
    fields: tuple[Field, ...]

    def floats(self, place: str) -> list[str]:
        """Name the floats inside of a place of this type."""
        plain = [f"{place}.{field.name}" for field in self.fields if field.type == "F"]
        arrays = [f"{place}.{field.name}[{i}]" for field in self.fields if field.type == "[F; 3]" for i in range(3)]
        return plain + arrays

    def integers(self, place: str) -> list[str]:
        """Name the whole numbers inside of a place of this type."""
        return [f"{place}.{field.name}" for field in self.fields if field.type == "usize"]


@dataclass(frozen=True)
class Records:
    """A variable with at least LEAST values of a structure."""

    name: str
    structure: Structure
    grows: bool


@dataclass
class Scope:
    """The variables that can be used, and the ways out."""

    floats: list[str] = field(default_factory=list)
    changing: list[str] = field(default_factory=list)
    integers: list[str] = field(default_factory=list)
    sequences: list[Sequence] = field(default_factory=list)
    records: list[Records] = field(default_factory=list)
    loops: tuple[str, ...] = ()
    returns: str = ""
    """How a float is returned from here, with a hole; empty where nothing can be."""
    depth: int = 0

    def inner(self, **changed: object) -> Scope:
        """Make the scope of a block inside."""
        copied = {
            name: list(getattr(self, name)) for name in ("floats", "changing", "integers", "sequences", "records")
        }
        return replace(self, **{**copied, "depth": self.depth + 1, **changed})  # type: ignore[arg-type]

    def reading(self) -> Scope:
        """Make the scope of a closure, which changes nothing and leaves nothing."""
        frozen = [replace(sequence, mutable=False) for sequence in self.sequences]
        return self.inner(changing=[], sequences=frozen, records=[], loops=(), returns="")

    def without(self, name: str) -> Scope:
        """Make an inner scope in which a sequence is borrowed, and with it what it lies in."""
        whole = name.partition("[")[0]
        sequences = [sequence for sequence in self.sequences if sequence.name != name]
        records = [one for one in self.records if one.name != name]
        free = {
            kind: [place for place in getattr(self, kind) if not place.startswith(f"{whole}[")]
            for kind in ("floats", "changing", "integers")
        }
        return self.inner(sequences=sequences, records=records, **free)

    def fixing(self, name: str) -> Scope:
        """Make an inner scope in which a sequence keeps its length."""
        fixed = [replace(one, shape=Shape.SLICE) for one in self.sequences if one.name == name and one.is_slice]
        return self.inner(sequences=[*(one for one in self.sequences if one.name != name), *fixed])


_ENDS_SINCE = 30_000
"""The first seed whose ranges may include an end that is computed: earlier functions stay what they were."""


class Choices:
    """The seeded source of everything random, of names, and the items of the program."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)  # noqa: S311 - reproducible on purpose
        self.items: list[Node] = []
        self.structures: list[Structure] = []
        self.includes_ends = seed >= _ENDS_SINCE
        self._count = 0
        self._left = 45
        """How many statements may still be made."""

    def name(self, start: str) -> str:
        """Make a name that is not taken."""
        self._count += 1
        return f"{start}{self._count}"

    def below(self, most: int) -> int:
        """Choose one of 0 … most - 1."""
        return self.random.randrange(most)

    def chance(self, probability: float) -> bool:
        """Decide."""
        return self.random.random() < probability

    def literal(self) -> str:
        """Choose a float of ordinary size."""
        return f"({self.random.uniform(0.1, 1.9):.2f} as F)"

    def spend(self) -> bool:
        """Tell whether one more statement may be made, and count it."""
        self._left -= 1
        return self._left >= 0


def statement(text: str, *parts: Node | Block) -> Node:
    """Make a statement."""
    return Node(Kind.STATEMENT, text, parts)


def number(text: str, *parts: Node | Block) -> Node:
    """Make an expression of a float."""
    return Node(Kind.FLOAT, text, parts)


def whole(text: str, *parts: Node | Block) -> Node:
    """Make an expression of an index or a count."""
    return Node(Kind.INTEGER, text, parts)


def condition(text: str, *parts: Node | Block) -> Node:
    """Make an expression that is true or false."""
    return Node(Kind.CONDITION, text, parts)
