"""Structures that are passed by value are copied by the function that gets them.

LLVM leaves the copy of a `byval` argument to the call. Enzyme hands on the caller's own shadow beside it: what the
function writes to its copy it writes into the caller's shadow. And it calls the function again in the reverse pass,
with what the caller's memory holds then, without keeping what it held: LLVM says that nothing else is the copy.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from cargo_autodiff.errors import Refused
from cargo_autodiff.ir.builder import Builder
from cargo_autodiff.ir.debug_info import place
from cargo_autodiff.ir.entry_calls import entry_calls
from cargo_autodiff.ir.rule import Rule
from cargo_autodiff.ir.transfers import copy_bytes
from cargo_autodiff.ir.value import FUNCTION, Type, attribute_kind

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cargo_autodiff.ir.module import Module
    from cargo_autodiff.ir.value import Function

_MARK = "byval"
_OF_THE_COPY = ("noalias", "readnone", "writeonly", "initializes", "dead_on_return")
"""What is only true of memory that nobody else has, or that is not read."""
_OF_THE_FUNCTION = ("memory", "readnone", "writeonly", "inaccessiblememonly")
"""What is not true of a function that reads what a parameter points to."""


def apply(module: Module) -> None:
    """Give functions that are only called by name a pointer, and let them copy what it points to as their first act."""
    for function, marked in _given_structures(module):
        if _is_only_called(module, function):
            for at in marked:
                _copy(module, function, at)
                _pass_pointer(function, at)


def check(module: Module) -> None:
    """Do the same for those that pointers named before; raise Refused where others are called."""
    apply(module)
    for function, _ in _given_structures(module):
        for call in function.calls():
            raise Refused(
                "a call cannot be differentiated",
                where=place(call),
                why=f"`{function.name}` is given a structure by value, and called from elsewhere, too; Enzyme would"
                " take its copy for the caller's structure",
                hint="pass the structure by reference, or let no pointer to the function leave this code",
            )


def _given_structures(module: Module) -> Iterator[tuple[Function, list[int]]]:
    """Yield functions with the positions of what they are given by value."""
    for function in module.definitions():
        marked = [at for at in range(1, len(function.parameters) + 1) if function.has(_MARK, at)]
        if marked:
            yield function, marked


def _is_only_called(module: Module, function: Function) -> bool:
    """Tell whether nobody but calls by name, and requests for its derivative, use a function."""
    asking = sum(call.arguments[0] == function for call in entry_calls(module))
    return function.is_local and len({*function.calls()}) + asking == sum(1 for _ in function.users())


def _copy(module: Module, function: Function, at: int) -> None:
    llvm, parameter = module.llvm, function.parameters[at - 1]
    of = Type(llvm, llvm.LLVMGetTypeAttributeValue(function.attribute(_MARK, at)))
    builder = Builder.before(function.entry.first)
    own = builder.alloca(of, "own")
    alignment = function.value_of("align", at)
    if alignment:
        llvm.LLVMSetAlignment(own.ref, alignment)
    parameter.replace_uses(own)
    size = llvm.LLVMABISizeOfType(llvm.LLVMGetModuleDataLayout(module.ref), of.ref)
    copy_bytes(module, builder, own, parameter, builder.constant(64, size))


def _pass_pointer(function: Function, at: int) -> None:
    for kind in (_MARK, *_OF_THE_COPY):
        _drop(function, kind, at)
    for kind in _OF_THE_FUNCTION:
        _drop(function, kind, FUNCTION)
    for call in function.calls():
        call.llvm.LLVMSetTailCall(call.ref, 0)  # the function reads variables of its caller now


def _drop(function: Function, kind: str, at: int) -> None:
    if attribute_kind(function.llvm, kind):
        function.drop(kind, at)
        for call in function.calls():
            call.call_drop(kind, at)


RULE = Rule(
    name="by-value",
    reason="Enzyme passes the caller's own shadow of a structure that is passed by value, where a function writes to"
    " its copy",
    apply=apply,
)
CHECK = Rule(name="by-value-check", reason="the same, for functions behind pointers", apply=check)
