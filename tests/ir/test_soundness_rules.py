"""Rules that decide by what memory holds, and those that take back promises."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from cargo_autodiff.errors import Refused
from cargo_autodiff.ir.kinds import Opcode, TypeKind
from cargo_autodiff.ir.rules import (
    alignment_checks,
    indirect_calls,
    merged_pointers,
    settle,
    speculation,
    statics,
    typed_floats,
    untyped_copies,
)
from ir.reading import callees, calls, function

if TYPE_CHECKING:
    from cargo_autodiff.ir.module import Module
    from ir.reading import Ir

TAKEN = """
define void @f(ptr %a, ptr %b, i1 %c) {{
  {used}
  %x = load i64, ptr %a
  %y = load i64, ptr %b
  %z = select i1 %c, i64 %x, i64 %y
  store i64 %z, ptr %b
  ret void
}}
"""
FLOAT = "%u = load double, ptr %a\n  %v = fmul double %u, %u\n  store double %v, ptr %a"
INTEGER = "%u = load i64, ptr %a\n  %v = add i64 %u, 1\n  store i64 %v, ptr %a"


def moved(module: Module) -> TypeKind:
    """As what the last store of @f moves."""
    stores = [item for item in function(module, "f").instructions() if item.opcode == Opcode.STORE]
    return stores[-1].operands[0].type.kind


def test_integers_moved_in_memory_of_floats_become_floats(ir: Ir) -> None:
    assert moved(ir.apply(untyped_copies.RULE, TAKEN.format(used=FLOAT))) is TypeKind.DOUBLE


def test_integers_moved_in_memory_of_integers_stay(ir: Ir) -> None:
    assert moved(ir.apply(untyped_copies.RULE, TAKEN.format(used=INTEGER))) is TypeKind.INTEGER


def test_integers_moved_in_mixed_memory_are_refused(ir: Ir) -> None:
    both = f"{FLOAT}\n  {INTEGER.replace('%u', '%k').replace('%v', '%l')}"
    with pytest.raises(Refused, match="unknown type"):
        ir.apply(untyped_copies.RULE, TAKEN.format(used=both))


def test_memory_of_the_caller_of_which_nothing_is_known_is_refused(ir: Ir) -> None:
    with pytest.raises(Refused, match="unknown type"):
        ir.apply(untyped_copies.RULE, TAKEN.format(used=""))


COPIED = """
define void @f(ptr %a, ptr %b, i64 %n) {{
  %u = load double, ptr %a
  {used}
  call void @llvm.memcpy.p0.p0.i64(ptr %b, ptr %a, i64 %n, i1 false)
  ret void
}}
declare void @llvm.memcpy.p0.p0.i64(ptr, ptr, i64, i1)
"""


def test_a_copy_of_floats_is_marked(ir: Ir) -> None:
    got = ir.apply(untyped_copies.RULE, COPIED.format(used=""))

    assert calls(got, "f")[0].metadata("enzyme_truetype") is not None


def test_a_copy_of_mixed_elements_is_refused(ir: Ir) -> None:
    with pytest.raises(Refused, match="unknown type"):
        ir.apply(untyped_copies.RULE, COPIED.format(used="store i64 %n, ptr %b"))


CONTRADICTED = """
define i1 @f(ptr %a, ptr %b, i64 %i, i64 %n) {
  %element = getelementptr [16 x i8], ptr %a, i64 %i
  store ptr %b, ptr %element
  %word = load i64, ptr %element
  %is.zero = icmp eq i64 %word, 0
  %at = getelementptr i8, ptr %element, i64 8
  %number = load double, ptr %at
  %size = shl i64 %n, 4
  call void @llvm.memcpy.p0.p0.i64(ptr %b, ptr %a, i64 %size, i1 false)
  ret i1 %is.zero
}
declare void @llvm.memcpy.p0.p0.i64(ptr, ptr, i64, i1)
"""


def test_a_float_beside_what_contradicts_itself_is_not_left_to_enzyme(ir: Ir) -> None:
    """It would copy all of it as what the first bytes are."""
    with pytest.raises(Refused, match="unknown type") as refused:
        ir.apply(untyped_copies.RULE, CONTRADICTED)

    assert "floats" in refused.value.why


ELEMENTS = """
define i1 @f(ptr %rows, i64 %i, i64 %n, double %x) {
  %old = call ptr @malloc(i64 64)
  %first.at = getelementptr i8, ptr %rows, i64 8
  %first = load ptr, ptr %first.at
  %length.at = getelementptr i8, ptr %rows, i64 40
  %length = load i64, ptr %length.at
  %is.zero = icmp eq i64 %length, 0
  %element = getelementptr [32 x i8], ptr %old, i64 %i
  store ptr %first, ptr %element
  %length.to = getelementptr i8, ptr %element, i64 8
  store i64 %length, ptr %length.to
  %number.to = getelementptr i8, ptr %element, i64 16
  store double %x, ptr %number.to
  %count.to = getelementptr i8, ptr %element, i64 24
  store i64 %i, ptr %count.to
  %size = shl i64 %n, 5
  %new = call ptr @malloc(i64 %size)
  call void @llvm.memcpy.p0.p0.i64(ptr %new, ptr %old, i64 %size, i1 false)
  ret i1 %is.zero
}
declare ptr @malloc(i64)
declare void @llvm.memcpy.p0.p0.i64(ptr, ptr, i64, i1)
"""


def test_what_is_moved_into_every_element_comes_from_one_place(ir: Ir) -> None:
    """The length of the second row, and not whatever lies multiples of an element's size from it."""
    got = ir.apply(untyped_copies.RULE, ELEMENTS)

    assert "llvm.memcpy.p0.p0.i64" not in callees(got, "f")


def test_what_a_function_gives_back_is_tagged(ir: Ir) -> None:
    """Enzyme merges the ends of a function that only hands on what others give: it asks for the type of a phi then."""
    text = "define float @f(float %a) {{\n  %u = call float @g(float %a)\n  ret float %u\n}}\n{g}"
    body = "define internal float @g(float %a) {\n  ret float %a\n}"

    (call,) = calls(ir.apply(typed_floats.RULE, text.format(g=body)), "f")

    assert call.metadata("enzyme_type")
    assert ir.unchanged(typed_floats.RULE, text.format(g="declare float @g(float)"))


def test_floats_that_are_merged_are_tagged(ir: Ir) -> None:
    got = ir.apply(typed_floats.RULE, "define double @f(ptr %a) {\n  %u = load double, ptr %a\n  ret double %u\n}")

    assert function(got, "f").entry.first.metadata("enzyme_type") is not None


KEPT = "@kept = global double 0.0\ndefine double @f(double %x) {{\n  {used}\n  ret double %x\n}}"


def test_a_float_stored_in_a_static_is_refused(ir: Ir) -> None:
    with pytest.raises(Refused, match="static"):
        ir.apply(statics.CHECK, KEPT.format(used="store double %x, ptr @kept"))


def test_a_static_that_is_read_is_left_alone(ir: Ir) -> None:
    ir.apply(statics.CHECK, KEPT.format(used="%y = load double, ptr @kept"))


CALLED = """
define void @g(ptr %p, ptr %f) {{
  {call}
  ret void
}}
declare void @__enzyme_{mode}diff(...)
"""


@pytest.mark.parametrize("mode", ["fwd", "auto"])
@pytest.mark.parametrize("call", ["%r = call double %f(ptr %p)", "call void %f(ptr %p, i1 true)", "call void %f()"])
def test_a_call_of_what_may_come_from_elsewhere_is_refused(ir: Ir, call: str, mode: str) -> None:
    with pytest.raises(Refused, match="may come from elsewhere"):
        ir.apply(indirect_calls.CHECK, CALLED.format(call=call, mode=mode))
    ir.apply(indirect_calls.CHECK, CALLED.format(call="call void %f(ptr %p)", mode=mode))


@pytest.mark.parametrize("marker", ["enzyme_const", "enzyme_dup"])
def test_a_function_behind_a_constant_pointer_is_refused(ir: Ir, marker: str) -> None:
    text = f"""
define double @g(ptr %f, double %x) {{
  %r = call double %f(double %x)
  ret double %r
}}
define double @dg(ptr %f, ptr %s, double %x) {{
  %r = call double (...) @__enzyme_autodiff(ptr @g, metadata !"{marker}", ptr %f, metadata !"enzyme_out", double %x)
  ret double %r
}}
declare double @__enzyme_autodiff(...)
"""
    if marker == "enzyme_dup":
        ir.apply(indirect_calls.CHECK_CONST, text)
        return
    with pytest.raises(Refused, match="Const"):
        ir.apply(indirect_calls.CHECK_CONST, text)


@pytest.mark.parametrize("other", ["ptrtoint ptr %b to i64", "select i1 %c, i64 8, i64 %x"])
def test_alignment_is_checked_one_pointer_at_a_time(ir: Ir, other: str) -> None:
    got = ir.apply(
        alignment_checks.RULE,
        f"""
define i64 @f(ptr %a, ptr %b, i1 %c) {{
  %x = ptrtoint ptr %a to i64
  %y = {other}
  %z = or i64 %x, %y
  %m = and i64 %z, 7
  ret i64 %m
}}""",
    )

    order = [item.opcode for item in function(got, "f").instructions()]
    assert order[2:] == [Opcode.AND, Opcode.AND, Opcode.OR, Opcode.RET]


def test_calls_need_not_return(ir: Ir) -> None:
    text = "declare void @fail()\ndefine void @f() {\n  call void @fail() willreturn\n  ret void\n}"

    assert not calls(ir.apply(settle.KEEP_PANICS, text), "f")[0].call_has("willreturn")


MERGED = """
declare noalias ptr @make()
define double @f(ptr %a, i1 %c) {{
  %own = {made}
  %element = getelementptr double, ptr %own, i64 1
  %either = {merge}
  %x = load double, ptr %either
  ret double %x
}}
"""
SELECTED = "select i1 %c, ptr %element, ptr null"


def seen(module: Module) -> list[str]:
    """The pointers that @f says are known elsewhere."""
    found = [call for call in calls(module, "f") if call.callee and call.callee.name == merged_pointers.SEEN]
    return [call.arguments[0].name for call in found]


@pytest.mark.parametrize("made", ["call ptr @make()", "alloca [2 x double]"])
def test_memory_that_a_select_may_mean_is_seen(ir: Ir, made: str) -> None:
    assert seen(ir.apply(merged_pointers.RULE, MERGED.format(made=made, merge=SELECTED))) == ["own"]


def test_a_parameter_that_a_select_may_mean_is_seen(ir: Ir) -> None:
    text = MERGED.format(made="call ptr @make()", merge="select i1 %c, ptr %a, ptr null")

    assert seen(ir.apply(merged_pointers.RULE, text)) == ["a"]


def test_memory_with_one_way_to_it_is_not_seen(ir: Ir) -> None:
    assert ir.unchanged(
        merged_pointers.RULE, MERGED.format(made="call ptr @make()", merge="getelementptr i8, ptr %own, i64 8")
    )


KEPT_IN_A_LOOP = """
declare noalias ptr @make()
declare void @keep(ptr)
define void @f(ptr %slots, ptr %slot, i1 %c) {
  %own = call ptr @make()
  BEFORE
  br label %loop
loop:
  %other = load LOADED, ptr %slots
  %element = getelementptr double, ptr %own, i64 1
  KEEP
  br i1 %c, label %loop, label %out
out:
  ret void
}
"""


@pytest.mark.parametrize("keep", ["store ptr %element, ptr %slot", "call void @keep(ptr %own)"])
def test_memory_that_a_loop_keeps_and_may_load_is_seen(ir: Ir, keep: str) -> None:
    """Enzyme does not go round the loop to find out that it is captured."""
    text = KEPT_IN_A_LOOP.replace("KEEP", keep).replace("BEFORE", "")

    assert seen(ir.apply(merged_pointers.RULE, text.replace("LOADED", "ptr"))) == ["own"]
    assert ir.unchanged(merged_pointers.RULE, text.replace("LOADED", "double"))


@pytest.mark.parametrize("keep", ["store double 1.0, ptr %element", ""])
def test_memory_that_a_loop_does_not_keep_is_not_seen(ir: Ir, keep: str) -> None:
    text = KEPT_IN_A_LOOP.replace("KEEP", keep).replace("LOADED", "ptr")

    assert ir.unchanged(merged_pointers.RULE, text.replace("BEFORE", "store ptr %own, ptr %slot"))


def test_after_enzyme_nothing_is_seen(ir: Ir) -> None:
    module = ir.apply(merged_pointers.RULE, MERGED.format(made="call ptr @make()", merge=SELECTED))

    merged_pointers.SETTLE.apply(module)

    assert seen(module) == []


UNDER_A_CONDITION = """
define double @f(double %x, double %n) {
entry:
  %always = fdiv double %x, %n
  %c = fcmp ogt double %x, 0.0
  br i1 %c, label %then, label %join
then:
  %root = call double @llvm.sqrt.f64(double %x)
  %half = fdiv double %root, 2.0
  br label %join
join:
  %y = phi double [ %half, %then ], [ 0.0, %entry ]
  %z = fadd double %y, %always
  ret double %z
}
declare double @llvm.sqrt.f64(double)
"""


ROOTS_IN_A_SHORT_LOOP = """
define double @f(ptr noalias %x, ptr noalias %y) {
entry:
  br label %loop
loop:
  %i = phi i64 [ 0, %entry ], [ %next, %loop ]
  %s = phi double [ 0.0, %entry ], [ %t, %loop ]
  %from = getelementptr double, ptr %x, i64 %i
  %v = load double, ptr %from
  %r = call double @llvm.sqrt.f64(double %v)
  %t = fadd double %s, %r
  %square = mul i64 %i, %i
  %cube = mul i64 %square, %i
  %fourth = mul i64 %cube, %i
  %mixed = xor i64 %fourth, %cube
  %shifted = shl i64 %mixed, 1
  %sum = add i64 %shifted, %square
  %halved = lshr i64 %sum, 1
  %product = mul i64 %halved, %fourth
  %rest = and i64 %product, 1023
  %other = or i64 %cube, 5
  %place = add i64 %rest, %other
  %to = getelementptr double, ptr %y, i64 %place
  store double %t, ptr %to
  %next = add i64 %i, 1
  %more = icmp ult i64 %next, 9
  br i1 %more, label %loop, label %out
out:
  ret double %t
}
declare double @llvm.sqrt.f64(double)
"""


# what Enzyme makes of a call that its reverse pass needs, or of something else that it keeps
CACHED = """
define double @f(double %x, ptr %cache) {{
  %c = call double @__cargo_autodiff_here.sqrt.double(double %x)
  store double %c, ptr %cache, !invariant.group !0
  %again = load double, ptr %cache, !invariant.group {reads}
  %h = fadd double %x, %again
  ret double %h
}}
declare double @__cargo_autodiff_here.sqrt.double(double)
!0 = distinct !{{}}
!1 = distinct !{{}}
"""


def held(module: Module) -> set[str]:
    """The kinds of operations in @f that are held in their places."""
    prefixes = (speculation.HERE, speculation.INTRINSIC)
    return {name.split(".")[-2] for name in callees(module, "f") if name.startswith(prefixes)}


class TestSpeculation:
    def test_roots_and_quotients_are_held_but_for_constant_divisors(self, ir: Ir) -> None:
        got = ir.apply(speculation.RULE, UNDER_A_CONDITION)

        assert callees(got, "f") == [
            "llvm.cargo-autodiff.here.fdiv.double",
            "llvm.cargo-autodiff.here.sqrt.double",
            "llvm.sqrt.f64",
        ]

    def test_enzyme_gets_functions(self, ir: Ir) -> None:
        got = ir.apply(speculation.AS_FUNCTIONS, ir.text(ir.apply(speculation.RULE, UNDER_A_CONDITION)))

        assert callees(got, "f") == [
            "__cargo_autodiff_here.fdiv.double",
            "__cargo_autodiff_here.sqrt.double",
            "llvm.sqrt.f64",
        ]

    def test_a_loop_with_what_is_held_is_unrolled_as_without(self, ir: Ir) -> None:
        held = ir.apply(speculation.RULE, ROOTS_IN_A_SHORT_LOOP)
        as_functions = ir.apply(speculation.AS_FUNCTIONS, ir.text(held))
        blocks = {
            name: len(function(ir.parse(ir.optimised(text, "-passes=default<O2>")), "f").blocks)
            for name, text in {
                "nothing held": ROOTS_IN_A_SHORT_LOOP,
                "by intrinsics": ir.text(held),
                "by functions": ir.text(as_functions),
            }.items()
        }

        assert blocks == {"nothing held": 1, "by intrinsics": 1, "by functions": 3}

    def test_what_is_held_stays_under_its_condition(self, ir: Ir) -> None:
        flat = ir.parse(ir.optimised(UNDER_A_CONDITION, "-passes=default<O2>"))
        kept = ir.parse(ir.optimised(ir.text(ir.apply(speculation.RULE, UNDER_A_CONDITION)), "-passes=default<O2>"))

        assert len(function(flat, "f").blocks) == 1
        assert len(function(kept, "f").blocks) == 3

    def test_only_what_a_call_can_go_without_stays_held(self, ir: Ir) -> None:
        got = ir.apply(speculation.LOOSEN, ir.text(ir.apply(speculation.RULE, UNDER_A_CONDITION)))

        assert held(got) == {"sqrt"}

    def test_what_every_iteration_computes_is_let_go(self, ir: Ir) -> None:
        text = """
define double @f(double %x, i64 %n) {
entry:
  br label %loop
loop:
  %i = phi i64 [ 0, %entry ], [ %next, %loop ]
  %s = phi double [ 0.0, %entry ], [ %t, %loop ]
  %q = fdiv double %s, %x
  %t = fadd double %q, 1.0
  %next = add i64 %i, 1
  %more = icmp ult i64 %next, %n
  br i1 %more, label %loop, label %out
out:
  ret double %t
}
"""
        assert held(ir.apply(speculation.LOOSEN, ir.text(ir.apply(speculation.RULE, text)))) == set()

    def test_it_is_let_go_whatever_order_its_sum_has_got(self, ir: Ir) -> None:
        text = """
define double @f(double %x) {
  %c = call double @__cargo_autodiff_here.sqrt.double(double %x)
  %h = fadd double %c, %x
  %r = call double @llvm.sqrt.f64(double %h)
  ret double %r
}
declare double @__cargo_autodiff_here.sqrt.double(double)
declare double @llvm.sqrt.f64(double)
"""
        got = ir.apply(speculation.LOOSEN, text)

        assert callees(got, "f") == ["llvm.sqrt.f64"]
        assert "@llvm.sqrt.f64(double %x)" in ir.text(got)

    def test_what_enzyme_has_kept_of_it_is_neither_stored_nor_read(self, ir: Ir) -> None:
        got = ir.text(ir.apply(speculation.SETTLE, CACHED.format(reads="!0")))

        assert "store" not in got
        assert "fadd double %x, -0.000000e+00" in got

    def test_it_is_stored_where_another_function_may_read_it(self, ir: Ir) -> None:
        got = ir.text(ir.apply(speculation.SETTLE, CACHED.format(reads="!1")))

        assert "store double -0.000000e+00, ptr %cache" in got
        assert "fadd double %x, %again" in got

    def test_in_the_end_nothing_is_held(self, ir: Ir) -> None:
        got = ir.apply(speculation.SETTLE, ir.text(ir.apply(speculation.RULE, UNDER_A_CONDITION)))

        assert held(got) == set()
        assert "fadd double %n, -0.000000e+00" in ir.text(got)
