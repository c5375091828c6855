"""Calls of functions with bodies, in what is differentiated in reverse mode."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from cargo_autodiff.ir.rules import calls_in_place
from ir.reading import callees, calls, function

if TYPE_CHECKING:
    from ir.reading import Ir

END = "__cargo_autodiff_end"
TEXT = """
define void @df(ptr %x, ptr %dx) {{
  call void (...) @__enzyme_{request}_df(ptr @f, ptr %x, ptr %dx)
  ret void
}}
declare void @__enzyme_{request}_df(...)
declare double @llvm.sqrt.f64(double)
declare double @cbrt(double)
define internal double @called(ptr %x) {effects} {{
  %value = load double, ptr %x
  ret double %value
}}
define internal double @number(double %x) {effects} {{
  ret double %x
}}
define internal double @f(ptr %x, i1 %flag) {{
  {body}
  br i1 %flag, label %one, label %other
one:
  ret double 1.0
other:
  unreachable
}}
"""
CALL = "%value = call double @called(ptr %x)"


def text(*, request: str = "autodiff", body: str = CALL, effects: str = "") -> str:
    return TEXT.format(request=request, body=body, effects=effects)


@pytest.mark.parametrize(
    "body", [CALL, "%value = call double @cbrt(double 1.0)"], ids=["with a body", "a function of the library"]
)
def test_what_calls_something_ends_with_a_call_that_may_free(ir: Ir, body: str) -> None:
    module = ir.apply(calls_in_place.RULE, text(body=body))
    (end,) = function(module, END).calls()
    assert end.block == function(module, "f").blocks[1]
    assert not function(module, END).has("nofree")


@pytest.mark.parametrize("request_", ["fwddiff", "fwdsplit"])
def test_forward_mode_is_left_alone(ir: Ir, request_: str) -> None:
    assert ir.unchanged(calls_in_place.RULE, text(request=request_))


def test_what_calls_nothing_is_left_alone(ir: Ir) -> None:
    assert ir.unchanged(calls_in_place.RULE, text(body="%root = call double @llvm.sqrt.f64(double 2.0)"))


def test_what_is_called_from_there_is_left_alone(ir: Ir) -> None:
    assert END not in callees(ir.apply(calls_in_place.RULE, text()), "called")


def test_a_function_that_touches_no_memory_seems_to(ir: Ir) -> None:
    none = "memory(none)" if ir.major >= 16 else "readnone"
    call = f"%value = call double @number(double 2.0) {none}"
    module = ir.apply(calls_in_place.RULE, text(body=call, effects=none))
    number, (made, _) = function(module, "number"), calls(module, "f")
    assert number.value_of("memory") == 1 if ir.major >= 16 else number.has("argmemonly")
    assert not made.call_has("memory")
    assert not made.call_has("readnone")


def test_other_promises_stay(ir: Ir) -> None:
    promise = "memory(read)" if ir.major >= 16 else "readonly"
    assert promise in ir.text(ir.apply(calls_in_place.RULE, text(effects=promise)))


def test_nothing_is_left_in_the_end(ir: Ir) -> None:
    module = ir.apply(calls_in_place.RULE, text())
    calls_in_place.settle(module)
    assert callees(module, "f") == ["called"]
