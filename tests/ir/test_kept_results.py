"""Functions that Enzyme does not compute again."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from cargo_autodiff.ir.rules import kept_results
from ir.reading import callees

if TYPE_CHECKING:
    from ir.reading import Ir

ONE = """
define double @f(double %x) {{
  %y = call double @{name}(double {x})
  ret double %y
}}
declare double @{name}(double)
define double @df(double %x) {{
  %d = call double (...) @__enzyme_fwddiff(ptr @f, double %x, double 1.0)
  ret double %d
}}
{more}
declare double @__enzyme_fwddiff(...)
"""
ANOTHER = """
define double @ddf(double %x) {
  %d = call double (...) @__enzyme_fwddiff(ptr @df, double %x, double 1.0)
  ret double %d
}
"""
# the reverse pass of a function that was called: what it gets of the other half is not to be seen as a cache
AFTERWARDS = """
define double @reverse(double %x, double %e, double %h, double %"__cargo_autodiff_nothing'") {
  %__cargo_autodiff_nothing_unwrap = fsub double %x, %h
  %m = fmul double %e, %__cargo_autodiff_nothing_unwrap
  %y = fadd double %e, %m
  %"__cargo_autodiff_nothing'2" = fsub double %"__cargo_autodiff_nothing'", %x
  %s = fadd double %y, %"__cargo_autodiff_nothing'2"
  ret double %s
}
"""


@pytest.mark.parametrize(
    ("name", "seen"),
    [
        ("llvm.exp.f64", ["result.llvm.exp.f64", "same.double"]),
        ("tanh", ["result.tanh", "same.double"]),
        ("llvm.sin.f64", ["result.llvm.sin.f64", "same.double", "result.llvm.cos.f64"]),
    ],
)
def test_enzyme_sees_functions_without_derivative(ir: Ir, name: str, seen: list[str]) -> None:
    got = ir.apply(kept_results.RULE, ONE.format(name=name, x="%x", more=""))

    assert callees(got, "f") == [f"__cargo_autodiff_{end}" for end in seen]
    assert "!enzyme_mustcache" in ir.text(got)


@pytest.mark.parametrize("name", ["llvm.exp.f64", "llvm.exp2.f64", "tanh", "tan", "llvm.sin.f64", "llvm.cos.f64"])
def test_afterwards_it_is_what_it_was(ir: Ir, name: str) -> None:
    written = ir.text(ir.apply(kept_results.RULE, ONE.format(name=name, x="%x", more="")))

    settled = ir.text(ir.apply(kept_results.SETTLE, written))
    got = ir.text(ir.parse(ir.optimised(settled, "-passes=instsimplify,dce")))

    assert f"call double @{name}(double %x)" in got
    assert "fmul" not in got
    assert "fadd" not in got


@pytest.mark.parametrize(("x", "more"), [("%x", ANOTHER), ("1.5", "")])
def test_it_is_left_in_a_second_derivative_and_of_a_constant(ir: Ir, x: str, more: str) -> None:
    got = ir.apply(kept_results.RULE, ONE.format(name="tanh", x=x, more=more))

    assert callees(got, "f") == ["tanh"]


def test_a_function_of_that_name_with_two_parameters_is_another(ir: Ir) -> None:
    text = ONE.format(name="tan", x="%x", more="").replace("@tan(double %x)", "@tan(double %x, double %x)")

    assert ir.unchanged(kept_results.RULE, text.replace("@tan(double)", "@tan(double, double)"))


def test_what_enzyme_computes_again_is_nothing_too_but_no_shadow(ir: Ir) -> None:
    got = ir.text(ir.apply(kept_results.SETTLE, AFTERWARDS))

    assert "fadd double %e, -0.000000e+00" in got
    assert 'fsub double %"__cargo_autodiff_nothing\'", %x' in got


POWER = """
define double @f(double %x, double %n) {{
  %y = call double @{name}(double %x, double {n})
  ret double %y
}}
declare double @{name}(double, double)
define double @df(double %x) {{
  %d = call double (...) @__enzyme_fwddiff(ptr @f, double %x, double 1.0, double 2.0, double 1.0)
  ret double %d
}}
declare double @__enzyme_fwddiff(...)
"""


@pytest.mark.parametrize("name", ["llvm.pow.f64", "pow"])
def test_the_logarithm_of_a_powers_base_is_the_rules(ir: Ir, name: str) -> None:
    got = ir.apply(kept_results.RULE, POWER.format(name=name, n="%n"))
    assert callees(got, "f").count(name) == 1
    assert "__cargo_autodiff_result.llvm.log.f64" in callees(got, "f")
    kept_results.settle(got)
    assert [each for each in callees(got, "f") if "cargo_autodiff" in each] == []


def test_a_power_of_a_constant_exponent_is_left_alone(ir: Ir) -> None:
    assert ir.unchanged(kept_results.RULE, POWER.format(name="llvm.pow.f64", n="2.5"))
