"""Loads that advance with loops, of which one may be taken for another."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from cargo_autodiff.ir.kinds import Opcode
from cargo_autodiff.ir.rules import address_guard, loads_apart
from ir.reading import function

if TYPE_CHECKING:
    from cargo_autodiff.ir.module import Module
    from ir.reading import Ir

TEXT = """
define void @df(ptr %x, ptr %dx, ptr %z, ptr %dz) {{
  call void (...) @__enzyme_autodiff_df(ptr @f, ptr %x, ptr %dx, ptr %z, ptr %dz)
  ret void
}}
declare void @__enzyme_autodiff_df(...)
define internal void @f(ptr %x, ptr %z, i64 %n) {{
entry:
  %first = load {type}, ptr %x
  br label %outer
outer:
  %i = phi i64 [ 0, %entry ], [ %i.next, %latch ]
  %a.at = getelementptr {type}, ptr %x, i64 %i
  %a = load {type}, ptr %a.at
  br label %inner
inner:
  %j = phi i64 [ 0, %outer ], [ %j.next, %inner ]
  {index}
  %b.at = getelementptr {type}, ptr {place}, i64 {at}
  %b = load {type}, ptr %b.at
  %j.next = add i64 %j, 1
  %ends = icmp eq i64 %j.next, %n
  br i1 %ends, label %latch, label %inner
latch:
  %i.next = add i64 %i, 1
  %end = icmp eq i64 %i.next, %n
  br i1 %end, label %exit, label %outer
exit:
  ret void
}}
"""


def text(*, of: str = "double", place: str = "%x", index: str = "", at: str = "%j") -> str:
    return TEXT.format(type=of, place=place, index=index, at=at)


def apart(module: Module) -> list[str]:
    """Name the loads that have an offset of their own, and of it each only one."""
    loads = [each for each in function(module, "f").instructions() if each.opcode == Opcode.LOAD]
    steps = {load.name: load.operands[0].as_instruction() for load in loads}
    found = {
        name: step.operands[-1] for name, step in steps.items() if step is not None and step.name.startswith("apart")
    }
    assert len(set(found.values())) == len(found)
    return sorted(found)


@pytest.mark.parametrize("of", ["double", "float", "ptr", "i64", "fp128", "<2 x double>", "{ ptr, i64 }"])
def test_two_of_the_same_memory_have_addresses_of_their_own(ir: Ir, of: str) -> None:
    assert apart(ir.apply(loads_apart.RULE, text(of=of))) == ["a", "b"]


def test_memory_that_is_advanced_through_by_pointers_is_the_same(ir: Ir) -> None:
    index = "%p = phi ptr [ %x, %outer ], [ %p.next, %inner ]\n  %p.next = getelementptr double, ptr %p, i64 1"

    assert apart(ir.apply(loads_apart.RULE, text(index=index, place="%p", at="0"))) == ["a", "b"]


@pytest.mark.parametrize(
    "given",
    [
        pytest.param(text(place="%z"), id="of different memory"),
        pytest.param(text(index="%k = urem i64 %j, 3", at="%k"), id="of which one does not advance"),
        pytest.param(text(of="i8"), id="of bytes, by which Enzyme finds out what a hash table is"),
        pytest.param(text(of="<16 x i8>"), id="of several bytes"),
        pytest.param(text().replace("__enzyme_autodiff_df", "__enzyme_fwddiff_df"), id="of forward mode"),
    ],
)
def test_those_stay_as_they_are(ir: Ir, given: str) -> None:
    assert ir.unchanged(loads_apart.RULE, given)


def test_in_the_end_the_offsets_are_zero(ir: Ir) -> None:
    got = ir.parse(ir.text(ir.apply(loads_apart.RULE, text())))

    address_guard.SETTLE.apply(got)

    zeros = [item.initializer for item in got.variables()]
    assert [zero is not None and zero.constant_int() for zero in zeros] == [0, 0]
