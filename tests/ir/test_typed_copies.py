"""What a copy moves: decided byte by byte from how memory is accessed, and by what Rust declares."""

from __future__ import annotations

import ctypes
from typing import TYPE_CHECKING

import pytest

from cargo_autodiff.errors import Refused
from cargo_autodiff.ir.evidence import DECLARED as DECLARED_TYPE
from cargo_autodiff.ir.evidence import Evidence, float_bits_travel
from cargo_autodiff.ir.flows import INTEGERS
from cargo_autodiff.ir.holding import Piece
from cargo_autodiff.ir.kinds import TypeKind
from cargo_autodiff.ir.rules import conversions, float_bits, untyped_copies
from cargo_autodiff.rust.rules import declared_types
from ir.reading import callees, calls, function, stores

if TYPE_CHECKING:
    from cargo_autodiff.ir.module import Module
    from cargo_autodiff.ir.value import Value
    from ir.reading import Ir

MEMCPY = "declare void @llvm.memcpy.p0.p0.i64(ptr, ptr, i64, i1)\n"
PAIRS = (
    """
define void @f(ptr %a, ptr %b, i64 %n, i64 %i) {{
  %element = getelementptr {{ i64, double }}, ptr %a, i64 %i
  %number = load i64, ptr %element
  %used = add i64 %number, 1
  store i64 %used, ptr %element
  {float}
  {copy}
  ret void
}}
"""
    + MEMCPY
)
FLOAT = """%at = getelementptr { i64, double }, ptr %a, i64 %i, i32 1
  %u = load double, ptr %at
  %v = fmul double %u, %u
  store double %v, ptr %at"""
ONE = "call void @llvm.memcpy.p0.p0.i64(ptr %b, ptr %a, i64 16, i1 false)"
SOME = "%bytes = mul i64 %n, 16\n  call void @llvm.memcpy.p0.p0.i64(ptr %b, ptr %a, i64 %bytes, i1 false)"


def test_a_copy_of_one_mixed_element_is_marked_piece_by_piece(ir: Ir) -> None:
    got = ir.apply(untyped_copies.RULE, PAIRS.format(float=FLOAT, copy=ONE))

    mark = calls(got, "f")[0].metadata("enzyme_truetype")
    assert mark is not None
    assert '!"Integer", i64 0, !"Float@double", i64 8' in ir.text(got)


def test_a_copy_of_many_mixed_elements_becomes_a_loop_that_copies_all_of_them(ir: Ir) -> None:
    got = ir.apply(untyped_copies.RULE, PAIRS.format(float=FLOAT, copy=SOME))

    assert callees(got, "f") == ["__cargo_autodiff_copy_16_integer8at0_double8at8"]
    start, to = (ctypes.c_double * 6)(0, 1.5, 0, 2.5, 0, 3.5), (ctypes.c_double * 6)()
    ir.library(got).f(start, to, ctypes.c_int64(3), ctypes.c_int64(1))
    assert list(to[1::2]) == [1.5, 6.25, 3.5]


def test_bytes_of_the_caller_of_which_nothing_is_known_are_refused(ir: Ir) -> None:
    with pytest.raises(Refused, match="unknown type"):
        ir.apply(untyped_copies.RULE, PAIRS.format(float="", copy=ONE))


def test_a_number_of_bytes_that_need_not_be_whole_elements_is_refused(ir: Ir) -> None:
    with pytest.raises(Refused, match="unknown type"):
        ir.apply(untyped_copies.RULE, PAIRS.format(float=FLOAT, copy=SOME.replace("16", "8")))


SMALL = """
define void @f(ptr %a, ptr %b) {
  %u = load double, ptr %a
  %v = fmul double %u, %u
  store double %v, ptr %a
  %part = load i32, ptr %a
  store i32 %part, ptr %b
  ret void
}
"""


def test_a_part_of_a_float_that_is_moved_is_refused(ir: Ir) -> None:
    with pytest.raises(Refused, match="unknown type"):
        ir.apply(untyped_copies.RULE, SMALL)


TWO_IN_ONE = """
define void @f(ptr %a, ptr %b, i64 %i) {
  %number = load i32, ptr %a
  %used = add i32 %number, 1
  store i32 %used, ptr %a
  %at = getelementptr i8, ptr %a, i64 4
  %u = load float, ptr %at
  %v = fmul float %u, %u
  store float %v, ptr %at
  %both = load i64, ptr %a
  store i64 %both, ptr %b
  ret void
}
"""


def test_a_move_of_a_number_and_a_float_is_split(ir: Ir) -> None:
    got = ir.apply(untyped_copies.RULE, TWO_IN_ONE)

    assert [store.operands[0].type.kind for store in stores(got, "f")[-2:]] == [TypeKind.INTEGER, TypeKind.FLOAT]


THROUGH = (
    """
define double @f(ptr %a) {
  %slot = alloca [24 x i8]
  %inside = getelementptr i8, ptr %slot, i64 8
  call void @llvm.memcpy.p0.p0.i64(ptr %inside, ptr %a, i64 16, i1 false)
  %number = load i64, ptr %inside
  %float = uitofp i64 %number to double
  %at = getelementptr i8, ptr %slot, i64 16
  %u = load double, ptr %at
  %v = fmul double %u, %float
  ret double %v
}
"""
    + MEMCPY
)


def test_what_a_copy_is_read_as_tells_what_it_was_made_from(ir: Ir) -> None:
    module = ir.parse(THROUGH)

    found = Evidence(module).at([function(module, "f").parameters[0]], 16)

    assert found == (Piece(0, 8, TypeKind.INTEGER), Piece(8, 8, TypeKind.DOUBLE))


SHIFTED = (
    """
define void @f(ptr %a, i64 %n) {
entry:
  br label %loop
loop:
  %p = phi ptr [ %a, %entry ], [ %q, %loop ]
  %q = getelementptr i8, ptr %p, i64 24
  store ptr %p, ptr %q
  %old = load ptr, ptr %p
  call void @llvm.memcpy.p0.p0.i64(ptr %q, ptr %p, i64 %n, i1 false)
  %next = getelementptr i8, ptr %old, i64 8
  call void @llvm.memcpy.p0.p0.i64(ptr %next, ptr %old, i64 %n, i1 false)
  %more = icmp ult ptr %q, %old
  br i1 %more, label %loop, label %end
end:
  ret void
}
"""
    + MEMCPY
)


def test_copies_that_shift_memory_within_itself_come_to_an_end(ir: Ir) -> None:
    assert ir.unchanged(untyped_copies.RULE, SHIFTED)


FILLED = """
define double @f(ptr %x) {
  call void @llvm.memset.p0.i64(ptr %x, i8 BYTE, i64 16, i1 false)
  %y = load KIND, ptr %x
  ret double 1.0
}
declare void @llvm.memset.p0.i64(ptr, i8, i64, i1)
"""


def fills(module: Module) -> list[tuple[str, int | None]]:
    """What @f fills, and with which byte."""
    found = [call for call in calls(module, "f") if call.callee and call.callee.name.startswith("llvm.memset")]
    return [(callee_of(call.arguments[0]), call.arguments[1].constant_int()) for call in found]


def callee_of(value: Value) -> str:
    call = value.as_instruction()
    return call.callee.name if call is not None and call.is_call and call.callee else value.name


def test_floats_are_filled_with_zeros_and_behind_enzymes_back_with_what_they_are(ir: Ir) -> None:
    """It would fill their shadow with the same byte."""
    got = ir.apply(untyped_copies.RULE, FILLED.replace("BYTE", "64").replace("KIND", "double"))

    assert fills(got) == [("x", 0), (INTEGERS, 64)]


@pytest.mark.parametrize(("byte", "kind"), [("0", "double"), ("64", "i64")])
def test_zeros_and_integers_are_filled_as_they_are(ir: Ir, byte: str, kind: str) -> None:
    got = ir.apply(untyped_copies.RULE, FILLED.replace("BYTE", byte).replace("KIND", kind))

    assert fills(got) == [("x", int(byte))]


KEPT = """
define i64 @bits(double %x) {
  %b = bitcast double %x to i64
  ret i64 %b
}
define void @f(double %x, ptr %p) {
  %b = call i64 @bits(double %x)
  BODY
  ret void
}
"""


def test_bits_of_floats_that_are_kept_as_integers_are_noted(ir: Ir) -> None:
    kept = ir.apply(float_bits.RULE, KEPT.replace("BODY", "store i64 %b, ptr %p"))
    compared = ir.apply(float_bits.RULE, KEPT.replace("BODY", "%c = lshr i64 %b, 63\n  store i64 %c, ptr %p"))

    assert float_bits_travel(kept)
    assert not float_bits_travel(compared)


CONVERTED = """
define i64 @f(double %x) {
  %n = call i64 @llvm.fptosi.sat.i64.f64(double %x)
  ret i64 %n
}
declare i64 @llvm.fptosi.sat.i64.f64(double)
"""


def test_an_integer_made_of_a_float_is_inactive(ir: Ir) -> None:
    assert calls(ir.apply(conversions.RULE, CONVERTED), "f")[0].metadata("enzyme_inactive") is not None


ROTATED = """
define i64 @f(i64 %x) {
  %n = call i64 @llvm.fshl.i64(i64 %x, i64 %x, i64 13)
  ret i64 %n
}
declare i64 @llvm.fshl.i64(i64, i64, i64)
"""


def test_a_rotated_integer_is_inactive_unless_integers_become_floats(ir: Ir) -> None:
    assert calls(ir.apply(conversions.RULE, ROTATED), "f")[0].metadata("enzyme_inactive") is not None
    assert ir.unchanged(conversions.RULE, ROTATED + "!cargo_autodiff.floats_of_bits = !{!0}\n!0 = !{}\n")


DECLARED = (
    """
define void @f(ptr %a, ptr %b) !dbg !3 {
  call void @llvm.memcpy.p0.p0.i64(ptr align 8 %b, ptr align 8 %a, i64 SIZE, i1 false), !dbg !20
  ret void
}
"""
    + MEMCPY
    + """
!llvm.dbg.cu = !{!0}
!llvm.module.flags = !{!30}
!30 = !{i32 2, !"Debug Info Version", i32 3}
!0 = distinct !DICompileUnit(language: DW_LANG_Rust, file: !1, emissionKind: FullDebug)
!1 = !DIFile(filename: "f.rs", directory: "/")
!2 = !DISubroutineType(types: !{})
!3 = distinct !DISubprogram(name: "f", scope: !1, file: !1, line: 1, type: !2, spFlags: DISPFlagDefinition, unit: !0)
!4 = !DINamespace(name: "PLACE", scope: !5)
!5 = !DINamespace(name: "core", scope: null)
!6 = distinct !DISubprogram(name: "read<Pair>", scope: !4, file: !1, line: 9, type: !2,
  spFlags: DISPFlagDefinition, unit: !0, templateParams: !7)
!7 = !{!8}
!8 = !DITemplateTypeParameter(name: "T", type: !9)
!9 = !DICompositeType(tag: DW_TAG_structure_type, name: "Pair", file: !1, size: 128, elements: !10, identifier: "p")
!10 = !{!11, !12}
!11 = !DIDerivedType(tag: DW_TAG_member, name: "a", scope: !9, baseType: !13, size: 64, offset: 64)
!12 = !DIDerivedType(tag: DW_TAG_member, name: "b", scope: !9, baseType: !14, size: 32)
!13 = !DIBasicType(name: "f64", size: 64, encoding: DW_ATE_float)
!14 = !DIBasicType(name: "u32", size: 32, encoding: DW_ATE_unsigned)
!20 = !DILocation(line: 9, scope: !6, inlinedAt: !21)
!21 = !DILocation(line: 1, scope: !3)
"""
)


def declared(place: str, size: int = 16) -> str:
    return DECLARED.replace("PLACE", place).replace("SIZE", str(size))


def test_a_value_that_std_moves_is_copied_as_what_its_type_holds(ir: Ir) -> None:
    got = ir.apply(declared_types.SPLIT, declared("ptr"))

    assert callees(got, "f") == []
    assert [store.operands[0].type.kind for store in stores(got, "f")] == [TypeKind.INTEGER, TypeKind.DOUBLE]


def test_the_users_own_function_of_that_name_says_nothing(ir: Ir) -> None:
    assert ir.unchanged(declared_types.SPLIT, declared("mine"))
    assert ir.unchanged(declared_types.SPLIT, declared("ptr").replace('name: "core"', 'name: "other"'))


BYTES = """
!40 = !DIBasicType(name: "u8", size: 8, encoding: DW_ATE_unsigned)
!41 = !DINamespace(name: "CRATE", scope: null)
!42 = !DINamespace(name: "raw", scope: !41)
!43 = distinct !DISubprogram(name: "CALLER", scope: !42, file: !1, line: 9, type: !2,
  spFlags: DISPFlagDefinition, unit: !0)
!44 = distinct !DISubprogram(name: "reserve_rehash<Pair, Global>", scope: !42, file: !1, line: 9, type: !2,
  spFlags: DISPFlagDefinition, unit: !0, templateParams: !45)
!45 = !{!8, !46}
!46 = !DITemplateTypeParameter(name: "A", type: !14)
!47 = !{!48}
!48 = !DITemplateTypeParameter(name: "T", type: !40)
!20 = !DILocation(line: 9, scope: !6, inlinedAt: !50)
!50 = !DILocation(line: 8, scope: !43, inlinedAt: !51)
!51 = !DILocation(line: 7, scope: !44, inlinedAt: !21)
"""


def moved_as_bytes(crate: str, caller: str) -> str:
    """A copy by `ptr::read<u8>` in a function of a crate, in one that knows of `Pair`."""
    head, _, _ = declared("ptr").partition("!20 = ")
    text = head.replace("templateParams: !7)", "templateParams: !47)") + "!21 = !DILocation(line: 1, scope: !3)\n"
    return text + BYTES.replace("CRATE", crate).replace("CALLER", caller)


def declared_as(ir: Ir, text: str) -> list[int]:
    (copy,) = calls(ir.apply(declared_types.RULE, text), "f")
    node = copy.metadata(DECLARED_TYPE)
    return node.numbers() if node is not None else []


def test_what_std_moves_as_bytes_is_bytes(ir: Ir) -> None:
    assert declared_as(ir, moved_as_bytes("alloc", "extend")) == [TypeKind.INTEGER, 0, 1, 1]


def test_what_others_move_as_bytes_may_be_anything(ir: Ir) -> None:
    assert declared_as(ir, moved_as_bytes("mine", "extend")) == []


@pytest.mark.parametrize("caller", ["resize_inner<Global>", "rehash_in_place"])
def test_what_a_hash_table_moves_as_bytes_is_its_element(ir: Ir, caller: str) -> None:
    integer, double = TypeKind.INTEGER, TypeKind.DOUBLE

    assert declared_as(ir, moved_as_bytes("hashbrown", caller)) == [integer, 0, 4, double, 8, 8, 16]


def test_what_a_hash_table_does_with_its_own_bytes_is_bytes(ir: Ir) -> None:
    assert declared_as(ir, moved_as_bytes("hashbrown", "prepare_rehash_in_place")) == [TypeKind.INTEGER, 0, 1, 1]


def test_two_values_at_once_are_marked_with_their_type(ir: Ir) -> None:
    got = ir.apply(declared_types.RULE, declared("ptr", 32))
    untyped_copies.RULE.apply(got)

    assert '!"Float@double", i64 8, !"Integer", i64 16' in ir.text(got)


SWAPPED = """
define double @f(ptr %x, ptr %y) {
  %one = alloca ptr
  %other = alloca ptr
  store ptr %x, ptr %one
  store ptr %y, ptr %other
  %first = load i64, ptr %one
  %second = load i64, ptr %other
  store i64 %second, ptr %one
  store i64 %first, ptr %other
  %p = inttoptr i64 %second to ptr
  %v = load double, ptr %p
  ret double %v
}
"""


def test_a_pointer_that_is_moved_as_an_integer_is_one_for_those_who_take_it_so(ir: Ir) -> None:
    text = ir.text(ir.apply(untyped_copies.RULE, SWAPPED))

    assert "inttoptr" not in text
    assert "load ptr, ptr %other" in text


COUNTED = """
define void @f(ptr %x) {
  %held = alloca { i64, double }
  %at = getelementptr i8, ptr %held, i64 8
  %u = load double, ptr %x
  store double %u, ptr %at
  call void @g(ptr %held)
  ret void
}
define void @g(ptr %held) {
  %count = load i64, ptr %held, !noundef !0
  %more = add i64 %count, 1
  store i64 %more, ptr %held
  OTHER
  ret void
}
!0 = !{}
"""


def test_an_integer_that_is_counted_up_in_memory_is_one(ir: Ir) -> None:
    got = ir.apply(untyped_copies.RULE, COUNTED.replace("OTHER", ""))

    assert '!"Integer"' in ir.text(got)


def test_the_bits_of_a_float_that_are_shifted_in_memory_are_none(ir: Ir) -> None:
    read = "%v = load double, ptr %held\n  %w = fmul double %v, %v\n  store double %w, ptr %held"

    assert ir.unchanged(untyped_copies.RULE, COUNTED.replace("OTHER", read).replace("add i64", "shl i64"))


BETWEEN = (
    """
define double @f(ptr %x, i64 %n) {
  %one = alloca i64
  %other = alloca i64
  %held = alloca [24 x i8]
  %more = icmp ne i64 %n, 0
  %slot = select i1 %more, ptr %one, ptr %other
  %u = load double, ptr %x
  store double %u, ptr %slot
  %first = load i64, ptr %one
  %second = load i64, ptr %other
  %bytes = mul i64 %n, 24
  %made = call ptr @__rust_alloc(i64 %bytes, i64 8)
  %element = getelementptr { i64, [2 x i64] }, ptr %made, i64 %n
  store i64 %n, ptr %element
  %at8 = getelementptr i8, ptr %element, i64 8
  store i64 %first, ptr %at8
  %at16 = getelementptr i8, ptr %element, i64 16
  store i64 %second, ptr %at16
  %tag = load i64, ptr %element
  store i64 %tag, ptr %held
  %in8 = getelementptr i8, ptr %held, i64 8
  call void @llvm.memcpy.p0.p0.i64(ptr %in8, ptr %at8, i64 16, i1 false)
  %again = load i64, ptr %held
  %float = uitofp i64 %again to double
  %v = load double, ptr %in8
  %w = fmul double %v, %float
  ret double %w
}
declare ptr @__rust_alloc(i64, i64)
"""
    + MEMCPY
)


def test_what_lies_beside_a_copy_is_not_seen_through_another_copy(ir: Ir) -> None:
    got = ir.apply(untyped_copies.RULE, BETWEEN)

    copy = next(call for call in calls(got, "f") if len(call.arguments) == 4)
    assert copy.metadata("enzyme_truetype") is not None


EMPTY_VEC = (
    """
define void @f(i64 %n) {
  %some = icmp ne i64 %n, 0
  br i1 %some, label %alloc, label %use
alloc:
  %fresh = call ptr @__rust_alloc(i64 %n, i64 8)
  %bits = ptrtoint ptr %fresh to i64
  br label %use
use:
  %either = phi i64 [ 8, %0 ], [ BITS, %alloc ]
  %vec = inttoptr i64 %either to ptr
  %slot = alloca i64
  call void @llvm.memcpy.p0.p0.i64(ptr %vec, ptr %slot, i64 8, i1 false)
  ret void
}
declare ptr @__rust_alloc(i64, i64)
"""
    + MEMCPY
)


def is_own(ir: Ir, text: str) -> bool:
    module = ir.parse(text)
    copy = next(call for call in calls(module, "f") if len(call.arguments) == 4)
    return not Evidence(module).memory.of(copy.arguments[0]).is_open


def test_an_address_that_was_an_integer_in_between_is_still_known(ir: Ir) -> None:
    assert is_own(ir, EMPTY_VEC.replace("BITS", "%bits"))
    assert not is_own(ir, EMPTY_VEC.replace("BITS", "%n"))


def test_an_integer_that_begins_before_a_copy_is_marked_from_there_on(ir: Ir) -> None:
    given = """
declare void @llvm.memcpy.p0.p0.i64(ptr, ptr, i64, i1)
declare ptr @malloc(i64)
define i64 @f(i64 %i) {
  %table = call ptr @malloc(i64 64)
  %to = call ptr @malloc(i64 64)
  %at = getelementptr i8, ptr %table, i64 %i
  %control = load i64, ptr %at, align 1
  %hit = and i64 %control, 255
  call void @llvm.memcpy.p0.p0.i64(ptr %to, ptr %table, i64 16, i1 false)
  %kept = load i64, ptr %to
  %sum = add i64 %kept, %hit
  ret i64 %sum
}
"""
    got = ir.text(ir.apply(untyped_copies.RULE, given))
    assert '!"Integer", i64 0' in got
    assert "i64 -" not in got
