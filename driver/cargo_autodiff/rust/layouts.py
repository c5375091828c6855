"""Layouts of Rust's types, read from debug information.

Whatever is read here must count for a derivative's key: `ir/debug_content.py`.
"""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from cargo_autodiff.ir.debug_info import Node, NodeKind
from cargo_autodiff.ir.holding import Piece
from cargo_autodiff.ir.kinds import TypeKind

if TYPE_CHECKING:
    from collections.abc import Iterator

_FLOATS = {"f16": TypeKind.HALF, "f32": TypeKind.FLOAT, "f64": TypeKind.DOUBLE, "f128": TypeKind.FP128}
_BASE_TYPE, _ELEMENTS = 3, 4
_BYTE = "u8"
_MANY = 4096


def layout_of(of: Node) -> list[Piece] | None:
    """Give the scalars of a type, without padding; None where it does not tell: raw bytes, unions, some enums."""
    found: set[Piece] = set()
    for piece in _pieces(of, 0):
        if piece is None or len(found) > _MANY:
            return None
        found.add(piece)
    pieces = sorted(found)
    apart = all(one.offset + one.size <= other.offset for one, other in pairwise(pieces))
    return pieces if apart else None


def size_of(of: Node) -> int:
    """Bytes of a type."""
    return of.llvm.LLVMDITypeGetSizeInBits(of.ref) // 8


def _pieces(of: Node, at: int) -> Iterator[Piece | None]:
    size = size_of(of)
    if of.kind == NodeKind.BASIC_TYPE:
        if size:
            yield Piece(at, size, _FLOATS.get(of.name, TypeKind.INTEGER))
    elif of.kind == NodeKind.DERIVED_TYPE:
        yield Piece(at, size, TypeKind.POINTER)  # in the place of a type it is a pointer or a reference
    elif of.kind == NodeKind.COMPOSITE_TYPE:
        yield from _composite(of, at, size)
    else:
        yield None


def _composite(of: Node, at: int, size: int) -> Iterator[Piece | None]:
    shift = _shift(of)
    elements = of.nodes(_ELEMENTS + shift)
    kinds = {element.kind for element in elements}
    if NodeKind.ENUMERATOR in kinds:
        yield Piece(at, size, TypeKind.INTEGER)
    elif NodeKind.SUBRANGE in kinds:
        yield from _array(of, at, size, shift)
    else:
        for element in elements:
            if element.kind == NodeKind.COMPOSITE_TYPE:
                yield None  # variants of an enum share their bytes
            elif size_of(element):
                offset = of.llvm.LLVMDITypeGetOffsetInBits(element.ref) // 8
                inner = element.node(_BASE_TYPE + _shift(element))
                if inner is None:
                    yield None
                else:
                    yield from _pieces(inner, at + offset)


def _array(of: Node, at: int, size: int, shift: int) -> Iterator[Piece | None]:
    element = of.node(_BASE_TYPE + shift)
    step = size_of(element) if element is not None else 0
    if element is None or element.name == _BYTE:
        yield None  # bytes are storage for anything
    elif step:
        inner = list(_pieces(element, 0))
        for start in range(at, at + size, step):
            yield from (piece and Piece(start + piece.offset, piece.size, piece.kind) for piece in inner)


def _shift(of: Node) -> int:
    """Newer LLVMs keep size and offset as operands before the others; a size that is not zero is always there."""
    operands = of.operands()
    size = operands[_BASE_TYPE] if len(operands) > _BASE_TYPE else None
    return 2 if size is not None and size.constant_int() is not None else 0
