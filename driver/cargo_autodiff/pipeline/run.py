"""Running a plan: dull on purpose. Decisions were made in the plan."""

from __future__ import annotations

import time
from contextlib import contextmanager
from functools import partial
from itertools import groupby
from typing import TYPE_CHECKING, Any

from cargo_autodiff.errors import DividedWord, NoShadow, Refused, ToolFailed
from cargo_autodiff.ir.symbols import derivative
from cargo_autodiff.named import Named, each
from cargo_autodiff.pipeline.events import Derivative, Ran, Reused, Waiting, silent
from cargo_autodiff.pipeline.plan import (
    NO_EXPERIMENT,
    Experiment,
    IrStep,
    Plan,
    Remedy,
    Stage,
    divide_step,
    object_path,
    part_path,
    part_plan,
    remedied,
    unit_plan,
)
from cargo_autodiff.pipeline.refusal import refusal
from cargo_autodiff.toolchain.tool import addresses_as_always

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

    from cargo_autodiff.pipeline.events import Events
    from cargo_autodiff.pipeline.jobs import Allowance, Crew
    from cargo_autodiff.pipeline.making import Unit
    from cargo_autodiff.pipeline.plan import Crate
    from cargo_autodiff.pipeline.recall import Recall
    from cargo_autodiff.pipeline.worker import Worker
    from cargo_autodiff.store.key import Key
    from cargo_autodiff.toolchain.locate import Toolchain

    Facts = Mapping[str, Any]

_REMEDIES = {NoShadow: Remedy.SHADOWS, DividedWord: Remedy.WHOLE}
PATIENCE = 900.0  # seconds for one run of a tool
ENZYMES = 300.0  # Enzyme has been seen to run for ever on some programs, such as a large BTreeMap in forward mode


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
        from cargo_autodiff.pipeline.jobs import Crew

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
        from cargo_autodiff.pipeline.making import ModuleMaking

        making = ModuleMaking(self, crew, bitcode, base, crate)
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
            return self._made(plan, what, place, facts)

        def waiting(holder: int | None) -> None:
            self.events(Waiting(what=derivative(what), holder=holder))

        with self.recall.store.only_one(key, waiting):
            found = self.recall.bring(key, plan[-1].makes, anywhere=False)  # elsewhere was asked before
            if found is None:
                facts = self._made(plan, what, place, facts)
                self.recall.keep(key, plan[-1].makes, facts)
        return facts if found is None else found

    def _made(self, plan: Plan, what: str, place: str, facts: Facts, start: int = 0) -> Facts:
        """Run a plan, from a stage on, and what differs of it once more by what may be all that is missing."""
        try:
            self._run(plan[start:], what, place)
        except tuple(_REMEDIES) as refused:
            remedy = _REMEDIES[type(refused)]
            if remedy in facts:
                raise
            again = remedied(plan, [remedy])
            fresh = next(number for number, stage in enumerate(again) if stage != plan[number])
            try:
                return self._made(again, what, place, {**facts, remedy: True}, fresh)
            except Refused:
                raise refused from None
        return facts

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
                    with addresses_as_always():
                        stage.action.run(timeout=ENZYMES if stage.name == "differentiate" else PATIENCE)
        except ToolFailed as error:
            if stage.name != "differentiate":
                error.where = error.where or place
                raise
            found = self._culprit(error, stage)
            raise refusal(error, what, found.get("place", place), found.get("called", "")) from None

    def _culprit(self, error: ToolFailed, stage: Stage) -> dict[str, str]:
        """Find what Enzyme complains of; the module it was given has no debug information any more."""
        given = stage.makes.with_name(stage.makes.name.removesuffix(".grad.ll") + ".prepared.ll")
        return self.worker.do("locate", given=str(given), said=error.why)
