"""The line of what Enzyme complains of, which its words hold none of."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from cargo_autodiff.pipeline.culprit import find, shape

if TYPE_CHECKING:
    from ir.reading import Ir

TEXT = """
define double @f(double %x, ptr %p) !dbg !4 {
  %bits = bitcast double %x to i64
  %kept = and i64 %bits, 4095, !dbg !6
  %other = and i64 %bits, 1, !dbg !7
  %again = and i64 %other, 1, !dbg !8
  %sum = call double @lgamma(double %x) #0, !dbg !7
  %last = call double @exp(double %sum), !dbg !8
  %old = atomicrmw add ptr %p, i64 %kept seq_cst, !dbg !9
  ret double %last, !dbg !9
}
declare double @lgamma(double)
declare double @exp(double)
attributes #0 = { nounwind }

!llvm.dbg.cu = !{!0}
!llvm.module.flags = !{!2}
!0 = distinct !DICompileUnit(language: DW_LANG_Rust, file: !1, emissionKind: FullDebug)
!1 = !DIFile(filename: "src/main.rs", directory: "/")
!2 = !{i32 2, !"Debug Info Version", i32 3}
!3 = !DISubroutineType(types: !{null})
!4 = distinct !DISubprogram(name: "f", file: !1, line: 1, type: !3, unit: !0, spFlags: DISPFlagDefinition)
!6 = !DILocation(line: 6, column: 5, scope: !4)
!7 = !DILocation(line: 7, column: 5, scope: !4)
!8 = !DILocation(line: 8, column: 5, scope: !4)
!9 = !DILocation(line: 9, column: 5, scope: !4)
"""
INSIDE = "error: <unknown>:0:0: in function preprocess_f double (double, ptr): Enzyme: "
AT_LGAMMA = "overwritten_args.size() [0] != todiff->arg_size()"


@pytest.mark.parametrize(
    ("said", "place", "called"),
    [
        ("cannot handle unknown binary operator:   %7 = and i64 %6, 4095", "src/main.rs:6:5", ""),
        (
            "constantinst[  store double %9, ptr %2] = 0 cannot handle unknown operator:   %7 = and i64 %6, 4095",
            "src/main.rs:6:5",
            "",
        ),
        ("Cannot deduce type of extract   %7 = and i64 %6, 4095{} start: 0 size: 8", "src/main.rs:6:5", ""),
        (AT_LGAMMA, "src/main.rs:7:5", "lgamma"),
        ("No augmented forward pass found for exp", "src/main.rs:8:5", "exp"),
        ("%4 = atomicrmw add ptr @G Active atomic inst not yet handled", "src/main.rs:9:5", ""),
    ],
)
def test_the_line_is_found(ir: Ir, said: str, place: str, called: str) -> None:
    assert find(ir.parse(TEXT), INSIDE + said) == (place, called)


@pytest.mark.parametrize(
    "said",
    [
        "cannot handle unknown binary operator:   %7 = and i64 %6, 1",
        "cannot handle unknown binary operator:   %7 = and i64 %6, 77",
        "No augmented forward pass found for sin",
        "did not end",
    ],
)
def test_what_can_be_at_several_lines_or_none_has_no_place(ir: Ir, said: str) -> None:
    assert find(ir.parse(TEXT), INSIDE + said) is None


def test_another_function_is_not_looked_at(ir: Ir) -> None:
    said = "cannot handle unknown binary operator:   %7 = and i64 %6, 4095"

    assert find(ir.parse(TEXT), INSIDE.replace("_f ", "_g ") + said) is None


def test_registers_and_what_is_attached_are_no_part_of_a_shape() -> None:
    assert shape('  %12 = load i64, ptr %"iv\'ac", align 8, !tbaa !3, !noalias !18') == "% = load i64, ptr %, align 8"
    assert shape("call void @f(i64 %0) #22, !noalias !18") == "call void @f(i64 %)"
