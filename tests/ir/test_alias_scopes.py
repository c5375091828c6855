"""What an inlined call promised about its pointers is believed where the call is made once."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from cargo_autodiff.ir.rules import alias_scopes

if TYPE_CHECKING:
    from ir.reading import Ir

ONCE = "call void @llvm.experimental.noalias.scope.decl(metadata !0)"
AGAIN = "call void @llvm.experimental.noalias.scope.decl(metadata !3)"
TEXT = """
define void @f(ptr %p, ptr %q, i64 %n) {{
  {before}
  br label %loop
loop:
  %i = phi i64 [ 0, %0 ], [ %next, %loop ]
  {inside}
  %next = add i64 %i, 1
  %from = getelementptr double, ptr %p, i64 %i
  %read = load double, ptr %from, !alias.scope !6
  %to = getelementptr double, ptr %q, i64 %i
  store double %read, ptr %to, !noalias !6
  %done = icmp eq i64 %next, %n
  br i1 %done, label %out, label %loop
out:
  ret void
}}
declare void @llvm.experimental.noalias.scope.decl(metadata)
!0 = !{{!1}}
!1 = distinct !{{!1, !2, !"once"}}
!2 = distinct !{{!2, !"called once"}}
!3 = !{{!4}}
!4 = distinct !{{!4, !5, !"again"}}
!5 = distinct !{{!5, !"called in a loop"}}
!6 = !{{!1, !4}}
"""


def scopes(ir: Ir, before: str, inside: str) -> tuple[list[str], list[str]]:
    """Name the scopes that are left at the load and at the store."""
    text = ir.text(ir.apply(alias_scopes.RULE, TEXT.format(before=before, inside=inside)))
    nodes = dict(re.findall(r"^(!\d+) = (?:distinct )?!\{(.*)\}$", text, re.MULTILINE))

    def named(kind: str) -> list[str]:
        found = re.search(rf"!{kind} (!\d+)", text)
        listed = nodes[found[1]].split(", ") if found else []
        return [re.findall(r'"(.*)"', nodes[scope])[0] for scope in listed]

    return named("alias.scope"), named("noalias")


def test_scopes_of_calls_outside_of_loops_stay(ir: Ir) -> None:
    assert scopes(ir, f"{ONCE}\n  {AGAIN}", "") == (["once", "again"], ["once", "again"])


def test_scopes_of_calls_in_loops_go(ir: Ir) -> None:
    assert scopes(ir, ONCE, AGAIN) == (["once"], ["once"])


@pytest.mark.parametrize("before", ["", ONCE])
def test_scopes_that_begin_nowhere_go(ir: Ir, before: str) -> None:
    left = ["once"] if before else []

    assert scopes(ir, before, "") == (left, left)
