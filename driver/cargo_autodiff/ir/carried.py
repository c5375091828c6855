"""Words that are a float at one time and a pointer at another, copied so that the derivative is right for both.

A float's copy hands its adjoint back; a pointer's copy copies the shadow's pointer ahead. Which it is shows when it is
copied: addresses of memory lie below 2**52, and floats with such bits are subnormal numbers. Only where word and shadow
both look like addresses it is one; a subnormal number whose adjoint is subnormal, too, loses that adjoint, which is
less than 2.3e-308. Memory that has no shadow of its own has itself for one.

The bits of an f32 look like an address themselves, and so may its adjoint's. But the upper half of its shadow is zero,
which each float that is stored leaves there, and no address's is in programs whose position is independent.

Enzyme sees a function without a body, and the functions that stand for its derivatives. The body follows after Enzyme.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from cargo_autodiff.ir.builder import Builder
from cargo_autodiff.ir.entry_calls import entry_calls, width
from cargo_autodiff.ir.flows import CARRY, CARRY_SINGLE
from cargo_autodiff.ir.kinds import Linkage, TypeKind
from cargo_autodiff.ir.module import Module
from cargo_autodiff.ir.retype import copy_pieces

if TYPE_CHECKING:
    from cargo_autodiff.ir.holding import Holding
    from cargo_autodiff.ir.value import Function, Value

NAMES = {TypeKind.DOUBLE: CARRY, TypeKind.FLOAT: CARRY_SINGLE}
"""Of the functions that copy a word, by what float it is at one time."""
LANES_MOST = 64
"""The tape has a bit for each lane."""
ADDRESSES = 1 << 52
"""Addresses of memory lie below."""
_FIRST = {TypeKind.DOUBLE: 1, TypeKind.FLOAT: 1 << 32}
"""The lowest address that is told from such a float: the upper half of an f32's adjoint is zero."""
_ARGUMENTS = 0b11  # MemoryEffects: both bits of its first location
_WORDS = {"augmented": "enzyme_augment", "gradient": "enzyme_gradient"}

_AUGMENTED = """
  %shadow.{lane} = load ptr, ptr %start.{lane}
  %shadow.bits.{lane} = ptrtoint ptr %shadow.{lane} to i64
  %shadow.less.{lane} = sub i64 %shadow.bits.{lane}, {first}
  %shadow.near.{lane} = icmp ult i64 %shadow.less.{lane}, {count}
  %address.{lane} = and i1 %word.near, %shadow.near.{lane}
  %has.shadow.{lane} = icmp ne ptr %to, %to.{lane}
  br i1 %has.shadow.{lane}, label %copy.{lane}, label %done.{lane}
copy.{lane}:
  %kept.{lane} = select i1 %address.{lane}, ptr %shadow.{lane}, ptr null
  store ptr %kept.{lane}, ptr %to.{lane}
  br label %done.{lane}
done.{lane}:
  %bit.{lane} = zext i1 %address.{lane} to i64
  %placed.{lane} = shl i64 %bit.{lane}, {lane}
  %tape.{lane} = or i64 {before}, %placed.{lane}
"""
_GRADIENT = """
  %has.shadow.{lane} = icmp ne ptr %to, %to.{lane}
  br i1 %has.shadow.{lane}, label %take.{lane}, label %done.{lane}
take.{lane}:
  %adjoint.{lane} = load {float}, ptr %to.{lane}
  store double 0.0, ptr %to.{lane}
  %taken.{lane} = lshr i64 %tape, {lane}
  %bit.{lane} = trunc i64 %taken.{lane} to i1
  %float.{lane} = xor i1 %bit.{lane}, true
  %start.has.shadow.{lane} = icmp ne ptr %start, %start.{lane}
  %back.{lane} = and i1 %float.{lane}, %start.has.shadow.{lane}
  br i1 %back.{lane}, label %give.{lane}, label %done.{lane}
give.{lane}:
  %old.{lane} = load {float}, ptr %start.{lane}
  %new.{lane} = fadd {float} %old.{lane}, %adjoint.{lane}
  store {float} %new.{lane}, ptr %start.{lane}
  br label %done.{lane}
done.{lane}:
"""

_BODY = """
define hidden void @{name}(ptr %to, ptr %start) alwaysinline {{
  %word = load ptr, ptr %start
  store ptr %word, ptr %to
  ret void
}}
"""


def carry(module: Module, of: TypeKind = TypeKind.DOUBLE) -> Function:
    """The function of (to, start) that copies one word, which is such a float at one time."""
    name = NAMES[of]
    found = module.function(name)
    if found is not None:
        return found
    link(module, _derivatives(name, of, max(map(width, entry_calls(module)), default=1)))
    builder = Builder(module.llvm, module.context)
    made = module.declare(name, builder.function_type(builder.void(), builder.pointer(), builder.pointer()).ref)
    for derivative, word in _WORDS.items():
        body = module.function(f"{name}_{derivative}")
        if body is not None:
            made.refer(word, body)
    for promise in ("nounwind", "willreturn", "nofree", "nosync"):
        made.add(promise)
    if module.llvm.major >= 16:
        made.add("memory", value=_ARGUMENTS)
    else:
        made.add("argmemonly")
    return made


def _derivatives(name: str, of: TypeKind, lanes: int) -> str:
    """The functions that stand for the derivatives, as text; a shadow of several lanes is an array of addresses."""
    given, ends = "ptr %to, ptr %to.0, ptr %start, ptr %start.0", ""
    if lanes > 1:
        shadow = f"[{lanes} x ptr]"
        given = f"ptr %to, {shadow} %to.shadows, ptr %start, {shadow} %start.shadows"
        ends = "".join(
            f"  %{end}.{lane} = extractvalue {shadow} %{end}.shadows, {lane}\n"
            for end in ("to", "start")
            for lane in range(lanes)
        )
    first = _FIRST[of]
    return f"""
define hidden i64 @{name}_augmented({given}) {{
{ends}
  %word = load ptr, ptr %start
  store ptr %word, ptr %to
  %word.bits = ptrtoint ptr %word to i64
  %word.less = sub i64 %word.bits, {first}
  %word.near = icmp ult i64 %word.less, {ADDRESSES - first}
{_for_each(lanes, of, _AUGMENTED)}
  ret i64 %tape.{lanes - 1}
}}
define hidden void @{name}_gradient({given}, i64 %tape) {{
{ends}{_for_each(lanes, of, _GRADIENT)}
  ret void
}}
"""


def _for_each(lanes: int, of: TypeKind, part: str) -> str:
    return "".join(
        part.format(
            lane=lane,
            float=of.name.lower(),
            before=f"%tape.{lane - 1}" if lane else "0",
            first=_FIRST[of],
            count=ADDRESSES - _FIRST[of],
        )
        for lane in range(lanes)
    )


def copy_holding(module: Module, builder: Builder, holding: Holding, to: Value, start: Value) -> None:
    """Copy what memory holds piece by piece."""
    copy_pieces(module, builder, holding.apart, to, start)
    for piece in holding.words:
        ends: list[Value] = [builder.offset(end, builder.constant(64, piece.offset)) for end in (to, start)]
        builder.call(carry(module, piece.kind), ends)


def settle(module: Module) -> None:
    """Give the copying its body, and keep all of it to this unit."""
    for name in NAMES.values():
        copying = module.function(name)
        if copying is not None and copying.is_declaration:
            link(module, _BODY.format(name=name))
    for function in module.definitions():
        if function.name.startswith(CARRY):
            function.set_linkage(Linkage.INTERNAL)


def link(module: Module, text: str) -> None:
    """Add functions to a module."""
    other = Module.parse(module.llvm, module.context, text.encode(), CARRY)
    other.set_target(module.triple, module.layout)
    module.link(other)
