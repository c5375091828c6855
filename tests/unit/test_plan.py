from __future__ import annotations

import json
import shlex
from pathlib import Path

import pytest

from cargo_autodiff.pipeline.plan import (
    IrStep,
    OptLevel,
    Plan,
    Stage,
    gather_step,
    graft_stage,
    isolate_step,
    object_plan,
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


def line(plan: Plan, name: str) -> list[str]:
    return next(words(stage.action) for stage in plan if stage.name == name)


def words(action: Command | IrStep) -> list[str]:
    return list(action.words) if isinstance(action, IrStep) else shlex.split(action.shell())


class TestUnit:
    def test_passes_through_the_levels_in_order(self) -> None:
        plan = unit_plan(toolchain(), BASE)

        assert [(stage.name, stage.makes.name) for stage in plan] == [
            ("first round", "0.prepared.ll"),
            ("shape", "0.shaped.ll"),
            ("differentiate", "0.grad.ll"),
            ("settle", "0.settled.ll"),
            ("second round", "0.derivative.bc"),
        ]

    def test_each_stage_reads_what_the_one_before_made(self) -> None:
        plan = unit_plan(toolchain(), BASE)
        made = ["/w/0.rewritten.ll", *(str(stage.makes) for stage in plan)]

        for stage, given in zip(plan, made, strict=False):
            assert any(word in (given, f"given={given}") for word in words(stage.action)), stage.name

    @pytest.mark.parametrize(
        "flag",
        ["-vectorize-loops=false", "-vectorize-slp=false", "-unroll-runtime=false", "-unroll-allow-partial=false"],
    )
    def test_what_hides_loops_from_enzyme_comes_only_afterwards(self, flag: str) -> None:
        plan = unit_plan(toolchain(), BASE)

        assert flag in line(plan, "first round")
        assert flag not in line(plan, "second round")

    def test_the_rules_find_loops_in_simple_form(self) -> None:
        assert "-passes=default<O2>,function(loop-simplify,lcssa)" in line(unit_plan(toolchain(), BASE), "first round")

    @pytest.mark.parametrize(("major", "told"), [(15, True), (16, False), (22, False)])
    def test_llvm_15_is_told_that_pointers_are_opaque(self, major: int, told: bool) -> None:
        plan = (*unit_plan(toolchain(major), BASE), *made())

        assert ("-opaque-pointers" in line(plan, "first round")) is told
        assert ("-opaque-pointers" in line(plan, "second round")) is told


def made(level: OptLevel = OptLevel.O3, *, major: int = 22) -> Plan:
    return object_plan(toolchain(major), Path("/w/crate.bc"), Path("/w/crate"), level=level)


def graft(*, embed: bool) -> Stage:
    return graft_stage(Path("/w/crate.bc"), {"df": Path("/w/0.derivative.bc")}, {}, Path("/w/crate"), embed=embed)


class TestHost:
    def test_is_optimised_and_compiled(self) -> None:
        assert [(stage.name, stage.makes.name) for stage in made()] == [
            ("host", "crate.opt.bc"),
            ("codegen", "crate.o"),
        ]
        assert "/w/crate.bc" in line(made(), "host")

    def test_of_a_library_keeps_its_bitcode(self) -> None:
        assert "embed=/w/crate.bc" in graft(embed=True).action.words

    def test_of_a_program_keeps_none(self) -> None:
        assert not any(word.startswith("embed=") for word in graft(embed=False).action.words)

    @pytest.mark.parametrize(
        ("level", "passes", "llc"),
        [
            (OptLevel.O0, "default<O0>", "-O0"),
            (OptLevel.O1, "default<O1>", "-O1"),
            (OptLevel.O2, "default<O2>", "-O2"),
            (OptLevel.O3, "default<O3>", "-O3"),
            (OptLevel.SIZE, "default<Os>", "-O2"),
            (OptLevel.SMALLEST, "default<Oz>", "-O2"),
        ],
    )
    def test_is_optimised_as_the_user_says(self, level: OptLevel, passes: str, llc: str) -> None:
        assert f"-passes={passes}" in line(made(level), "host")
        assert llc in line(made(level), "codegen")

    def test_can_be_linked_anywhere(self) -> None:
        assert "-relocation-model=pic" in line(made(), "codegen")

    def test_is_told_to_llvm_15_as_opaque(self) -> None:
        assert "-opaque-pointers" in line(made(major=15), "host")
        assert "-opaque-pointers" in line(made(major=15), "codegen")


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

        assert isolated.arguments == {"given": gathered(()).arguments["out"], "units": {"df": "/w/0.rewritten.ll"}}


def gathered(libraries: tuple[Path, ...]) -> IrStep:
    return gather_step(Path("/a.bc"), Path("/w/crate"), libraries, None, {})
