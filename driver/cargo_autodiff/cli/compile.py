"""`cargo autodiff compile FILE`: one source file, Rust or C, to a program."""

from __future__ import annotations

import argparse
import re
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from cargo_autodiff.cargo.front_end import FrontEnd
from cargo_autodiff.cargo.invocation import RustcInvocation
from cargo_autodiff.cargo.jobserver import JobServer
from cargo_autodiff.cargo.messages import warn_of_experiment
from cargo_autodiff.cargo.runtime import mentions_runtime, runtime_options
from cargo_autodiff.cargo.unit import Again, compile_unit
from cargo_autodiff.cli.toolset_options import add_toolset_options, with_toolset_options
from cargo_autodiff.codegen import OptLevel
from cargo_autodiff.errors import FileError, ToolsetError, UsageError
from cargo_autodiff.files import write_whole
from cargo_autodiff.pipeline.plan import Crate, Experiment
from cargo_autodiff.pipeline.recall import Recall
from cargo_autodiff.pipeline.run import Run
from cargo_autodiff.pipeline.script import write_c_build, write_replay
from cargo_autodiff.pipeline.worker import Worker
from cargo_autodiff.pipeline.workplace import Workplace
from cargo_autodiff.report.status import say_waiting
from cargo_autodiff.settings import CacheMode, Settings
from cargo_autodiff.toolchain.locate import (
    choose_profile,
    locate,
    locate_clang,
    locate_rustc,
    rustc_if_any,
    toolchain_for,
)
from cargo_autodiff.toolchain.profile import read_profiles
from cargo_autodiff.toolchain.tool import Tool

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, kw_only=True)
class Source:
    """What to compile, and what is to be made of it."""

    file: Path
    program: Path
    target: str
    script: Path | None
    extra: tuple[str, ...]


def main(argv: list[str], environ: Mapping[str, str]) -> int:
    """Compile the file; return the compiler's exit code."""
    ours, extra = (argv[: argv.index("--")], argv[argv.index("--") + 1 :]) if "--" in argv else (argv, [])
    parser = argparse.ArgumentParser(
        prog="cargo autodiff compile", description=__doc__, epilog="What follows `--` goes to rustc or clang."
    )
    add_toolset_options(parser)
    parser.add_argument("file", type=Path, help="FILE.rs, or FILE.c that calls __enzyme_autodiff or __enzyme_fwddiff")
    parser.add_argument("-o", dest="program", type=Path, help="the program (default: the file's name without its end)")
    parser.add_argument("--target", default="", metavar="TRIPLE", help="compile for another machine")
    parser.add_argument("--script", type=Path, metavar="FILE", help="write a shell script that does the same again")
    options = parser.parse_args(ours)
    source = Source(
        file=options.file,
        program=options.program or Path(options.file.stem),
        target=options.target,
        script=options.script,
        extra=tuple(extra),
    )
    if not source.file.is_file():
        raise FileError("there is no such source file", where=str(source.file))
    settings = with_toolset_options(Settings.read(environ), options)
    if source.script:
        settings = settings._replace(cache=CacheMode.OFF)  # the script is what was run
    if source.file.suffix == ".rs":
        return _compile_rust(source, settings, environ)
    if source.file.suffix == ".c":
        return _compile_c(source, settings, environ)
    raise UsageError("only Rust and C can be compiled", where=str(source.file), hint="name a file FILE.rs or FILE.c")


def _compile_rust(source: Source, settings: Settings, environ: Mapping[str, str]) -> int:
    rustc = locate_rustc(None, environ)
    toolchain_for(rustc, settings)  # before the runtime crate is built for nothing
    args = [str(source.file), "--crate-name", re.sub(r"\W", "_", source.file.stem)]
    if not any(word.startswith("--edition") for word in source.extra):
        args.append("--edition=2021")
    if not any("opt-level" in word or word == "-O" for word in source.extra):
        args.append("-Copt-level=3")
    if source.target:
        args += ["--target", source.target, f"-Clinker={_cross_linker(source.target, settings)}"]
    if mentions_runtime(source.file):
        args += runtime_options(rustc, source.target or rustc.host, settings)
    args += source.extra
    if not RustcInvocation(args).links:
        return rustc.tool.command(*args, "-o", source.program).start().wait()
    again = Again(script=source.script, program=source.program) if source.script else None
    with Workplace(None, "made") as folder:  # when rustc fails it leaves objects beside its output
        invocation = RustcInvocation([*args, "-o", str(folder / source.program.name)])
        with FrontEnd(str(rustc.tool.path), invocation, environ, settings.keep) as started:
            code = compile_unit(started, invocation, settings, environ, again=again, events=say_waiting)
        if code == 0:
            _move_out(folder, source.program)
    return code


def _move_out(folder: Path, program: Path) -> None:
    """Put what was made beside the program, each file whole or not at all."""
    for made in folder.iterdir():

        def put(temporary: Path, made: Path = made) -> None:
            shutil.copy(made, temporary)

        write_whole(program.with_name(made.name), put)


def _compile_c(source: Source, settings: Settings, environ: Mapping[str, str]) -> int:
    profile = choose_profile(read_profiles(), settings)
    toolchain = locate(profile, settings, rustc_if_any(environ))
    clang = locate_clang(profile, settings)
    linker = _cross_linker(source.target, settings) if source.target else "cc"
    with (
        Worker(toolchain.libllvm, toolchain.llvm.major) as worker,
        Workplace(settings.keep, source.file.stem) as folder,
    ):
        run = Run(
            toolchain=toolchain,
            worker=worker,
            folder=folder,
            allowance=JobServer(environ),
            recall=Recall.open(settings, toolchain, None),
            experiment=Experiment(without_rules=settings.without_rules, loose_types=settings.loose_types),
            events=say_waiting,
        )
        bitcode = folder / f"{source.file.stem}.bc"
        front = clang.command(*_clang_options(clang, source), source.file.resolve(), "-o", bitcode)
        code = front.start().wait()
        if code:
            return code
        made = run.objects_of({source.file.stem: bitcode}, Crate(level=OptLevel.O3))[source.file.stem]
        link = Tool(name="linker", path=_found(linker, settings)).command(*made, "-o", source.program.absolute(), "-lm")
        code = link.start().wait()
        if run.differentiated and str(run.experiment):
            warn_of_experiment(str(run.experiment), as_json=False)
        if run.recall:
            run.recall.close(Path.cwd(), source.file.stem)
        lines = [front.words, *run.done[source.file.stem], link.words]
        if settings.keep:
            write_replay(folder / "build.sh", folder, run.done)
        if source.script and code == 0:
            write_c_build(source.script, folder, source.program, lines)
    return code


def _clang_options(clang: Tool, source: Source) -> list[str]:
    """Ask for IR that no pass has touched but all may, without contraction: Enzyme must see the source's operations."""
    options = ["-c", "-emit-llvm", "-O2", "-Xclang", "-disable-llvm-passes", "-ffp-contract=off", "-fPIC"]
    if clang.name.endswith("-15"):
        options += ["-Xclang", "-opaque-pointers"]
    if source.target:
        options.append(f"--target={source.target}")
    return [*options, *source.extra]


def _cross_linker(target: str, settings: Settings) -> str:
    """The cross gcc of a target, under Debian's name for it."""
    name = f"{target.replace('-unknown', '')}-gcc"
    return name if shutil.which(name, path=settings.search) else "cc"


def _found(name: str, settings: Settings) -> Path:
    found = shutil.which(name, path=settings.search)
    if found is None:
        raise ToolsetError(f"there is no linker `{name}`", hint="install gcc, or clang as `cc`")
    return Path(found)
