"""A store of an integer that floats are packed into becomes a store of each: `[f32; 2]`, returned as one integer."""

from __future__ import annotations

from itertools import pairwise
from math import gcd
from typing import TYPE_CHECKING

from cargo_autodiff.ir.builder import Builder
from cargo_autodiff.ir.kinds import Opcode, TypeKind
from cargo_autodiff.ir.rule import Rule
from cargo_autodiff.named import Frozen

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cargo_autodiff.ir.module import Module
    from cargo_autodiff.ir.value import Instruction, Value

_WIDTHS = (8, 16, 32, 64)


class _Part(Frozen):
    """A value inside an integer; what no part covers is zero."""

    at: int
    """Its lowest bit."""
    bits: int
    value: Value

    @property
    def end(self) -> int:
        return self.at + self.bits


def apply(module: Module) -> None:
    """Store what such an integer is made of; the bytes in memory stay the same."""
    for function in module.definitions():
        for store in list(function.instructions()):
            if store.opcode == Opcode.STORE and _is_plain(store) and store.operands[0].type.kind is TypeKind.INTEGER:
                _take_apart(store)


def _is_plain(store: Instruction) -> bool:
    llvm = store.llvm
    return not llvm.LLVMGetVolatile(store.ref) and not llvm.LLVMGetOrdering(store.ref)


def _take_apart(store: Instruction) -> None:
    value, to = store.operands
    packed = value.as_instruction()
    if packed is None or packed.opcode not in (Opcode.OR, Opcode.SHL, Opcode.ZEXT):
        return
    parts = _parts(value)
    if parts is None or not any(part.value.type.kind.is_float for part in parts):
        return
    builder = Builder.before(store)
    whole = [*parts, *_zeros(parts, value.type.bits, builder)]
    if any(part.at % 8 or part.bits not in _WIDTHS for part in whole):
        return
    align = store.llvm.LLVMGetAlignment(store.ref)
    for part in whole:
        value = part.value if part.value.type.kind.is_float else builder.widened(part.value, part.bits)
        made = builder.store(value, builder.offset(to, builder.constant(64, part.at // 8)))
        store.llvm.LLVMSetAlignment(made.ref, gcd(align, part.at // 8))
    store.erase()


def _zeros(parts: list[_Part], bits: int, builder: Builder) -> Iterator[_Part]:
    at = 0
    for start, end in [*sorted((part.at, part.end) for part in parts), (bits, bits)]:
        if start > at:
            yield _Part(at=at, bits=start - at, value=builder.zero(builder.integer(start - at)))
        at = end


def _parts(value: Value) -> list[_Part] | None:
    """Say what an integer is made of; None where that is not bits beside bits."""
    if value.constant_int() == 0:
        return []
    item = value.as_instruction()
    found: list[_Part] | None = None
    if item is not None and item.opcode == Opcode.ZEXT:
        found = _parts(item.operands[0])
    elif item is not None and item.opcode == Opcode.OR:
        one, other = map(_parts, item.operands)
        found = [*one, *other] if one is not None and other is not None else None
    elif item is not None and item.opcode == Opcode.SHL:
        inner, by = _parts(item.operands[0]), item.operands[1].constant_int()
        if inner is not None and by is not None:
            found = [_Part(at=part.at + by, bits=part.bits, value=part.value) for part in inner]
    elif item is not None and item.opcode == Opcode.BITCAST and item.operands[0].type.kind.is_float:
        return [_Part(at=0, bits=value.type.bits, value=item.operands[0])]
    else:
        return [_Part(at=0, bits=max(value.type.bits, _WIDTHS[0]), value=value)]
    return found if found is not None and _are_apart(found, value.type.bits) else None


def _are_apart(parts: list[_Part], bits: int) -> bool:
    """Tell whether no two parts share a bit, and none is cut off."""
    ends = [(0, 0), *sorted((part.at, part.end) for part in parts), (bits, bits)]
    return all(one[1] <= other[0] for one, other in pairwise(ends))


RULE = Rule(
    name="packed-stores",
    reason="what is stored as an integer carries no derivative for Enzyme, whatever is packed into it",
    apply=apply,
)
