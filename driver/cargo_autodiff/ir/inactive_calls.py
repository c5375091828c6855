"""Functions that carry no derivative, into which Enzyme does not look."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cargo_autodiff.ir.builder import Builder
from cargo_autodiff.ir.flows import INTEGERS
from cargo_autodiff.ir.kinds import TypeKind

if TYPE_CHECKING:
    from cargo_autodiff.ir.module import Module
    from cargo_autodiff.ir.value import Function, Instruction, Type, Value

OURS = "__cargo_autodiff_"
"""How the names of all functions begin that the driver makes."""
INACTIVE = "enzyme_inactive"
NOT_ITS_OWN = "enzyme_no_escaping_allocation"
"""By this Enzyme lets what the reverse pass needs of such a call stay what it is; else it may want its derivative."""
_INACCESSIBLE_MEMORY = 0b1100  # MemoryEffects: both bits of its second location
_READS_ARGUMENTS = 0b01  # and the lower one of its first


def inactive(module: Module, name: str, returns: Type, *parameters: Type) -> Function:
    """Declare one without a body.

    It seems to touch memory of its own: Enzyme asks for the derivative of what touches none.
    """
    found = module.function(name)
    if found is None:
        found = _declared(module, name, returns, *parameters)
        if module.llvm.major >= 16:
            found.add("memory", value=_INACCESSIBLE_MEMORY)
        else:
            found.add("inaccessiblememonly")
    return found


def inactive_number(module: Module, name: str, of: Type) -> Function:
    """Declare one that makes a number of another of its type, and touches no memory: equal calls are one."""
    found = module.function(name)
    if found is None:
        found = _declared(module, name, of, of)
        found.add("memory" if module.llvm.major >= 16 else "readnone")
    return found


def kept_integer(module: Module, builder: Builder, prefix: str, value: Value) -> Instruction:
    """Call what gives the same integer, which Enzyme does not compute; the call's name is the prefix and its width."""
    call = builder.call(inactive(module, f"{prefix}{value.type.bits}", value.type, value.type), [value])
    call.set_metadata("enzyme_type", builder.enzyme_type("Integer"))
    return call


def without_shadow(module: Module, builder: Builder, address: Value) -> Instruction:
    """Call what gives the same address, which Enzyme takes for one of memory that has no shadow."""
    return builder.call(inactive(module, INTEGERS, address.type, address.type), [address])


def is_call_of(value: Value, prefix: str) -> bool:
    """Tell what a function gave whose name begins so."""
    call = value.as_instruction()
    return call is not None and call.is_call and call.callee is not None and call.callee.name.startswith(prefix)


def give_back(module: Module, prefix: str) -> None:
    """Let each call of functions whose names begin so be its first argument, or nothing where it gives nothing."""
    for function in [each for each in module.functions() if each.name.startswith(prefix)]:
        for call in function.calls():
            if call.arguments and call.type.kind is not TypeKind.VOID:
                call.replace_uses(call.arguments[0])
            call.erase()


def touch_arguments(function: Function) -> None:
    """Let a function that touches no memory seem to read what its arguments point to."""
    if function.llvm.major >= 16:
        promise, weaker = "memory", {"memory": _READS_ARGUMENTS}
    else:
        promise, weaker = "readnone", {"readonly": 0, "argmemonly": 0}
    if function.has(promise) and not function.value_of(promise):
        function.drop(promise)
        for name, value in weaker.items():
            function.add(name, value=value)
    for call in function.calls():
        if call.call_has(promise) and not call.call_value(promise):
            call.call_drop(promise)


def _declared(module: Module, name: str, returns: Type, *parameters: Type) -> Function:
    builder = Builder(module.llvm, module.context)
    made = module.declare(name, builder.function_type(returns, *parameters).ref)
    made.set_string_attribute(INACTIVE)
    for promise in ("nofree", "nounwind", "willreturn"):
        made.add(promise)
    return made


def looked_into(module: Module) -> list[Function]:
    """List the functions with a body but for those that are inactive, and for what only these call."""
    unseen = {function for function in module.definitions() if function.string_attribute(INACTIVE) is not None}
    found = [function for function in module.definitions() if function not in unseen]
    while unseen and (fresh := {function for function in found if _is_called_by(function, unseen)}):
        unseen |= fresh
        found = [function for function in found if function not in unseen]
    return found


def _is_called_by(function: Function, callers: set[Function]) -> bool:
    calls, users = function.calls(), list(function.users())
    return 0 < len(calls) == len(users) and all(call.function in {*callers, function} for call in calls)
