"""The making of one module's objects: its derivatives on one side, its own code on the other."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cargo_autodiff.errors import Refused
from cargo_autodiff.ir.asking import asks
from cargo_autodiff.ir.symbols import derivative, with_paths
from cargo_autodiff.named import Frozen
from cargo_autodiff.pipeline.events import Derivative, Made, Making
from cargo_autodiff.pipeline.plan import (
    Experiment,
    IrStep,
    Plan,
    Remedy,
    cut_step,
    divide_step,
    gather_step,
    isolate_step,
    part_path,
    part_plan,
    remedied,
    unit_plan,
)
from cargo_autodiff.store.record import Asked

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from cargo_autodiff.pipeline.jobs import Crew, Job
    from cargo_autodiff.pipeline.plan import Crate
    from cargo_autodiff.pipeline.run import Facts, Run
    from cargo_autodiff.toolchain.locate import Toolchain


class Unit(Frozen):
    """One derivative: where it stands in the source, how it is made, and what it is by content, if that was asked."""

    target: str
    place: str
    optional: bool
    """It is left out when it is refused."""
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
            optional=answer.get("optional", False),
            base=base,
            plan=unit_plan(toolchain, base, experiment),
            digest=content.get("digest", ""),
            symbols=tuple(content.get("symbols", ())),
            reaches=content.get("reaches", {}),
        )

    def asked(self, *, found: bool) -> Asked:
        """Tell what was looked up."""
        return Asked(name=self.target, place=self.place, closure=self.digest, reaches=self.reaches, found=found)

    @property
    def named(self) -> Derivative:
        """It, for people."""
        return Derivative(name=derivative(self.target), place=self.place)

    def names(self, facts: Facts | None) -> dict[str, str]:
        """Say what symbols of a derivative are called here that were called otherwise where it was made."""
        made = (facts or {}).get("symbols", self.symbols)
        return {old: new for old, new in zip(made, self.symbols, strict=True) if old != new}


class _Share(Frozen):
    """A part of a module: where it comes to be, the placeholders in it, and how it is cut out, if it is not all."""

    path: Path
    targets: tuple[str, ...]
    cut: IrStep | None


class ModuleMaking:
    """One module's: what was asked for in it and made of it."""

    def __init__(self, run: Run, crew: Crew, bitcode: Path, base: Path, crate: Crate) -> None:
        self._run = run
        self._crew = crew
        self._bitcode = bitcode
        self._base = base
        self._crate = crate
        self._lines = run.done[base.parent.name]
        self.asked: list[Asked] = []
        """The derivatives, which are there in the end."""
        self.outside: dict[str, str] = {}
        """What they reach in libraries."""
        self.objects: list[Path] = []
        """In the order of the parts."""

    def make(self) -> None:
        """Make all objects."""
        dividing = self._crew.start(self._divided, urgent=True)
        units = {unit.target: unit for unit in self._gathered()}
        found, missing = self._looked_up(list(units.values()))

        def make(part: _Share, awaited: Mapping[str, Job[Facts | Refused]]) -> Path:
            facts = found | _made(awaited)
            return self._object(part, [(units[target], facts[target]) for target in part.targets])

        def start(part: _Share, cut: Job[None]) -> Job[Path]:
            waits = not missing.keys().isdisjoint(part.targets)
            awaited = missing if waits else {}
            return self._crew.start(partial(make, part, awaited), after=[cut, *awaited.values()], urgent=waits)

        jobs = [job or start(part, cut) for part, cut, job in self._crew.result(dividing)]
        self._crew.results(list(missing.values()))
        for target, facts in _made(missing).items():  # also of what no part waits for
            self._say_how(units[target].plan, facts)
        self.objects = self._crew.results(jobs)

    def _divided(self) -> list[tuple[_Share, Job[None], Job[Path] | None]]:
        """Divide the module, and begin to make the parts: those that need derivatives are cut only.

        The first is there already, and the largest; then it is good to have ready what will wait for a derivative.
        """
        step = divide_step(self._bitcode, self._base, self._crate)
        self._lines.append(step.words)
        answer = self._run.ask(step)
        parts = [
            _Share(
                path=part_path(self._base, number),
                targets=tuple(targets),
                cut=cut_step(self._base, number) if 0 < number < answer["cut"] else None,
            )
            for number, targets in enumerate(answer["parts"])
        ]
        cuts: dict[Path, Job[None]] = {}
        objects: dict[Path, Job[Path]] = {}
        for part in sorted(parts, key=lambda part: (part is not parts[0], not part.targets)):
            cuts[part.path] = self._crew.start(partial(self._cut, part))
            if not part.targets:
                objects[part.path] = self._crew.start(partial(self._object, part, []), after=[cuts[part.path]])
        return [(part, cuts[part.path], objects.get(part.path)) for part in parts]

    def _gathered(self) -> list[Unit]:
        """Find the derivatives."""
        run = self._run
        if not asks(self._bitcode.read_bytes()):
            return []
        bodies = run.recall.of_bodies if run.recall else {}
        step = gather_step(self._bitcode, self._base, self._crate.libraries, run.std, bodies, run.experiment)
        self._lines.append(step.words)
        found = run.ask(step)
        folder = self._base.parent
        units = [
            Unit.read(one, folder / str(number), run.toolchain, run.experiment)
            for number, one in enumerate(found["derivatives"])
        ]
        self.asked = [unit.asked(found=True) for unit in units]
        self.outside = found.get("outside", {})
        run.differentiated |= bool(units)
        return units

    def _looked_up(self, units: Sequence[Unit]) -> tuple[dict[str, Facts], dict[str, Job[Facts | Refused]]]:
        """Look for each derivative; give those that were made before, and begin to make the others."""
        run = self._run
        keys = {unit.target: run.key(unit) for unit in units}
        looked = [(unit, run.brought(keys[unit.target], unit.plan)) for unit in units]
        if run.recall:
            run.recall.asked.extend(unit.asked(found=facts is not None) for unit, facts in looked)
        run.tell_reused(unit.named for unit, facts in looked if facts is not None)
        missing = [unit for unit, facts in looked if facts is None]
        if missing:
            step = isolate_step(self._base, {unit.target: unit.base for unit in missing})
            self._lines += [step.words, *(stage.action.words for unit in missing for stage in unit.plan)]
            run.ask(step)

        def make(number: int, unit: Unit) -> Facts | Refused:
            run.events(Making(derivative=unit.named, number=number, of=len(missing)))
            try:
                facts = run.made(keys[unit.target], unit.plan, unit.target, unit.place, {"symbols": unit.symbols})
            except Refused as error:
                return {"refused": True} if unit.optional else _placed(error, unit.place)
            run.events(Made(derivative=unit.named))
            return facts

        found = {unit.target: facts for unit, facts in looked if facts is not None}
        # before the parts that need none of them: the last of these is waited for
        jobs = {
            unit.target: self._crew.start(partial(make, number, unit), urgent=True)
            for number, unit in reversed(list(enumerate(missing, 1)))
        }
        return found, dict(reversed(jobs.items()))

    def _say_how(self, plan: Plan, facts: Facts) -> None:
        """Let the lines of a derivative be those by which it was made, which may be none."""
        made = remedied(plan, [remedy for remedy in Remedy if remedy in facts])
        at = self._lines.index(plan[0].action.words)
        self._lines[at : at + len(plan)] = [] if "refused" in facts else [stage.action.words for stage in made]

    def _cut(self, part: _Share) -> None:
        """Write a part, unless dividing wrote it."""
        if part.cut is not None:
            self._lines.append(part.cut.words)
            self._run.ask(part.cut)

    def _object(self, part: _Share, derivatives: Sequence[tuple[Unit, Facts]]) -> Path:
        """Make the object of a part, unless it was made before."""
        run = self._run
        refused = [unit.target for unit, facts in derivatives if "refused" in facts]
        paths = {unit.target: unit.plan[-1].makes for unit, _ in derivatives if unit.target not in refused}
        names = {unit.target: names for unit, facts in derivatives if (names := unit.names(facts))}
        plan = part_plan(run.toolchain, part.path, self._crate, paths, names, refused)
        self._lines += [stage.action.words for stage in plan]
        key = run.recall.object(plan, [part.path, *paths.values()]) if run.recall else None
        if run.brought(key, plan) is None:
            run.made(key, plan, self._base.parent.name, "", {})
        return plan[-1].makes


def _placed(error: Refused, attribute: str) -> Refused:
    """Name the place of the attribute, too, where a refusal knows a line inside; functions as the user did."""
    error.why = with_paths(error.why)
    if not error.where:
        error.where = attribute
    elif Path(attribute).is_absolute():  # rustc was given a file outside of the workspace; debug information cuts it
        error.where = str(Path.cwd() / error.where)
    if attribute and error.where != attribute:
        error.why += f" (the derivative is asked for at {attribute})"
    return error


def _made(derivatives: Mapping[str, Job[Facts | Refused]]) -> dict[str, Facts]:
    """Give what is said of each derivative; raise all refusals as one."""
    made = {target: job.made[0] for target, job in derivatives.items()}
    _raise_all([one for one in made.values() if isinstance(one, Refused)])
    return {target: one for target, one in made.items() if not isinstance(one, Refused)}


def _raise_all(refusals: Sequence[Refused]) -> None:
    if refusals:
        refusals[0].others = tuple(refusals[1:])
        raise refusals[0]
