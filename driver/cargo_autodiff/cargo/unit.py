"""What is done beside rustc, and after it, for a crate that may hold derivatives: native objects for bitcode."""

from __future__ import annotations

import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from cargo_autodiff.cargo.depinfo import add_to_depinfo, driver_files, sources
from cargo_autodiff.cargo.messages import warn, warn_of_experiment

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from cargo_autodiff.cargo.front_end import FrontEnd
    from cargo_autodiff.cargo.invocation import RustcInvocation
    from cargo_autodiff.pipeline.events import Events
    from cargo_autodiff.pipeline.run import Run
    from cargo_autodiff.settings import Settings


class Again(NamedTuple):
    """Where to write a shell script that does it again, and the program it makes in place of `-o`."""

    script: Path
    program: Path


def compile_unit(
    rustc: FrontEnd,
    invocation: RustcInvocation,
    settings: Settings,
    environ: Mapping[str, str],
    *,
    events: Events,
    again: Again | None = None,
) -> int:
    """Do what `rustc`, which runs, would do, derivatives included; return its exit code. Raises DriverError."""
    with _tools(rustc, invocation.last("--target"), settings, environ) as run:
        run.events = events
        code = _Unit(rustc, invocation, run, _here(environ), whole=again is not None).finish()
        if code == 0 and invocation.depinfo is not None:
            add_to_depinfo(invocation.depinfo, [*driver_files(), *run.toolchain.files], environ)
        if run.differentiated and str(run.experiment):
            warn_of_experiment(str(run.experiment), as_json=invocation.wants_json)
        if run.recall and run.recall.store.problem:
            warn(
                "a derivative could not be stored in the cache",
                why=run.recall.store.problem,
                hint=f"look at {run.recall.store.folder.path}; with AUTODIFF_CACHE=read-only nothing is stored",
                as_json=invocation.wants_json,
            )
    if again and code == 0:
        from cargo_autodiff.pipeline.script import write_rust_build

        made, program = invocation.last("-o"), again.program.absolute()
        words = [str(program) if word == made else word for word in invocation.for_bitcode]
        write_rust_build(
            again.script, rustc.folder, program, rustc=[rustc.rustc, *words], linker=invocation.linker, done=run.done
        )
    return code


@contextmanager
def _tools(rustc: FrontEnd, target: str, settings: Settings, environ: Mapping[str, str]) -> Iterator[Run]:
    """Find the tools while rustc runs: nothing of it is imported before."""
    from cargo_autodiff.cargo.jobserver import JobServer
    from cargo_autodiff.pipeline.plan import Experiment
    from cargo_autodiff.pipeline.recall import Recall
    from cargo_autodiff.pipeline.run import Run
    from cargo_autodiff.pipeline.worker import Worker
    from cargo_autodiff.toolchain.locate import locate_rustc, toolchain_for

    found = locate_rustc(Path(rustc.rustc), environ)
    toolchain = toolchain_for(found, settings)
    with Worker(toolchain.libllvm, toolchain.llvm.major) as worker:
        std = found.sysroot / "lib" / "rustlib" / (target or found.host) / "lib"
        run = Run(
            toolchain=toolchain,
            worker=worker,
            folder=rustc.folder,
            allowance=JobServer(environ),
            std=std,
            recall=Recall.open(settings, toolchain, std),
            experiment=Experiment(without_rules=settings.without_rules, loose_types=settings.loose_types),
        )
        try:
            yield run
        finally:
            if run.recall:
                run.recall.close(_here(environ), rustc.name)
            if settings.keep:
                from cargo_autodiff.pipeline.script import write_replay

                write_replay(rustc.folder / "build.sh", rustc.folder, run.done)


def _here(environ: Mapping[str, str]) -> Path:
    """Say where is built: what is remembered of a crate is remembered of this folder."""
    return Path(environ.get("CARGO_TARGET_DIR") or Path.cwd())


class _Unit:
    """What is done beside rustc, and after it; `whole` leaves each module in one piece."""

    def __init__(self, rustc: FrontEnd, invocation: RustcInvocation, run: Run, here: Path, *, whole: bool) -> None:
        from cargo_autodiff.cargo.natives import Natives
        from cargo_autodiff.pipeline.plan import Crate

        self.archives = invocation.archives
        self.linking: set[Path] = set()
        crate = Crate(
            level=invocation.level,
            debug=invocation.debug,
            libraries=tuple(invocation.libraries),
            is_library="rlib" in invocation.crate_types or "lib" in invocation.crate_types,
            lto=invocation.lto,
            parts=1 if whole else invocation.units,
        )
        self.natives = Natives(run, crate, rustc.members())
        self._events = run.events
        self._here = here
        self._invocation = invocation
        self._run = run
        self._links_once = len(invocation.crate_types) == 1 and not self.archives
        self._rustc = rustc
        self._runs = True

    def finish(self) -> int:
        """Serve rustc's links until it ends, then change the archives it wrote."""
        try:
            code = self._rustc.gate.wait(
                self._rustc.process, self._native_line, meanwhile=self._ahead(), beside=self._beside_the_linker
            )
            self._rustc_is_done()
            if code == 0:
                for archive in self.archives:
                    self.natives.in_archive(archive)
        except BaseException:
            self._sweep()
            raise
        if code != 0:
            self._sweep()
        return code

    def _ahead(self) -> list[Callable[[], object]]:
        """Say what only is good to have when something is to be made, last first: it is done if rustc takes so long."""
        from cargo_autodiff.toolchain import tool

        recall, start = self._run.recall, self._run.worker.start
        if recall is None:
            return [tool.get_ready, start]
        from cargo_autodiff.store import lock
        from cargo_autodiff.store.record import is_likely_unchanged

        made_from = sources(self._invocation.depinfo, self._invocation.root)
        if is_likely_unchanged(recall.store.folder, self._here, self._rustc.name, made_from):
            return []
        return [lock.get_ready, tool.get_ready, start]

    def _beside_the_linker(self) -> None:
        """Do what would be done after it."""
        if self._links_once:
            self._run.worker.stop()
        driver_files()

    def _rustc_is_done(self) -> None:
        """Tell what rustc took until its first link, or its end; the rest of it is waiting."""
        if self._runs:
            from cargo_autodiff.pipeline.events import Ran

            began = self._rustc.began
            self._events(Ran(of="", stage="rustc", began=began, seconds=time.time() - began))
            self._runs = False

    def _native_line(self, arguments: list[str]) -> list[str]:
        self._rustc_is_done()
        objects = (Path(word) for word in arguments if word.endswith(".o"))
        self.linking |= {path.parent for path in objects if path.name == "symbols.o"}  # beside its output
        return self.natives.on_line(arguments)

    def _sweep(self) -> None:
        """Leave nothing that the next build could take for whole: rustc does not, killed or with a link that failed."""
        from shutil import rmtree

        for path in [*self.archives, *self.natives.given]:
            path.unlink(missing_ok=True)
        for folder in self.linking:
            if folder.name.startswith("rustc"):
                rmtree(folder, ignore_errors=True)
