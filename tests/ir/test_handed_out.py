"""Memory that goes out of a call: hidden from Enzyme where no float is, refused where a shadow would have to go out."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from cargo_autodiff.errors import Refused
from cargo_autodiff.ir.rules import handed_out

if TYPE_CHECKING:
    from ir.reading import Ir

TEXT = """
@said = external global ptr
declare ptr @__rust_alloc(i64, i64)
declare void @__rust_dealloc(ptr, i64, i64)
declare void @llvm.memcpy.p0.p0.i64(ptr, ptr, i64, i1)
declare void @write(ptr) "enzyme_inactive"
define internal void @put(ptr %to, ptr %given) noinline {
  store ptr %given, ptr %to
  ret void
}
define internal void @f(ptr %x, ptr %out, i1 %is) {
  %local = alloca [2 x ptr]
  %second = getelementptr i8, ptr %local, i64 8
  %made = call ptr @__rust_alloc(i64 16, i64 8)
  %number = load double, ptr %x
BODY
  ret void
}
define void @df(ptr %x, ptr %dx, ptr %out, i1 %is) {
  call void (...) @__enzyme_autodiff_df(ptr @f, metadata !"enzyme_dup", ptr %x, ptr %dx,
    metadata !"OUT", ptr %out, SHADOW metadata !"enzyme_const", i1 %is)
  ret void
}
declare void @__enzyme_autodiff_df(...)
"""
HIDDEN = "@__cargo_autodiff_outgoing."
COPY = "  call void @llvm.memcpy.p0.p0.i64(ptr {}, ptr {}, i64 16, i1 false)\n"
OUT = {
    "stored": "  store ptr %made, ptr %out\n",
    "by a function": "  call void @put(ptr %out, ptr %made)\n",
    "copied": "  store ptr %made, ptr %second\n" + COPY.format("%out", "%local"),
    "as an integer": "  %bits = ptrtoint ptr %made to i64\n  store i64 %bits, ptr %out\n",
    "through a pointer that is kept": "  store ptr %out, ptr %second\n  %there = load ptr, ptr %second\n"
    "  store ptr %made, ptr %there\n",
    "perhaps": "  %to = select i1 %is, ptr %out, ptr %local\n  store ptr %made, ptr %to\n",
    "behind what is there": "  %there = load ptr, ptr %out\n  store ptr %made, ptr %there\n",
}
FLOAT = "  store double %number, ptr %made\n"
STAYS = {
    "kept in a variable": "  store ptr %made, ptr %local\n",
    "beside the caller's": "  store ptr %out, ptr %local\n  store ptr %made, ptr %second\n",
    "merged with the caller's": "  %either = select i1 %is, ptr %out, ptr %made\n  store double %number, ptr %either\n",
    "the caller's own": "  %there = load ptr, ptr %out\n  store ptr %there, ptr %out\n",
    "by the same function": "  call void @put(ptr %local, ptr %made)\n",
}


def text(body: str, *, const: bool) -> str:
    whole = TEXT.replace("BODY", body)
    return whole.replace("OUT", "enzyme_const" if const else "enzyme_dup").replace(
        "SHADOW", "" if const else "ptr %dx,"
    )


@pytest.mark.parametrize("body", OUT.values(), ids=OUT)
def test_what_has_a_shadow_does_not_go_out(ir: Ir, body: str) -> None:
    with pytest.raises(Refused, match="goes out to the caller") as caught:
        ir.apply(handed_out.RULE, text(body, const=False))
    assert "has a shadow there" in caught.value.why


@pytest.mark.parametrize("body", OUT.values(), ids=OUT)
def test_numbers_do_not_go_out(ir: Ir, body: str) -> None:
    with pytest.raises(Refused, match="goes out to the caller"):
        ir.apply(handed_out.RULE, text(FLOAT + body, const=True))


def test_a_static_is_not_the_functions_own(ir: Ir) -> None:
    with pytest.raises(Refused, match="goes out to the caller"):
        ir.apply(handed_out.RULE, text("  store ptr %made, ptr @said\n", const=True))


@pytest.mark.parametrize("body", OUT.values(), ids=OUT)
def test_what_has_no_floats_goes_out_of_a_const_parameter(ir: Ir, body: str) -> None:
    done = ir.text(ir.apply(handed_out.RULE, text(body, const=True)))

    assert f"call ptr {HIDDEN}__rust_alloc(i64 16, i64 8)" in done


@pytest.mark.parametrize("const", [False, True], ids=["shadow", "const"])
@pytest.mark.parametrize("body", STAYS.values(), ids=STAYS)
def test_what_stays_is_left_alone(ir: Ir, body: str, const: bool) -> None:
    assert ir.unchanged(handed_out.RULE, text(FLOAT + body, const=const))


def test_forward_mode_is_left_alone(ir: Ir) -> None:
    forward = text(FLOAT + OUT["stored"], const=False).replace("__enzyme_autodiff", "__enzyme_fwddiff")

    assert ir.unchanged(handed_out.RULE, forward)


def test_what_a_function_without_body_may_free_is_hidden(ir: Ir) -> None:
    lent = "  store ptr %made, ptr %local\n  call void @write(ptr %local)\n"

    assert f"{HIDDEN}__rust_alloc(i64 16" in ir.text(ir.apply(handed_out.RULE, text(lent, const=True)))


def test_what_may_free_it_is_hidden_too_and_other_memory_is_not(ir: Ir) -> None:
    body = """  %other = call ptr @__rust_alloc(i64 24, i64 8)
  %scratch = call ptr @__rust_alloc(i64 32, i64 8)
  %either = select i1 %is, ptr %made, ptr %other
  store ptr %made, ptr %out
  call void @__rust_dealloc(ptr %either, i64 16, i64 8)
  call void @__rust_dealloc(ptr %scratch, i64 32, i64 8)
"""
    done = ir.text(ir.apply(handed_out.RULE, text(body, const=True)))

    assert f"{HIDDEN}__rust_alloc(i64 16" in done
    assert f"{HIDDEN}__rust_alloc(i64 24" in done
    assert f"{HIDDEN}__rust_dealloc(ptr %either" in done
    assert "@__rust_alloc(i64 32" in done
    assert "@__rust_dealloc(ptr %scratch" in done


def test_the_allocators_own_names_come_back(ir: Ir) -> None:
    hidden = ir.text(ir.apply(handed_out.RULE, text(OUT["stored"], const=True)))

    done = ir.text(ir.apply(handed_out.SETTLE, hidden))

    assert f"call ptr {HIDDEN}" not in done
    assert "call ptr @__rust_alloc(i64 16, i64 8)" in done
