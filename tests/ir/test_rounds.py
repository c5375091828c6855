"""The rounds of LLVM's own passes, before and after Enzyme, as the plan has them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from cargo_autodiff.pipeline.plan import IrStep, unit_plan
from cargo_autodiff.pipeline.steps import optimise

if TYPE_CHECKING:
    from pathlib import Path

    from ir.reading import Ir

LOOP = """
target datalayout = "e-m:e-p270:32:32-p271:32:32-p272:64:64-i64:64-i128:128-f80:128-n8:16:32:64-S128"
target triple = "x86_64-unknown-linux-gnu"
define void @f(ptr noalias %x, ptr noalias %y, i64 %n) {
entry:
  br label %loop
loop:
  %i = phi i64 [ 0, %entry ], [ %j, %loop ]
  %p = getelementptr inbounds double, ptr %x, i64 %i
  %q = getelementptr inbounds double, ptr %y, i64 %i
  %a = load double, ptr %p
  %b = fmul double %a, %a
  store double %b, ptr %q
  %j = add nuw nsw i64 %i, 1
  %c = icmp ult i64 %j, %n
  br i1 %c, label %loop, label %done
done:
  %p0 = load double, ptr %x
  %p1 = getelementptr inbounds double, ptr %x, i64 1
  %v1 = load double, ptr %p1
  %s0 = fadd double %p0, 1.0
  %s1 = fadd double %v1, 1.0
  %q1 = getelementptr inbounds double, ptr %y, i64 1
  store double %s0, ptr %y
  store double %s1, ptr %q1
  ret void
}
"""


def after(ir: Ir, name: str) -> str:
    """Run one stage of the plan on the loop."""
    stage = next(stage for stage in unit_plan(ir.toolchain, ir.folder / "unit") if stage.name == name)
    assert isinstance(stage.action, IrStep)
    arguments = dict(stage.action.arguments)
    given: Path = ir.folder / "given.ll"
    given.write_text(LOOP)
    out = ir.folder / "out.ll"
    optimise(ir.llvm, ir.context, **{**arguments, "given": str(given), "out": str(out)})  # type: ignore[arg-type]
    return out.read_text()


@pytest.mark.parametrize(("name", "vectorised"), [("first round", False), ("second round", True)])
def test_nothing_is_vectorised_before_enzyme(ir: Ir, name: str, vectorised: bool) -> None:
    """Enzyme's derivatives of vectorised loops are wrong."""
    assert ("<2 x double>" in after(ir, name)) is vectorised


def test_loops_are_not_unrolled_at_run_time_before_enzyme(ir: Ir) -> None:
    assert after(ir, "first round").count("fmul double") == 1
