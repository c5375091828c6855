"""A unit is what its target reaches; its derivative goes back into the module it came from."""

from __future__ import annotations

import ctypes
from typing import TYPE_CHECKING

import pytest

from cargo_autodiff.ir.closure import close, constant_bytes, graft, keep, undefined
from cargo_autodiff.ir.kinds import Linkage
from cargo_autodiff.ir.module_text import ModuleText
from ir.reading import callees, function

if TYPE_CHECKING:
    from cargo_autodiff.ir.module import Module
    from ir.reading import Ir

CRATE = """
%pair = type { double, i64 }
$shared = comdat any
@constant = constant double 2.0
@table = private constant [2 x ptr] [ptr @through_table, ptr null]
@changing = internal global i64 7
@visible = global i64 8
@unused = global i64 9
@outside = external global i64
define double @dfirst(double %x) {
  %a = call double @helper(double %x)
  %t = load ptr, ptr getelementptr (i8, ptr @table, i64 8)
  %c = load double, ptr @constant
  %n = load i64, ptr @changing
  %v = load i64, ptr @visible
  %o = load i64, ptr @outside
  ret double %a
}
define double @dsecond(double %x) {
  %a = call double @shared(double %x)
  ret double %a
}
define internal double @helper(double %x) {
  %a = call double @shared(double %x)
  %b = call double @sin(double %a)
  ret double %b
}
define linkonce_odr double @shared(double %x) comdat {
  ret double %x
}
define void @through_table() {
  call void @deeper()
  ret void
}
define void @deeper() {
  ret void
}
define double @other() {
  %n = load i64, ptr @unused
  %a = call double @dfirst(double 1.0)
  ret double %a
}
declare double @sin(double)
declare void @never()
"""


def gathered(ir: Ir, targets: list[str], text: str) -> ModuleText:
    module = ir.parse(text)
    keep(module, targets)
    close(module)
    return ModuleText(module.text().decode())


def unit(ir: Ir, target: str, text: str = CRATE) -> Module:
    module = ir.parse(gathered(ir, [target], text).unit(target))
    assert module.problem() == ""
    return module


def names(module: Module) -> set[str]:
    return {each.name for each in [*module.functions(), *module.variables()]}


class TestUnit:
    def test_holds_what_the_target_reaches_and_nothing_else(self, ir: Ir) -> None:
        assert names(unit(ir, "dfirst")) == {
            "dfirst", "helper", "shared", "sin", "table", "through_table", "deeper", "constant", "changing", "visible",
            "outside",
        }  # fmt: skip

    def test_of_a_smaller_target_is_smaller(self, ir: Ir) -> None:
        assert names(unit(ir, "dsecond")) == {"dsecond", "shared"}

    def test_shows_its_target_alone(self, ir: Ir) -> None:
        got = unit(ir, "dfirst")

        assert [each.name for each in got.definitions() if not each.is_local] == ["dfirst"]

    def test_owns_constants(self, ir: Ir) -> None:
        got = unit(ir, "dfirst")

        for name in ("constant", "table"):
            variable = got.variable(name)
            assert variable is not None
            assert variable.is_local
            assert variable.initializer is not None

    @pytest.mark.parametrize("name", ["changing", "visible"])
    def test_borrows_what_can_change(self, ir: Ir, name: str) -> None:
        variable = unit(ir, "dfirst").variable(name)

        assert variable is not None
        assert variable.is_declaration
        assert variable.linkage == Linkage.EXTERNAL

    def test_of_a_recursive_target_holds_it_once(self, ir: Ir) -> None:
        text = "define void @f() {\n call void @g()\n ret void\n}\ndefine void @g() {\n call void @f()\n ret void\n}\n"

        assert names(unit(ir, "f", text)) == {"f", "g"}

    def test_forgets_lists_of_symbols_that_only_linkers_read(self, ir: Ir) -> None:
        text = CRATE + '@llvm.used = appending global [1 x ptr] [ptr @other], section "llvm.metadata"\n'

        assert "other" not in names(unit(ir, "dsecond", text))

    def test_owns_its_aliases(self, ir: Ir) -> None:
        text = (
            CRATE.replace("call double @helper", "call double @renamed")
            + "@renamed = alias double (double), ptr @helper\n"
        )

        got = unit(ir, "dfirst", text)

        assert [(alias.name, alias.is_local) for alias in got.aliases()] == [("renamed", True)]


ODD = """
target triple = "x86_64-unknown-linux-gnu"
%pair = type { double, i64 }
@"a \\22 b" = internal constant [4 x i8] c"@f!7"
@list = internal constant [1 x ptr] [ptr @"a \\22 b"]
define void @f(ptr %x) #0 !dbg !3 {
  %a = load ptr, ptr @list, !alias.scope !7, !dbg !6

  br label %"} b"

"} b":
  call void @g(ptr %a), !dbg !6
  ret void, !dbg !6
}
define void @f2() {
  ret void
}
define internal void @g(ptr %x) #1 {
  ret void
}
attributes #0 = { noinline "a"="@f2" }
attributes #1 = { cold }
!llvm.module.flags = !{!0, !1}
!llvm.dbg.cu = !{!2}
!0 = !{i32 2, !"Debug Info Version", i32 3}
!1 = !{i32 7, !"PIC Level", i32 2}
!2 = distinct !DICompileUnit(language: DW_LANG_Rust, file: !4, emissionKind: FullDebug)
!3 = distinct !DISubprogram(name: "f!9", scope: !4, file: !4, line: 1, unit: !2)
!4 = !DIFile(filename: "a.rs", directory: "/")
!5 = !DIFile(filename: "never.rs", directory: "/")
!6 = !DILocation(line: 1, column: 2, scope: !3)
!7 = !{!8}
!8 = distinct !{!8, !9}
!9 = distinct !{!9}
"""


def test_a_unit_of_odd_names_has_what_it_names_and_its_debug_information(ir: Ir) -> None:
    got = unit(ir, "f", ODD)

    text = ir.text(got)
    assert names(got) == {"f", "g", "list", 'a " b'}
    assert text.count("DILocation") == 1
    assert 'c"@f!7"' in text
    assert '!"PIC Level"' in text
    assert "never.rs" not in text
    assert 'source_filename = "unit"' in got.text().decode(), (
        "not the name of a file, which differs from build to build"
    )
    assert "!alias.scope" in text


@pytest.mark.parametrize("count", [1, 2, 3, 7])
def test_every_target_gets_its_own_unit(ir: Ir, count: int) -> None:
    text = "".join(
        f"define i32 @d{n}() {{\n %r = call i32 @h{n}()\n ret i32 %r\n}}\n"
        f"define internal i32 @h{n}() {{\n ret i32 {n}\n}}\n"
        for n in range(count)
    )
    targets = [f"d{n}" for n in range(count)]

    whole = gathered(ir, targets, text)
    made = {target: ir.parse(whole.unit(target)) for target in targets}

    assert {target: names(module) for target, module in made.items()} == {
        f"d{n}": {f"d{n}", f"h{n}"} for n in range(count)
    }
    assert [module.problem() for module in made.values()] == [""] * count


def test_what_is_not_kept_leaves_no_name_behind(ir: Ir) -> None:
    module = ir.parse(CRATE)

    keep(module, ["dsecond"])

    assert "other" not in ir.text(module)
    assert module.problem() == ""


def test_undefined_names_what_is_called_and_not_there(ir: Ir) -> None:
    assert undefined(ir.parse(CRATE + "declare double @llvm.sin.f64(double)\n")) == {"sin", "never"}


HOST = """
@counter = internal global i64 5
@state = private global i64 1
define LINKAGE i64 @df() noinline {
  ret i64 0
}
define internal i64 @helper() {
  ret i64 1000
}
define i64 @user() {
  %a = call i64 @df() noinline
  %b = call i64 @helper()
  %c = load i64, ptr @counter
  %d = add i64 %a, %b
  %e = add i64 %d, %c
  ret i64 %e
}
"""
DERIVATIVE = """
@counter = external hidden global i64
@state = external hidden global i64
define hidden i64 @df() {
  %n = load i64, ptr @counter
  %more = add i64 %n, 1
  store i64 %more, ptr @counter
  %s = load i64, ptr @state
  %h = call i64 @helper()
  %r = add i64 %h, %s
  ret i64 %r
}
define internal i64 @helper() {
  ret i64 200
}
"""


def grafted(ir: Ir, linkage: str = "internal") -> Module:
    host = ir.parse(HOST.replace("LINKAGE", linkage))
    graft(host, {"df": ir.parse(DERIVATIVE)})
    assert host.problem() == ""
    return host


class TestGraft:
    def test_replaces_the_placeholder_and_shares_its_statics_but_not_its_helpers(self, ir: Ir) -> None:
        library = ir.library(grafted(ir))
        library.user.restype = ctypes.c_int64

        assert [library.user() for _ in range(2)] == [201 + 1000 + 6, 201 + 1000 + 7]

    @pytest.mark.parametrize("linkage", ["internal", "private"])
    def test_keeps_what_was_private_private(self, ir: Ir, linkage: str) -> None:
        assert function(grafted(ir, linkage), "df").is_local

    @pytest.mark.parametrize("linkage", ["", "weak_odr", "linkonce_odr"])
    def test_keeps_what_was_visible_visible(self, ir: Ir, linkage: str) -> None:
        assert not function(grafted(ir, linkage), "df").is_local

    @pytest.mark.parametrize("linkage", ["weak_odr", "linkonce_odr"])
    def test_keeps_what_may_be_there_twice_linkable_twice(self, ir: Ir, linkage: str) -> None:
        """A generic function in two crates: both hold the derivative, and the linker takes one."""
        before = function(ir.parse(HOST.replace("LINKAGE", linkage)), "df").linkage

        assert function(grafted(ir, linkage), "df").linkage == before

    def test_keeps_the_default_visibility_of_what_others_call(self, ir: Ir) -> None:
        assert ir.llvm.LLVMGetVisibility(function(grafted(ir, ""), "df").ref) == 0

    @pytest.mark.parametrize("name", ["counter", "state"])
    def test_hides_the_hosts_statics_again(self, ir: Ir, name: str) -> None:
        before, after = ir.parse(HOST.replace("LINKAGE", "internal")).variable(name), grafted(ir).variable(name)

        assert before is not None
        assert after is not None
        assert after.linkage == before.linkage

    def test_lets_the_derivative_be_inlined(self, ir: Ir) -> None:
        host = grafted(ir)

        assert not function(host, "df").has("noinline")
        assert not function(host, "df").calls()[0].call_has("noinline")

    def test_of_a_target_that_the_host_lacks_changes_nothing(self, ir: Ir) -> None:
        host = ir.parse(HOST.replace("LINKAGE", "internal"))
        before = ir.text(host)

        graft(host, {"elsewhere": ir.parse("define void @elsewhere() {\n ret void\n}\n")})

        assert ir.text(host) == before

    def test_takes_a_unit_with_an_alias_back(self, ir: Ir) -> None:
        text = (
            CRATE.replace("call double @helper", "call double @renamed")
            + "@renamed = alias double (double), ptr @helper\n"
        )
        host = ir.parse(text)

        graft(host, {"dfirst": unit(ir, "dfirst", text)})

        assert host.problem() == ""
        assert callees(host, "other") == ["dfirst"]


class TestConstantBytes:
    def read(self, ir: Ir, constant: str) -> tuple[bytes, dict[int, str]]:
        module = ir.parse(f"@f = external constant i8\n@g = external constant i8\n@c = constant {constant}\n")
        variable = module.variable("c")
        assert variable is not None
        assert variable.initializer is not None
        data, pointers = constant_bytes(module, variable.initializer)
        return data, {offset: pointer.name for offset, pointer in pointers.items()}

    @pytest.mark.parametrize(
        ("constant", "data"),
        [
            ("i32 258", b"\2\1\0\0"),
            ('[3 x i8] c"a\\00b"', b"a\0b"),
            ("[2 x i64] [i64 1, i64 2]", b"\1\0\0\0\0\0\0\0\2\0\0\0\0\0\0\0"),
            ("[4 x i8] zeroinitializer", bytes(4)),
            ("<{ i8, i16 }> <{ i8 1, i16 2 }>", b"\1\2\0"),
            ("ptr null", bytes(8)),
        ],
    )
    def test_are_flat(self, ir: Ir, constant: str, data: bytes) -> None:
        assert self.read(ir, constant) == (data, {})

    def test_give_pointers_by_their_offset(self, ir: Ir) -> None:
        got = self.read(ir, '<{ ptr, [8 x i8], ptr }> <{ ptr @f, [8 x i8] c"abcdefgh", ptr @g }>')

        assert got == (bytes(8) + b"abcdefgh" + bytes(8), {0: "f", 16: "g"})
