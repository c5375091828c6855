"""Words that are a float at one time and a pointer at another, copied so that the derivative is right for both.

A float's copy hands its adjoint back; a pointer's copy copies the shadow's pointer ahead. Which it is shows when it is
copied: addresses of memory lie below 2**52, and floats with such bits are subnormal numbers. Only where word and shadow
both look like addresses it is one; a subnormal number whose adjoint is subnormal, too, loses that adjoint, which is
less than 2.3e-308. Memory that has no shadow of its own has itself for one.

Enzyme sees a function without a body, and the functions that stand for its derivatives. The body follows after Enzyme.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from cargo_autodiff.ir.builder import Builder
from cargo_autodiff.ir.flows import CARRY
from cargo_autodiff.ir.kinds import Linkage
from cargo_autodiff.ir.module import Module
from cargo_autodiff.ir.retype import copy_pieces

if TYPE_CHECKING:
    from cargo_autodiff.ir.holding import Holding
    from cargo_autodiff.ir.value import Function, Value

_ADDRESSES = 1 << 52
_ARGUMENTS = 0b11  # MemoryEffects: both bits of its first location
_WORDS = {"augmented": "enzyme_augment", "gradient": "enzyme_gradient", "tangent": "enzyme_derivative"}

_DERIVATIVES = f"""
define hidden i64 @{CARRY}_augmented(ptr %to, ptr %to.shadow, ptr %start, ptr %start.shadow) {{
  %word = load ptr, ptr %start
  %shadow = load ptr, ptr %start.shadow
  store ptr %word, ptr %to
  %word.bits = ptrtoint ptr %word to i64
  %shadow.bits = ptrtoint ptr %shadow to i64
  %word.less = add i64 %word.bits, -1
  %shadow.less = add i64 %shadow.bits, -1
  %word.near = icmp ult i64 %word.less, {_ADDRESSES - 1}
  %shadow.near = icmp ult i64 %shadow.less, {_ADDRESSES - 1}
  %address = and i1 %word.near, %shadow.near
  %has.shadow = icmp ne ptr %to, %to.shadow
  br i1 %has.shadow, label %copy, label %done
copy:
  %kept = select i1 %address, ptr %shadow, ptr null
  store ptr %kept, ptr %to.shadow
  br label %done
done:
  %tape = zext i1 %address to i64
  ret i64 %tape
}}

define hidden void @{CARRY}_gradient(ptr %to, ptr %to.shadow, ptr %start, ptr %start.shadow, i64 %tape) {{
  %has.shadow = icmp ne ptr %to, %to.shadow
  br i1 %has.shadow, label %take, label %done
take:
  %adjoint = load double, ptr %to.shadow
  store double 0.0, ptr %to.shadow
  %float = icmp eq i64 %tape, 0
  %start.has.shadow = icmp ne ptr %start, %start.shadow
  %back = and i1 %float, %start.has.shadow
  br i1 %back, label %give, label %done
give:
  %old = load double, ptr %start.shadow
  %new = fadd double %old, %adjoint
  store double %new, ptr %start.shadow
  br label %done
done:
  ret void
}}

define hidden void @{CARRY}_tangent(ptr %to, ptr %to.shadow, ptr %start, ptr %start.shadow) {{
  %word = load ptr, ptr %start
  %shadow = load ptr, ptr %start.shadow
  store ptr %word, ptr %to
  %has.shadow = icmp ne ptr %to, %to.shadow
  br i1 %has.shadow, label %copy, label %done
copy:
  %word.bits = ptrtoint ptr %word to i64
  %address = icmp ult i64 %word.bits, {_ADDRESSES}
  %start.has.shadow = icmp ne ptr %start, %start.shadow
  %kept = or i1 %address, %start.has.shadow
  %moved = select i1 %kept, ptr %shadow, ptr null
  store ptr %moved, ptr %to.shadow
  br label %done
done:
  ret void
}}
"""

_BODY = f"""
define hidden void @{CARRY}(ptr %to, ptr %start) alwaysinline {{
  %word = load ptr, ptr %start
  store ptr %word, ptr %to
  ret void
}}
"""


def carry(module: Module) -> Function:
    """The function of (to, start) that copies one word."""
    found = module.function(CARRY)
    if found is not None:
        return found
    _link(module, _DERIVATIVES)
    builder = Builder(module.llvm, module.context)
    made = module.declare(CARRY, builder.function_type(builder.void(), builder.pointer(), builder.pointer()).ref)
    for derivative, word in _WORDS.items():
        body = module.function(f"{CARRY}_{derivative}")
        if body is not None:
            made.refer(word, body)
    for promise in ("nounwind", "willreturn", "nofree", "nosync"):
        made.add(promise)
    if module.llvm.major >= 16:
        made.add("memory", value=_ARGUMENTS)
    else:
        made.add("argmemonly")
    return made


def copy_holding(module: Module, builder: Builder, holding: Holding, to: Value, start: Value) -> None:
    """Copy what memory holds piece by piece."""
    plain = tuple(piece for piece in holding.layout if piece.offset not in holding.addresses)
    copy_pieces(module, builder, plain, to, start)
    for at in sorted(holding.addresses):
        ends: list[Value] = [builder.offset(end, builder.constant(64, at)) for end in (to, start)]
        builder.call(carry(module), ends)


def settle(module: Module) -> None:
    """Give the copying its body, and keep all of it to this unit."""
    if module.function(CARRY) is not None:
        _link(module, _BODY)
    for function in module.definitions():
        if function.name.startswith(CARRY):
            function.set_linkage(Linkage.INTERNAL)


def _link(module: Module, text: str) -> None:
    other = Module.parse(module.llvm, module.context, text.encode(), CARRY)
    other.set_target(module.triple, module.layout)
    module.link(other)
