"""Running a plan: dull on purpose. Decisions were made in the plan."""

from __future__ import annotations

import time
from contextlib import contextmanager
from functools import partial
from itertools import groupby
from typing import TYPE_CHECKING, Any

from cargo_autodiff.errors import Refused, ToolFailed
from cargo_autodiff.ir.asking import asks
from cargo_autodiff.named import Frozen, Named, each
from cargo_autodiff.pipeline.events import Derivative, Made, Making, Ran, Reused, Waiting, silent
from cargo_autodiff.pipeline.jobs import Crew
from cargo_autodiff.pipeline.plan import (
    NO_EXPERIMENT,
    Experiment,
    IrStep,
    Plan,
    Stage,
    cut_step,
    divide_step,
    gather_step,
    isolate_step,
    object_path,
    part_path,
    part_plan,
    unit_plan,
)
from cargo_autodiff.pipeline.refusal import culprit, derivative, refusal
from cargo_autodiff.store.record import Asked

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

    from cargo_autodiff.pipeline.events import Events
    from cargo_autodiff.pipeline.jobs import Allowance, Job
    from cargo_autodiff.pipeline.plan import Crate
    from cargo_autodiff.pipeline.recall import Recall
    from cargo_autodiff.pipeline.worker import Worker
    from cargo_autodiff.store.key import Key
    from cargo_autodiff.toolchain.locate import Toolchain

    Facts = Mapping[str, Any]

PATIENCE = 900.0  # seconds for one run of a tool
ENZYMES = 300.0  # Enzyme has been seen to run for ever on some programs, such as a large BTreeMap in forward mode


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


class Run(Named):
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
    done: dict[str, list[tuple[str, ...]]] = each(factory=dict)
    """What was run for each object, as the words of a shell's lines."""

    def objects_of(self, modules: Mapping[str, Path], crate: Crate) -> dict[str, list[Path]]:
        """Make the native objects of a crate's modules (bitcode by name), derivatives in place.

        Raises what its stages raise; what is refused in one all at once: nobody should build again to see the next.
        """
        for name in modules:
            (self.folder / name).mkdir(exist_ok=True)
            self.done[name] = []
        keys = {name: self._whole(bitcode, self._base(name), crate) for name, bitcode in modules.items()}
        looked = {name: self._brought_whole(key, self._base(name), crate) for name, key in keys.items()}
        found = {name: objects for name, objects in looked.items() if objects is not None}
        missing = {name: bitcode for name, bitcode in modules.items() if name not in found}
        return found | self._made_whole(missing, keys, crate) if missing else found

    def _base(self, name: str) -> Path:
        """Say what the names of a module's own files begin with."""
        return self.folder / name / "crate"

    def _brought_whole(self, key: Key | None, base: Path, crate: Crate) -> list[Path] | None:
        """Bring the objects of one module, if they were made before."""
        if self.recall is None or key is None:
            return None
        found = self.recall.bring_whole(key, lambda number: object_path(base, number), crate.libraries)
        if found is None:
            return None
        objects, asked = found
        self.tell_reused(Derivative(name=derivative(one.name), place=one.place) for one in asked)
        self.differentiated |= bool(asked)
        return objects

    def _made_whole(
        self, modules: Mapping[str, Path], keys: Mapping[str, Key | None], crate: Crate
    ) -> dict[str, list[Path]]:
        """Make the objects of modules, side by side, and remember them."""
        self.worker.start()
        with Crew(self.allowance) as crew:
            try:
                jobs = [
                    crew.start(partial(self._objects, crew, bitcode, self._base(name), crate, keys[name]))
                    for name, bitcode in modules.items()
                ]
                return dict(zip(modules, crew.results(jobs), strict=True))
            except BaseException:
                self.worker.stop()
                raise

    def _objects(self, crew: Crew, bitcode: Path, base: Path, crate: Crate, key: Key | None) -> list[Path]:
        """Make those of one module."""
        making = _Making(self, crew, bitcode, base, crate)
        making.make()
        if self.recall and key:
            self.recall.keep_whole(key, making.objects, making.asked, making.outside)
        return making.objects

    def _whole(self, bitcode: Path, base: Path, crate: Crate) -> Key | None:
        """Say what decides a module's objects, derivatives included, if anything is remembered."""
        if self.recall is None:
            return None
        unit = unit_plan(self.toolchain, base, self.experiment)
        self.recall.of_derivatives(unit)
        divide = Stage(name="divide", action=divide_step(bitcode, base, crate), makes=base)
        return self.recall.whole(
            (*unit, divide, *part_plan(self.toolchain, part_path(base, 0), crate, {}, {})), bitcode, base
        )

    def key(self, unit: Unit) -> Key | None:
        """Say what decides a derivative, if anything is remembered."""
        return self.recall.derivative(unit.plan, unit.digest) if self.recall else None

    def brought(self, key: Key | None, plan: Plan) -> Facts | None:
        """Put what was made before into its place, and give what was said of it."""
        return self.recall.bring(key, plan[-1].makes) if self.recall and key else None

    def made(self, key: Key | None, plan: Plan, what: str, place: str, facts: Facts) -> Facts:
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

    def tell_reused(self, found: Iterable[Derivative]) -> None:
        """Tell which derivatives were made before, if there are any."""
        derivatives = tuple(found)
        if derivatives:
            self.events(Reused(derivatives=derivatives))

    def ask(self, step: IrStep, of: str = "") -> dict[str, Any]:
        """Have a step done, of a derivative or of the crate itself."""
        with self._timed(of, step.name):
            return self.worker.do(step.name, **step.arguments)

    @contextmanager
    def _timed(self, of: str, stage: str) -> Iterator[None]:
        began = time.time()
        yield
        self.events(Ran(of=of, stage=stage, began=began, seconds=time.time() - began))

    def _run(self, plan: Plan, what: str, place: str) -> None:
        for _, some in groupby(plan, lambda stage: isinstance(stage.action, IrStep)):
            stages = list(some)
            answers = self.worker.answers([stage.action for stage in stages if isinstance(stage.action, IrStep)])
            for stage in stages:
                self._do(stage, answers, what, place)

    def _do(self, stage: Stage, answers: Iterator[object], what: str, place: str) -> None:
        of = "" if what in self.done else derivative(what)  # the crate's own stages have the name of its object
        try:
            with self._timed(of, stage.name):
                if isinstance(stage.action, IrStep):
                    next(answers)
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


class _Share(Frozen):
    """A part of a module: where it comes to be, the placeholders in it, and how it is cut out, if it is not all."""

    path: Path
    targets: tuple[str, ...]
    cut: IrStep | None


class _Making:
    """The making of one module's objects: its derivatives on one side, its own code on the other."""

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
        _made(missing)  # also of what no part waits for
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
    """Name the place of the attribute, too, where a refusal knows a line inside."""
    if not error.where:
        error.where = attribute
    elif attribute and error.where != attribute:
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
