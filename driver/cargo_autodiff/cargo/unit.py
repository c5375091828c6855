"""Compiling one crate that may hold derivatives: rustc once, its objects as bitcode, native ones in their place."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from cargo_autodiff.cargo.archive import is_bitcode, replace_bitcode
from cargo_autodiff.cargo.invocation import RustcInvocation
from cargo_autodiff.cargo.linker import LinkGate
from cargo_autodiff.pipeline.run import Crate, Run, workplace
from cargo_autodiff.pipeline.script import write_replay, write_rust_build
from cargo_autodiff.pipeline.worker import Worker
from cargo_autodiff.toolchain.locate import check_agrees, choose_profile, locate, locate_rustc
from cargo_autodiff.toolchain.profile import read_profiles
from cargo_autodiff.toolchain.tool import Tool

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from cargo_autodiff.errors import DriverError
    from cargo_autodiff.settings import Settings


def compile_unit(
    rustc: Path, args: Sequence[str], settings: Settings, environ: Mapping[str, str], *, script: Path | None = None
) -> int:
    """Do what `rustc args…` would do, derivatives included; return its exit code. Raises DriverError.

    `script` is where to write a shell script that does it again.
    """
    invocation = RustcInvocation.read(args)
    if not invocation.links:
        os.execv(rustc, [str(rustc), *args])  # noqa: S606 - nothing to differentiate: become rustc
    found = locate_rustc(rustc, environ)
    toolchain = locate(choose_profile(read_profiles(), settings, found), settings, found)
    check_agrees(found, toolchain)
    kept = invocation.crate_name + (invocation.codegen("extra-filename") or "")
    with Worker(toolchain.libllvm, toolchain.llvm.major) as worker, workplace(settings.keep, kept) as folder:
        run = Run(toolchain=toolchain, worker=worker, folder=folder)
        try:
            code = _Unit(invocation, run).compile(rustc)
        finally:
            if settings.keep:
                write_replay(folder / "build.sh", folder, run.done)
        if script:
            command = [str(rustc), *invocation.for_bitcode]
            program = Path(invocation.last("-o"))
            write_rust_build(script, folder, program, rustc=command, linker=invocation.linker, done=run.done)
        return code


class _Unit:
    def __init__(self, invocation: RustcInvocation, run: Run) -> None:
        self.invocation = invocation
        self.run = run
        self.made: dict[str, Path] = {}
        self.bitcode: list[Path] = []
        self.crate = Crate(
            level=invocation.level,
            libraries=tuple(invocation.libraries),
            is_library="rlib" in invocation.crate_types or "lib" in invocation.crate_types,
        )

    def compile(self, rustc: Path) -> int:
        gate_folder, temporary, members = (self._folder(name) for name in ("link", "rustc", "members"))
        try:
            with LinkGate(gate_folder, self.invocation.linker) as gate:
                command = Tool(name="rustc", path=rustc).command(*self.invocation.ours(gate.script))
                process = command.start(env={"TMPDIR": str(temporary)})
                code = gate.wait(process, self._native_line)
            if code == 0:
                for archive in self.invocation.archives:
                    replace_bitcode(self.run.toolchain.ar, archive, members, self._native)
        except BaseException:
            self._sweep()
            raise
        return code

    def _folder(self, name: str) -> Path:
        folder = self.run.folder / name
        folder.mkdir(exist_ok=True)
        return folder

    def _native_line(self, arguments: list[str]) -> list[str]:
        """Replace the bitcode on a link line by native objects, and drop what only a linker with LTO understands."""
        changed = []
        for argument in arguments:
            if argument.startswith("-Wl,-plugin-opt"):
                continue
            path = Path(argument)
            changed.append(str(self._native(path)) if argument.endswith(".o") and is_bitcode(path) else argument)
        return changed

    def _native(self, bitcode: Path) -> Path:
        self.bitcode.append(bitcode)
        name = bitcode.name.removesuffix(".rcgu.o").rpartition(".")[0] or bitcode.stem  # its end differs in each run
        if name not in self.made:
            kept = self.run.folder / f"{name}.bc"
            kept.write_bytes(bitcode.read_bytes())
            self.made[name] = self.run.object_of(kept, name, self.crate)
        return self.made[name]

    def _sweep(self) -> None:
        """Leave nothing that the next build could take for whole: rustc cannot do it when it was killed."""
        for path in [*self.invocation.archives, *self.bitcode]:
            path.unlink(missing_ok=True)


def tell(error: DriverError, *, as_json: bool) -> None:
    """Print an error as cargo understands it, or as a person reads it."""
    text = str(error)
    if not as_json:
        print(text, file=sys.stderr)
        return
    notice: dict[str, object] = {
        "$message_type": "diagnostic",
        "message": error.problem,
        "code": None,
        "level": "error",
        "spans": [],
        "children": [],
        "rendered": f"{text}\n\n",
    }
    print(json.dumps(notice), file=sys.stderr)
