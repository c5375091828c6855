"""What the rustc of a doctest calls as its linker: `link ARGS…`, with native objects in place of its bitcode."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

from cargo_autodiff.cargo.linker import expanded, write_response
from cargo_autodiff.cargo.natives import Natives, is_plain
from cargo_autodiff.errors import ToolsetError
from cargo_autodiff.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Mapping


def main(argv: list[str], environ: Mapping[str, str]) -> int:
    """Link; return the linker's exit code."""
    settings = Settings.read(environ)
    linker = environ.get("AUTODIFF_LINKER") or "cc"
    found = shutil.which(linker, path=settings.search)
    if found is None:
        raise ToolsetError(f"there is no linker `{linker}`", hint="install it, or name another one with -C linker")
    line = expanded(argv)
    if is_plain(line):
        os.execv(found, [linker, *argv])  # noqa: S606
    return _link(Path(found), line, settings, environ)


def _link(linker: Path, line: list[str], settings: Settings, environ: Mapping[str, str]) -> int:
    from cargo_autodiff.cargo.jobserver import JobServer
    from cargo_autodiff.codegen import OptLevel
    from cargo_autodiff.pipeline.plan import Crate
    from cargo_autodiff.pipeline.recall import Recall
    from cargo_autodiff.pipeline.run import Run
    from cargo_autodiff.pipeline.worker import Worker
    from cargo_autodiff.pipeline.workplace import Workplace
    from cargo_autodiff.toolchain.locate import locate_rustc, toolchain_for
    from cargo_autodiff.toolchain.tool import Tool

    libraries = [Path(word) for word in line if word.endswith(".rlib")]
    std = next((path.parent for path in libraries if path.name.startswith("libstd-")), None)
    crate = Crate(level=OptLevel.O0, libraries=tuple(path for path in libraries if path.parent != std))
    rustc = std.parents[3] / "bin" / "rustc" if std else None  # the one of this sysroot
    toolchain = toolchain_for(locate_rustc(rustc, environ), settings)
    with (
        Worker(toolchain.libllvm, toolchain.llvm.major) as worker,
        Workplace(None, "doctest") as folder,
        Workplace(None, "scratch") as scratch,
    ):
        run = Run(
            toolchain=toolchain,
            worker=worker,
            folder=folder,
            allowance=JobServer(environ),
            std=std,
            recall=Recall.open(settings, toolchain, std),
        )
        response = write_response(scratch / "response", Natives(run, crate, scratch).on_line(line))
        return Tool(name="linker", path=linker).command(f"@{response}").start().wait()
