"""What memory holds where it is a float at one time, and an integer or a pointer at another."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

from cargo_autodiff.ir.kinds import TypeKind

if TYPE_CHECKING:
    from collections.abc import Iterator


class Piece(NamedTuple):
    """A scalar at an offset in bytes."""

    offset: int
    size: int
    kind: TypeKind

    @property
    def end(self) -> int:
        """Where the next one can begin."""
        return self.offset + self.size

    def touches(self, other: Piece) -> bool:
        """Tell whether they have a byte in common."""
        return self.offset < other.end and other.offset < self.end


Layout = tuple[Piece, ...]
"""Pieces in order that do not overlap; with a period for what repeats."""
POINTER_SIZE = 8
"""Bytes of a pointer on every target that is supported."""


class Holding(NamedTuple):
    """What lies at which byte."""

    layout: Layout
    period: int = 0
    """After how many bytes it repeats, where the number of bytes is not constant."""
    addresses: frozenset[int] = frozenset()
    """Where floats lie that are pointers at other times."""
    shared: bool = False
    """Some of the floats are integers or pointers at other times."""

    @property
    def words(self) -> Layout:
        """The floats that are pointers at other times."""
        return tuple(piece for piece in self.layout if piece.offset in self.addresses)

    @property
    def apart(self) -> Layout:
        """What lies in no such word."""
        words = [Piece(at, POINTER_SIZE, TypeKind.POINTER) for at in self.addresses]
        return tuple(piece for piece in self.layout if not any(piece.touches(word) for word in words))


def shared_by_floats(found: set[Piece], size: int) -> tuple[list[Piece], frozenset[int]] | None:
    """Say what `size` bytes hold whose floats are something else at other times: the pieces, and which are addresses.

    Floats go before pointers, and these before integers; None where two floats overlap, or a float and a pointer that
    do not begin at the same byte, and where anything begins in the rest of a word that an f32 leaves.
    """
    floats = sorted(piece for piece in found if piece.kind.is_float)
    pointers = sorted(piece for piece in found if piece.kind is TypeKind.POINTER)
    if any(one.touches(other) for one, other in pairwise(floats)):
        return None
    if any(piece.offset < 0 or piece.end > size for piece in (*floats, *pointers)):
        return None
    both = [(one, other) for one in floats for other in pointers if one.touches(other)]
    if any(one.offset != other.offset or (one.size < other.size and _is_divided(other, found)) for one, other in both):
        return None
    first = sorted([*floats, *(piece for piece in pointers if not any(piece.touches(one) for one in floats))])
    if any(one.touches(other) for one, other in pairwise(first)):
        return None
    integers = [part for piece in found if piece.kind is TypeKind.INTEGER for part in _without(piece, first, size)]
    return sorted({*first, *_joined(integers)}), frozenset(one.offset for one, _ in both)


def _is_divided(word: Piece, found: set[Piece]) -> bool:
    return any(word.offset < piece.offset < word.end for piece in found)


def _without(piece: Piece, others: list[Piece], size: int) -> Iterator[Piece]:
    """Cut others out of a piece, and what is not asked about."""
    at, end = max(piece.offset, 0), min(piece.end, size)
    for other in others:
        if other.offset < end and other.end > at:
            if other.offset > at:
                yield Piece(at, other.offset - at, piece.kind)
            at = other.end
    if at < end:
        yield Piece(at, end - at, piece.kind)


def _joined(pieces: list[Piece]) -> list[Piece]:
    joined: list[Piece] = []
    for piece in sorted(pieces):
        if joined and joined[-1].touches(piece):
            last = joined.pop()
            piece = Piece(last.offset, max(last.end, piece.end) - last.offset, piece.kind)
        joined.append(piece)
    return joined
