"""Where an instruction comes from, as messages say it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cargo_autodiff.ir.debug_info import generic_of, place, written_in

if TYPE_CHECKING:
    from pathlib import Path

    from cargo_autodiff.ir.value import Instruction
    from ir.reading import Ir

TEXT = """
define double @symbol(double %x) !dbg !4 {
  %y = fadd double %x, 1.0, !dbg !6
  ret double %y, !dbg !8
}

!llvm.dbg.cu = !{!0}
!llvm.module.flags = !{!2}
!0 = distinct !DICompileUnit(language: DW_LANG_Rust, file: !1, emissionKind: FullDebug)
!1 = !DIFile(filename: "src/lib.rs", directory: "FOLDER")
!2 = !{i32 2, !"Debug Info Version", i32 3}
!3 = !DISubroutineType(types: !{null})
!4 = distinct !DISubprogram(name: "f", scope: !9, file: !1, line: 1, type: !3, unit: !0, spFlags: DISPFlagDefinition)
!5 = distinct !DISubprogram(name: "write<f64>", file: !7, type: !3, unit: !0, spFlags: DISPFlagDefinition)
!6 = !DILocation(line: 900, column: 3, scope: !5, inlinedAt: !8)
!7 = !DIFile(filename: "src/raw/mod.rs", directory: "/rust/deps/hashbrown-0.16.1")
!8 = !DILocation(line: 7, column: 5, scope: !4)
!9 = !DINamespace(name: "model", scope: null)
"""


def inlined(ir: Ir, folder: str = "/not/there") -> Instruction:
    function = ir.parse(TEXT.replace("FOLDER", folder)).function("symbol")
    assert function is not None
    return next(iter(function.instructions()))


def test_what_std_has_vendored_is_no_place_of_the_users(ir: Ir) -> None:
    assert place(inlined(ir)) == "src/lib.rs:7:5"


def test_the_function_is_the_one_that_holds_the_place(ir: Ir) -> None:
    assert written_in(inlined(ir)) == "model::f"


def test_the_generic_function_of_std_says_which_types(ir: Ir) -> None:
    assert generic_of(inlined(ir)) == "write<f64>"


def test_a_file_of_another_crate_has_its_whole_path(ir: Ir, tmp_path: Path) -> None:
    (tmp_path / "src").mkdir()
    (tmp_path / "src" / "lib.rs").touch()

    assert place(inlined(ir, str(tmp_path))) == f"{tmp_path}/src/lib.rs:7:5"
