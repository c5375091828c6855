"""Memory that counts is not merged with memory that does not."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from cargo_autodiff.errors import Refused
from cargo_autodiff.ir.builder import Builder
from cargo_autodiff.ir.kinds import Opcode
from cargo_autodiff.ir.rules import merged_activity
from ir.reading import function

if TYPE_CHECKING:
    from cargo_autodiff.ir.module import Module
    from ir.reading import Ir

MERGED = """
declare noalias ptr @make() allockind("alloc")
define double @f(ptr %a, i1 %c) {{
  %own = {made}
  %inside = getelementptr i8, ptr %own, i64 8
  %either = select i1 %c, ptr %inside, ptr {other}
  %x = load double, ptr %either
  ret double %x
}}
"""


def counts(module: Module) -> bool:
    return function(module, "f").entry.first.metadata("enzyme_active_val") is not None


@pytest.mark.parametrize("made", ["call ptr @make()", "alloca [2 x double]"])
def test_an_allocation_that_is_merged_with_other_memory_counts(ir: Ir, made: str) -> None:
    assert counts(ir.apply(merged_activity.RULE, MERGED.format(made=made, other="%a")))


def test_what_a_later_rule_computes_from_memory_that_counts_counts_as_well(ir: Ir) -> None:
    """Enzyme would take the memory for constant again for one pointer that is not marked."""
    got = ir.apply(merged_activity.RULE, MERGED.format(made="alloca [2 x double]", other="%a"))
    own = function(got, "f").entry.first
    later = Builder.before(own.next).offset(own, Builder.before(own).constant(64, 0)).as_instruction()
    assert later is not None
    assert later.metadata("enzyme_active_val") is None

    merged_activity.LATER.apply(got)

    assert later.metadata("enzyme_active_val") is not None


LISTS = """
declare noalias ptr @malloc(i64) allockind("alloc,uninitialized")
define double @f(ptr %x, i1 %c) {
  %own = call ptr @malloc(i64 64)
  %lists = alloca ptr
  %first = call ptr @malloc(i64 64)
  store ptr %first, ptr %lists
  %list = load ptr, ptr %lists
  %either = select i1 %c, ptr %own, ptr %list
  %index = load i64, ptr %either
  %at = getelementptr double, ptr %x, i64 %index
  %y = load double, ptr %at
  BITS
  ret double %y
}
"""


def test_one_that_never_holds_floats_is_left_alone(ir: Ir) -> None:
    """A list of indices is merged with one that is read from where no shadow is: neither needs one."""
    assert not counts(ir.apply(merged_activity.RULE, LISTS.replace("BITS", "")))


@pytest.mark.parametrize("bits", ["%float = load double, ptr %first", "call void @see(ptr %own)"])
def test_one_that_may_hold_them_is_not(ir: Ir, bits: str) -> None:
    text = LISTS.replace("BITS", bits) + "declare void @see(ptr)\n"

    assert counts(ir.apply(merged_activity.RULE, text))


def test_where_integers_become_floats_any_memory_may_hold_them(ir: Ir) -> None:
    noted = LISTS.replace("BITS", "") + "!cargo_autodiff.floats_of_bits = !{!0}\n!0 = !{}\n"

    assert counts(ir.apply(merged_activity.RULE, noted))


def test_merged_with_a_constant_it_is_left_alone(ir: Ir) -> None:
    """Such as the address of an empty vector."""
    text = MERGED.format(made="call ptr @make()", other="inttoptr (i64 8 to ptr)")

    assert not counts(ir.apply(merged_activity.RULE, text))


def test_addresses_that_are_merged_as_integers_count_too(ir: Ir) -> None:
    text = """
declare noalias ptr @make() allockind("alloc")
define double @f(ptr %a, i1 %c) {
  %own = call ptr @make()
  %number = ptrtoint ptr %own to i64
  %other = ptrtoint ptr %a to i64
  %either = select i1 %c, i64 %number, i64 %other
  %address = inttoptr i64 %either to ptr
  %x = load double, ptr %address
  ret double %x
}
"""
    assert counts(ir.apply(merged_activity.RULE, text))


MADE = """
declare noalias ptr @make() allockind("alloc")
define double @diffef(ptr %a, ptr %"a'", i1 %c) {{
  {own}
  %shadow = select i1 %c, ptr %"a'", ptr {other}
  %x = load double, ptr %shadow
  ret double %x
}}
"""
MARKED = "%own = call ptr @make(), !cargo_autodiff.primal !{}"


@pytest.mark.parametrize("other", ["%a", "%own"])
def test_a_shadow_that_is_partly_the_memory_itself_is_refused(ir: Ir, other: str) -> None:
    with pytest.raises(Refused, match="merged with memory that does not"):
        ir.apply(merged_activity.CHECK, MADE.format(own=MARKED, other=other))


@pytest.mark.parametrize("own", ['%"own\'mi" = call ptr @make()', "%own = call ptr @make()"])
def test_a_shadow_of_shadows_is_right(ir: Ir, own: str) -> None:
    """Forward mode gives the shadows of allocations no names."""
    ir.apply(merged_activity.CHECK, MADE.format(own=own, other=own.partition(" =")[0]))


BLANKED = """
define double @fwddiffef(ptr %a, ptr %"a'", ptr %const, i1 %c) {{
  %inner = load ptr, ptr %const
  %place = alloca ptr{primal}
  store ptr %inner, ptr %place
  store i8 0, ptr %place
  %nothing = load ptr, ptr %place
  %shadow = select i1 %c, ptr %"a'", ptr %nothing
  %x = load double, ptr %shadow
  ret double %x
}}
"""


def test_a_shadow_that_is_partly_what_forward_mode_made_nothing_of_is_refused(ir: Ir) -> None:
    """Of a constant pointer whose bytes it takes for anything: who follows the shadow crashes."""
    with pytest.raises(Refused, match="merged with memory that does not"):
        ir.apply(merged_activity.CHECK, BLANKED.format(primal=""))


def test_a_variable_of_the_function_itself_is_none_of_that(ir: Ir) -> None:
    assert ir.unchanged(merged_activity.CHECK, BLANKED.format(primal=", !cargo_autodiff.primal !{}"))


STATIC = """
@table = constant {table}
define double @{mode}f(ptr %a, ptr %"a'", i1 %c) {{
  %primal = select i1 %c, ptr %a, ptr {place}
  %shadow = select i1 %c, ptr %"a'", ptr {place}
  %x = load double, ptr %shadow
  ret double %x
}}
"""
PLACES = ["@table", "getelementptr (i8, ptr @table, i64 8)"]


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize(("mode", "kind"), [("diffe", "internal global"), ("fwddiffe", "internal constant")])
def test_a_static_among_shadows_gets_zeros_as_its_own(ir: Ir, place: str, mode: str, kind: str) -> None:
    """Adjoints are added to them; tangents are only read."""
    text = STATIC.format(table="[2 x double] [double 1.0, double 2.0]", mode=mode, place=place)

    got = ir.apply(merged_activity.CHECK, text)

    shadow, primal = selected(got, f"{mode}f")
    assert primal == place.replace("(i8, ", "inbounds (i8, ") or primal == place
    assert shadow == place.replace("@table", "@__cargo_autodiff_static_shadow.table")
    assert f"{kind} <{{ [16 x i8] }}> zeroinitializer" in got.text().decode()


def test_a_static_that_refers_to_another_gets_one_that_refers_to_its_shadow(ir: Ir) -> None:
    text = "@inner = constant double 1.0\n" + STATIC.format(
        table="{ i64, ptr, ptr } { i64 3, ptr @inner, ptr null }", mode="diffe", place="@table"
    )

    got = ir.apply(merged_activity.CHECK, text)

    content = "<{ [8 x i8] zeroinitializer, ptr @__cargo_autodiff_static_shadow.inner, [8 x i8] zeroinitializer }>"
    assert content in got.text().decode()


@pytest.mark.parametrize(
    ("table", "other"),
    [
        ("{ ptr } { ptr @diffef }", ""),
        ("{ ptr } { ptr @table }", ""),
        ("[2 x double] [double 1.0, double 2.0]", "declare void @fwddiffef()\n"),
    ],
    ids=["a table of functions", "one that refers to itself", "forward mode beside reverse mode"],
)
def test_there_is_none_of(ir: Ir, table: str, other: str) -> None:
    with pytest.raises(Refused, match="merged with memory that does not"):
        ir.apply(merged_activity.CHECK, other + STATIC.format(table=table, mode="diffe", place="@table"))


def selected(module: Module, name: str) -> tuple[str, str]:
    """Write down what the shadow and the primal may be besides the parameter."""
    selects = [each for each in function(module, name).instructions() if each.opcode == Opcode.SELECT]
    primal, shadow = (each.text().partition("%c, ptr ")[2].partition(", ptr ")[2] for each in selects)
    return shadow, primal


LOADED = """
define double @diffef(ptr %a, ptr %"a'", ptr %const, i1 %c) {{
  %loaded = load ptr, ptr %const
  %primal = select i1 %c, ptr %a, ptr %loaded
  {again}
  %shadow = select i1 %c, ptr %"a'", ptr {other}
  %x = load double, ptr %shadow
  ret double %x
}}
"""


def test_a_shadow_that_means_the_same_as_what_it_is_of_is_refused(ir: Ir) -> None:
    """Such as a pointer out of a structure that does not count."""
    with pytest.raises(Refused, match="merged with memory that does not"):
        ir.apply(merged_activity.CHECK, LOADED.format(again="", other="%loaded"))


def test_a_shadow_that_means_another_is_right(ir: Ir) -> None:
    again = """%"loaded'ipl" = load ptr, ptr %const"""

    ir.apply(merged_activity.CHECK, LOADED.format(again=again, other='''%"loaded'ipl"'''))


LANES = """
@table = private constant [2 x double] [double 1.0, double 2.0]
define double @diffe2f(ptr %a, [2 x ptr] %"a'", ptr %"b'", i1 %c) {{
  %both = insertvalue [2 x ptr] %"a'", ptr %{last}, 1
  %lane = extractvalue [2 x ptr] %both, 1
  %shadow = select i1 %c, ptr %lane, ptr {other}
  %x = load double, ptr %shadow
  ret double %x
}}
"""


class TestOfSeveralLanes:
    def test_a_shadow_that_is_partly_the_memory_itself_is_refused(self, ir: Ir) -> None:
        with pytest.raises(Refused, match="merged with memory that does not"):
            ir.apply(merged_activity.CHECK, LANES.format(last='"b\'"', other="%a"))

    def test_one_lane_is_enough(self, ir: Ir) -> None:
        with pytest.raises(Refused, match="merged with memory that does not"):
            ir.apply(merged_activity.CHECK, LANES.format(last="a", other='%"b\'"'))

    def test_a_static_has_the_shadow_of_a_static(self, ir: Ir) -> None:
        got = ir.apply(merged_activity.CHECK, LANES.format(last='"b\'"', other="@table"))

        (select,) = [each for each in function(got, "diffe2f").instructions() if each.opcode == Opcode.SELECT]
        assert select.operands[2].name == "__cargo_autodiff_static_shadow.table"


UNWINDING = """
declare void @g()
declare i32 @__gxx_personality_v0(...)
define void @f() personality ptr @__gxx_personality_v0 {
  %one = alloca double
  %other = alloca double
  invoke void @g() to label %on unwind label %off
on:
  invoke void @g() to label %done unwind label %away
done:
  ret void
off:
  %pad = landingpad { ptr, i32 } cleanup
  br label %both
away:
  %last = landingpad { ptr, i32 } cleanup
  br label %both
both:
  %merged = phi ptr [ %one, %off ], [ %other, %away ]
  store double 1.0, ptr %merged
  ret void
}
"""


def test_what_is_merged_only_where_something_unwinds_does_not_count(ir: Ir) -> None:
    module = ir.apply(merged_activity.RULE, UNWINDING)
    assert "enzyme_active_val" not in ir.text(module)
