"""The plan: which tools and steps make what from what. Pure: nothing runs here, and every line can be printed.

A file's extension is its level:

    .closed.ll      what all derivatives of a crate reach, and nothing else; text, because bitcode
                    loses the words among a call's arguments (`metadata !"enzyme_dup"`)
    .rewritten.ll   one derivative with all it reaches, its placeholder calling Enzyme
    .prepared.ll    after the first round: optimised without what would hide loops from Enzyme
    .shaped.ll      after the rules that make Enzyme right
    .grad.ll        after Enzyme
    .settled.ll     after the rules that Enzyme's output needs
    .derivative.bc  after the second round
    .host.bc        the crate's own module with its placeholders replaced
    .opt.bc .o      the host, optimised and compiled as the profile says
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from cargo_autodiff.toolchain.locate import Toolchain
    from cargo_autodiff.toolchain.tool import Command


class OptLevel(Enum):
    """`-C opt-level` of rustc, `-O` of clang."""

    O0 = "0"
    O1 = "1"
    O2 = "2"
    O3 = "3"
    SIZE = "s"
    SMALLEST = "z"

    @property
    def passes(self) -> str:
        """Opt's pipeline of this level."""
        return f"default<O{self.value}>"

    @property
    def for_llc(self) -> str:
        """Llc's level, which knows no size."""
        return f"-O{self.value if self.value.isdecimal() else 2}"


class DebugInfo(Enum):
    """How much debug information an object gets."""

    NONE = "none"
    LINES = "lines"
    FULL = "full"


Argument = str | list[str] | dict[str, str] | dict[str, dict[str, str]]


@dataclass(frozen=True, kw_only=True)
class IrStep:
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


@dataclass(frozen=True, kw_only=True)
class Stage:
    """One arrow: its name, what it does, and the file it makes."""

    name: str
    action: Command | IrStep
    makes: Path


Plan = tuple[Stage, ...]


@dataclass(frozen=True, kw_only=True)
class Experiment:
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

# What opt must not do before Enzyme: vectorised loops give wrong gradients, runtime unrolling slow ones. Full unrolling
# of short loops stays: without it some gradients are almost twice as slow.
_FIRST_ROUND = (
    "-passes=default<O2>,function(loop-simplify,lcssa)",
    "-vectorize-loops=false",
    "-vectorize-slp=false",
    "-unroll-runtime=false",
    "-unroll-allow-partial=false",
)


def unit_plan(toolchain: Toolchain, base: Path, experiment: Experiment = NO_EXPERIMENT) -> Plan:
    """From `base`.rewritten.ll to `base`.derivative.bc."""
    loose = ("-enzyme-loose-types=1",) if experiment.loose_types else ()
    paths = {
        level: base.with_name(f"{base.name}.{level}")
        for level in ("prepared.ll", "shaped.ll", "grad.ll", "settled.ll", "derivative.bc")
    }
    shaped, grad, settled = (paths[level] for level in ("shaped.ll", "grad.ll", "settled.ll"))
    return (
        _opt(toolchain, "first round", _FIRST_ROUND, _rewritten(base), paths["prepared.ll"]),
        _step("shape", shaped, given=str(paths["prepared.ll"]), out=str(shaped), **experiment.words()),
        Stage(name="differentiate", action=toolchain.host.command(shaped, grad, loose), makes=grad),
        _step("settle", settled, given=str(grad), like=str(shaped), out=str(settled), **experiment.words()),
        _opt(toolchain, "second round", ("-passes=default<O3>",), settled, paths["derivative.bc"]),
    )


def graft_stage(
    given: Path,
    derivatives: Mapping[str, Path],
    names: Mapping[str, dict[str, str]],
    base: Path,
    *,
    embed: bool,
    debug: DebugInfo = DebugInfo.FULL,
) -> Stage:
    """Put derivatives (by target) into the crate's bitcode; `embed` keeps the bitcode for the object.

    `names` says, by target, what symbols are called here that were called otherwise where the derivative was made.
    """
    host = base.with_name(f"{base.name}.host.bc")
    paths = {target: str(path) for target, path in derivatives.items()}
    arguments: dict[str, Argument] = {"given": str(given), "derivatives": paths, "out": str(host)}
    arguments |= {"names": dict(names)} if names else {}
    arguments |= {"embed": str(given)} if embed else {}
    arguments |= {"debug": debug.value} if debug is DebugInfo.NONE else {}
    return _step("graft", host, **arguments)


def object_plan(
    toolchain: Toolchain, host: Path, base: Path, *, level: OptLevel, debug: DebugInfo = DebugInfo.FULL
) -> Plan:
    """From the crate's bitcode, its derivatives in place, to `base`.o."""
    optimised, compiled = (base.with_name(base.name + end) for end in (".opt.bc", ".o"))
    lines = "strip-nonlinetable-debuginfo," if debug is DebugInfo.LINES else ""
    return (
        _opt(toolchain, "host", (f"-passes={lines}{level.passes}",), host, optimised),
        Stage(
            name="codegen",
            action=toolchain.llc.command(
                level.for_llc,
                "-filetype=obj",
                "-relocation-model=pic",
                "-function-sections",
                "-data-sections",
                *_opaque(toolchain),
                optimised,
                "-o",
                compiled,
            ),
            makes=compiled,
        ),
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


def isolate_step(base: Path, units: Mapping[str, Path], experiment: Experiment = NO_EXPERIMENT) -> IrStep:
    """Cut units out of what was gathered: the unit of each target to the beginning of a path."""
    files = {target: str(_rewritten(unit)) for target, unit in units.items()}
    return IrStep(name="isolate", arguments={"given": str(_closed(base)), "units": files, **experiment.words()})


def _closed(base: Path) -> Path:
    return base.with_name(f"{base.name}.closed.ll")


def _rewritten(base: Path) -> Path:
    return base.with_name(f"{base.name}.rewritten.ll")


def _opt(toolchain: Toolchain, name: str, flags: tuple[str, ...], given: Path, makes: Path) -> Stage:
    text = ("-S",) if makes.suffix == ".ll" else ()
    command = toolchain.opt.command(*_opaque(toolchain), *text, *flags, given, "-o", makes)
    return Stage(name=name, action=command, makes=makes)


def _step(name: str, makes: Path, **arguments: Argument) -> Stage:
    return Stage(name=name, action=IrStep(name=name, arguments=arguments), makes=makes)


def _opaque(toolchain: Toolchain) -> tuple[str, ...]:
    """LLVM 15 still has to be told that pointers are opaque."""
    return ("-opaque-pointers",) if toolchain.llvm.major <= 15 else ()
