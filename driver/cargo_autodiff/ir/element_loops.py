"""Functions that copy or swap a dynamic number of elements of one type, one after the other."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cargo_autodiff.ir.builder import Builder
from cargo_autodiff.ir.carried import copy_holding
from cargo_autodiff.ir.kinds import Linkage
from cargo_autodiff.ir.retype import swap_by_parts
from cargo_autodiff.ir.transfers import copy_bytes

if TYPE_CHECKING:
    from collections.abc import Callable

    from cargo_autodiff.ir.holding import Holding, Layout
    from cargo_autodiff.ir.module import Module
    from cargo_autodiff.ir.value import Function, Value

_UNSIGNED_LESS = 36
_NOT_EQUAL = 33


def copying(module: Module, holding: Holding, mark: str) -> Function:
    """A function of (to, start, bytes) that copies elements; `mark` is the metadata that says what each copy moves."""

    def one(builder: Builder, to: Value, start: Value) -> None:
        if holding.addresses:
            copy_holding(module, builder, holding, to, start)
            return
        call = copy_bytes(module, builder, to, start, builder.constant(64, holding.period))
        call.set_metadata(mark, builder.true_type(holding.layout))

    verb = "_".join(["copy", *(f"pointer{at}" for at in sorted(holding.addresses))])
    return _looping(module, verb, holding.layout, holding.period, one)


def swapping(module: Module, layout: Layout, size: int) -> Function:
    """A function of (one, other, bytes) that swaps elements scalar by scalar."""

    def one(builder: Builder, left: Value, right: Value) -> None:
        swap_by_parts(module, builder, layout, left, right)

    return _looping(module, "swap", layout, size, one)


def _looping(
    module: Module, verb: str, layout: Layout, size: int, one: Callable[[Builder, Value, Value], None]
) -> Function:
    words = "_".join(f"{piece.kind.name.lower()}{piece.size}at{piece.offset}" for piece in layout)
    builder = Builder(module.llvm, module.context)
    pointer, word = builder.pointer(), builder.integer(64)
    of_loop = builder.function_type(builder.void(), pointer, pointer, word)
    found = module.declare(f"__cargo_autodiff_{verb}_{size}_{words}", of_loop.ref)
    if not found.is_declaration:
        return found
    found.set_linkage(Linkage.INTERNAL)
    left, right, length = found.parameters
    entry, loop, done = (found.append_block(label) for label in ("entry", "loop", "done"))
    builder = Builder.at_end(entry)
    builder.branch_if(builder.compare(_NOT_EQUAL, length, builder.constant(64, 0)), loop, done)
    builder = Builder.at_end(loop)
    at = builder.phi(word, "at")
    one(builder, builder.offset(left, at), builder.offset(right, at))
    following = builder.sum(at, builder.constant(64, size))
    at.add_incoming((builder.constant(64, 0), entry), (following, loop))
    builder.branch_if(builder.compare(_UNSIGNED_LESS, following, length), loop, done)
    Builder.at_end(done).ret()
    return found
