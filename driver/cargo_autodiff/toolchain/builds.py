"""What programs said about themselves, asked once and remembered in the tools folder."""

from __future__ import annotations

import json
import os
import re
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from cargo_autodiff.errors import ToolsetError
from cargo_autodiff.named import Frozen
from cargo_autodiff.toolchain.profile import LlvmVersion
from cargo_autodiff.toolchain.tool import Tool

if TYPE_CHECKING:
    from collections.abc import Callable

REMEMBERED = "builds.json"
PATIENCE = 30.0  # seconds; a tool that needs longer to say its version is broken


class Build(Frozen):
    """The LLVM a tool is, and the libLLVM that the loader gives it."""

    llvm: LlvmVersion
    libllvm: Path


def build_of(program: Path, tools: Path) -> Build:
    """Say which LLVM a program is; asks it only if it changed since the last time.

    Raises ToolsetError when it does not start, is no LLVM tool, or has LLVM linked in (no plugin can be loaded then).
    """

    def ask() -> list[str]:
        build = ask_build(program)
        return [str(build.llvm), str(build.libllvm)]

    llvm, libllvm = remembered(program, tools, ask)
    return Build(llvm=LlvmVersion.parse(llvm), libllvm=Path(libllvm))


def ask_build(program: Path) -> Build:
    """Run a tool twice: for its version, and for what the loader would load."""
    version = Tool(name=program.name, path=program).command("--version").run(timeout=PATIENCE)
    found = re.search(r"LLVM version (\S+)", version)
    if found is None:
        raise ToolsetError(f"{program} is not a tool of LLVM")
    trace = Tool(name=program.name, path=program, env=(("LD_TRACE_LOADED_OBJECTS", "1"),))
    library = re.search(r"libLLVM\S* => (/\S+)", trace.command("--version").run(timeout=PATIENCE))
    if library is None:
        raise ToolsetError(f"{program} has no shared libLLVM")
    return Build(llvm=LlvmVersion.parse(found[1]), libllvm=Path(library[1]).resolve())


def remembered(program: Path, tools: Path, ask: Callable[[], list[str]]) -> list[str]:
    """Answer from memory if the program's path, size and time are those of the last time, else ask and remember."""
    status = program.stat()
    mark = [status.st_size, status.st_mtime_ns]
    known = read_memory(tools)
    entry = known.get(str(program))
    if isinstance(entry, dict) and entry.get("mark") == mark:
        return [str(part) for part in entry["says"]]
    says = ask()
    with suppress(OSError):  # a read-only folder only means asking again
        write_memory(tools, {**known, str(program): {"mark": mark, "says": says}})
    return says


def read_memory(tools: Path) -> dict[str, object]:
    """Read what is remembered; damaged memory is no memory."""
    try:
        known = json.loads((tools / REMEMBERED).read_text())
    except (OSError, ValueError):
        return {}
    return known if isinstance(known, dict) else {}


def write_memory(tools: Path, known: dict[str, object]) -> None:
    """Replace what is remembered in one step."""
    tools.mkdir(mode=0o700, parents=True, exist_ok=True)
    unfinished = tools / f".{REMEMBERED}.{os.getpid()}"
    try:
        unfinished.write_text(json.dumps(known, indent=1))
        unfinished.replace(tools / REMEMBERED)
    finally:
        unfinished.unlink(missing_ok=True)
