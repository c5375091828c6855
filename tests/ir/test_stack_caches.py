"""Caches that are small, and got once a call, are on the stack."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from cargo_autodiff.ir.rules import stack_caches

if TYPE_CHECKING:
    from ir.reading import Ir

CACHE = "  %cache = tail call ptr @malloc(i64 {size}), !enzyme_cache_alloc !0\n"
FREE = "  tail call void @free(ptr %again), !enzyme_cache_free !{number}\n"
TEXT = """
define double @f(double %x, i64 %n) {{
entry:
  %slot = alloca ptr
{before}  br label %loop
loop:
  %i = phi i64 [ 0, %entry ], [ %next, %loop ]
{inside}  tail call void @llvm.memset.p0.i64(ptr %cache, i8 0, i64 8, i1 false)
  store double %x, ptr %cache
  store ptr %cache, ptr %slot
  %next = add i64 %i, 1
  %done = icmp eq i64 %next, %n
  br i1 %done, label %out, label %loop
out:
  %again = load ptr, ptr %slot
  %kept = load double, ptr %again
{after}  ret double %kept
}}
declare ptr @malloc(i64)
declare void @free(ptr)
declare void @llvm.memset.p0.i64(ptr, i8, i64, i1)
!0 = distinct !{{}}
!1 = distinct !{{}}
"""


def text(*, size: str = "48", freed: str | None = "0", once: bool = True) -> str:
    cache = CACHE.format(size=size)
    after = FREE.format(number=freed) if freed else ""
    return TEXT.format(before=cache if once else "", inside="" if once else cache, after=after)


def test_one_of_known_size_is_a_local_variable_that_nobody_frees(ir: Ir) -> None:
    got = ir.text(ir.apply(stack_caches.RULE, text()))

    assert "alloca [48 x i8], align 16" in got
    assert "call ptr @malloc" not in got
    assert "call void @free" not in got


def test_calls_do_not_promise_any_more_that_they_reach_nothing_on_the_stack(ir: Ir) -> None:
    got = ir.text(ir.apply(stack_caches.RULE, text()))

    assert "tail call" not in got


@pytest.mark.parametrize(
    "kept",
    [
        text(once=False),  # every iteration has one of its own
        text(size="%n"),
        text(size=str(stack_caches.MOST + 1)),
        text(freed=None),  # the reverse pass is another function
        text(freed="1"),  # what is freed is another cache
    ],
)
def test_others_stay_on_the_heap(ir: Ir, kept: str) -> None:
    got = ir.text(ir.apply(stack_caches.RULE, kept))

    assert "call ptr @malloc" in got
    assert "alloca [" not in got
