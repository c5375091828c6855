"""Pointers to memory without a shadow, kept in memory that may have one."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from cargo_autodiff.errors import Refused
from cargo_autodiff.ir.kinds import Opcode, TypeKind
from cargo_autodiff.ir.rules import kept_pointers
from ir.reading import calls, function

if TYPE_CHECKING:
    from cargo_autodiff.ir.module import Module
    from ir.reading import Ir

ENTRY = """
define void @df(ptr %x, ptr %dx, ptr %fixed) {
  call void (...) @__enzyme_autodiff_df(ptr @f,
    metadata !"enzyme_dup", ptr %x, ptr %dx, metadata !"enzyme_const", ptr %fixed)
  ret void
}
declare void @__enzyme_autodiff_df(...)
@table = private constant [2 x double] [double 1.0, double 2.0]
@text = private constant [2 x i8] c"no"
@nothing = private constant [2 x double] zeroinitializer
"""
READS = """
  %y = load double, ptr %p
  %again = load ptr, ptr %kept
  %z = load double, ptr %again
  store double %z, ptr %x
  ret void
}
"""


def text(*, pointer: str, before: str = "") -> str:
    start = f"define internal void @f(ptr %x, ptr %fixed) {{\n  %kept = alloca ptr\n{before}\n"
    return f"{ENTRY}{start}  %p = getelementptr i8, ptr {pointer}, i64 0\n  store ptr %p, ptr %kept\n{READS}"


def all_stored(module: Module) -> list[str]:
    stores = [each for each in function(module, "f").instructions() if each.opcode == Opcode.STORE]
    return [each.operands[0].name for each in stores if each.operands[0].type.kind is TypeKind.POINTER]


def stored(module: Module) -> str:
    (name,) = all_stored(module)
    return name


@pytest.mark.parametrize("pointer", ["%fixed", "@table", "@nothing"])
def test_one_into_a_const_parameter_or_a_static_gets_a_name_where_it_is_stored(ir: Ir, pointer: str) -> None:
    got = ir.apply(kept_pointers.RULE, text(pointer=pointer))

    assert stored(got).startswith("__cargo_autodiff_outside")


def test_one_that_was_read_from_a_const_parameter_does_too(ir: Ir) -> None:
    got = ir.apply(kept_pointers.RULE, text(pointer="%inner", before="  %inner = load ptr, ptr %fixed"))

    assert stored(got).startswith("__cargo_autodiff_outside")


def test_one_that_was_kept_before_does_too(ir: Ir) -> None:
    """A variable that holds nothing that counts has no shadow: what is read from it has none either."""
    before = "  %first = alloca ptr\n  store ptr %fixed, ptr %first\n  %inner = load ptr, ptr %first"

    names = all_stored(ir.apply(kept_pointers.RULE, text(pointer="%inner", before=before)))

    assert [name.startswith("__cargo_autodiff_outside") for name in names] == [True, True]


def test_one_to_memory_that_counts_does_not(ir: Ir) -> None:
    assert ir.unchanged(kept_pointers.RULE, text(pointer="%x"))


def test_what_is_copied_leads_to_floats_by_what_it_holds(ir: Ir) -> None:
    """A copy of floats takes no pointer with it; that is said of the copy, and of nothing else."""
    copied = "  call void @llvm.memcpy.p0.p0.i64(ptr %x, ptr %fixed, i64 8, i1 false)"
    text_of_copy = text(pointer="%fixed", before=copied) + "declare void @llvm.memcpy.p0.p0.i64(ptr, ptr, i64, i1)\n"

    got = ir.apply(kept_pointers.RULE, text_of_copy)

    assert stored(got).startswith("__cargo_autodiff_outside")
    (copy,) = calls(got, "f")
    assert copy.arguments[1].name == "fixed"


def test_one_to_text_does_not(ir: Ir) -> None:
    given = text(pointer="@text").replace("load double, ptr %p", "load i8, ptr %p")

    assert ir.unchanged(kept_pointers.RULE, given.replace("%z = load double, ptr %again", "%z = load double, ptr %x"))


CARRIED = """
  %first = alloca ptr
  %second = alloca ptr
  %chosen = select i1 true, ptr %first, ptr %second
  store ptr %fixed, ptr %chosen
  %inner = load ptr, ptr %first"""


def counting(module: Module) -> set[str]:
    return {each.name for each in function(module, "f").instructions() if each.metadata("enzyme_active_val")}


def test_own_memory_that_one_lay_in_before_can_be_let_count(ir: Ir) -> None:
    """So it has a shadow, from which the pointer's is read; what only the store that keeps it goes to counts anyway."""
    got = ir.apply(kept_pointers.CARRIERS, text(pointer="%inner", before=CARRIED))

    assert counting(got) == {"first", "chosen", "inner", "p"}


def test_memory_that_somebody_else_made_cannot(ir: Ir) -> None:
    """It may have no shadow, and what is read from it would be the pointer itself."""
    assert ir.unchanged(kept_pointers.CARRIERS, text(pointer="%inner", before="  %inner = load ptr, ptr %fixed"))


def test_own_memory_that_is_copied_can(ir: Ir) -> None:
    before = (
        "  %first = alloca ptr\n  store ptr %fixed, ptr %first\n"
        "  call void @llvm.memcpy.p0.p0.i64(ptr %kept, ptr %first, i64 8, i1 false)"
    )
    copied = text(pointer="%x", before=before) + "declare void @llvm.memcpy.p0.p0.i64(ptr, ptr, i64, i1)\n"

    assert "first" in counting(ir.apply(kept_pointers.CARRIERS, copied))


AFTER = """
@zero = global i64 0
define void @diffe_f(ptr %fixed, ptr %memory, ptr %"memory'") {{
  %__cargo_autodiff_outside = getelementptr i8, ptr %fixed, i64 0
  %"__cargo_autodiff_outside'ipg" = getelementptr i8, ptr %memory, i64 0
  store ptr %__cargo_autodiff_outside, ptr %memory, !cargo_autodiff.keeps !0
  {shadow}
  ret void
}}
declare void @llvm.memcpy.p0.p0.i64(ptr, ptr, i64, i1)
!0 = !{{}}
"""


@pytest.mark.parametrize(
    "shadow",
    [
        'store ptr %__cargo_autodiff_outside, ptr %"memory\'"',
        "%pair = insertvalue { ptr, i64 } zeroinitializer, ptr %__cargo_autodiff_outside, 0",
        'call void @llvm.memcpy.p0.p0.i64(ptr %"memory\'", ptr %__cargo_autodiff_outside, i64 8, i1 false)',
    ],
)
def test_enzyme_must_not_keep_it_in_a_shadow(ir: Ir, shadow: str) -> None:
    with pytest.raises(Refused, match="a pointer to memory that does not count is kept in memory that does"):
        ir.apply(kept_pointers.CHECK, AFTER.format(shadow=shadow))


@pytest.mark.parametrize("shadow", ["", 'store ptr %"__cargo_autodiff_outside\'ipg", ptr %"memory\'"'])
def test_the_function_itself_may_and_a_shadow_of_it_too(ir: Ir, shadow: str) -> None:
    assert ir.unchanged(kept_pointers.CHECK, AFTER.format(shadow=shadow))
