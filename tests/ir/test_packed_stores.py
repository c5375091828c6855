"""Integers that floats are packed into, which are stored."""

from __future__ import annotations

import ctypes
from typing import TYPE_CHECKING

import pytest

from cargo_autodiff.ir.kinds import Opcode, TypeKind
from cargo_autodiff.ir.rules import packed_stores
from ir.reading import function

if TYPE_CHECKING:
    from cargo_autodiff.ir.module import Module
    from ir.reading import Ir

TEXT = """
define void @f(ptr %out, float %a, float %b, i32 %n, i1 %flag) {{
  %low = bitcast float %a to i32
  %high = bitcast float %b to i32
  %first = zext i32 %low to i64
  %wide = zext i32 {second} to i64
  %second = shl {flags} i64 %wide, 32
  %bits = or i64 %second, %first
  {store}
  ret void
}}
"""
STORE = "store i64 %bits, ptr %out, align 4"
FLAG = """
define void @f(ptr %out, float %a, float %b, i32 %n, i1 %flag) {
  %low = bitcast float %a to i32
  %first = zext i32 %low to i64
  %wide = zext i1 %flag to i64
  %second = shl i64 %wide, 48
  %bits = or i64 %first, %second
  store i64 %bits, ptr %out, align 8
  ret void
}
"""


def text(*, second: str = "%high", store: str = STORE, flags: str = "nuw") -> str:
    return TEXT.format(second=second, store=store, flags=flags)


def stored(module: Module) -> list[TypeKind]:
    """Name what is stored, in order."""
    return [one.operands[0].type.kind for one in function(module, "f").instructions() if one.opcode == Opcode.STORE]


def written(ir: Ir, module: Module) -> bytes:
    out = ctypes.create_string_buffer(b"\xaa" * 8, 8)
    numbers = (ctypes.c_float(1.5), ctypes.c_float(-0.25), ctypes.c_int32(77), ctypes.c_bool(True))
    ir.library(module)["f"](out, *numbers)
    return out.raw


@pytest.mark.parametrize(
    ("given", "kinds"),
    [
        (text(), [TypeKind.FLOAT, TypeKind.FLOAT]),
        (text(second="%n"), [TypeKind.FLOAT, TypeKind.INTEGER]),
        (text(store="store i64 %first, ptr %out"), [TypeKind.FLOAT, TypeKind.INTEGER]),
        (text(store="store i64 %second, ptr %out"), [TypeKind.FLOAT, TypeKind.INTEGER]),
    ],
)
def test_are_stored_part_by_part(ir: Ir, given: str, kinds: list[TypeKind]) -> None:
    got = ir.apply(packed_stores.RULE, given)

    assert sorted(stored(got)) == kinds
    assert written(ir, got) == written(ir, ir.parse(given))


def test_a_truth_value_beside_a_float_keeps_its_byte(ir: Ir) -> None:
    got = ir.apply(packed_stores.RULE, FLAG)

    assert stored(got)[0] is TypeKind.FLOAT
    assert written(ir, got) == written(ir, ir.parse(FLAG))


@pytest.mark.parametrize(
    "given",
    [
        text(store="store volatile i64 %bits, ptr %out"),
        text(store="store atomic i64 %bits, ptr %out release, align 8"),
        text(store="%sum = add i64 %bits, 1\n  store i64 %sum, ptr %out"),
        text().replace(", 32", ", 16"),
        text().replace(", 32", ", 40"),
        text().replace("bitcast float %a to i32", "add i32 %n, 1").replace("bitcast float %b to i32", "mul i32 %n, 3"),
    ],
)
def test_others_stay(ir: Ir, given: str) -> None:
    """What is volatile, atomic, computed with, cut off, overlapping, or no float at all."""
    assert ir.unchanged(packed_stores.RULE, given)
