"""Which atomic instructions are known to carry no derivative."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from cargo_autodiff.ir.kinds import Opcode
from cargo_autodiff.ir.machine import optimise
from cargo_autodiff.ir.rules import atomic_integers, float_bits
from ir.reading import function

if TYPE_CHECKING:
    from cargo_autodiff.ir.module import Module
    from ir.reading import Ir

TEXT = """
@count = external global i64
define i64 @f(ptr %p, i64 %n, double %x) {{
  {atomic}
  ret i64 0
}}
"""
BESIDE = "%q = getelementptr i8, ptr %p, i64 8\n  store double %x, ptr %q\n  "
TAKES = "%r = cmpxchg ptr %p, i32 0, i32 1 acquire monotonic"
INACTIVE = {
    "counts": "%r = atomicrmw add ptr @count, i64 1 monotonic",
    "keeps the largest": "%r = atomicrmw umax ptr %p, i64 %n seq_cst",
    "sets": "%r = atomicrmw xchg ptr %p, i8 1 acquire",
    "takes a lock": TAKES,
    "takes a lock that guards a float": BESIDE + TAKES,
    "gives such a lock back": BESIDE + "%r = atomicrmw xchg ptr %p, i32 0 release",
    "counts on if nobody else did": "%o = load atomic i64, ptr %p monotonic, align 8\n  %m = add i64 %o, 1\n"
    "  %r = cmpxchg ptr %p, i64 %o, i64 %m seq_cst monotonic",
}
LEFT = {
    "moves what somebody gave": "%r = atomicrmw xchg ptr %p, i64 %n acquire",
    "moves what lies elsewhere": "%o = load i64, ptr @count\n  %r = cmpxchg ptr %p, i64 0, i64 %o acquire monotonic",
    "adds floats": "%r = atomicrmw fadd ptr %p, double %x seq_cst",
    "moves a pointer": "%r = cmpxchg ptr %p, ptr null, ptr @count acquire monotonic",
    "lies where floats are": "store double %x, ptr %p\n  %r = atomicrmw or ptr %p, i64 1 acquire",
    "takes a lock where integers are taken for bits of floats": BESIDE + TAKES + "\n  %b = bitcast i64 %n to double",
    "compares bits of floats": "%b = bitcast double %x to i64\n  %r = atomicrmw umax ptr %p, i64 %b acquire",
}


def marked(module: Module) -> list[bool]:
    atomic = (Opcode.ATOMICRMW, Opcode.CMPXCHG)
    found = [each for each in function(module, "f").instructions() if each.opcode in atomic]
    calls = [each for each in function(module, "f").instructions() if each.is_call]
    outlined = [callee.string_attribute("enzyme_inactive") == "" for call in calls if (callee := call.callee)]
    return [each.metadata("enzyme_inactive") is not None for each in found] + outlined


@pytest.mark.parametrize("what", sorted(INACTIVE))
def test_integers_are_inactive(ir: Ir, what: str) -> None:
    assert marked(ir.apply(atomic_integers.RULE, TEXT.format(atomic=INACTIVE[what]))) == [True]


@pytest.mark.parametrize("what", sorted(LEFT))
def test_what_may_be_a_float_is_left_to_enzyme(ir: Ir, what: str) -> None:
    noted = ir.apply(float_bits.RULE, TEXT.format(atomic=LEFT[what]))

    assert marked(ir.apply(atomic_integers.RULE, ir.text(noted))) == [False]


def test_an_exchange_is_where_it_was_after_enzyme(ir: Ir) -> None:
    called = ir.apply(atomic_integers.RULE, TEXT.format(atomic=TAKES))
    module = ir.apply(atomic_integers.SETTLE, ir.text(called))
    optimise(module, "always-inline,globaldce")

    assert [each.name for each in module.definitions()] == ["f"]
    (exchange,) = [each for each in function(module, "f").instructions() if each.opcode == Opcode.CMPXCHG]
    assert "i32 0, i32 1 acquire monotonic" in exchange.text()
