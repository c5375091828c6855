"""Overlapping copies go through a temporary, and still copy the same bytes."""

from __future__ import annotations

import ctypes
from typing import TYPE_CHECKING

import pytest

from cargo_autodiff.ir.kinds import Opcode
from cargo_autodiff.ir.rules import memmove
from ir.reading import callees, calls, function, read

if TYPE_CHECKING:
    from ir.reading import Ir

SMALL, LARGE = 4096, 4104


def moving(length: str, bits: int = 64) -> str:
    return f"""
define void @f(ptr %to, ptr %from, i64 %n, i32 %m) {{
  call void @llvm.memmove.p0.p0.i{bits}(ptr align 8 %to, ptr align 8 %from, i{bits} {length}, i1 false)
  ret void
}}
declare void @llvm.memmove.p0.p0.i{bits}(ptr, ptr, i{bits}, i1)
"""


@pytest.mark.parametrize("length", ["1", "24", str(SMALL)])
def test_a_short_one_goes_through_the_stack(ir: Ir, length: str) -> None:
    got = ir.apply(memmove.RULE, moving(length))

    slot = function(got, "f").entry.first
    assert slot.opcode == Opcode.ALLOCA
    assert [read(call.arguments[2:]) for call in calls(got, "f")] == [[int(length), 0]] * 2
    into, out_of = calls(got, "f")
    assert into.arguments[:2] == [slot, function(got, "f").parameters[1]]
    assert out_of.arguments[:2] == [function(got, "f").parameters[0], slot]


@pytest.mark.parametrize("length", [str(LARGE), "%n"], ids=["long", "of unknown length"])
def test_any_other_goes_through_the_heap(ir: Ir, length: str) -> None:
    got = ir.apply(memmove.RULE, moving(length))

    assert callees(got, "f") == ["malloc", "llvm.memcpy.p0.p0.i64", "llvm.memcpy.p0.p0.i64", "free"]
    assert calls(got, "f")[3].arguments == [calls(got, "f")[0]]


def test_one_in_a_loop_takes_one_slot(ir: Ir) -> None:
    text = """
define void @f(ptr %to, ptr %from, i1 %c) {
  br label %loop
loop:
  call void @llvm.memmove.p0.p0.i64(ptr %to, ptr %from, i64 8, i1 false)
  br i1 %c, label %loop, label %out
out:
  ret void
}
declare void @llvm.memmove.p0.p0.i64(ptr, ptr, i64, i1)
"""
    assert function(ir.apply(memmove.RULE, text), "f").entry.first.opcode == Opcode.ALLOCA


def test_a_volatile_one_stays_volatile(ir: Ir) -> None:
    got = ir.apply(memmove.RULE, moving("8").replace("i1 false", "i1 true"))

    assert [read(call.arguments[3:]) for call in calls(got, "f")] == [[1], [1]]


def test_copies_that_cannot_overlap_are_left_alone(ir: Ir) -> None:
    assert ir.unchanged(memmove.RULE, moving("%n").replace("memmove", "memcpy"))


@pytest.mark.parametrize("length", ["40", str(LARGE), "%n"])
@pytest.mark.parametrize("shift", [0, 8, -8])
def test_overlapping_bytes_arrive_as_they_were(ir: Ir, length: str, shift: int) -> None:
    count = int(length) if length.isdecimal() else 1000
    start = bytes(index * 7 % 251 for index in range(count + 16))
    memory = ctypes.create_string_buffer(start, count + 16)
    at = ctypes.addressof(memory) + 8

    ir.library(ir.apply(memmove.RULE, moving(length))).f(
        ctypes.c_void_p(at + shift), ctypes.c_void_p(at), ctypes.c_int64(count), 0
    )

    expected = bytearray(start)
    expected[8 + shift : 8 + shift + count] = start[8 : 8 + count]
    assert memory.raw == bytes(expected)


@pytest.mark.parametrize("length", ["24", "%m"])
def test_lengths_of_32_bits_are_lengths_too(ir: Ir, length: str) -> None:
    memory = ctypes.create_string_buffer(bytes(range(64)), 64)
    at = ctypes.addressof(memory)

    ir.library(ir.apply(memmove.RULE, moving(length, 32))).f(
        ctypes.c_void_p(at + 8), ctypes.c_void_p(at), ctypes.c_int64(0), 24
    )

    assert memory.raw[8:32] == bytes(range(24))
