from __future__ import annotations

import json
import shlex
from itertools import groupby
from pathlib import Path
from typing import Any

import pytest

from cargo_autodiff.codegen import DebugInfo, Lto, OptLevel
from cargo_autodiff.pipeline.plan import (
    Crate,
    IrStep,
    Plan,
    Remedy,
    divide_step,
    gather_step,
    isolate_step,
    part_plan,
    remedied,
    unit_plan,
)
from cargo_autodiff.toolchain.hosts.plugin import PluginHost
from cargo_autodiff.toolchain.locate import Toolchain
from cargo_autodiff.toolchain.profile import HostKind, LlvmVersion, Profile
from cargo_autodiff.toolchain.tool import Command, Tool

BASE = Path("/w/0")


def toolchain(major: int = 22) -> Toolchain:
    opt = Tool(name="opt", path=Path("/llvm/opt"))
    return Toolchain(
        profile=Profile(name="fake", llvm=major, accepts=frozenset({major}), host=HostKind.PLUGIN, wheels=()),
        llvm=LlvmVersion(major=major),
        opt=opt,
        llc=Tool(name="llc", path=Path("/llvm/llc")),
        ar=Tool(name="llvm-ar", path=Path("/llvm/llvm-ar")),
        libllvm=Path("/llvm/libLLVM.so"),
        host=PluginHost(opt=opt, llvm=major, plugin=Path("/p.so")),
    )


def words(action: Command | IrStep) -> list[str]:
    return list(action.words) if isinstance(action, IrStep) else shlex.split(action.shell())


class TestUnit:
    def test_passes_through_the_levels_in_order(self) -> None:
        plan = unit_plan(toolchain(), BASE)

        assert [(stage.name, stage.makes.name) for stage in plan] == [
            ("request", "0.rewritten.ll"),
            ("first round", "0.prepared.ll"),
            ("shape", "0.shaped.ll"),
            ("differentiate", "0.grad.ll"),
            ("settle", "0.settled.ll"),
            ("second round", "0.derivative.bc"),
        ]

    def test_each_stage_reads_what_the_one_before_made(self) -> None:
        plan = unit_plan(toolchain(), BASE)
        made = ["/w/0.closed.ll", *(str(stage.makes) for stage in plan)]

        for stage, given in zip(plan, made, strict=False):
            assert any(word in (given, f"given={given}") for word in words(stage.action)), stage.name

    @pytest.mark.parametrize(
        "flag",
        ["-vectorize-loops=false", "-vectorize-slp=false", "-unroll-runtime=false", "-unroll-allow-partial=false"],
    )
    def test_what_hides_loops_from_enzyme_comes_only_afterwards(self, flag: str) -> None:
        plan = unit_plan(toolchain(), BASE)

        assert flag in arguments(plan, "first round")["flags"]
        assert "flags" not in arguments(plan, "second round")

    def test_no_passes_run_in_the_process_of_a_step_that_has_set_options(self) -> None:
        for is_ours, stages in groupby(unit_plan(toolchain(), BASE), lambda stage: isinstance(stage.action, IrStep)):
            steps = [stage.action for stage in stages if isinstance(stage.action, IrStep)]
            setting = [number for number, step in enumerate(steps) if "flags" in step.arguments]
            passing = [number for number, step in enumerate(steps) if "passes" in step.arguments]

            assert not is_ours or max(passing, default=0) <= min(setting, default=len(steps))

    @pytest.mark.parametrize(
        ("remedy", "stage", "word"), [(Remedy.SHADOWS, "shape", "zeros"), (Remedy.WHOLE, "request", "whole")]
    )
    def test_a_remedy_is_told_to_one_stage(self, remedy: Remedy, stage: str, word: str) -> None:
        plan = unit_plan(toolchain(), BASE)

        again = remedied(plan, [remedy])

        assert [one.name for one, other in zip(again, plan, strict=True) if one != other] == [stage]
        assert arguments(again, stage) == {**arguments(plan, stage), word: "yes"}

    def test_remedies_are_told_together(self) -> None:
        again = remedied(unit_plan(toolchain(), BASE), Remedy)

        assert arguments(again, "shape")["zeros"] == arguments(again, "request")["whole"] == "yes"

    def test_rules_look_at_loops_right_before_they_are_vectorised(self) -> None:
        halves = arguments(unit_plan(toolchain(), BASE), "second round")

        assert "loop-vectorize" not in halves["passes"]
        assert halves["vectorising"].startswith("function<eager-inv>(loop-vectorize,")

    @pytest.mark.parametrize(("major", "said"), [(17, False), (18, True), (22, True)])
    def test_llvm_is_told_not_to_end_where_once_is_not_enough(self, major: int, said: bool) -> None:
        halves = arguments(unit_plan(toolchain(major), BASE), "second round")

        assert ("instcombine<no-verify-fixpoint>" in halves["vectorising"]) is said

    def test_the_rules_find_loops_in_simple_form(self) -> None:
        passes = arguments(unit_plan(toolchain(), BASE), "first round")["passes"]

        assert passes == "default<O2>,function(loop-simplify,lcssa)"


def arguments(plan: Plan, name: str) -> dict[str, Any]:
    action = next(stage.action for stage in plan if stage.name == name)
    assert isinstance(action, IrStep)
    return dict(action.arguments)


def built(level: OptLevel = OptLevel.O3, debug: DebugInfo = DebugInfo.FULL, lto: Lto = Lto.NONE) -> dict[str, Any]:
    return arguments(made(Crate(level=level, debug=debug, lto=lto)), "build")


def made(crate: Crate) -> Plan:
    return part_plan(toolchain(), Path("/w/crate.3.host.bc"), crate, {}, {})


def divided(**crate: Any) -> dict[str, Any]:
    return dict(divide_step(Path("/w/crate.bc"), Path("/w/crate"), Crate(**{"level": OptLevel.O3, **crate})).arguments)


class TestHost:
    def test_part_becomes_an_object(self) -> None:
        assert (built()["given"], built()["out"]) == ("/w/crate.3.host.bc", "/w/crate.3.o")

    def test_of_a_library_keeps_its_bitcode(self) -> None:
        assert divided(is_library=True)["embed"] == "yes"
        assert "embed" not in divided()

    def test_is_divided_as_far_as_the_profile_lets_it(self) -> None:
        assert divided(parts=16)["most"] == "16"

    def test_copies_functions_into_parts_only_where_they_are_inlined(self) -> None:
        assert "inlining" not in divided(level=OptLevel.O1)
        assert divided(level=OptLevel.O0)["inlining"] == "no"

    @pytest.mark.parametrize(
        ("level", "passes", "code"),
        [
            (OptLevel.O0, "default<O0>", "0"),
            (OptLevel.O1, "default<O1>", "1"),
            (OptLevel.O2, "default<O2>", "2"),
            (OptLevel.O3, "default<O3>", "3"),
            (OptLevel.SIZE, "default<Os>", "2"),
            (OptLevel.SMALLEST, "default<Oz>", "2"),
        ],
    )
    def test_is_optimised_as_the_user_says(self, level: OptLevel, passes: str, code: str) -> None:
        assert (built(level)["passes"], built(level)["level"]) == (passes, code)

    @pytest.mark.parametrize(("lto", "passes"), [(Lto.THIN, "thinlto-pre-link<O3>"), (Lto.FAT, "lto-pre-link<O3>")])
    def test_stays_bitcode_for_a_linker_that_optimises(self, lto: Lto, passes: str) -> None:
        assert built(lto=lto)["passes"] == passes
        assert [stage.makes.name for stage in made(Crate(level=OptLevel.O3, lto=lto))] == [
            "crate.3.lto.bc",
            "crate.3.o",
        ]
        assert divided(lto=lto, parts=16)["most"] == "1"

    def test_leaves_lines_where_only_they_are_asked_for(self) -> None:
        assert built(debug=DebugInfo.LINES)["passes"] == "strip-nonlinetable-debuginfo,default<O3>"

    @pytest.mark.parametrize(
        ("level", "asked"),
        [
            (OptLevel.O0, {"unroll"}),
            (OptLevel.O1, {"unroll"}),
            (OptLevel.O2, {"unroll", "merge_functions"}),
            (OptLevel.O3, {"unroll", "merge_functions"}),
            (OptLevel.SIZE, {"merge_functions"}),
            (OptLevel.SMALLEST, {"merge_functions"}),
        ],
    )
    def test_is_tuned_as_rustc_does(self, level: OptLevel, asked: set[str]) -> None:
        assert {name for name, wanted in level.tuning.items() if wanted} == asked


class TestSteps:
    def test_are_written_as_words_that_the_verb_reads_back(self) -> None:
        step = IrStep(
            name="graft", arguments={"given": "/a b/c.bc", "derivatives": {"it's": "/d"}, "libraries": ["/e"]}
        )

        program, verb, name, *rest = step.words

        assert (program, verb, name) == ("cargo-autodiff", "step", "graft")
        read = dict(word.partition("=")[::2] for word in rest)
        assert read["given"] == "/a b/c.bc"
        assert json.loads(read["derivatives"]) == {"it's": "/d"}
        assert json.loads(read["libraries"]) == ["/e"]

    def test_gathering_names_libraries_only_where_there_are_any(self) -> None:
        assert "libraries" not in gathered(()).arguments
        assert gathered((Path("/l"),)).arguments["libraries"] == ["/l"]

    def test_isolating_begins_where_gathering_ended(self) -> None:
        isolated = isolate_step(Path("/w/crate"), {"df": Path("/w/0")})

        assert isolated.arguments == {"given": gathered(()).arguments["out"], "units": {"df": "/w/0.closed.ll"}}


def gathered(libraries: tuple[Path, ...]) -> IrStep:
    return gather_step(Path("/a.bc"), Path("/w/crate"), libraries, None, {})
