"""The rewrite: a placeholder's body becomes one call of Enzyme (DESIGN.md 4; rustc's generate_enzyme_call)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from cargo_autodiff.errors import RequestError
from cargo_autodiff.ir.enzyme_call import rewrite
from cargo_autodiff.ir.kinds import Opcode
from cargo_autodiff.ir.request import parse_request
from ir.reading import calls, function, only_call, opcodes, read

if TYPE_CHECKING:
    from cargo_autodiff.ir.module import Module
    from ir.reading import Ir

FORWARD, REVERSE = ("forward", "forwardfirst"), ("reverse", "reversefirst")
C = 0
LAYOUT = 'target datalayout = "e-m:e-i64:64-f80:128-n8:16:32:64-S128"\n'


def pair(source: str, target: str, *, returns: str = "double", gives: str | None = None) -> str:
    """Write a source `f` and a placeholder `df` with these parameters."""
    gives = returns if gives is None else gives
    bodies = {kind: "ret void" if kind == "void" else f"ret {kind} zeroinitializer" for kind in (returns, gives)}
    return (
        f"{LAYOUT}define {returns} @f({source}) {{\n {bodies[returns]}\n}}\n"
        f"define {gives} @df({target}) {{\n {bodies[gives]}\n}}\n"
    )


def rewritten(ir: Ir, text: str, wanted: str) -> Module:
    """Rewrite twice: the second time changes nothing."""
    module, request = ir.parse(text), parse_request(f"source=f,target=df,{wanted}")
    rewrite(module, request)
    assert module.problem() == ""
    once = ir.text(module)
    rewrite(module, request)
    assert ir.text(module) == once
    return module


def arguments(ir: Ir, text: str, wanted: str) -> list[str | int]:
    """Rewrite, and read the arguments of the call behind the source."""
    source, *rest = read(only_call(rewritten(ir, text, wanted), "df").arguments)
    assert source == "f"
    return rest


class TestEntryPoint:
    @pytest.mark.parametrize(
        ("mode", "entry"),
        [*((mode, "__enzyme_fwddiffdf") for mode in FORWARD), *((mode, "__enzyme_autodiffdf") for mode in REVERSE)],
    )
    def test_is_named_by_mode_and_target(self, ir: Ir, mode: str, entry: str) -> None:
        got = rewritten(ir, pair("double %x", "double %x"), f"mode={mode},args=const")

        called = only_call(got, "df").callee
        assert called is not None
        assert called.name == entry

    def test_is_declared_variadic_with_the_targets_type_and_never_inlined(self, ir: Ir) -> None:
        got = rewritten(
            ir, pair("double %x", "double %x", gives="{ double, double }"), "mode=reverse,ret=active,args=active"
        )

        declared = function(got, "__enzyme_autodiffdf")
        assert declared.is_declaration
        assert declared.has("noinline")
        assert "declare { double, double } @__enzyme_autodiffdf(...)" in ir.text(got)

    @pytest.mark.parametrize(
        ("word", "number"), [("preserve_mostcc", 14), ("preserve_allcc", 15), ("swiftcc", 16), ("cc 64", 64)]
    )
    def test_its_call_and_the_source_have_the_targets_calling_convention(self, ir: Ir, word: str, number: int) -> None:
        text = pair("double %x", "double %x").replace("define double", f"define internal {word} double")

        assert conventions(ir, rewritten(ir, text, "mode=reverse,args=const")) == (number, number, number)

    @pytest.mark.parametrize("word", ["fastcc", "coldcc", "intel_ocl_bicc"])
    def test_its_call_and_the_source_have_cs_convention_where_the_targets_cannot_be_variadic(
        self, ir: Ir, word: str
    ) -> None:
        text = pair("double %x", "double %x").replace("define double", f"define internal {word} double")
        text += f"define double @user() {{\n %r = call {word} double @f(double 1.0)\n ret double %r\n}}\n"

        got = rewritten(ir, text, "mode=reverse,args=const")

        assert conventions(ir, got) == (C, C, C)
        assert ir.llvm.LLVMGetInstructionCallConv(only_call(got, "user").ref) == C

    @pytest.mark.parametrize(
        "seen",
        ["define fastcc", "@table = constant ptr @f\ndefine internal fastcc"],
        ids=["visible", "address taken"],
    )
    def test_is_refused_where_the_sources_convention_cannot_be_changed(self, ir: Ir, seen: str) -> None:
        text = pair("double %x", "double %x").replace("define double @f", f"{seen} double @f")

        assert "calling convention of its own" in refused(ir, text, "mode=reverse,args=const")


def conventions(ir: Ir, module: Module) -> tuple[int, int, int]:
    """Give the calling conventions of Enzyme's entry point, of its call, and of the source."""
    call = only_call(module, "df")
    assert call.callee is not None
    source = function(module, "f")
    convention = ir.llvm.LLVMGetFunctionCallConv
    return convention(call.callee.ref), ir.llvm.LLVMGetInstructionCallConv(call.ref), convention(source.ref)


class TestActivities:
    """Every mode with every activity is either these arguments, or refused."""

    accepted = (
        ("const", "double %x", "double %x", ["enzyme_const", "x"], (*FORWARD, *REVERSE)),
        ("const", "ptr %x", "ptr %x", ["enzyme_const", "x"], (*FORWARD, *REVERSE)),
        ("fakeactivitysize", "i64 %n", "i64 %n", ["enzyme_const", "n"], (*FORWARD, *REVERSE)),
        ("active", "double %x", "double %x", ["enzyme_out", "x"], REVERSE),
        ("activeonly", "double %x", "double %x", ["enzyme_out", "x"], REVERSE),
        ("duplicated", "ptr %x", "ptr %x, ptr %dx", ["enzyme_dup", "x", "dx"], REVERSE),
        ("duplicatedonly", "ptr %x", "ptr %x, ptr %dx", ["enzyme_dupnoneed", "x", "dx"], REVERSE),
        ("dual", "ptr %x", "ptr %x, ptr %dx", ["enzyme_dup", "x", "dx"], FORWARD),
        ("dual", "double %x", "double %x, double %dx", ["enzyme_dup", "x", "dx"], FORWARD),
        ("dualonly", "ptr %x", "ptr %x, ptr %dx", ["enzyme_dupnoneed", "x", "dx"], FORWARD),
        ("dualonly", "float %x", "float %x, float %dx", ["enzyme_dupnoneed", "x", "dx"], FORWARD),
        ("dualv(8)", "ptr %x", "ptr %x, ptr %dx", ["enzyme_dupv", 8, "x", "dx"], FORWARD),
        ("dualvonly(8)", "ptr %x", "ptr %x, ptr %dx", ["enzyme_dupnoneedv", 8, "x", "dx"], FORWARD),
    )

    @pytest.mark.parametrize(
        ("mode", "activity", "source", "target", "expected"),
        [
            pytest.param(mode, activity, source, target, words, id=f"{mode}-{activity}-{source.split()[0]}")
            for activity, source, target, words, modes in accepted
            for mode in modes
        ],
    )
    def test_that_fit_put_their_word_before_the_argument(
        self, ir: Ir, mode: str, activity: str, source: str, target: str, expected: list[str | int]
    ) -> None:
        got = arguments(ir, pair(source, target, returns="void"), f"mode={mode},args={activity}")

        assert got == expected

    @pytest.mark.parametrize(
        ("mode", "activity"),
        [
            *(
                (mode, activity)
                for mode in FORWARD
                for activity in ("active", "activeonly", "duplicated", "duplicatedonly")
            ),
            *((mode, activity) for mode in REVERSE for activity in ("dual", "dualonly", "dualv(8)", "dualvonly(8)")),
        ],
    )
    def test_of_the_other_mode_are_refused(self, ir: Ir, mode: str, activity: str) -> None:
        why = refused(ir, pair("ptr %x", "ptr %x, ptr %dx", returns="void"), f"mode={mode},args={activity}")

        assert why == f"{activity.partition('(')[0]} cannot be used in {mode} mode"

    @pytest.mark.parametrize("mode", [*FORWARD, *REVERSE])
    def test_none_is_refused_in_every_mode(self, ir: Ir, mode: str) -> None:
        why = refused(ir, pair("double %x", "double %x"), f"mode={mode},args=none")

        assert why == "`none` is not an activity of an input"

    def test_keep_the_order_of_the_parameters(self, ir: Ir) -> None:
        text = pair("double %a, ptr %b, i64 %n", "double %a, ptr %b, ptr %db, i64 %n", returns="void")

        got = arguments(ir, text, "mode=reverse,args=active,duplicated,const")

        assert got == ["enzyme_out", "a", "enzyme_dup", "b", "db", "enzyme_const", "n"]


class TestSlices:
    def test_take_four_parameters_and_pass_the_primals_length_once(self, ir: Ir) -> None:
        text = pair("ptr %x, i64 %n", "ptr %x, i64 %n, ptr %dx, i64 %m")

        got = arguments(ir, text, "mode=reverse,ret=activeonly,args=duplicated:slice")

        assert got == ["enzyme_dup", "x", "dx", "enzyme_const", "n"]

    def test_leave_what_follows_them_in_place(self, ir: Ir) -> None:
        text = pair("ptr %x, i64 %n, double %a", "ptr %x, i64 %n, ptr %dx, i64 %m, double %a")

        got = arguments(ir, text, "mode=reverse,ret=activeonly,args=duplicatedonly:slice,active")

        assert got == ["enzyme_dupnoneed", "x", "dx", "enzyme_const", "n", "enzyme_out", "a"]

    def test_that_are_const_have_no_shadow(self, ir: Ir) -> None:
        got = arguments(ir, pair("ptr %x, i64 %n", "ptr %x, i64 %n"), "mode=reverse,ret=activeonly,args=const:slice")

        assert got == ["enzyme_const", "x", "enzyme_const", "n"]

    def test_in_lanes_have_a_shadow_a_lane(self, ir: Ir) -> None:
        text = pair("ptr %x, i64 %n", "ptr %x, i64 %n, ptr %d1, i64 %m1, ptr %d2, i64 %m2", returns="void")

        got = arguments(ir, text, "mode=forward,width=2,args=dual:slice")

        assert got == ["enzyme_width", 2, "enzyme_dup", "x", "d1", "d2", "enzyme_const", "n"]

    @pytest.mark.parametrize(("activity", "word"), [("dualv", "enzyme_dupv"), ("dualvonly", "enzyme_dupnoneedv")])
    def test_of_batches_have_one_shadow_a_slice_apart(self, ir: Ir, activity: str, word: str) -> None:
        text = pair("ptr %x, i64 %n", "ptr %x, i64 %n, ptr %dx, i64 %m", returns="void")

        call = calls(rewritten(ir, text, f"mode=forward,width=4,args={activity}(8):slice"), "df")[0]

        _, width, four, marker, stride, *rest = call.arguments
        assert read([width, four, marker]) == ["enzyme_width", 4, word]
        assert stride.text().endswith("mul i64 %n, 8")
        assert read(rest) == ["x", "dx", "enzyme_const", "n"]


class TestWidth:
    def test_of_one_is_not_said(self, ir: Ir) -> None:
        text = pair("double %x", "double %x, double %dx", returns="void")

        assert arguments(ir, text, "mode=forward,width=1,args=dual") == ["enzyme_dup", "x", "dx"]

    @pytest.mark.parametrize("width", [2, 4])
    def test_of_more_takes_as_many_shadows(self, ir: Ir, width: int) -> None:
        shadows = [f"d{lane}" for lane in range(width)]
        target = ", ".join(f"double %{name}" for name in ["x", *shadows])

        got = arguments(ir, pair("double %x", target, returns="void"), f"mode=forward,width={width},args=dual")

        assert got == ["enzyme_width", width, "enzyme_dup", "x", *shadows]

    def test_comes_after_the_words_of_the_return(self, ir: Ir) -> None:
        text = pair("double %x", "double %x, double %a, double %b", gives="{ double, [2 x double] }")

        got = arguments(ir, text, "mode=forward,width=2,ret=dual,args=dual")

        assert got[:3] == ["enzyme_primal_return", "enzyme_width", 2]


class TestReturns:
    @pytest.mark.parametrize(
        ("mode", "returned", "expected"),
        [
            ("reverse", "active", ["enzyme_primal_return"]),
            ("reverse", "activeonly", []),
            ("reverse", "const", ["enzyme_const_return", "enzyme_primal_return"]),
            ("reverse", "none", []),
            ("forward", "dual", ["enzyme_primal_return"]),
            ("forward", "dualv", ["enzyme_primal_return"]),
            ("forward", "dualonly", []),
            ("forward", "dualvonly", []),
            ("forward", "const", ["enzyme_const_return", "enzyme_primal_return"]),
            ("forward", "none", []),
        ],
    )
    def test_that_are_active_announce_the_primal(
        self, ir: Ir, mode: str, returned: str, expected: list[str | int]
    ) -> None:
        got = arguments(ir, pair("double %x", "double %x"), f"mode={mode},ret={returned},args=const")

        assert got == [*expected, "enzyme_const", "x"]

    def test_of_nothing_announce_nothing(self, ir: Ir) -> None:
        text = pair("ptr %x", "ptr %x, ptr %dx", returns="void")

        got = rewritten(ir, text, "mode=reverse,ret=const,args=duplicated")

        assert read(only_call(got, "df").arguments) == ["f", "enzyme_dup", "x", "dx"]
        assert opcodes(got, "df") == [Opcode.CALL, Opcode.RET]
        assert function(got, "df").entry.terminator.operands == []

    def test_give_back_what_enzyme_gives(self, ir: Ir) -> None:
        got = rewritten(ir, pair("double %x", "double %x"), "mode=reverse,ret=activeonly,args=active")

        assert function(got, "df").entry.terminator.operands == [only_call(got, "df")]

    @pytest.mark.parametrize(
        ("mode", "returned"),
        [
            *(
                (mode, activity)
                for mode in FORWARD
                for activity in ("active", "activeonly", "duplicated", "fakeactivitysize")
            ),
            *(
                (mode, activity)
                for mode in REVERSE
                for activity in ("dual", "dualonly", "dualv", "dualvonly", "duplicatedonly")
            ),
        ],
    )
    def test_of_the_other_mode_are_refused(self, ir: Ir, mode: str, returned: str) -> None:
        why = refused(ir, pair("double %x", "double %x"), f"mode={mode},ret={returned},args=const")

        assert why == f"invalid return activity {returned} in {mode} mode"

    def test_of_nothing_cannot_be_active(self, ir: Ir) -> None:
        why = refused(ir, pair("double %x", "double %x", returns="void"), "mode=reverse,ret=active,args=active")

        assert why == "the source returns nothing that could be active"


class TestReturnThroughMemory:
    def test_stores_the_aggregate_that_enzyme_returns(self, ir: Ir) -> None:
        text = pair("double %x, double %y", "ptr sret({ double, double }) %out, double %x, double %y", gives="void")

        got = rewritten(ir, text, "mode=reverse,ret=activeonly,args=active,active")

        call = only_call(got, "df")
        store = next(each for each in function(got, "df").instructions() if each.opcode == Opcode.STORE)
        assert read(call.arguments) == ["f", "enzyme_out", "x", "enzyme_out", "y"]
        assert store.operands[1].name == "out"
        assert store.operands[0] == call
        assert "declare { double, double } @__enzyme_autodiffdf(...)" in ir.text(got)

    @pytest.mark.parametrize(
        ("wanted", "source", "target", "type_"),
        [
            ("mode=reverse,ret=active,args=active,active", "double %x, double %y", "double %x, double %y",
             "{ double, double, double }"),
            ("mode=reverse,ret=activeonly,width=2,args=active,active", "double %x, double %y", "double %x, double %y",
             "{ [2 x double], [2 x double] }"),
            ("mode=forward,ret=dual,args=dual", "double %x", "double %x, double %dx", "{ double, double }"),
            ("mode=forward,ret=dual,width=2,args=dual", "double %x", "double %x, double %d1, double %d2",
             "{ double, [2 x double] }"),
            ("mode=forward,ret=dualonly,width=4,args=const", "double %x", "double %x", "[4 x double]"),
        ],
    )  # fmt: skip
    def test_declares_what_the_mode_makes(self, ir: Ir, wanted: str, source: str, target: str, type_: str) -> None:
        text = pair(source, f"ptr sret({type_}) %out, {target}", gives="void")

        assert f"declare {type_} @__enzyme" in ir.text(rewritten(ir, text, wanted))

    def test_of_another_size_is_refused(self, ir: Ir) -> None:
        text = pair("double %x", "ptr sret([3 x double]) %out, double %x", gives="void")

        why = refused(ir, text, "mode=reverse,ret=active,args=active")

        assert why == "it returns 24 bytes through memory, but the derivative has 16"

    def test_of_a_derivative_that_returns_nothing_is_refused(self, ir: Ir) -> None:
        text = pair("ptr %x", "ptr sret([2 x double]) %out, ptr %x, ptr %dx", returns="void")

        why = refused(ir, text, "mode=reverse,args=duplicated")

        assert why == "it returns 16 bytes through memory, but the derivative has 0"

    def test_of_the_source_is_refused(self, ir: Ir) -> None:
        text = pair("ptr sret([2 x double]) %out", "ptr %out, ptr %d", returns="void")

        why = refused(ir, text, "mode=reverse,args=duplicated")

        assert why == "the source returns through memory, where Enzyme sees no return value"


PERSONALITY = "declare i32 @personality(...)\ndeclare void @g()\ndeclare i32 @h(i32)\n"
BODIES = {
    "blocks": """
  %c = fcmp ogt double %x, 0.0
  br i1 %c, label %then, label %otherwise
then:
  %a = fmul double %x, 2.0
  br label %out
otherwise:
  br label %out
out:
  %r = phi double [ %a, %then ], [ %x, %otherwise ]
  ret double %r""",
    "loop": """
  br label %loop
loop:
  %i = phi i32 [ 0, %0 ], [ %n, %loop ]
  %sum = phi double [ 0.0, %0 ], [ %s, %loop ]
  %s = fadd double %sum, %x
  %n = add i32 %i, 1
  %c = icmp eq i32 %n, 10
  br i1 %c, label %out, label %loop
out:
  ret double %s""",
    "switch": """
  %k = fptosi double %x to i32
  switch i32 %k, label %a [ i32 1, label %b
    i32 2, label %b ]
a:
  ret double 1.0
b:
  %p = phi i32 [ 1, %0 ], [ 1, %0 ]
  unreachable""",
    "invoke": """
  %r = invoke i32 @h(i32 1) to label %fine unwind label %pad
fine:
  %d = sitofp i32 %r to double
  ret double %d
pad:
  %l = landingpad { ptr, i32 } cleanup
  call void @g()
  resume { ptr, i32 } %l""",
    "nothing": """
  unreachable""",
}


class TestPlaceholder:
    @pytest.mark.parametrize("shape", BODIES)
    def test_body_of_any_shape_goes_away(self, ir: Ir, shape: str) -> None:
        text = pair("double %x", "double %x").replace(
            "@df(double %x) {\n ret double zeroinitializer",
            f"@df(double %x) personality ptr @personality {{{BODIES[shape]}",
        )

        got = rewritten(ir, text + PERSONALITY, "mode=reverse,ret=activeonly,args=active")

        assert opcodes(got, "df") == [Opcode.CALL, Opcode.RET]

    def test_loses_what_its_body_let_the_front_end_infer(self, ir: Ir) -> None:
        inferred = "nounwind willreturn norecurse nofree nosync speculatable " + (
            "memory(none)" if ir.major > 15 else "readnone"
        )
        text = pair("ptr %x", "ptr nocapture readonly noundef %x, ptr %dx", returns="void")
        text = text.replace("%dx) {", f"%dx) {inferred} {{")

        got = rewritten(ir, text.replace("nocapture", "captures(none)" if ir.major > 20 else "nocapture"),
                        "mode=reverse,args=duplicated")  # fmt: skip

        target = function(got, "df")
        gone = ("nounwind", "willreturn", "norecurse", "nofree", "nosync", "speculatable", "memory", "readnone")
        assert [kind for kind in gone if target.has(kind)] == []
        assert [kind for kind in ("readonly", "nocapture", "captures") if target.has(kind, 1)] == []
        assert target.has("noundef", 1)

    def test_may_be_inlined_again_with_its_calls(self, ir: Ir) -> None:
        text = pair("double %x", "double %x").replace("@df(double %x) {", "@df(double %x) noinline optnone {")
        text += "define double @user() {\n %r = call double @df(double 1.0) noinline\n ret double %r\n}\n"

        got = rewritten(ir, text, "mode=reverse,ret=activeonly,args=active")

        target = function(got, "df")
        assert not target.has("noinline")
        assert not target.has("optnone")
        assert not only_call(got, "user").call_has("noinline")

    def test_passes_its_debug_location_on_to_the_call(self, ir: Ir) -> None:
        got = rewritten(ir, LOCATED, "mode=reverse,ret=activeonly,args=active")

        location = ir.llvm.LLVMInstructionGetDebugLoc(only_call(got, "df").ref)
        assert location
        assert ir.llvm.LLVMDILocationGetLine(location) == 42

    def test_with_debug_records_goes_away(self, ir: Ir) -> None:
        record = "#dbg_value(double %a, !8, !DIExpression(), !9)"
        if ir.major < 19:
            record = "call void @llvm.dbg.value(metadata double %a, metadata !8, metadata !DIExpression()), !dbg !9"
        text = LOCATED.replace("  br label", f"  {record}\n  br label").replace(
            "  ret double %a", f"  {record}\n  ret double %a"
        )
        text += "declare void @llvm.dbg.value(metadata, metadata, metadata)\n"

        got = rewritten(ir, text, "mode=reverse,ret=activeonly,args=active")

        assert opcodes(got, "df") == [Opcode.CALL, Opcode.RET]


LOCATED = """
define double @f(double %x) {
  ret double %x
}
define double @df(double %x) !dbg !5 {
  %a = fadd double %x, 1.0, !dbg !7
  br label %next, !dbg !7
next:
  ret double %a, !dbg !9
}
!llvm.dbg.cu = !{!0}
!llvm.module.flags = !{!2}
!0 = distinct !DICompileUnit(language: DW_LANG_Rust, file: !1, emissionKind: FullDebug)
!1 = !DIFile(filename: "lib.rs", directory: "/")
!2 = !{i32 2, !"Debug Info Version", i32 3}
!4 = !DISubroutineType(types: !{null})
!5 = distinct !DISubprogram(name: "df", file: !1, line: 40, type: !4, unit: !0, spFlags: DISPFlagDefinition)
!7 = !DILocation(line: 41, scope: !5)
!8 = !DILocalVariable(name: "a", scope: !5, file: !1, line: 41)
!9 = !DILocation(line: 42, scope: !5)
"""


def refused(ir: Ir, text: str, wanted: str, *, source: str = "f", target: str = "df") -> str:
    """Give the reason of a refusal that names both functions and leaves the module as it was."""
    module = ir.parse(text)
    before = ir.text(module)

    with pytest.raises(RequestError) as caught:
        rewrite(module, parse_request(f"source={source},target={target},{wanted}"))

    assert f"`{source}`" in caught.value.problem
    assert f"`{target}`" in caught.value.problem
    assert caught.value.hint
    assert ir.text(module) == before
    return caught.value.why


class TestRefusals:
    def test_of_a_missing_source(self, ir: Ir) -> None:
        why = refused(ir, pair("double %x", "double %x"), "mode=reverse,args=active", source="nowhere")

        assert why == "could not find source function"

    def test_of_a_missing_target(self, ir: Ir) -> None:
        why = refused(ir, pair("double %x", "double %x"), "mode=reverse,args=active", target="nowhere")

        assert why == "could not find target function"

    def test_of_a_source_without_body(self, ir: Ir) -> None:
        why = refused(ir, pair("double %x", "double %x") + "declare double @g(double)\n",
                      "mode=reverse,args=active", source="g")  # fmt: skip

        assert why == "the source function has no body in this module"

    @pytest.mark.parametrize(
        ("source", "target", "wanted", "why"),
        [
            ("ptr %x", "ptr %x", "mode=reverse,args=active",
             "parameter 0 (`x`) of the target must be a floating-point value for activity active"),
            ("double %x", "double %x, double %dx", "mode=reverse,args=duplicated",
             "parameter 0 (`x`) of the target must be a pointer for activity duplicated"),
            ("i64 %x", "i64 %x, i64 %dx", "mode=forward,args=dual",
             "parameter 0 (`x`) of the target must be a pointer or a floating-point value for activity dual"),
            ("double %x", "double %x, double %dx", "mode=forward,args=dualv(8)",
             "parameter 0 (`x`) of the target must be a pointer for activity dualv"),
            ("double %x", "double %x", "mode=reverse,args=fakeactivitysize",
             "parameter 0 (`x`) of the target must be an integer for activity fakeactivitysize"),
            ("ptr %x, ptr %n", "ptr %x, ptr %n, ptr %dx, ptr %m", "mode=reverse,args=duplicated:slice",
             "parameter 1 (`n`) of the target must be an integer for activity fakeactivitysize"),
            ("double %x, i64 %n", "double %x, i64 %n, double %dx, i64 %m", "mode=reverse,args=duplicated:slice",
             "parameter 0 (`x`) of the target must be a pointer for activity duplicated"),
        ],
    )  # fmt: skip
    def test_of_the_wrong_kind_of_parameter(self, ir: Ir, source: str, target: str, wanted: str, why: str) -> None:
        assert refused(ir, pair(source, target, returns="void"), wanted) == why

    @pytest.mark.parametrize(
        ("target", "wanted", "why"),
        [
            ("ptr %x", "mode=reverse,args=duplicated", "the shadow of parameter 0 (`x`) of the target is missing"),
            ("ptr %x, i64 %n", "mode=reverse,args=duplicated",
             "parameter 1 (`n`) of the target must be a shadow, of the same type as the argument before it"),
            ("ptr %x, ptr %a", "mode=forward,width=2,args=dual",
             "the shadow of parameter 1 (`a`) of the target is missing"),
        ],
    )  # fmt: skip
    def test_of_a_missing_shadow(self, ir: Ir, target: str, wanted: str, why: str) -> None:
        assert refused(ir, pair("ptr %x", target, returns="void"), wanted) == why

    @pytest.mark.parametrize(
        ("target", "why"),
        [
            ("ptr %x, i64 %n", "the shadow of parameter 1 (`n`) of the target is missing"),
            ("ptr %x, i64 %n, i64 %m, ptr %dx",
             "parameter 2 (`m`) of the target must be a shadow, of the same type as the argument before it"),
            ("ptr %x, i64 %n, ptr %dx", "the shadow of parameter 2 (`dx`) of the target is missing"),
            ("ptr %x, i64 %n, ptr %dx, i32 %m",
             "parameter 3 (`m`) of the target must be a shadow, of the same type as the argument before it"),
        ],
    )  # fmt: skip
    def test_of_a_slice_without_its_whole_shadow(self, ir: Ir, target: str, why: str) -> None:
        text = pair("ptr %x, i64 %n", target, returns="void")

        assert refused(ir, text, "mode=reverse,args=duplicated:slice") == why

    def test_of_a_slices_shadow_length_of_another_type_names_the_length(self, ir: Ir) -> None:
        text = pair("ptr %x, i64 %n", "ptr %x, i64 %n, ptr %dx, double %m", returns="void")

        assert "parameter 3 (`m`)" in refused(ir, text, "mode=reverse,args=duplicated:slice")

    def test_of_a_parameter_that_no_activity_covers(self, ir: Ir) -> None:
        text = pair("double %x", "double %x, double %extra")

        assert refused(ir, text, "mode=reverse,args=active") == "parameter 1 (`extra`) of the target has no activity"

    def test_of_a_parameter_without_name_by_its_number(self, ir: Ir) -> None:
        text = pair("double", "double, double")

        assert refused(ir, text, "mode=reverse,args=active") == "parameter 1 of the target has no activity"

    def test_of_a_source_with_more_parameters(self, ir: Ir) -> None:
        text = pair("double %x, double %y", "double %x")

        assert refused(ir, text, "mode=reverse,args=active") == "parameter 1 of the source has no activity"

    def test_of_more_activities_than_the_source_has_parameters(self, ir: Ir) -> None:
        text = pair("double %x", "double %x, double %y")

        why = refused(ir, text, "mode=reverse,args=active,active")

        assert why == "the source has only 1 parameters, fewer than the activities"

    def test_of_more_activities_than_the_target_has_parameters(self, ir: Ir) -> None:
        text = pair("double %x, double %y", "double %x")

        why = refused(ir, text, "mode=reverse,args=active,active")

        assert why == "no parameter is left for activity active (number 2)"

    def test_of_parameters_whose_types_differ(self, ir: Ir) -> None:
        text = pair("double %x, float %y", "double %x, double %y")

        why = refused(ir, text, "mode=reverse,args=active,active")

        assert why == "parameter 1 (`y`) of the target has another type than parameter 1 of the source"

    @pytest.mark.parametrize("activity", ["dualv", "dualvonly"])
    @pytest.mark.parametrize("shape", ["", ":slice"])
    def test_of_a_batch_without_stride(self, ir: Ir, activity: str, shape: str) -> None:
        pointers = "ptr %x, ptr %dx" if not shape else "ptr %x, i64 %n, ptr %dx, i64 %m"
        text = pair("ptr %x" if not shape else "ptr %x, i64 %n", pointers, returns="void")

        why = refused(ir, text, f"mode=forward,width=2,args={activity}{shape}")

        assert why == f"{activity} does not say how many bytes a lane takes"
