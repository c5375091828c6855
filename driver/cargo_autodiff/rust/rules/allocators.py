"""Rust's allocator under the names by which Enzyme knows it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from cargo_autodiff.ir.builder import Builder
from cargo_autodiff.ir.flows import CRATE
from cargo_autodiff.ir.kinds import Linkage
from cargo_autodiff.ir.rule import Rule
from cargo_autodiff.ir.transfers import copy_bytes, fill_with_zeros

if TYPE_CHECKING:
    from cargo_autodiff.ir.module import Module
    from cargo_autodiff.ir.value import Function, Type

_MANGLED = re.compile(r"(?P<crate>_RNvCs\w+_7___rustc)\d+_(?P<name>__rust_(?:alloc|dealloc|realloc|alloc_zeroed))$")
_NAMES = ("__rust_alloc", "__rust_alloc_zeroed", "__rust_dealloc", "__rust_realloc")
_REALLOC_BODY = "__cargo_autodiff_realloc"
_UNSIGNED_LESS = 36
_EQUAL = 32


def name_for_enzyme(module: Module) -> None:
    """Rename the allocator's functions, keep the mangling beside them, and give realloc a body."""
    for function in module.functions():
        found = _MANGLED.match(function.name)
        if found is None or not function.is_declaration:
            continue
        function.name = found["name"]
        function.set_string_attribute(CRATE, found["crate"])
        if function.string_attribute("alloc-variant-zeroed") is not None:
            function.set_string_attribute("alloc-variant-zeroed", "__rust_alloc_zeroed")
    realloc = module.function("__rust_realloc")
    if realloc is not None and realloc.is_declaration and next(realloc.users(), None) is not None:
        _define_realloc(module, realloc)


def restore_names(module: Module) -> None:
    """Give the allocator's functions back the names that the linker knows."""
    functions = [function for name in _NAMES if (function := module.function(name))]
    crate = next((mangled for function in functions if (mangled := function.string_attribute(CRATE))), None)
    if crate is None:
        return
    for function in functions:
        if function.string_attribute("alloc-variant-zeroed") is not None:
            function.set_string_attribute("alloc-variant-zeroed", _mangle(crate, "__rust_alloc_zeroed"))
        function.name = _mangle(crate, function.name)


def write_zeros(module: Module) -> None:
    """Let memory that comes as zeros come as it is, and be written.

    LLVM makes one call of both. Enzyme leaves out a copy of new memory that nobody has written (calculateUnusedStores),
    and takes this for such.
    """
    zeroed, calloc = module.function("__rust_alloc_zeroed"), module.function("calloc")
    if zeroed is not None and zeroed.is_declaration:
        for call in zeroed.calls():
            alloc = _allocator(module, zeroed, "__rust_alloc", zeroed.value_type)
            call.set_operand(len(call.operands) - 1, alloc)
            fill_with_zeros(module, call, call.arguments[0])
    if calloc is not None and calloc.is_declaration:
        for call in calloc.calls():
            builder = Builder.before(call)
            size = builder.multiply(*call.arguments)
            malloc = module.declare("malloc", builder.function_type(builder.pointer(), builder.integer(64)).ref)
            fresh = builder.call(malloc, [size])
            call.replace_uses(fresh)
            call.erase()
            fill_with_zeros(module, fresh, size)


def _mangle(crate: str, name: str) -> str:
    return f"{crate}{len(name)}_{name}"


def _define_realloc(module: Module, declared: Function) -> None:
    """Write realloc(old, size, align, new size) as allocate, copy the smaller size, free: each has a derivative."""
    builder = Builder(module.llvm, module.context)
    word, pointer = builder.integer(64), builder.pointer()
    alloc = _allocator(module, declared, "__rust_alloc", builder.function_type(pointer, word, word))
    dealloc = _allocator(module, declared, "__rust_dealloc", builder.function_type(builder.void(), pointer, word, word))
    body = module.declare(_REALLOC_BODY, declared.value_type.ref)
    body.set_linkage(Linkage.INTERNAL)
    body.add("alwaysinline")
    old, size, align, wanted = body.parameters
    entry, full, done = (body.append_block(name) for name in ("entry", "full", "done"))
    builder = Builder.at_end(entry)
    fresh = builder.call(alloc, [wanted, align])
    failed = builder.compare(_EQUAL, fresh, builder.zero(pointer))
    builder.branch_if(failed, done, full)
    builder = Builder.at_end(full)
    less = builder.compare(_UNSIGNED_LESS, size, wanted)
    copy_bytes(module, builder, fresh, old, builder.select(less, size, wanted))
    builder.call(dealloc, [old, size, align])
    builder.branch(done)
    Builder.at_end(done).ret(fresh)
    declared.replace_uses(body)


def _allocator(module: Module, like: Function, name: str, function_type: Type) -> Function:
    found = module.function(name)
    if found is None:
        found = module.declare(name, function_type.ref)
        crate = like.string_attribute(CRATE)
        if crate is not None:
            found.set_string_attribute(CRATE, crate)
    return found


RULE = Rule(
    name="allocators",
    reason="Enzyme finds allocations by name, and has no derivative of Rust's realloc",
    apply=name_for_enzyme,
)
ZEROED = Rule(
    name="zeroed-allocations",
    reason="Enzyme leaves out the copy of memory that was got as zeros, and that nobody has written",
    apply=write_zeros,
)
RESTORE = Rule(name="allocator-names", reason="the linker knows the mangled names", apply=restore_names)
