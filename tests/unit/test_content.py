"""The content of a closure: what is in its digest, and what is left out."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cargo_autodiff.ir.content import Content, Stated, contents, normal_name
from cargo_autodiff.ir.debug_content import without_variables

MODULE = """\
target triple = "x86_64-unknown-linux-gnu"

@anon.00000000000000000000000000000000.1 = internal unnamed_addr constant [2 x i8] c"a@", align 1
@anon.00000000000000000000000000000000.2 = external hidden constant <{ ptr, [16 x i8] }>, align 8
@_ZN3one5COUNT17h0000000000000001E = external hidden global i64, align 8

define internal double @_ZN3one2df17h1111111111111111E(double %0) #0 !dbg !4 {
  %2 = call double @_ZN3one1f17h2222222222222222E(double %0), !dbg !6
  ret double %2
}

define internal double @_ZN3one1f17h2222222222222222E(double %0) #1 !dbg !5 {
  %2 = load i64, ptr @_ZN3one5COUNT17h0000000000000001E, align 8, !dbg !17, !noundef !9
    #dbg_declare(ptr @_ZN3one5COUNT17h0000000000000001E, !20, !DIExpression(), !7)
  %3 = call double @llvm.sin.f64(double %0), !dbg !7
  call void @"panic\\22s"(ptr @anon.00000000000000000000000000000000.2, ptr @anon.00000000000000000000000000000000.1)
  ret double %3
}

define internal void @_ZN3one9elsewhere17h3333333333333333E() #1 {
  ret void
}

declare double @llvm.sin.f64(double)

declare void @"panic\\22s"(ptr, ptr) #0

attributes #0 = { nounwind "target-cpu"="x86-64" }
attributes #1 = { uwtable }

!llvm.dbg.cu = !{!0}
!llvm.module.flags = !{!1}

!0 = distinct !DICompileUnit(language: DW_LANG_Rust, file: !2, producer: "rustc", enums: !9)
!1 = !{i32 8, !"PIC Level", i32 2}
!2 = !DIFile(filename: "src/lib.rs", directory: "/home/a")
!3 = !DIBasicType(name: "f64", size: 64, encoding: DW_ATE_float)
!4 = distinct !DISubprogram(name: "df", linkageName: "_ZN3one2df17h1111E", scope: !8, file: !2, line: 3, unit: !0)
!5 = distinct !DISubprogram(name: "f", scope: !8, file: !2, line: 9, type: !3, unit: !0)
!6 = !DILocation(line: 4, column: 5, scope: !4)
!7 = !DILocation(line: 10, column: 5, scope: !5)
!8 = !DINamespace(name: "one", scope: null)
!9 = !{}
!10 = distinct !DISubprogram(name: "read<Pair>", scope: !11, file: !2, line: 7, unit: !0, templateParams: !13)
!11 = !DINamespace(name: "ptr", scope: !12)
!12 = !DINamespace(name: "core", scope: null)
!13 = !{!14}
!14 = !DITemplateTypeParameter(name: "T", type: !15)
!15 = !DICompositeType(tag: DW_TAG_structure_type, name: "Pair", file: !2, size: 128, elements: !16, identifier: "1f")
!16 = !{!18, !19}
!17 = !DILocation(line: 12, column: 5, scope: !10, inlinedAt: !7)
!18 = !DIDerivedType(tag: DW_TAG_member, name: "a", scope: !15, file: !2, baseType: !3, size: 64)
!19 = !DIDerivedType(tag: DW_TAG_member, name: "b", scope: !15, file: !2, baseType: !21, size: 64, offset: 64)
!20 = !DILocalVariable(name: "x", scope: !5, file: !2, line: 10, type: !15)
!21 = !DIDerivedType(tag: DW_TAG_pointer_type, name: "&Pair", baseType: !15, size: 64)
"""
ROOT = "_ZN3one2df17h1111111111111111E"


def content(text: str = MODULE, root: str = ROOT) -> Content:
    read = without_variables(text.encode()).decode()
    return contents(read, [root], {})[root]


SAME = {
    "a line": ("line: 10, column: 5", "line: 99, column: 7"),
    "a file": ("src/lib.rs", "elsewhere/lib.rs"),
    "a directory": ("/home/a", "/build"),
    "the name of a variable": ('name: "x"', 'name: "y"'),
    "a variable": ("    #dbg_declare(ptr @_ZN3one5COUNT17h0000000000000001E, !20, !DIExpression(), !7)\n", ""),
    "the identifier of a type": ('identifier: "1f"', 'identifier: "2f"'),
    "what is behind a pointer in debug information": ("baseType: !15, size: 64", "baseType: !3, size: 64"),
    "the type of a function in debug information": ("type: !3, unit", "type: !15, unit"),
    "the compile unit": ('producer: "rustc"', 'producer: "another"'),
    "a hash in a name": ("17h2222222222222222E", "17hffffffffffffffffE"),
    "the number of a constant": ("00000000000000000000000000000000.2", "abababababababababababababababab.77"),
    "the name of a counter's crate hash": ("17h0000000000000001E", "17h0000000000000002E"),
    "a function that is not reached": ("elsewhere17h3333333333333333E() #1 {\n", "other17h3333333333333333E() #0 {\n"),
    "the number of metadata": ("!7", "!70"),
    "the number of attributes": ("#1", "#9"),
}
OTHER = {
    "an instruction": ("call double @llvm.sin.f64", "tail call double @llvm.sin.f64"),
    "a constant's bytes": ('c"a@"', 'c"b@"'),
    "an attribute": ("{ uwtable }", "{ uwtable noinline }"),
    "the processor": ('"target-cpu"="x86-64"', '"target-cpu"="znver4"'),
    "a function's name": ("_ZN3one1f17h", "_ZN3one1g17h"),
    "an outer function's name": ("llvm.sin.f64", "llvm.cos.f64"),
    "an outer variable's type": ("<{ ptr, [16 x i8] }>", "<{ ptr, [8 x i8] }>"),
    "a scalar that a function of std is generic over": ('name: "f64", size: 64', 'name: "f64", size: 32'),
    "a field of what it is generic over": ("size: 64, offset: 64", "size: 64, offset: 32"),
    "a field's type": ("baseType: !21", "baseType: !3"),
    "what it is generic over": ("type: !15)\n!15", "type: !3)\n!15"),
    "the name of its parameter": ('name: "T"', 'name: "A"'),
    "the path of a function that was inlined": ('name: "core"', 'name: "alloc"'),
    "the function that an instruction comes from": ("align 8, !dbg !17", "align 8, !dbg !7"),
    "a name in debug information": ('name: "f"', 'name: "g"'),
    "the target": ("x86_64-unknown", "aarch64-unknown"),
    "a flag of the module": ("i32 8", "i32 7"),
    "metadata of an instruction": ("!noundef !9", "!nonnull !9"),
}


@pytest.mark.parametrize("change", SAME)
def test_is_the_same_after_a_change_of(change: str) -> None:
    old, new = SAME[change]
    assert old in MODULE

    assert content(MODULE.replace(old, new)).digest == content().digest


@pytest.mark.parametrize("change", OTHER)
def test_is_another_after_a_change_of(change: str) -> None:
    old, new = OTHER[change]
    assert old in MODULE

    assert content(MODULE.replace(old, new)).digest != content().digest


def test_the_order_of_things_does_not_count() -> None:
    head, *parts = re.split(r"\n(?=define|declare|@|attributes|!)", MODULE)
    first, *nodes = [part for part in parts if re.match(r"!\d", part)]
    code = [part for part in parts if not re.match(r"!\d", part)]

    assert content("\n".join([head, *reversed(code), first, *reversed(nodes)])).digest == content().digest


def test_symbols_name_the_root_and_what_is_not_defined_in_an_order_of_their_own() -> None:
    assert content().symbols == (
        ROOT,
        "_ZN3one5COUNT17h0000000000000001E",
        'panic"s',
        "anon.00000000000000000000000000000000.2",
    )


def test_what_differs_is_told_by_name() -> None:
    changed = content(MODULE.replace("call double @llvm.sin", "tail call double @llvm.sin")).reaches
    before = content().reaches

    assert {name for name in before if before[name] != changed[name]} == {"_ZN3one1fE"}


def test_of_a_placeholder_the_request_counts_and_not_the_body() -> None:
    source = "_ZN3one1f17h2222222222222222E"
    with_body = contents(MODULE, [ROOT], {ROOT: Stated(text="reverse", source=source)})[ROOT]
    other_body = MODULE.replace("  ret double %2", "  unreachable")

    assert contents(other_body, [ROOT], {ROOT: Stated(text="reverse", source=source)})[ROOT] == with_body
    assert contents(MODULE, [ROOT], {ROOT: Stated(text="forward", source=source)})[ROOT].digest != with_body.digest


def test_a_type_that_holds_itself_counts_with_all_there_is() -> None:
    text = MODULE.replace("baseType: !21", "baseType: !15")

    assert content(text.replace('name: "x"', 'name: "y"')).digest != content(text).digest


def test_functions_that_call_each_other_have_a_content() -> None:
    def text(first: str, second: str) -> str:
        pairs = ((first, second), (second, first))
        return "".join(f"define void @{a}() {{\n  call void @{b}()\n  ret void\n}}\n" for a, b in pairs)

    one = content(text("f17h0000000000000000E", "g"), "f17h0000000000000000E")

    assert one.digest == content(text("f17h1111111111111111E", "g"), "f17h1111111111111111E").digest
    assert one.digest != content(text("f17h0000000000000000E", "h"), "f17h0000000000000000E").digest


def test_what_is_left_out_takes_nothing_else_along() -> None:
    left = without_variables(MODULE.encode()).decode().splitlines()

    assert [line for line in MODULE.splitlines() if line not in left] == [
        "    #dbg_declare(ptr @_ZN3one5COUNT17h0000000000000001E, !20, !DIExpression(), !7)",
        '!0 = distinct !DICompileUnit(language: DW_LANG_Rust, file: !2, producer: "rustc", enums: !9)',
        '!5 = distinct !DISubprogram(name: "f", scope: !8, file: !2, line: 9, type: !3, unit: !0)',
    ]
    assert '!5 = distinct !DISubprogram(name: "f", scope: !8, file: !2, line: 9, type: !4000000000, unit: !0)' in left
    assert left[-2:] == ["!4000000000 = !DISubroutineType(types: !4000000001)", "!4000000001 = !{}"]
    assert without_variables(b"define void @f() {\n ret void\n}\n") == b"define void @f() {\n ret void\n}\n"


@given(st.integers(0, 10**6), st.integers(0, 300))
def test_no_line_or_column_counts(line: int, column: int) -> None:
    assert content(MODULE.replace("line: 4, column: 5", f"line: {line}, column: {column}")).digest == content().digest


@pytest.mark.parametrize(
    ("name", "normal"),
    [
        ("_ZN3one1f17h0123456789abcdefE", "_ZN3one1fE"),
        ("_RNvCsLYArtu3iFV_5alloc3vec", "_RNvC5alloc3vec"),
        ("anon.0123456789abcdef0123456789abcdef.12", "anon"),
        ("alloc_0123456789abcdef0123456789abcdef", "alloc"),
        ("f.llvm.1234", "f"),
        ("sin", "sin"),
    ],
)
def test_names_lose_what_differs_from_crate_to_crate(name: str, normal: str) -> None:
    assert normal_name(name) == normal
