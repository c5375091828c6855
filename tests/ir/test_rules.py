"""The rules that mark, rename, strip or refuse.

`Ir.apply` checks the two laws of every rule: the verifier accepts the result, a second application changes nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from cargo_autodiff.errors import Refused
from cargo_autodiff.ir.rules import mixed_returns, nounwind, one_edge, settle, statics, wrap_flags
from cargo_autodiff.pipeline.rules import ALL
from cargo_autodiff.rust.rules import allocators, catch_unwind, inactive, raw_vec, thread_local, verifying, zero_tests
from ir.reading import callees, calls, function, only_call

if TYPE_CHECKING:
    from cargo_autodiff.ir.rule import Rule
    from ir.reading import Ir


@pytest.mark.parametrize("rule", ALL, ids=lambda rule: rule.name)
class TestEveryRule:
    def test_has_a_name_and_a_reason_of_its_own(self, rule: Rule) -> None:
        assert rule.reason
        assert [each.name for each in ALL].count(rule.name) == 1

    def test_changes_nothing_in_a_module_that_does_not_need_it(self, ir: Ir, rule: Rule) -> None:
        assert ir.unchanged(rule, "define double @f(double %x) {\n %y = fmul double %x, %x\n ret double %y\n}\n")

    def test_changes_nothing_in_a_module_without_functions(self, ir: Ir, rule: Rule) -> None:
        assert ir.unchanged(rule, "@x = global i32 1\n")


class TestNounwind:
    TEXT = """
define double @f(double %x) nounwind {
  %a = call double @g(double %x) nounwind
  %b = call double @llvm.fabs.f64(double %a)
  %c = call ptr @__rust_alloc(i64 8, i64 8) nounwind
  %d = call double @_RNvC1a1h(double %b) nounwind
  %e = call double @outside(double %d) nounwind
  br i1 undef, label %bad, label %fine
fine:
  ret double %e
bad:
  call void @panic() nounwind
  unreachable
}
define internal double @g(double %x) nounwind {
  ret double %x
}
declare double @llvm.fabs.f64(double) nounwind
declare ptr @__rust_alloc(i64, i64) nounwind
declare double @_RNvC1a1h(double) nounwind
declare double @outside(double) nounwind
declare void @panic() noreturn nounwind
"""

    @pytest.mark.parametrize("name", ["f", "g", "_RNvC1a1h", "panic"])
    def test_goes_from_definitions_from_rusts_functions_and_from_those_that_never_return(
        self, ir: Ir, name: str
    ) -> None:
        got = ir.apply(nounwind.RULE, self.TEXT)

        assert not function(got, name).has("nounwind")

    @pytest.mark.parametrize("name", ["llvm.fabs.f64", "__rust_alloc", "outside"])
    def test_stays_on_intrinsics_allocators_and_functions_of_c(self, ir: Ir, name: str) -> None:
        got = ir.apply(nounwind.RULE, self.TEXT)

        assert function(got, name).has("nounwind")

    def test_goes_from_the_calls_too(self, ir: Ir) -> None:
        got = ir.apply(nounwind.RULE, self.TEXT)

        promised = [call.callee.name for call in calls(got, "f") if call.callee and call.call_has("nounwind")]
        assert promised == ["__rust_alloc", "outside"]


def mixed(returned: str) -> str:
    return f"""
define {returned} @pair(double %x) noinline {{
  ret {returned} zeroinitializer
}}
define void @f(double %x) {{
  %p = call {returned} @pair(double %x) noinline
  ret void
}}
"""


MIXED = ["{ i64, double }", "{ double, i1 }", "{ ptr, float }", "{ i8, [2 x double] }", "{ { i32, float }, i32 }"]
UNMIXED = ["double", "i64", "{ double, double }", "{ i64, ptr }", "{ double, [3 x double] }", "[2 x double]", "ptr"]


class TestMixedReturns:
    @pytest.mark.parametrize("returned", MIXED)
    def test_are_inlined_by_the_first_round(self, ir: Ir, returned: str) -> None:
        got = ir.apply(mixed_returns.RULE, mixed(returned))

        pair = function(got, "pair")
        assert pair.has("alwaysinline")
        assert not pair.has("noinline")
        assert not only_call(got, "f").call_has("noinline")

    @pytest.mark.parametrize("returned", UNMIXED)
    def test_are_not_returns_of_one_kind(self, ir: Ir, returned: str) -> None:
        assert ir.unchanged(mixed_returns.RULE, mixed(returned))

    @pytest.mark.parametrize("returned", MIXED)
    def test_that_are_still_called_afterwards_are_refused(self, ir: Ir, returned: str) -> None:
        with pytest.raises(Refused, match="a call cannot be differentiated") as caught:
            mixed_returns.CHECK.apply(ir.parse(mixed(returned)))

        assert "`f` calls `pair`" in caught.value.why

    @pytest.mark.parametrize("returned", UNMIXED)
    def test_of_one_kind_pass(self, ir: Ir, returned: str) -> None:
        assert ir.unchanged(mixed_returns.CHECK, mixed(returned))

    def test_by_recursion_are_refused(self, ir: Ir) -> None:
        text = """
define { i64, double } @f(i64 %n) {
  %m = sub i64 %n, 1
  %r = call { i64, double } @f(i64 %m)
  ret { i64, double } %r
}"""
        with pytest.raises(Refused) as caught:
            mixed_returns.CHECK.apply(ir.parse(text))

        assert "`f` calls `f`" in caught.value.why

    def test_by_a_pointer_are_refused(self, ir: Ir) -> None:
        text = "define void @f(ptr %g) {\n %r = call { i64, double } %g()\n ret void\n}\n"

        with pytest.raises(Refused) as caught:
            mixed_returns.CHECK.apply(ir.parse(text))

        assert "`f` calls a function behind a pointer" in caught.value.why

    def test_of_a_function_that_may_unwind_are_refused(self, ir: Ir) -> None:
        text = mixed("{ i64, double }").replace("call {", "invoke {").replace("ret void", "").replace(
            "pair(double %x) noinline\n  ", "pair(double %x) to label %a unwind label %b\na:\n  ret void\nb:\n"
            "  %l = landingpad ptr cleanup\n  ret void")  # fmt: skip
        text = text.replace("@f(double %x)", "@f(double %x) personality ptr null")

        with pytest.raises(Refused):
            mixed_returns.CHECK.apply(ir.parse(text))

    def test_of_llvms_own_functions_pass(self, ir: Ir) -> None:
        text = (
            "declare { double, i64 } @outside()\n"
            + "define void @f() {\n call { double, i64 } @outside()\n ret void\n}\n"
        )

        assert ir.unchanged(mixed_returns.CHECK, text)


class TestInvariantGroups:
    def test_are_stripped(self, ir: Ir) -> None:
        got = ir.apply(
            settle.INVARIANT_GROUPS,
            """
define double @f(ptr %p) {
  store double 1.0, ptr %p, !invariant.group !0
  %x = load double, ptr %p, !invariant.group !0, !nontemporal !1
  ret double %x
}
!0 = distinct !{}
!1 = !{i32 1}
""",
        )

        text = ir.text(got)
        assert "invariant.group" not in text
        assert "nontemporal" in text


class TestContentsOfArguments:
    def test_nothing_is_promised_of_them(self, ir: Ir) -> None:
        if ir.major < 22:
            pytest.skip("LLVM 15 knows neither promise")
        got = ir.apply(
            settle.CONTENTS,
            """
declare void @g(ptr dead_on_return, i64)
define void @f(ptr noalias initializes((0, 8)) %p, ptr dead_on_return align 8 %q) {
  call void @g(ptr dead_on_return nonnull %q, i64 1)
  call void @f(ptr initializes((0, 8)) %p, ptr %q)
  ret void
}
""",
        )

        text = ir.text(got).replace("@g(ptr dead_on_return, i64)", "")
        assert "initializes" not in text
        assert "dead_on_return" not in text
        assert "ptr noalias %p, ptr align 8 %q" in text
        assert "ptr nonnull %q" in text


class TestScopesOfStores:
    def test_only_loads_keep_theirs(self, ir: Ir) -> None:
        got = ir.apply(
            settle.SCOPES_OF_STORES,
            """
declare void @llvm.memcpy.p0.p0.i64(ptr, ptr, i64, i1)
define void @f(ptr %p, ptr %q) {
  %x = load double, ptr %p, !alias.scope !0, !noalias !1
  store double %x, ptr %q, !alias.scope !1, !noalias !0
  call void @llvm.memcpy.p0.p0.i64(ptr %p, ptr %q, i64 8, i1 false), !alias.scope !0, !noalias !1
  ret void
}
!0 = !{!2}
!1 = !{!3}
!2 = distinct !{!2, !4}
!3 = distinct !{!3, !4}
!4 = distinct !{!4}
""",
        )

        lines = [line for line in ir.text(got).splitlines() if "alias" in line and not line.startswith("declare")]
        assert [line.split()[2] for line in lines] == ["load"]


SAFE = "reassoc nsz arcp contract"


class TestKeepNan:
    @pytest.mark.parametrize(
        "line",
        [
            "%y = fmul fast double %x, %x",
            "%y = fneg fast double %x",
            "%y = call fast double @llvm.sqrt.f64(double %x)",
            "%y = tail call fast double @llvm.sqrt.f64(double %x)",
            "%y = notail call fast double @llvm.sqrt.f64(double %x)",
            "%y = select fast i1 %c, double %x, double 1.000000e+00",
            "%y = fcmp fast olt double %x, 1.000000e+00",
            '%"a \\22name\\22" = fmul fast double %x, %x',
            "%1 = fmul fast double %x, %x",
        ],
    )
    def test_fast_no_longer_promises_what_an_input_may_break(self, ir: Ir, line: str) -> None:
        got = ir.text(ir.apply(settle.KEEP_NAN, arithmetic(line)))

        assert f"  {line.replace('fast', SAFE)}\n" in got

    def test_loops_are_arithmetic_too(self, ir: Ir) -> None:
        text = """
define double @f(double %x, i1 %c) {
  br label %loop
loop:
  %y = phi fast double [ %x, %0 ], [ %y, %loop ]
  br i1 %c, label %out, label %loop
out:
  ret double %y
}"""
        assert f"%y = phi {SAFE} double" in ir.text(ir.apply(settle.KEEP_NAN, text))

    @pytest.mark.parametrize("flags", ["", "nnan ", "contract ", "reassoc nsz ", "nnan ninf "])
    def test_flags_of_the_user_stay(self, ir: Ir, flags: str) -> None:
        assert ir.unchanged(settle.KEEP_NAN, arithmetic(f"%y = fmul {flags}double %x, %x"))

    def test_text_that_only_says_so_stays(self, ir: Ir) -> None:
        assert ir.unchanged(settle.KEEP_NAN, '@text = constant [27 x i8] c"\\0A  %y = fmul fast double %x"\n')


class TestKeepOrder:
    @pytest.mark.parametrize("flags", ["nsz arcp contract ", "nnan contract afn ", ""])
    def test_arithmetic_is_not_regrouped_by_who_compiles_it(self, ir: Ir, flags: str) -> None:
        got = ir.text(ir.apply(settle.KEEP_ORDER, arithmetic(f"%y = fmul reassoc {flags}double %x, %x")))

        assert f"%y = fmul {flags}double %x, %x" in got


class TestWrapFlags:
    @pytest.mark.parametrize("operation", ["add", "sub", "mul", "shl"])
    @pytest.mark.parametrize("flags", ["nuw", "nsw", "nuw nsw"])
    def test_integers_may_wrap(self, ir: Ir, operation: str, flags: str) -> None:
        text = f"define i64 @f(i64 %n) {{\n  %m = {operation} {flags} i64 %n, -1\n  ret i64 %m\n}}\n"

        assert f"%m = {operation} i64 %n, -1" in ir.text(ir.apply(wrap_flags.RULE, text))

    def test_what_says_more_than_a_wrap_stays(self, ir: Ir) -> None:
        assert ir.unchanged(wrap_flags.RULE, arithmetic("%y = fmul nsz double %x, %x"))
        assert ir.unchanged(wrap_flags.RULE, "define i64 @f(i64 %n) {\n  %m = udiv exact i64 %n, 8\n  ret i64 %m\n}\n")


def arithmetic(line: str) -> str:
    return (
        f"define void @f(double %x, i1 %c) {{\n  {line}\n  ret void\n}}\n"
        "declare double @llvm.sqrt.f64(double)\n"
    )  # fmt: skip


class TestLeftovers:
    @pytest.mark.parametrize("entry", ["__enzyme_autodiffdf", "__enzyme_fwddiffdf", "__enzyme_virtualreverse"])
    def test_that_are_used_are_refused(self, ir: Ir, entry: str) -> None:
        text = f"declare void @{entry}(...)\ndefine void @f() {{\n call void (...) @{entry}()\n ret void\n}}\n"

        with pytest.raises(Refused, match="a derivative was asked for that Enzyme did not make") as caught:
            settle.NO_LEFTOVERS.apply(ir.parse(text))

        assert f"`{entry}`" in caught.value.why

    @pytest.mark.parametrize("made", ["diffeg", "fwddiffeg", "augmented_g"])
    def test_a_function_that_no_library_has_is_refused(self, ir: Ir, made: str) -> None:
        """Enzyme's derivative of tgamma."""
        text = f"declare double @digamma(double)\ndefine double @{made}(double %x) {{\n"
        text += " %y = call double @digamma(double %x)\n ret double %y\n}\n"

        with pytest.raises(Refused, match="the gamma function") as caught:
            settle.NO_LEFTOVERS.apply(ir.parse(text))

        assert "in `g` Enzyme's" in caught.value.why

    def test_one_of_that_name_with_a_body_passes(self, ir: Ir) -> None:
        text = "define double @digamma(double %x) {\n ret double %x\n}\ndefine double @f(double %x) {\n"
        text += " %y = call double @digamma(double %x)\n ret double %y\n}\n"

        assert ir.unchanged(settle.NO_LEFTOVERS, text)

    def test_that_nobody_uses_pass(self, ir: Ir) -> None:
        assert ir.unchanged(settle.NO_LEFTOVERS, "declare double @__enzyme_autodiffdf(...)\n")


class TestShadowsOfStatics:
    def test_are_not_seen_from_outside(self, ir: Ir) -> None:
        text = "@s = external hidden constant i64\n@s_shadow = constant i64 0\n"

        got = ir.apply(settle.HIDE_SHADOWS, text)

        assert "@s_shadow = internal constant" in got.text().decode()

    @pytest.mark.parametrize(
        "text", ["@s_shadow = constant i64 0\n", "@s = constant i64 0\n@s_shadow = external global i64\n"]
    )
    def test_what_is_only_called_so_stays(self, ir: Ir, text: str) -> None:
        assert ir.unchanged(settle.HIDE_SHADOWS, text)


CRATE = "_RNvCsfLhYFKGQGEG_7___rustc"
ALLOCATING = f"""
define ptr @grow(ptr %old, i64 %size) {{
  %a = call ptr @{CRATE}12___rust_alloc(i64 %size, i64 8)
  %z = call ptr @{CRATE}19___rust_alloc_zeroed(i64 %size, i64 8)
  call void @{CRATE}14___rust_dealloc(ptr %a, i64 %size, i64 8)
  %r = call ptr @{CRATE}14___rust_realloc(ptr %old, i64 %size, i64 8, i64 64)
  ret ptr %r
}}
declare noalias ptr @{CRATE}12___rust_alloc(i64, i64 allocalign) #0
declare noalias ptr @{CRATE}19___rust_alloc_zeroed(i64, i64) allockind("alloc,zeroed") "alloc-family"="__rust_alloc"
declare void @{CRATE}14___rust_dealloc(ptr, i64, i64) "alloc-family"="__rust_alloc"
declare noalias ptr @{CRATE}14___rust_realloc(ptr, i64, i64, i64) "alloc-family"="__rust_alloc"
attributes #0 = {{ "alloc-family"="__rust_alloc" "alloc-variant-zeroed"="{CRATE}19___rust_alloc_zeroed" }}
"""


class TestAllocators:
    def test_have_the_names_that_enzyme_knows(self, ir: Ir) -> None:
        got = ir.apply(allocators.RULE, ALLOCATING)

        assert callees(got, "grow")[:3] == ["__rust_alloc", "__rust_alloc_zeroed", "__rust_dealloc"]
        assert function(got, "__rust_alloc").string_attribute("alloc-variant-zeroed") == "__rust_alloc_zeroed"
        assert CRATE + "1" not in ir.text(got).replace(f'"{CRATE}', "")

    def test_have_a_body_of_realloc_that_can_be_differentiated(self, ir: Ir) -> None:
        got = ir.apply(allocators.RULE, ALLOCATING)

        realloc = function(got, callees(got, "grow")[3])
        assert not realloc.is_declaration
        assert realloc.is_local
        assert realloc.has("alwaysinline")
        assert callees(got, realloc.name)[0] == "__rust_alloc"
        assert callees(got, realloc.name)[1].startswith("llvm.memcpy.")
        assert callees(got, realloc.name)[2:] == ["__rust_dealloc"]

    def test_get_back_their_names_and_attributes(self, ir: Ir) -> None:
        module = ir.apply(allocators.RULE, ALLOCATING)
        allocators.RESTORE.apply(module)

        assert module.problem() == ""
        assert [name for name in callees(module, "grow")[:3] if not name.startswith(CRATE)] == []
        alloc = function(module, f"{CRATE}12___rust_alloc")
        assert alloc.string_attribute("alloc-variant-zeroed") == f"{CRATE}19___rust_alloc_zeroed"

    def test_that_only_reallocs_body_calls_get_their_names_too(self, ir: Ir) -> None:
        text = f"""
define ptr @grow(ptr %old) {{
  %r = call ptr @{CRATE}14___rust_realloc(ptr %old, i64 8, i64 8, i64 64)
  ret ptr %r
}}
declare ptr @{CRATE}14___rust_realloc(ptr, i64, i64, i64)
"""
        module = ir.apply(allocators.RULE, text)
        allocators.RESTORE.apply(module)

        used = [each.name for each in module.functions() if each.is_declaration and not each.is_intrinsic]
        assert sorted(used) == [
            f"{CRATE}{name}" for name in ("12___rust_alloc", "14___rust_dealloc", "14___rust_realloc")
        ]

    def test_without_mangling_keep_their_names(self, ir: Ir) -> None:
        text = ALLOCATING
        for number in (12, 14, 19):
            text = text.replace(f"{CRATE}{number}_", "")
        module = ir.apply(allocators.RULE, text)
        allocators.RESTORE.apply(module)

        assert callees(module, "grow")[:3] == ["__rust_alloc", "__rust_alloc_zeroed", "__rust_dealloc"]
        assert not function(module, callees(module, "grow")[3]).is_declaration

    def test_that_the_module_defines_are_left_alone(self, ir: Ir) -> None:
        text = f"define ptr @{CRATE}12___rust_alloc(i64 %a, i64 %b) {{\n ret ptr null\n}}\n"

        assert ir.unchanged(allocators.RULE, text)

    @pytest.mark.parametrize("size", [1, 24, 1000])
    def test_realloc_copies_the_smaller_size(self, ir: Ir, size: int) -> None:
        module = ir.apply(allocators.RULE, ALLOCATING)
        allocators.RESTORE.apply(module)
        module.link(ir.parse(CHECK.replace("SIZE", str(size))))

        assert ir.library(module).check() == min(size, 64)


CHECK = f"""
define i32 @check() {{
  %old = call ptr @malloc(i64 1024)
  call void @llvm.memset.p0.i64(ptr %old, i8 1, i64 1024, i1 false)
  %new = call ptr @grow(ptr %old, i64 SIZE)
  br label %loop
loop:
  %i = phi i64 [ 0, %0 ], [ %next, %loop ]
  %sum = phi i32 [ 0, %0 ], [ %more, %loop ]
  %at = getelementptr i8, ptr %new, i64 %i
  %byte = load i8, ptr %at
  %wide = zext i8 %byte to i32
  %more = add i32 %sum, %wide
  %next = add i64 %i, 1
  %done = icmp eq i64 %next, 64
  br i1 %done, label %out, label %loop
out:
  ret i32 %more
}}
declare ptr @grow(ptr, i64)
declare ptr @malloc(i64)
declare ptr @calloc(i64, i64)
declare void @free(ptr)
declare void @llvm.memset.p0.i64(ptr, i8, i64, i1)
define ptr @{CRATE}12___rust_alloc(i64 %size, i64 %align) {{
  %p = call ptr @calloc(i64 %size, i64 1)
  ret ptr %p
}}
define ptr @{CRATE}19___rust_alloc_zeroed(i64 %size, i64 %align) {{
  %p = call ptr @calloc(i64 %size, i64 1)
  ret ptr %p
}}
define void @{CRATE}14___rust_dealloc(ptr %p, i64 %size, i64 %align) {{
  call void @free(ptr %p)
  ret void
}}
"""


class TestRawVec:
    GROW = "_RNvMs3_NtC5alloc7raw_vecNtB5_6RawVec8grow_one"
    FAIL = "_RNvNtC5alloc7raw_vec12handle_error"
    TEXT = f"""
define void @{GROW}() noinline cold {{
  call void @{FAIL}()
  ret void
}}
define void @{FAIL}() noinline cold {{
  unreachable
}}
define void @f() {{
  call void @{GROW}() noinline
  ret void
}}
"""

    def test_growth_is_inlined(self, ir: Ir) -> None:
        got = ir.apply(raw_vec.RULE, self.TEXT)

        grow = function(got, self.GROW)
        assert grow.has("alwaysinline")
        assert not grow.has("noinline")
        assert not grow.has("cold")
        assert not only_call(got, "f").call_has("noinline")

    @pytest.mark.parametrize("name", [FAIL, "f"])
    def test_what_only_fails_and_everything_else_is_left_alone(self, ir: Ir, name: str) -> None:
        assert not function(ir.apply(raw_vec.RULE, self.TEXT), name).has("alwaysinline")


class TestInactive:
    PRINT = "_RNvNtNtCs123_3std2io5stdio6__print"

    @pytest.mark.parametrize(
        "name",
        [
            PRINT,
            "_ZN3std2io5stdio6_print17h0123E",
            "_RNvNtCs1_4core3fmt5write",
            "_RNvXs0_NtNtNtC1_4core3fmt3num3impyNtB7_7Display3fmt",
            f"{CRATE}35___rust_no_alloc_shim_is_unstable_v2",
        ],
    )
    def test_functions_of_the_table_are_marked_with_nofree_beside_it(self, ir: Ir, name: str) -> None:
        got = ir.apply(inactive.RULE, f"declare void @{name}()\n")

        assert function(got, name).string_attribute("enzyme_inactive") == ""
        assert function(got, name).has("nofree")

    def test_functions_with_a_body_are_left_alone(self, ir: Ir) -> None:
        assert ir.unchanged(inactive.RULE, f"define void @{self.PRINT}() {{\n ret void\n}}\n")

    @pytest.mark.parametrize("name", ["sin", "_RNvNtC4core3num3abs", "_RNvNtC3std2io4read", "print"])
    def test_functions_that_the_table_does_not_name_are_left_alone(self, ir: Ir, name: str) -> None:
        assert ir.unchanged(inactive.RULE, f"declare void @{name}()\n")


class TestVerifying:
    def test_an_inner_derivative_is_told_not_to_check_itself(self, ir: Ir) -> None:
        for asked in (
            f"declare zeroext i1 @{verifying.ASKED}()",
            f"define zeroext i1 @{verifying.ASKED}() noinline {{\n ret i1 true\n}}",
        ):
            got = ir.apply(
                verifying.RULE, f"{asked}\ndefine i1 @df() {{\n %a = call i1 @{verifying.ASKED}()\n ret i1 %a\n}}"
            )

            (answer,) = function(got, verifying.ASKED).instructions()
            assert answer.operands[0].constant_int() == 0
            assert function(got, verifying.ASKED).is_local
            assert not function(got, verifying.ASKED).has("noinline")


class TestOneEdge:
    SWITCH = """
define double @f(i64 %i, double %x, double %y) {
entry:
  switch i64 %i, label %other [ i64 0, label %done
    i64 1, label %done ]
other:
  br label %done
done:
  %r = phi double [ %x, %entry ], [ %x, %entry ], [ %y, %other ]
  ret double %r
}
"""

    def test_a_phi_has_one_entry_for_each_block_that_goes_to_it(self, ir: Ir) -> None:
        got = ir.apply(one_edge.RULE, self.SWITCH)

        (phi,) = (phi for block in function(got, "f").blocks for phi in block.phis)
        (kept, _), (_, edge) = phi.incoming()
        assert kept.name == "y"
        assert edge.first.arguments[0].name == "x", "Enzyme would fold a block that does nothing"
        (entry,) = (block for block in function(got, "f").blocks if len(block.successors) > 1)
        assert len({successor.ref for successor in entry.successors}) == 2

    def test_other_phis_stay(self, ir: Ir) -> None:
        text = self.SWITCH.replace("i64 1, label %done", "").replace("[ %x, %entry ], [ %x, %entry ]", "[ %x, %entry ]")

        assert ir.unchanged(one_edge.RULE, text)


class TestZeroTests:
    NAME = "_RNvXsk_NtNtCslNYArtu3iFV_5alloc3vec7is_zerodNtB5_6IsZero7is_zero"

    def test_of_floats_are_false(self, ir: Ir) -> None:
        text = """
define i1 @NAME(ptr %p) {
  %bits = load i64, ptr %p
  %r = icmp eq i64 %bits, 0
  ret i1 %r
}
"""
        got = ir.text(ir.apply(zero_tests.RULE, text.replace("NAME", self.NAME)))

        assert "ret i1 false" in got
        assert "load" not in got

    def test_of_integers_stay(self, ir: Ir) -> None:
        text = "define i1 @NAME(ptr %p) {\n  ret i1 true\n}\n"

        assert ir.unchanged(zero_tests.RULE, text.replace("NAME", self.NAME.replace("zerod", "zeroy")))


class TestCatchUnwind:
    TRY = "define internal i32 @__rust_try(ptr %f, ptr %data) {\n ret i32 0\n}\n"

    def test_is_refused(self, ir: Ir) -> None:
        text = self.TRY + "define i32 @f(ptr %p) {\n %r = call i32 @__rust_try(ptr %p, ptr %p)\n ret i32 %r\n}\n"

        with pytest.raises(Refused, match="catches panics"):
            catch_unwind.CHECK.apply(ir.parse(text))

    def test_that_nothing_calls_passes(self, ir: Ir) -> None:
        assert ir.unchanged(catch_unwind.CHECK, self.TRY)


class TestThreadLocal:
    STATE = """
@state = internal thread_local global i64 0
define i64 @next() {
  %at = call ptr @llvm.threadlocal.address.p0(ptr @state)
  %n = load i64, ptr %at
  ret i64 %n
}
declare ptr @llvm.threadlocal.address.p0(ptr)
"""

    @pytest.fixture(autouse=True)
    def _from_16_on(self, ir: Ir) -> None:
        if ir.major < 16:
            pytest.skip("the pointer of llvm.threadlocal.address has a type in its name before 16")

    def test_addresses_are_asked_of_what_carries_no_derivative(self, ir: Ir) -> None:
        got = ir.apply(thread_local.RULE, self.STATE)

        assert callees(got, "next") == ["__cargo_autodiff_thread_local"]
        assert function(got, "__cargo_autodiff_thread_local").string_attribute("enzyme_inactive") is not None

    def test_after_enzyme_addresses_are_asked_of_llvm(self, ir: Ir) -> None:
        got = ir.apply(thread_local.RULE, self.STATE)

        thread_local.SETTLE.apply(got)

        assert callees(got, "next") == ["llvm.threadlocal.address.p0"]

    def test_a_float_that_is_kept_in_one_is_refused(self, ir: Ir) -> None:
        kept = self.STATE.replace("ret i64", "store double %x, ptr %at\n  ret i64").replace(
            "@next()", "@next(double %x)"
        )

        with pytest.raises(Refused, match="static"):
            statics.CHECK.apply(ir.apply(thread_local.RULE, kept))

    def test_variables_that_nobody_asks_for_pass(self, ir: Ir) -> None:
        assert ir.unchanged(thread_local.RULE, "@state = internal thread_local global i64 0\n")
