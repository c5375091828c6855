"""A store of one type overwrites what is loaded as another.

Enzyme takes a store of an integer for none that a load of a float could see, and the like for pointers
(writesToMemoryReadBy, before it asks alias analysis); Rust has no such rule. It did not keep what an enum held, or a
vector, before the enum became another variant, and the vector's memory another vector's (`into_iter().map().collect()`
reuses it), and read in the reverse pass what lies there since.

It has no such answer for copies: one of nothing that matters goes before each such store, and is taken out again.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from cargo_autodiff.ir.builder import Builder
from cargo_autodiff.ir.entry_calls import asks_for_reverse
from cargo_autodiff.ir.evidence import Evidence
from cargo_autodiff.ir.inactive_calls import without_shadow
from cargo_autodiff.ir.kinds import Linkage, Opcode
from cargo_autodiff.ir.rule import Rule
from cargo_autodiff.ir.transfers import copy_bytes
from cargo_autodiff.ir.value import Global, Type

if TYPE_CHECKING:
    from cargo_autodiff.ir.module import Module
    from cargo_autodiff.ir.value import Instruction

_SOURCE = "__cargo_autodiff_overwriting"
_MOST = 64
"""No scalar or vector is larger."""


def apply(module: Module) -> None:
    """Put a copy before each store to bytes that are accessed as something else."""
    if not asks_for_reverse(module) or module.variable(_SOURCE) is not None:
        return
    evidence = Evidence(module)
    stores = [
        store
        for function in module.definitions()
        for store in function.instructions()
        if store.opcode == Opcode.STORE and _is_among_others(evidence, store)
    ]
    for store in stores:
        _overwrite(module, evidence, store)


def settle(module: Module) -> None:
    """Take the copies out."""
    source = module.variable(_SOURCE)
    if source is None:
        return
    for copy in [user.as_instruction() for user in source.users()]:
        if copy is not None:
            copy.erase()
    module.llvm.LLVMDeleteGlobal(source.ref)


def _is_among_others(evidence: Evidence, store: Instruction) -> bool:
    pieces = [*evidence.pieces(store.operands[0].type)]
    size = max(piece.end for piece in pieces)
    return size <= _MOST and not evidence.accessed_as(store.operands[1], size) <= {piece.kind for piece in pieces}


def _overwrite(module: Module, evidence: Evidence, store: Instruction) -> None:
    builder = Builder.before(store)
    value, address = store.operands
    size = max(piece.end for piece in evidence.pieces(value.type))
    hidden = without_shadow(module, builder, address)
    copy_bytes(module, builder, hidden, _source(module, builder), builder.constant(64, size))


def _source(module: Module, builder: Builder) -> Global:
    found = module.variable(_SOURCE)
    if found is None:
        llvm = module.llvm
        of = Type(llvm, llvm.LLVMArrayType(builder.integer(8).ref, _MOST))
        found = Global(llvm, llvm.LLVMAddGlobal(module.ref, of.ref, _SOURCE.encode()))
        llvm.LLVMSetInitializer(found.ref, builder.zero(of).ref)
        llvm.LLVMSetGlobalConstant(found.ref, 1)
        found.set_linkage(Linkage.INTERNAL)
    return found


RULE = Rule(
    name="overwrites",
    reason="Enzyme does not keep what a store of another type overwrites",
    apply=apply,
)
SETTLE = Rule(name="settle-overwrites", reason="what was copied is overwritten at once", apply=settle)
