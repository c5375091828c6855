"""Structures that are passed by value are copied by the function that gets them."""

from __future__ import annotations

import ctypes
from typing import TYPE_CHECKING

import pytest

from cargo_autodiff.errors import Refused
from cargo_autodiff.ir.kinds import Opcode
from cargo_autodiff.ir.rules import by_value
from ir.reading import callees, function, only_call, read

if TYPE_CHECKING:
    from ir.reading import Ir

TEXT = """
target datalayout = "e-m:e-i64:64-f80:128-n8:16:32:64-S128"
define double @outer(ptr %x) {{
  %value = {call} double @f(ptr noalias byval({{ [2 x double], i32 }}) align 16 %x, i64 1)
  ret double %value
}}
define {linkage} double @f(ptr noalias byval({{ [2 x double], i32 }}) align 16 %it, i64 %n) {{
  %place = getelementptr double, ptr %it, i64 %n
  %before = load double, ptr %it
  store double 7.0, ptr %place
  %after = load double, ptr %place
  %sum = fsub double %after, %before
  ret double %sum
}}
{more}
"""
ELSEWHERE = "@pointer = global ptr @f"
ASKED = """
define void @df(ptr %x, ptr %dx) {
  call void (...) @__enzyme_autodiff_df(ptr @f, ptr %x, ptr %dx, i64 1)
  ret void
}
declare void @__enzyme_autodiff_df(...)
"""


def text(*, call: str = "call", linkage: str = "internal", more: str = "") -> str:
    return TEXT.format(call=call, linkage=linkage, more=more)


@pytest.mark.parametrize("more", ["", ASKED], ids=["only called", "to be differentiated"])
def test_a_function_copies_what_it_is_given_into_a_variable_of_its_own(ir: Ir, more: str) -> None:
    got = function(ir.apply(by_value.RULE, text(more=more)), "f")

    own, copy, place, before, *_ = got.instructions()
    assert (own.opcode, ir.llvm.LLVMGetAlignment(own.ref)) == (Opcode.ALLOCA, 16)
    assert copy.arguments[:2] == [own, got.parameters[0]]
    assert read(copy.arguments[2:]) == [24, 0]
    assert place.operands[0] == before.operands[0] == own


def test_it_is_given_an_ordinary_pointer(ir: Ir) -> None:
    got = ir.apply(by_value.RULE, text())

    for kind in ("byval", "noalias"):
        assert not function(got, "f").has(kind, 1)
        assert not only_call(got, "outer").call_has(kind, 1)
    assert function(got, "f").value_of("align", 1) == 16


def test_a_call_does_not_say_any_more_that_its_caller_is_done(ir: Ir) -> None:
    got = ir.apply(by_value.RULE, text(call="tail call"))

    assert not only_call(got, "outer").text().startswith("%value = tail")


def test_a_function_that_reads_nothing_else_reads_now(ir: Ir) -> None:
    given = "define internal void @g(ptr writeonly byval(double) %x) #0 {\n  store double 1.0, ptr %x\n  ret void\n}\n"
    attributes = "attributes #0 = { " + ("writeonly" if ir.major == 15 else "memory(argmem: write)") + " }"

    got = function(ir.apply(by_value.RULE, given + attributes), "g")

    assert not any(got.has(kind) for kind in ("memory", "writeonly"))
    assert not got.has("writeonly", 1)


def test_what_the_caller_holds_stays_as_it_is(ir: Ir) -> None:
    changed = "define double @value() {\n  %x = alloca [3 x double]\n  store double 2.0, ptr %x\n"
    changed += "  %f = call double @outer(ptr %x)\n  %now = load double, ptr %x\n"
    changed += "  %sum = fadd double %f, %now\n  ret double %sum\n}"
    library = ir.library(ir.apply(by_value.RULE, text(more=changed).replace("i64 1)", "i64 0)")))
    value = library.value
    value.restype = ctypes.c_double

    assert value() == 7.0 - 2.0 + 2.0


@pytest.mark.parametrize("given", [text(more=ELSEWHERE), text(linkage="hidden")], ids=["a pointer", "other units"])
def test_what_is_called_from_elsewhere_is_refused_where_it_is_called(ir: Ir, given: str) -> None:
    assert ir.unchanged(by_value.RULE, given)
    with pytest.raises(Refused, match="`f` is given a structure by value"):
        ir.apply(by_value.CHECK, given)


def test_what_is_only_called_from_elsewhere_is_left_alone(ir: Ir) -> None:
    given = text(more=ELSEWHERE)

    assert ir.unchanged(by_value.CHECK, given[given.index("define internal") :])


def test_a_function_without_a_body_is_left_alone(ir: Ir) -> None:
    given = "declare void @g(ptr byval(double))\n"
    given += "define void @outer(ptr %x) {\n  call void @g(ptr byval(double) %x)\n  ret void\n}"

    assert ir.unchanged(by_value.CHECK, given)
    assert callees(ir.apply(by_value.CHECK, given), "outer") == ["g"]
