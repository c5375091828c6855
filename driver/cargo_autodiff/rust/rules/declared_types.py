"""Copies that std's own functions make know the Rust type they move."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from cargo_autodiff.ir.builder import NAMES, Builder
from cargo_autodiff.ir.debug_info import frames
from cargo_autodiff.ir.element_loops import swapping
from cargo_autodiff.ir.evidence import DECLARED
from cargo_autodiff.ir.flows import COPIES, is_integer
from cargo_autodiff.ir.kinds import Opcode
from cargo_autodiff.ir.retype import copy_by_parts
from cargo_autodiff.ir.rule import Rule
from cargo_autodiff.rust.layouts import layout_of, size_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cargo_autodiff.ir.debug_info import Node
    from cargo_autodiff.ir.holding import Layout, Piece
    from cargo_autodiff.ir.module import Module
    from cargo_autodiff.ir.value import Instruction

_MOVERS = {("core", "ptr"), ("core", "mem"), ("core", "intrinsics"), ("core", "slice")}
_GROWTH = {("alloc", "raw_vec"), ("alloc", "alloc")}
_SWAP = re.compile(r"swap_nonoverlapping_bytes(17h[0-9a-f]{16}E)?$")
_SWAPPED = ("one", "other", "bytes")
_PARTS = 16
_TEMPLATE, _TYPE, _NAME = 9, 1, 0
_TYPE_NAME = 2
_BYTE = "u8"
_STD = ("core", "alloc", "std", "hashbrown")
_TABLES = ("hashbrown", "raw")
_BUCKETS = ("resize_inner", "rehash_in_place")


def apply(module: Module) -> None:
    """Attach to each copy that comes from a function which moves values of its type parameter `T` what a `T` holds."""
    for instruction, layout, size in _declared(module):
        instruction.set_metadata(DECLARED, Builder.before(instruction).declared_type(layout, size))


def split(module: Module) -> None:
    """Copy short values with floats inside scalar by scalar, before optimisation takes them apart without types."""
    for copy, layout, size in list(_declared(module)):
        if not copy.is_call or len(layout) > _PARTS or not any(piece.kind.is_float for piece in layout):
            continue
        if _is_swap(copy):
            swap = swapping(module, layout, size)
            Builder.before(copy).call_as(swap.value_type, swap, copy.arguments, instead_of=copy)
            copy.erase()
        elif copy.arguments[2].constant_int() == size:
            copy_by_parts(module, copy, layout)


def _declared(module: Module) -> Iterator[tuple[Instruction, Layout, int]]:
    layouts: dict[int, tuple[list[Piece] | None, int]] = {}
    callers: dict[int, _Caller] = {}
    for function in module.definitions():
        for instruction in function.instructions():
            known = not _is_move(instruction) or instruction.metadata(DECLARED) is not None
            moved = None if known else _moved_type(instruction, callers)
            if moved is None:
                continue
            if moved.ref not in layouts:
                layouts[moved.ref] = layout_of(moved), size_of(moved)
            layout, size = layouts[moved.ref]
            if layout and all(piece.kind in NAMES for piece in layout):
                yield instruction, tuple(layout), size


def _is_move(instruction: Instruction) -> bool:
    if instruction.opcode in (Opcode.LOAD, Opcode.STORE):
        moved = instruction if instruction.opcode == Opcode.LOAD else instruction.operands[0]
        return is_integer(moved.type)
    callee = instruction.callee if instruction.is_call else None
    return callee is not None and (callee.name.startswith(COPIES) or _is_swap(instruction))


def _is_swap(instruction: Instruction) -> bool:
    """Tell a call that swaps memory byte by byte: (one, other, bytes)."""
    callee = instruction.callee if instruction.is_call else None
    return callee is not None and _SWAP.search(callee.name) is not None and len(instruction.arguments) == len(_SWAPPED)


class _Caller(NamedTuple):
    """What is asked of a function that an instruction went through."""

    path: tuple[str, ...]
    types: dict[str, Node | None]
    """By type parameter."""

    @classmethod
    def of(cls, function: Node) -> _Caller:
        types = {item.text(_NAME): item.node(_TYPE) for item in function.nodes(_TEMPLATE)}
        return cls(path=tuple(function.path()), types=types)


def _moved_type(instruction: Instruction, callers: dict[int, _Caller]) -> Node | None:
    """Find `T` of the innermost function that moves; of a vector's growth, that of the vector.

    Bytes are bytes only to std: who else moves them may mean anything by them. A hash table's elements are moved as
    bytes by what all tables share, for one that knows. `callers` remembers functions of this module: each is read once.
    """
    growing, bucket, found = False, False, None
    for frame in frames(instruction):
        function = frame.function
        path, types = callers.get(function.ref) or callers.setdefault(function.ref, _Caller.of(function))
        if path[:2] in _GROWTH:
            growing = True
            if "T" in types and "A" in types:
                return types["T"]
        elif growing:
            return types["T"] if path[:1] == ("alloc",) and "T" in types and "A" in types else None
        elif bucket:
            if "T" in types and "A" in types:
                return types["T"]
        elif path[:2] in _MOVERS:
            found = found or types.get("T")
            if found is not None and found.text(_TYPE_NAME) != _BYTE:
                return found
        elif path[:2] == _TABLES and path[-1].startswith(_BUCKETS):
            bucket = True
        else:
            return found if path[0] in _STD else None
    return None


RULE = Rule(
    name="declared-types",
    reason="what several kinds of accesses leave open, Rust's own type of the moved value decides",
    apply=apply,
)
SPLIT = Rule(
    name="copies-by-parts",
    reason="optimisation cuts a value's copy into pieces that no longer say what they are",
    apply=split,
)
