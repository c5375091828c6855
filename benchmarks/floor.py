"""The floor of a build: the raw tool commands that do what a script of the driver does, on files that it kept.

`opt` and `llc` stand for the driver's own work with libLLVM; what the driver does beside (gathering, rules, grafting)
is left out, because its results are among the kept files.
"""

from __future__ import annotations

import json
import shlex
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cargo_autodiff.toolchain.locate import Toolchain

_STEP = ["cargo-autodiff", "step"]


def raw(line: str, kept: Path, toolchain: Toolchain) -> str:
    """Give the raw commands of a line of a driver's script; none for what the driver does itself."""
    if line.startswith("work="):
        return f"work={shlex.quote(str(kept))}"
    if line.startswith("trap "):
        return ""
    words = shlex.split(line.replace('"$work"', str(kept))) if "step" in line else []
    if words[:2] != _STEP:
        return line
    arguments = dict(word.partition("=")[::2] for word in words[3:])
    if words[2] == "finish":
        arguments["passes"] += f",{arguments['vectorising']}"
    if words[2] in ("prepare", "finish"):
        return _optimised(arguments, toolchain)
    return _built(arguments, toolchain) if words[2] == "build" else ""


def _optimised(step: dict[str, str], toolchain: Toolchain) -> str:
    flags = json.loads(step.get("flags", "[]"))
    text = ["-S"] if step["out"].endswith(".ll") else []
    return toolchain.opt.command(*text, *flags, f"-passes={step['passes']}", step["given"], "-o", step["out"]).shell()


def _built(step: dict[str, str], toolchain: Toolchain) -> str:
    """Optimise and compile a part of the host, into which the derivatives are put here, once and for all."""
    given, out = Path(step["given"]), Path(step["out"])
    grafted, optimised = out.with_suffix(".grafted.bc"), out.with_suffix(".opt.bc")
    only_graft = {**step, "out": str(grafted), "passes": "verify", "tuning": "{}"}
    words = [sys.executable, "-m", "cargo_autodiff", *_STEP[1:], "build"]
    subprocess.run([*words, *(f"{key}={value}" for key, value in only_graft.items())], check=True, cwd=given.parent)
    flags = ("-filetype=obj", "-relocation-model=pic", "-function-sections", "-data-sections")
    commands = (
        toolchain.opt.command(f"-passes={step['passes']}", grafted, "-o", optimised),
        toolchain.llc.command(f"-O{step['level']}", *flags, optimised, "-o", out),
    )
    return "\n".join(command.shell() for command in commands)
