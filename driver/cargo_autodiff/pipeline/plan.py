"""The plan: which tools and steps make what from what. Pure: nothing runs here, and every line can be printed.

A file's extension is its level:

    .closed.ll      what all derivatives of a crate, or one of them, reach, and nothing else; text, because bitcode
                    loses the words among a call's arguments (`metadata !"enzyme_dup"`)
    .rewritten.ll   one derivative with all it reaches, its placeholder calling Enzyme
    .prepared.ll    after the first round: optimised without what would hide loops from Enzyme
    .shaped.ll      after the rules that make Enzyme right
    .grad.ll        after Enzyme
    .settled.ll     after the rules that Enzyme's output needs
    .derivative.bc  after the second round
    .divided.bc     the crate's own module, when it was decided which part holds what (.parts.json)
    .N.host.bc      such a part, or all of it
    .N.o            the part, its placeholders replaced, optimised and compiled as the profile says; with LTO it is
                    bitcode, and .N.lto.bc is the same before it was summarised
"""

from __future__ import annotations

import json
from enum import StrEnum
from typing import TYPE_CHECKING

from cargo_autodiff.codegen import DebugInfo, Lto, OptLevel
from cargo_autodiff.named import Frozen, replace

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

    from cargo_autodiff.toolchain.locate import Toolchain
    from cargo_autodiff.toolchain.tool import Command


Argument = str | list[str] | dict[str, str] | dict[str, bool] | dict[str, dict[str, str]]


class Crate(Frozen):
    """What the stages must know of the crate: how its own code is compiled, and where bodies of other crates are."""

    level: OptLevel
    debug: DebugInfo = DebugInfo.FULL
    libraries: tuple[Path, ...] = ()
    is_library: bool = False
    """Its bitcode stays in the object, for derivatives in crates that use it."""
    lto: Lto = Lto.NONE
    """With it the crate's own code stays bitcode, which only rustc's lld can link."""
    parts: int = 1
    """Into how many it may be divided, as rustc divides a crate into codegen units."""


class IrStep(Frozen):
    """One step of steps.py with its arguments."""

    name: str
    arguments: Mapping[str, Argument]

    @property
    def words(self) -> tuple[str, ...]:
        """The words of a shell's line that does the same."""
        arguments = (
            f"{key}={value if isinstance(value, str) else json.dumps(value)}" for key, value in self.arguments.items()
        )
        return ("cargo-autodiff", "step", self.name, *arguments)


class Stage(Frozen):
    """One arrow: its name, what it does, and the file it makes."""

    name: str
    action: Command | IrStep
    makes: Path


Plan = tuple[Stage, ...]


class Remedy(StrEnum):
    """By what a derivative was made that was refused without; among what is said of it."""

    SHADOWS = "with shadows"
    """Of zeros, for Const parameters."""
    WHOLE = "with whole words"
    """Variables that are several things stay in memory through the first round."""

    @property
    def argument(self) -> tuple[str, str]:
        """The stage that is told of it, and the name by which."""
        return {Remedy.SHADOWS: ("shape", "zeros"), Remedy.WHOLE: ("request", "whole")}[self]


class Experiment(Frozen):
    """What a person leaves out to see what happens: derivatives can be wrong then."""

    without_rules: tuple[str, ...] = ()
    loose_types: bool = False
    """Enzyme may guess types."""

    def __str__(self) -> str:
        """Say it as it was asked for."""
        rules = ["without the rules " + ", ".join(self.without_rules)] if self.without_rules else []
        return " and ".join([*rules, *(["with loose types"] if self.loose_types else [])])

    def words(self) -> dict[str, Argument]:
        """The argument of the steps that apply rules."""
        return {"without": list(self.without_rules)} if self.without_rules else {}


NO_EXPERIMENT = Experiment()

# What must not be done before Enzyme: vectorised loops give wrong gradients, runtime unrolling slow ones. Full
# unrolling of short loops stays: without it some gradients are almost twice as slow. What an outer loop does only in
# its first iteration (`skip`, a loop in it) LLVM takes out of it only if told to; Enzyme would cache for all of them.
_FIRST_ROUND = "default<O2>,function(loop-simplify,lcssa)"
_FIRST_FLAGS = [
    "-vectorize-loops=false",
    "-vectorize-slp=false",
    "-unroll-runtime=false",
    "-unroll-allow-partial=false",
    "-unroll-allow-loop-nests-peeling",
]

# LLVM's `default<O3>` in two halves: the first half of ThinLTO is the first half of everything, and the second is what
# LLVM's buildModuleOptimizationPipeline makes of it, from the vectoriser on.
_SIMPLIFYING = (
    "thinlto-pre-link<O3>,elim-avail-extern,rpo-function-attrs,recompute-globalsaa,"
    "function<eager-inv>(float2int,lower-constant-intrinsics,loop(loop-rotate,loop-deletion),loop-distribute,"
    "inject-tli-mappings)"
)
_VECTORISING = (
    "function<eager-inv>(loop-vectorize,loop-load-elim,instcombine,"
    "simplifycfg<forward-switch-cond;switch-range-to-icmp;switch-to-lookup;no-keep-loops;hoist-common-insts;"
    "sink-common-insts>,slp-vectorizer,vector-combine,instcombine,loop-unroll<O3>,transform-warning,sroa,"
    "instcombine,loop-mssa(licm),alignment-from-assumptions,loop-sink,instsimplify,div-rem-pairs,tailcallelim,"
    "simplifycfg<switch-range-to-icmp;switch-to-lookup>),globaldce,constmerge,rel-lookup-table-converter"
)
_CHECKED_INSTCOMBINE = 18
"""From this LLVM on `instcombine` ends the process when once is not enough, unless it is told not to."""

# What a loop makes anew in each iteration (a local array) Enzyme would write again in the reverse pass, but not where
# it does not see that it reads it there (GradientUtils::getReverseOrLatchMerge, is_value_needed_in_reverse): it
# compared with what the last iteration had left. Without that it keeps what it needs; no cost could be measured.
# Of an array that a loop reads and something overwrites later it would copy, before the loop, as many elements as the
# loop has iterations, whether each of them reads one or not (GradientUtils::lookupM): beyond the array's end, and a
# crash where that is far. Without that each iteration keeps what it reads.
_ENZYME = ("-enzyme-rematerialize=0", "-enzyme-loop-invariant-cache=0")


def unit_plan(toolchain: Toolchain, base: Path, experiment: Experiment = NO_EXPERIMENT) -> Plan:
    """From `base`.closed.ll to `base`.derivative.bc."""
    enzyme = (*_ENZYME, "-enzyme-loose-types=1") if experiment.loose_types else _ENZYME
    paths = {
        level: base.with_name(f"{base.name}.{level}")
        for level in ("rewritten.ll", "prepared.ll", "shaped.ll", "grad.ll", "settled.ll", "derivative.bc")
    }
    rewritten, shaped, grad, settled = (
        paths[level] for level in ("rewritten.ll", "shaped.ll", "grad.ll", "settled.ll")
    )
    return (
        _step("request", rewritten, given=str(_closed(base)), out=str(rewritten), **experiment.words()),
        _first_round(rewritten, paths["prepared.ll"], experiment),
        _step("shape", shaped, given=str(paths["prepared.ll"]), out=str(shaped), **experiment.words()),
        Stage(name="differentiate", action=toolchain.host.command(shaped, grad, enzyme), makes=grad),
        _step("settle", settled, given=str(grad), like=str(shaped), out=str(settled), **experiment.words()),
        _finish(toolchain, settled, paths["derivative.bc"], experiment),
    )


def remedied(plan: Plan, remedies: Iterable[Remedy]) -> Plan:
    """Say how the same derivative is made with them."""
    words: dict[str, dict[str, Argument]] = {}
    for stage, name in (remedy.argument for remedy in remedies):
        words.setdefault(stage, {})[name] = "yes"
    return tuple(
        replace(stage, action=replace(stage.action, arguments={**stage.action.arguments, **words[stage.name]}))
        if isinstance(stage.action, IrStep) and stage.name in words
        else stage
        for stage in plan
    )


def _first_round(rewritten: Path, makes: Path, experiment: Experiment) -> Stage:
    arguments: dict[str, Argument] = {
        "given": str(rewritten),
        "out": str(makes),
        "passes": _FIRST_ROUND,
        "flags": _FIRST_FLAGS,
        **experiment.words(),
    }
    return Stage(name="first round", action=IrStep(name="prepare", arguments=arguments), makes=makes)


def _finish(toolchain: Toolchain, settled: Path, makes: Path, experiment: Experiment) -> Stage:
    checked = toolchain.llvm.major >= _CHECKED_INSTCOMBINE
    arguments: dict[str, Argument] = {
        "given": str(settled),
        "out": str(makes),
        "passes": _SIMPLIFYING,
        "vectorising": _VECTORISING.replace(
            "instcombine", "instcombine<no-verify-fixpoint>" if checked else "instcombine"
        ),
        **experiment.words(),
    }
    return Stage(name="second round", action=IrStep(name="finish", arguments=arguments), makes=makes)


def divide_step(given: Path, base: Path, crate: Crate) -> IrStep:
    """Divide the crate's bitcode; into how many parts, and where its placeholders are, is only known afterwards."""
    arguments: dict[str, Argument] = {
        "given": str(given),
        "out": str(base),
        "most": str(crate.parts if crate.lto is Lto.NONE else 1),
    }
    arguments |= {"embed": "yes"} if crate.is_library else {}
    arguments |= {"debug": crate.debug.value} if crate.debug is DebugInfo.NONE else {}
    arguments |= {"inlining": "no"} if crate.level is OptLevel.O0 else {}
    return IrStep(name="divide", arguments=arguments)


def part_path(base: Path, number: int) -> Path:
    """Say where a part is made."""
    return base.with_name(f"{base.name}.{number}.host.bc")


def cut_step(base: Path, number: int) -> IrStep:
    """Make a part of what was divided."""
    given, parts = (str(base.with_name(f"{base.name}.{end}")) for end in ("divided.bc", "parts.json"))
    out = str(part_path(base, number))
    return IrStep(name="cut", arguments={"given": given, "parts": parts, "number": str(number), "out": out})


def object_path(base: Path, number: int) -> Path:
    """Say where the object of a part is made."""
    return base.with_name(f"{base.name}.{number}.o")


def part_plan(
    toolchain: Toolchain,
    part: Path,
    crate: Crate,
    derivatives: Mapping[str, Path],
    names: Mapping[str, dict[str, str]],
    refused: Sequence[str] = (),
) -> Plan:
    """From a part (`X.host.bc`) to `X.o`, with derivatives (by target) in place of the placeholders in it.

    `names` says, by target, what symbols are called here that were called otherwise where the derivative was made;
    `refused`, which placeholders have none. With LTO it is bitcode, with a summary by which the linker knows what to
    inline elsewhere.
    """
    made, summarised = (part.with_name(part.name.removesuffix("host.bc") + end) for end in ("o", "lto.bc"))
    lines = "strip-nonlinetable-debuginfo," if crate.debug is DebugInfo.LINES else ""
    arguments: dict[str, Argument] = {
        "given": str(part),
        "out": str(made),
        "passes": f"{lines}{crate.level.passes(crate.lto)}",
        "level": str(crate.level.of_code),
        "tuning": crate.level.tuning,
    }
    if derivatives:
        arguments["derivatives"] = {target: str(path) for target, path in derivatives.items()}
    if names:
        arguments["names"] = dict(names)
    if refused:
        arguments["refused"] = list(refused)
    if crate.lto is Lto.NONE:
        return (Stage(name="build", action=IrStep(name="build", arguments=arguments), makes=made),)
    arguments |= {"out": str(summarised)}
    summary = toolchain.opt.command("--thinlto-bc", "-passes=verify", summarised, "-o", made)
    return (
        Stage(name="build", action=IrStep(name="build", arguments=arguments), makes=summarised),
        Stage(name="summarise", action=summary, makes=made),
    )


def gather_step(
    given: Path,
    base: Path,
    libraries: Sequence[Path],
    std: Path | None,
    recall: Mapping[str, str],
    experiment: Experiment = NO_EXPERIMENT,
) -> IrStep:
    """Take from the crate's bitcode what its derivatives reach; which there are is only known afterwards.

    `recall` says where the store is and what counts for its keys; nothing, when there is none.
    """
    arguments: dict[str, Argument] = {"given": str(given), "out": str(_closed(base))}
    if libraries:
        arguments["libraries"] = [str(path) for path in libraries]
    if std is not None:
        arguments["std"] = str(std)
    if recall:
        arguments["recall"] = dict(recall)
    return IrStep(name="gather", arguments={**arguments, **experiment.words()})


def isolate_step(base: Path, units: Mapping[str, Path]) -> IrStep:
    """Cut units out of what was gathered: the unit of each target to the beginning of a path."""
    files = {target: str(_closed(unit)) for target, unit in units.items()}
    return IrStep(name="isolate", arguments={"given": str(_closed(base)), "units": files})


def _closed(base: Path) -> Path:
    return base.with_name(f"{base.name}.closed.ll")


def _step(name: str, makes: Path, **arguments: Argument) -> Stage:
    return Stage(name=name, action=IrStep(name=name, arguments=arguments), makes=makes)
