"""Words that LLVM merges as a pointer or an integer, and that are a float at some time, are kept in memory."""

from __future__ import annotations

import ctypes
from typing import TYPE_CHECKING

import pytest

from cargo_autodiff.errors import Refused
from cargo_autodiff.ir.flows import CARRY, INTEGERS
from cargo_autodiff.ir.kinds import Opcode, TypeKind
from cargo_autodiff.ir.rules import address_guard, carried_words, merged_words, shared_words, untyped_copies
from ir.reading import callees, calls, function, stores

if TYPE_CHECKING:
    from collections.abc import Callable

    from cargo_autodiff.ir.module import Module
    from ir.reading import Ir

# what LLVM makes of a Result<f64, String> that a branch chooses, or a loop carries
AS_POINTER = """
@text = constant [2 x i8] c"!\\00"
define double @f(double %x, i1 %is) {
  %result = alloca [16 x i8]
  %word = getelementptr i8, ptr %result, i64 8
  br i1 %is, label %float, label %text
float:
  store i64 0, ptr %result
  store double %x, ptr %word
  br label %both
text:
  store i64 1, ptr %result
  store ptr @text, ptr %word
  br label %both
both:
  %tag = load i64, ptr %result
  %loaded = load ptr, ptr %word
  br label %loop
loop:
  %i = phi i64 [ 0, %both ], [ %next, %loop ]
  %carried = phi ptr [ null, %both ], [ %loaded, %loop ]
  %next = add i64 %i, 1
  %more = icmp slt i64 %next, 3
  br i1 %more, label %loop, label %done
done:
  %first = icmp eq i64 %tag, 0
  br i1 %first, label %read, label %look
read:
  %bits = ptrtoint ptr %carried to i64
  %number = bitcast i64 %bits to double
  %square = fmul double %number, %number
  ret double %square
look:
  %letter = load i8, ptr %carried
  %code = uitofp i8 %letter to double
  ret double %code
}
"""
AS_INTEGER = (
    AS_POINTER.replace("phi ptr [ null,", "phi i64 [ 0,")
    .replace("load ptr, ptr %word", "load i64, ptr %word")
    .replace("%bits = ptrtoint ptr %carried to i64", "")
    .replace("bitcast i64 %bits", "bitcast i64 %carried")
    .replace("%letter = load i8, ptr %carried", "%at = inttoptr i64 %carried to ptr\n  %letter = load i8, ptr %at")
)
BY_CHOICE = (
    AS_POINTER.replace("phi ptr [ null, %both ], [ %loaded, %loop ]", "phi ptr [ %chosen, %both ], [ %carried, %loop ]")
    .replace("%loaded = load ptr, ptr %word", "%loaded = load ptr, ptr %word\n  CHOICE")
    .replace("CHOICE", "%known = bitcast double %x to i64\n  %made = inttoptr i64 %known to ptr\n  CHOICE")
    .replace("CHOICE", "%chosen = select i1 %is, ptr %made, ptr %loaded")
)
AS_FLOAT = (
    AS_POINTER.replace("phi ptr [ null,", "phi double [ 0.0,")
    .replace("load ptr, ptr %word", "load double, ptr %word")
    .replace("%bits = ptrtoint ptr %carried to i64", "")
    .replace("%number = bitcast i64 %bits to double", "")
    .replace("%number", "%carried")
    .replace("%letter = load i8, ptr %carried", "store double %carried, ptr %word\n  %at = load ptr, ptr %word\n  READ")
    .replace("READ", "%letter = load i8, ptr %at")
)
OF_AN_INVOKE = (
    AS_POINTER.replace("define double @f", "declare ptr @g()\ndeclare i32 @p(...)\ndefine double @f")
    .replace("%is) {", "%is) personality ptr @p {")
    .replace("%loaded = load ptr, ptr %word", "%loaded = invoke ptr @g() to label %loop unwind label %out")
    .replace("unwind label %out\n  br label %loop", "unwind label %out")
    .replace("[ null, %both ], [ %loaded, %loop ]", "[ %loaded, %both ], [ %carried, %loop ]")
    .replace("read:", "out:\n  %pad = landingpad { ptr, i32 } cleanup\n  resume { ptr, i32 } %pad\nread:")
)
PLAIN = """
define i64 @f(ptr %x, ptr %y, i1 %is, double %d) {
  %chosen = select i1 %is, ptr %x, ptr %y
  %start = ptrtoint ptr %x to i64
  %end = ptrtoint ptr %chosen to i64
  %length = sub i64 %end, %start
  %bits = bitcast double %d to i64
  %sign = lshr i64 %bits, 63
  %sum = add i64 %length, %sign
  ret i64 %sum
}
"""


def run(ir: Ir, module: Module) -> Callable[[float, bool], float]:
    called = ir.library(module).f
    called.argtypes, called.restype = (ctypes.c_double, ctypes.c_bool), ctypes.c_double
    return called


@pytest.mark.parametrize("given", [AS_POINTER, AS_INTEGER, BY_CHOICE])
def test_a_word_that_crosses_from_pointer_to_float_is_read_as_what_it_is(ir: Ir, given: str) -> None:
    got = ir.apply(merged_words.RULE, given)

    merged = [phi for phi in function(got, "f").instructions() if phi.opcode == Opcode.PHI]
    assert [phi.name for phi in merged] == ["i"]
    kinds = {found.type.kind for found in function(got, "f").instructions() if found.opcode == Opcode.LOAD}
    assert {TypeKind.DOUBLE, TypeKind.POINTER} <= kinds
    called = run(ir, got)
    assert (called(1.5, True), called(1.5, False)) == (2.25, ord("!"))


def test_a_word_is_loaded_as_it_is_aligned(ir: Ir) -> None:
    got = ir.apply(merged_words.RULE, AS_POINTER.replace("load ptr, ptr %word", "load ptr, ptr %word, align 4"))

    loads = [each for each in function(got, "f").instructions() if each.opcode == Opcode.LOAD]
    (moved,) = (load for load in loads if load.operands[0].name == "word")
    assert ir.llvm.LLVMGetAlignment(moved.ref) == 4


@pytest.mark.parametrize("given", [AS_POINTER, AS_INTEGER, BY_CHOICE, AS_FLOAT])
def test_what_is_copied_then_is_decided_when_it_is_copied(ir: Ir, given: str) -> None:
    got = ir.parse(given)
    for rule in (merged_words.RULE, untyped_copies.RULE):
        rule.apply(got)
    got.verify(after="the rules")

    assert CARRY in callees(got, "f")
    for rule in (carried_words.SETTLE, shared_words.SETTLE, address_guard.SETTLE):
        rule.apply(got)
    assert INTEGERS not in callees(got, "f")
    called = run(ir, got)
    assert (called(1.5, True), called(1.5, False)) == (2.25, ord("!"))


def test_addresses_and_bits_that_do_not_meet_stay_what_they_are(ir: Ir) -> None:
    got = ir.apply(merged_words.RULE, PLAIN)

    assert not stores(got, "f")


def test_what_an_invoke_returns_is_kept_on_its_edge(ir: Ir) -> None:
    got = ir.apply(merged_words.RULE, OF_AN_INVOKE)

    (invoke,) = calls(got, "f")
    (store,) = (store for store in stores(got, "f") if store.operands[0] == invoke)
    assert store.block in invoke.block.successors
    assert len(store.block.successors) == 1


TO_THE_CALLER = AS_POINTER.replace("define double @f(", "define double @f(ptr %out, ").replace(
    "%number = bitcast i64 %bits to double",
    "store i64 %bits, ptr %out\n  MORE\n  %number = bitcast i64 %bits to double",
)


def test_the_caller_gets_a_float_where_it_has_nothing_else(ir: Ir) -> None:
    got = ir.apply(merged_words.RULE, TO_THE_CALLER.replace("MORE", ""))

    (store,) = (store for store in stores(got, "f") if store.operands[1].name == "out")
    assert store.operands[0].type.kind is TypeKind.DOUBLE


def test_what_the_caller_may_have_as_an_integer_is_refused(ir: Ir) -> None:
    got = ir.apply(merged_words.RULE, TO_THE_CALLER.replace("MORE", "store i64 7, ptr %out"))

    with pytest.raises(Refused, match="unknown type"):
        untyped_copies.RULE.apply(got)
