"""Numbers that are rounded by adding a large constant and taking it away again."""

from __future__ import annotations

import ctypes
from typing import TYPE_CHECKING

import pytest

from cargo_autodiff.ir.kinds import Opcode
from cargo_autodiff.ir.rules import roundings
from ir.reading import callees, function

if TYPE_CHECKING:
    from ir.reading import Ir

_LARGE = "0x4338000000000000"  # 1.5 * 2^52
_DECLARED = "declare double @llvm.fma.f64(double, double, double)\ndeclare double @llvm.copysign.f64(double, double)\n"
ROUNDED = "__cargo_autodiff_rounded.double"


def f(*lines: str, of: str = "double") -> str:
    body = "\n".join(f"  {line}" for line in lines)
    return f"{_DECLARED}define {of} @f({of} %x) {{\n{body}\n  ret {of} %y\n}}\n"


ROUNDINGS = {
    "added and taken away": f(f"%s = fadd double %x, {_LARGE}", f"%y = fsub double %s, {_LARGE}"),
    "the negative is added": f(f"%s = fadd double {_LARGE}, %x", f"%y = fadd double %s, {_LARGE[:2]}C{_LARGE[3:]}"),
    "taken away and added": f(f"%s = fsub double %x, {_LARGE}", f"%y = fadd double %s, {_LARGE}"),
    "of a product": f(
        f"%s = call double @llvm.fma.f64(double %x, double 1.0, double {_LARGE})", f"%y = fsub double %s, {_LARGE}"
    ),
    "with the sign of the number": f(
        f"%c = call double @llvm.copysign.f64(double {_LARGE}, double %x)",
        "%s = fadd double %x, %c",
        "%y = fsub double %s, %c",
    ),
}


@pytest.mark.parametrize("name", ROUNDINGS)
def test_what_is_rounded_has_no_derivative_and_the_same_value(ir: Ir, name: str) -> None:
    got = ir.apply(roundings.RULE, ROUNDINGS[name])

    assert ROUNDED in callees(got, "f")
    (chosen,) = (each for each in function(got, "f").instructions() if each.opcode == Opcode.SELECT)
    assert any(user.as_instruction() for user in chosen.users())
    roundings.SETTLE.apply(got)
    run = ir.library(got).f
    run.argtypes, run.restype = (ctypes.c_double,), ctypes.c_double
    assert [run(x) for x in (2.3, 2.7, -2.7, 2.0**60)] == [2.0, 3.0, -3.0, 2.0**60]


@pytest.mark.parametrize(
    "given",
    [
        f(f"%y = fadd double %x, {_LARGE}"),
        f("%s = fadd double %x, 1.0e9", "%y = fsub double %s, 1.0e9"),
        f(f"%s = fadd double %x, {_LARGE}", "%y = fsub double %s, 0x4348000000000000"),
        f(f"%s = fmul double %x, {_LARGE}", f"%y = fsub double %s, {_LARGE}"),
        f("%s = fadd float %x, 1000000.0", "%y = fsub float %s, 1000000.0", of="float"),
    ],
)
def test_other_sums_stay_what_they_are(ir: Ir, given: str) -> None:
    assert ir.unchanged(roundings.RULE, given)


def test_single_precision_rounds_with_smaller_constants(ir: Ir) -> None:
    given = f("%s = fadd float %x, 0x4168000000000000", "%y = fsub float %s, 0x4168000000000000", of="float")

    assert "__cargo_autodiff_rounded.float" in callees(ir.apply(roundings.RULE, given), "f")
