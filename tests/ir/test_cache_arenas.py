"""Caches that loops get are of one arena."""

from __future__ import annotations

import ctypes
from itertools import pairwise
from typing import TYPE_CHECKING

import pytest

from cargo_autodiff.ir.rules import cache_arenas

if TYPE_CHECKING:
    from ir.reading import Ir

# forward: a cache for each i, filled; backward: read and freed
TEXT = """
define i64 @f(ptr %kept, i64 %n, i64 %size) {{
entry:
  br label %ahead
ahead:
  %i = phi i64 [ 0, %entry ], [ %i.next, %ahead ]{phi}
  %cache = tail call ptr @malloc(i64 %size), !enzyme_cache_alloc !0
  store i64 %i, ptr %cache
  %slot = getelementptr ptr, ptr %kept, i64 %i
  store ptr %cache, ptr %slot
  %i.next = add i64 %i, 1
  %done = icmp eq i64 %i.next, %n
  br i1 %done, label %back, label %ahead
back:
  %j = phi i64 [ %n, %ahead ], [ %j.next, %back ]
  %sum = phi i64 [ 0, %ahead ], [ %sum.next, %back ]
  %j.next = add i64 %j, -1
  %slot.again = getelementptr ptr, ptr %kept, i64 %j.next
  %cache.again = load ptr, ptr %slot.again
  %found = load i64, ptr %cache.again
  %sum.next = add i64 %sum, %found
  {free}
  %over = icmp eq i64 %j.next, 0
  br i1 %over, label %{then}, label %back
again:
  %more = icmp eq i64 %sum.next, 0
  br i1 %more, label %{target}, label %out
out:
  ret i64 %sum.next
}}
{more}
declare ptr @malloc(i64)
declare void @free(ptr)
!0 = distinct !{{}}
!1 = distinct !{{}}
"""
FREE = "tail call void @free(ptr %cache.again), !enzyme_cache_free !{number}"
ELSEWHERE = """
define void @g(ptr %p) {
  tail call void @free(ptr %p), !enzyme_cache_free !0
  ret void
}
"""


GROWING = """
define ptr @grown(ptr %p) {
  %q = call ptr @realloc(ptr %p, i64 64), !enzyme_cache_alloc !0
  ret ptr %q
}
declare ptr @realloc(ptr, i64)
"""


def text(*, free: str = FREE.format(number=0), then: str = "out", more: str = "") -> str:
    phi, target = (", [ 0, %again ]", "ahead") if then == "again" else ("", "out")
    return TEXT.format(free=free, then=then, more=more, phi=phi, target=target)


def test_they_are_freed_at_once(ir: Ir) -> None:
    got = ir.text(ir.apply(cache_arenas.RULE, text()))

    body = got.partition("define i64 @f")[2].partition("\n}")[0]
    assert "ptr @__cargo_autodiff_arena_get(" in body
    assert "@malloc" not in body
    assert "@free(" not in body
    assert "tail call" not in body
    assert body.count("call void @__cargo_autodiff_arena_free(") == 1


@pytest.mark.parametrize(
    "kept",
    [
        text(free=FREE.format(number=1)),  # another cache is freed
        text(free=""),  # the reverse pass is another function
        text(more=ELSEWHERE),  # and is freed elsewhere, too
        text(then="again"),  # more are got when some are freed
        text(more=GROWING),  # it grows
    ],
)
def test_others_stay_malloc_s(ir: Ir, kept: str) -> None:
    assert ir.unchanged(cache_arenas.RULE, kept)


@pytest.mark.parametrize(("n", "size"), [(3, 8), (100, 40), (5000, 24), (40, 2040), (40, 4000), (7, 70000)])
def test_every_cache_keeps_what_is_put_there(ir: Ir, n: int, size: int) -> None:
    module = ir.apply(cache_arenas.RULE, text())

    kept = (ctypes.c_size_t * n)()
    f = ir.library(module).f
    f.restype, f.argtypes = ctypes.c_int64, [ctypes.c_void_p, ctypes.c_int64, ctypes.c_int64]

    assert f(kept, n, size) == n * (n - 1) // 2
    places = sorted(kept)
    assert all(place % 16 == 0 for place in places)
    assert all(second - first >= size for first, second in pairwise(places))
