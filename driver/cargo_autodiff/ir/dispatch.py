"""Calls through pointers become calls by name: tables hold tokens, and what a call means is found by comparing them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cargo_autodiff.ir.builder import Builder
from cargo_autodiff.ir.kinds import Linkage, TypeKind
from cargo_autodiff.ir.plain_form import keep_promises
from cargo_autodiff.ir.value import Function

if TYPE_CHECKING:
    from cargo_autodiff.ir.families import Family
    from cargo_autodiff.ir.module import Module
    from cargo_autodiff.ir.value import Instruction, Value

TOKEN = "__cargo_autodiff_token."  # noqa: S105 - no secret
_END = "__cargo_autodiff_no_such_function"
_DISPATCHER = "__cargo_autodiff_dispatch."
_EQUAL = 32
_UNTYPED = "enzyme_ta_norecur"
_ABI = ("sret", "byval", "zeroext", "signext", "inreg")


def call_by_name(module: Module, family: Family) -> None:
    """Let pointers to the functions of a family be tokens, and its calls compare with them.

    A pointer that is none of them ends the program: it is never taken for one.
    """
    tokens = [_replace_by_token(module, function) for function in family.functions]
    if not family.calls:
        return
    dispatcher = _dispatcher(module, family)
    for call in family.calls:
        _dispatch(call, dispatcher, tokens)


def _replace_by_token(module: Module, function: Function) -> Function:
    """Direct calls go on calling the function itself."""
    llvm, calls = module.llvm, function.calls()
    token = Function(llvm, llvm.LLVMAddFunction(module.ref, b"", function.value_type.ref))
    token.set_linkage(Linkage.INTERNAL)
    Builder.at_end(token.append_block("entry")).end(_end(module))
    function.replace_uses(token)
    for call in calls:
        call.set_operand(len(call.operands) - 1, function)
    token.name = TOKEN + function.name
    return token


def _end(module: Module) -> Function:
    """Declare what ends the program; nothing says that it does not unwind, or Enzyme would leave it out."""
    builder = Builder(module.llvm, module.context)
    end = module.declare(_END, builder.function_type(builder.void()).ref)
    end.add("noreturn")
    end.set_string_attribute("enzyme_inactive")
    end.add("nofree")
    return end


def define_end(module: Module) -> None:
    """Say, after Enzyme, how the program ends."""
    end = module.function(_END)
    if end is not None and end.is_declaration:
        builder = Builder(module.llvm, module.context)
        trap = module.declare("llvm.trap", builder.function_type(builder.void()).ref)
        end.set_linkage(Linkage.INTERNAL)
        Builder.at_end(end.append_block("entry")).end(trap)


def _dispatcher(module: Module, family: Family) -> Function:
    """Make a function that calls one of the family; its last parameter says which."""
    llvm, call = module.llvm, family.calls[0]
    builder = Builder(llvm, module.context)
    number = builder.integer(32)
    of_dispatcher = builder.function_type(call.type, *(each.type for each in call.arguments), number)
    made = Function(llvm, llvm.LLVMAddFunction(module.ref, b"", of_dispatcher.ref))
    made.set_linkage(Linkage.INTERNAL)
    first = family.functions[0] if family.functions else None
    made.name = _DISPATCHER + (first.name if first else "nothing")
    *given, which = made.parameters
    for at in range(1, len(given) + 1):
        for attribute in _abi(first, at) if first else ():
            llvm.LLVMAddAttributeAtIndex(made.ref, at, attribute)
    block = made.append_block("entry")
    for index, function in enumerate(family.functions):
        found, block, here = made.append_block("found"), made.append_block("next"), block
        builder = Builder.at_end(here)
        builder.branch_if(builder.compare(_EQUAL, which, builder.constant(32, index)), found, block)
        builder = Builder.at_end(found)
        call = builder.call(function, given)
        for at in range(1, len(given) + 1):
            for attribute in _abi(function, at):
                llvm.LLVMAddCallSiteAttribute(call.ref, at, attribute)
        builder.ret(None if call.type.kind is TypeKind.VOID else call)
        # what lies behind one function's pointer says nothing about what lies behind another's
        function.set_string_attribute(_UNTYPED)
    Builder.at_end(block).end(_end(module))
    return made


def _abi(function: Function, at: int) -> list[int]:
    """Give the attributes of a parameter that decide how it is passed."""
    found = (function.attribute(kind, at) for kind in _ABI)
    return [ref for ref in found if ref]


def _dispatch(call: Instruction, dispatcher: Function, tokens: list[Function]) -> None:
    builder = Builder.before(call)
    pointer = call.operands[-1]
    number: Value = builder.constant(32, len(tokens))
    for index, token in reversed(list(enumerate(tokens))):
        number = builder.select(builder.compare(_EQUAL, pointer, token), builder.constant(32, index), number)
    made = builder.call_as(dispatcher.value_type, dispatcher, [*call.arguments, number], instead_of=call)
    keep_promises(made, call)
    call.llvm.LLVMSetInstructionCallConv(made.ref, call.llvm.LLVMGetFunctionCallConv(dispatcher.ref))
    call.replace_uses(made)
    call.erase()
