"""Running a plan: dull on purpose. Decisions were made in the plan."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from cargo_autodiff.errors import Refused, ToolFailed, unpacked
from cargo_autodiff.pipeline.jobs import do_all
from cargo_autodiff.pipeline.plan import IrStep, OptLevel, Plan, Stage, host_plan, isolate_step, unit_plan
from cargo_autodiff.pipeline.refusal import refusal

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cargo_autodiff.pipeline.jobs import Allowance
    from cargo_autodiff.pipeline.worker import Worker
    from cargo_autodiff.toolchain.locate import Toolchain

PATIENCE = 900.0  # seconds for one run of a tool; Enzyme has been seen to run for ever on some programs


@dataclass(frozen=True, kw_only=True)
class Crate:
    """What the stages must know of the crate: how its host is optimised, and where bodies of other crates are."""

    level: OptLevel
    libraries: tuple[Path, ...] = ()
    is_library: bool = False
    """Its bitcode stays in the object, for derivatives in crates that use it."""


@dataclass(kw_only=True)
class Run:
    """Differentiates the bitcode of one crate; remembers what it ran, for build.sh."""

    toolchain: Toolchain
    worker: Worker
    folder: Path
    allowance: Allowance
    std: Path | None = None
    """The folder of the standard library's rlibs, for bodies that rustc did not instantiate in the crate."""
    done: dict[str, list[tuple[str, ...]]] = field(default_factory=dict)
    """What was run for each object, as the words of a shell's lines."""

    def object_of(self, bitcode: Path, name: str, crate: Crate) -> Path:
        """Make the native object of a module, its derivatives in place.

        Raises what its stages raise; what is refused all at once: nobody should build again to see the next.
        """
        folder = self.folder / name
        folder.mkdir(exist_ok=True)
        step = isolate_step(bitcode, folder, crate.libraries, self.std)
        self.done[name] = lines = [step.words]
        units = self.worker.do(step.name, **step.arguments)["units"]
        plans = [unit_plan(self.toolchain, Path(unit["path"].removesuffix(".rewritten.ll"))) for unit in units]
        lines += [stage.action.words for plan in plans for stage in plan]

        def differentiate(number: int) -> Path | Refused:
            unit = units[number]
            try:
                if "refused" in unit:
                    raise unpacked(unit["refused"])
                return self._run(plans[number], unit["target"], unit["place"])
            except Refused as error:
                error.where = unit["place"] or error.where
                return error

        made = do_all(differentiate, range(len(units)), self.allowance)
        _raise_all([one for one in made if isinstance(one, Refused)])
        derivatives = {unit["target"]: path for unit, path in zip(units, made, strict=True) if isinstance(path, Path)}
        base = folder / "crate"
        plan = host_plan(self.toolchain, bitcode, derivatives, base, level=crate.level, embed=crate.is_library)
        lines += [stage.action.words for stage in plan]
        return self._run(plan, name, "")

    def _run(self, plan: Plan, what: str, place: str) -> Path:
        for stage in plan:
            self._do(stage, what, place)
        return plan[-1].makes

    def _do(self, stage: Stage, what: str, place: str) -> None:
        try:
            if isinstance(stage.action, IrStep):
                self.worker.do(stage.action.name, **stage.action.arguments)
            else:
                stage.action.run(timeout=PATIENCE)
        except ToolFailed as error:
            if stage.name != "differentiate":
                error.where = error.where or place
                raise
            raise refusal(error, what, place) from None


def _raise_all(refusals: Sequence[Refused]) -> None:
    if refusals:
        refusals[0].others = tuple(refusals[1:])
        raise refusals[0]
