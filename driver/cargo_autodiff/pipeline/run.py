"""Running a plan: dull on purpose. Decisions were made in the plan."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from cargo_autodiff.errors import Refused, ToolFailed, unpacked
from cargo_autodiff.pipeline.events import Waiting, silent
from cargo_autodiff.pipeline.jobs import do_all
from cargo_autodiff.pipeline.plan import (
    NO_EXPERIMENT,
    DebugInfo,
    Experiment,
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
from cargo_autodiff.pipeline.refusal import culprit, derivative, refusal
from cargo_autodiff.store.record import Asked

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from cargo_autodiff.pipeline.events import Events
    from cargo_autodiff.pipeline.jobs import Allowance
    from cargo_autodiff.pipeline.recall import Recall
    from cargo_autodiff.pipeline.worker import Worker
    from cargo_autodiff.store.key import Key
    from cargo_autodiff.toolchain.locate import Toolchain

    Facts = Mapping[str, Any]

PATIENCE = 900.0  # seconds for one run of a tool
ENZYMES = 300.0  # Enzyme has been seen to run for ever on some programs, such as a large BTreeMap in forward mode


@dataclass(frozen=True, kw_only=True)
class Crate:
    """What the stages must know of the crate: how its host is optimised, and where bodies of other crates are."""

    level: OptLevel
    debug: DebugInfo = DebugInfo.FULL
    libraries: tuple[Path, ...] = ()
    is_library: bool = False
    """Its bitcode stays in the object, for derivatives in crates that use it."""


@dataclass(frozen=True, kw_only=True)
class Unit:
    """One derivative: where it stands in the source, how it is made, and what it is by content, if that was asked."""

    target: str
    place: str
    base: Path
    plan: Plan
    digest: str
    symbols: tuple[str, ...]
    """The target, then what it needs from outside, in an order that all units of this digest share."""
    reaches: Mapping[str, str]

    @classmethod
    def read(cls, answer: Mapping[str, Any], base: Path, toolchain: Toolchain, experiment: Experiment) -> Unit:
        """Read one that the step `gather` found; its files begin with `base`."""
        content = answer.get("content", {})
        return cls(
            target=answer["target"],
            place=answer["place"],
            base=base,
            plan=unit_plan(toolchain, base, experiment),
            digest=content.get("digest", ""),
            symbols=tuple(content.get("symbols", ())),
            reaches=content.get("reaches", {}),
        )

    def asked(self, key: Key | None, *, found: bool) -> Asked:
        """Tell what was looked up."""
        parts = key.parts if key else {}
        return Asked(name=self.target, place=self.place, parts=parts, reaches=self.reaches, found=found)

    def names(self, facts: Facts | None) -> dict[str, str]:
        """Say what symbols of a derivative are called here that were called otherwise where it was made."""
        made = (facts or {}).get("symbols", self.symbols)
        return {old: new for old, new in zip(made, self.symbols, strict=True) if old != new}


@dataclass(kw_only=True)
class Run:
    """Differentiates the bitcode of one crate; remembers what it ran, for build.sh."""

    toolchain: Toolchain
    worker: Worker
    folder: Path
    allowance: Allowance
    std: Path | None = None
    """The folder of the standard library's rlibs, for bodies that rustc did not instantiate in the crate."""
    recall: Recall | None = None
    """Where results of other builds are; without it everything is made."""
    experiment: Experiment = NO_EXPERIMENT
    differentiated: bool = False
    """There was a derivative to make."""
    events: Events = silent
    done: dict[str, list[tuple[str, ...]]] = field(default_factory=dict)
    """What was run for each object, as the words of a shell's lines."""

    def object_of(self, bitcode: Path, name: str, crate: Crate) -> Path:
        """Make the native object of a module, its derivatives in place.

        Raises what its stages raise; what is refused all at once: nobody should build again to see the next.
        """
        folder = self.folder / name
        folder.mkdir(exist_ok=True)
        base = folder / "crate"
        self.done[name] = lines = []
        bodies = self.recall.of_bodies if self.recall else {}
        step = gather_step(bitcode, base, crate.libraries, self.std, bodies, self.experiment)
        lines.append(step.words)
        found = self.worker.do(step.name, **step.arguments)["derivatives"]
        units = [
            Unit.read(one, folder / str(number), self.toolchain, self.experiment) for number, one in enumerate(found)
        ]
        self.differentiated |= bool(units)
        names = self._derivatives(units, base, lines)
        host = bitcode
        if units or crate.is_library or crate.debug is DebugInfo.NONE:
            paths = {unit.target: unit.plan[-1].makes for unit in units}
            stage = graft_stage(bitcode, paths, names, base, embed=crate.is_library, debug=crate.debug)
            lines.append(stage.action.words)
            self._do(stage, name, "")
            host = stage.makes
        plan = object_plan(self.toolchain, host, base, level=crate.level, debug=crate.debug)
        lines += [stage.action.words for stage in plan]
        key = self.recall.object(plan, host) if self.recall else None
        if self._brought(key, plan) is None:
            self._made(key, plan, name, "", {})
        return plan[-1].makes

    def _derivatives(
        self, units: Sequence[Unit], base: Path, lines: list[tuple[str, ...]]
    ) -> dict[str, dict[str, str]]:
        """Have every derivative, found or made; give, by target, what symbols are called here where that differs."""
        keys = {unit.target: self._key(unit) for unit in units}
        facts = {unit.target: self._brought(keys[unit.target], unit.plan) for unit in units}
        missing = [unit for unit in units if facts[unit.target] is None]
        refused: dict[str, Any] = {}
        if missing:
            step = isolate_step(base, {unit.target: unit.base for unit in missing}, self.experiment)
            lines += [step.words, *(stage.action.words for unit in missing for stage in unit.plan)]
            refused = self.worker.do(step.name, **step.arguments)["refused"]

        def make(unit: Unit) -> Facts | Refused:
            try:
                if unit.target in refused:
                    raise unpacked(refused[unit.target])
                return self._made(keys[unit.target], unit.plan, unit.target, unit.place, {"symbols": unit.symbols})
            except Refused as error:
                return _placed(error, unit.place)

        if self.recall:
            self.recall.asked.extend(unit.asked(keys[unit.target], found=unit not in missing) for unit in units)
        made = do_all(make, missing, self.allowance)
        _raise_all([one for one in made if isinstance(one, Refused)])
        facts |= {unit.target: one for unit, one in zip(missing, made, strict=True) if not isinstance(one, Refused)}
        return {unit.target: names for unit in units if (names := unit.names(facts[unit.target]))}

    def _key(self, unit: Unit) -> Key | None:
        return self.recall.derivative(unit.plan, unit.digest) if self.recall else None

    def _brought(self, key: Key | None, plan: Plan) -> Facts | None:
        return self.recall.bring(key, plan[-1].makes) if self.recall and key else None

    def _made(self, key: Key | None, plan: Plan, what: str, place: str, facts: Facts) -> Facts:
        """Run a plan, unless another process has just done so, and keep what it made."""
        if self.recall is None or key is None:
            self._run(plan, what, place)
            return facts

        def waiting(holder: int | None) -> None:
            self.events(Waiting(what=derivative(what), holder=holder))

        with self.recall.store.only_one(key, waiting):
            found = self.recall.bring(key, plan[-1].makes, anywhere=False)  # elsewhere was asked before
            if found is None:
                self._run(plan, what, place)
                self.recall.keep(key, plan[-1].makes, facts)
        return facts if found is None else found

    def _run(self, plan: Plan, what: str, place: str) -> None:
        for stage in plan:
            self._do(stage, what, place)

    def _do(self, stage: Stage, what: str, place: str) -> None:
        try:
            if isinstance(stage.action, IrStep):
                self.worker.do(stage.action.name, **stage.action.arguments)
            else:
                stage.action.run(timeout=ENZYMES if stage.name == "differentiate" else PATIENCE)
        except ToolFailed as error:
            if stage.name != "differentiate":
                error.where = error.where or place
                raise
            raise refusal(error, what, self._line(error, stage) or place) from None

    def _line(self, error: ToolFailed, stage: Stage) -> str:
        """Find the line that Enzyme complains of; the module it was given has no debug information any more."""
        what = culprit(error)
        given = stage.makes.with_name(stage.makes.name.removesuffix(".grad.ll") + ".prepared.ll")
        return str(self.worker.do("locate", given=str(given), what=what)["place"]) if what else ""


def _placed(error: Refused, attribute: str) -> Refused:
    """Name the place of the attribute, too, where a refusal knows a line inside."""
    if not error.where:
        error.where = attribute
    elif attribute and error.where != attribute:
        error.why += f" (the derivative is asked for at {attribute})"
    return error


def _raise_all(refusals: Sequence[Refused]) -> None:
    if refusals:
        refusals[0].others = tuple(refusals[1:])
        raise refusals[0]
