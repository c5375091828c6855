"""rustc at work for us, in a folder of its own: started before anything is imported that it does not need.

Python's own modules for paths, processes and types take 50 ms to import, a tenth of what a small crate takes.
"""

from __future__ import annotations

import os
import time

from cargo_autodiff.cargo.linker import LinkGate
from cargo_autodiff.pipeline.workplace import Workplace
from cargo_autodiff.toolchain.process import Running

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path
    from types import TracebackType
    from typing import Self

    from cargo_autodiff.cargo.invocation import RustcInvocation

_LONGEST_WORD, _LONGEST_LINE = 100_000, 500_000  # bytes; Linux takes a little more for a word, and 1.5 MB in all


class FrontEnd:
    """One run of rustc that makes bitcode; use it as a context manager: rustc ends, and its folder goes, with it."""

    process: Running
    gate: LinkGate
    began: float
    """When rustc was started, in seconds since 1970."""

    def __init__(self, rustc: str, invocation: RustcInvocation, environ: Mapping[str, str], keep: Path | None) -> None:
        """Make the folder for the stages, below `keep` if there is one. Raises FileError."""
        self.rustc = rustc
        self.name = invocation.crate_name + (invocation.codegen("extra-filename") or "")
        """The crate's, unlike that of any other in the build."""
        self._invocation = invocation
        self._environ = environ
        self._workplace = Workplace(keep, self.name)
        self._scratch = f"{self._workplace.folder}/scratch"
        """For what is no stage: pipes, rustc's own temporary files. It never stays."""

    def __enter__(self) -> Self:
        """Start rustc. Raises ToolsetError when it cannot be started."""
        try:
            gate = LinkGate(self._made("link"), self._invocation.linker)
            words = self._passed(self._invocation.ours(gate.script))
            self.gate = gate.__enter__()
            self.began = time.time()
            self.process = Running([self.rustc, *words], {**self._environ, "TMPDIR": self._made("rustc")})
        except BaseException as error:
            self.__exit__(type(error), error, None)
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if error is not None and hasattr(self, "process"):
            self.process.kill()
            self.process.wait()
        if hasattr(self, "gate"):
            self.gate.__exit__()
        from shutil import rmtree

        rmtree(self._scratch, ignore_errors=True)
        self._workplace.__exit__()

    @property
    def folder(self) -> Path:
        """Where the stages are."""
        from pathlib import Path

        return Path(self._workplace.folder)

    def members(self) -> Path:
        """Make a folder for what is taken out of archives."""
        from pathlib import Path

        return Path(self._made("members"))

    def _made(self, name: str) -> str:
        folder = f"{self._scratch}/{name}"
        os.makedirs(folder)  # noqa: PTH103
        return folder

    def _passed(self, words: list[str]) -> list[str]:
        """Put words that are too many for a process into an argument file, as cargo did that sent so many."""
        if max(map(len, words)) < _LONGEST_WORD and sum(map(len, words)) < _LONGEST_LINE:
            return words
        path = f"{self._scratch}/arguments"
        with open(path, "w", encoding="utf-8", errors="surrogateescape") as file:  # noqa: PTH123
            file.write("\n".join(words))
        return [f"@{path}"]
