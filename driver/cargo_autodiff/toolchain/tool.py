"""Programs, and running them to their end."""

from __future__ import annotations

import importlib
import os
import re
import shlex
import signal
from contextlib import contextmanager
from typing import TYPE_CHECKING, NamedTuple

from cargo_autodiff.errors import ToolFailed
from cargo_autodiff.toolchain.process import Running, cannot_start

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


_AS_IT_IS, _NO_RANDOM_ADDRESSES, _REFUSED = 0xFFFFFFFF, 0x0040000, -1  # linux/personality.h


class Tool(NamedTuple):
    """A program, by absolute path, with what its environment must hold beyond the caller's."""

    name: str
    path: Path
    env: tuple[tuple[str, str], ...] = ()

    def command(self, *args: str | Path) -> Command:
        """Say what to run, without running it."""
        return Command(tool=self, args=tuple(map(str, args)))


class Command(NamedTuple):
    """One run of a tool: printable as a line of shell, or run to its end."""

    tool: Tool
    args: tuple[str, ...]

    @property
    def words(self) -> tuple[str, ...]:
        """The words of a shell's line that does the same."""
        env = [f"{name}={value}" for name, value in self.tool.env]
        return (*(["env", *env] if env else []), str(self.tool.path), *self.args)

    def shell(self) -> str:
        """Write the line that does the same in a POSIX shell."""
        return shlex.join(self.words)

    def run(self, *, timeout: float | None = None) -> str:
        """Run to the end and return what it printed to stdout; `timeout` is in seconds.

        Raises ToolsetError when the program cannot be started, ToolFailed for every other ending but success.
        """
        import subprocess  # 5 ms: not for those who run nothing

        env = {**os.environ, "LC_ALL": "C", **dict(self.tool.env)}
        argv = [str(self.tool.path), *self.args]
        try:
            ended = subprocess.run(argv, env=env, timeout=timeout, stdin=subprocess.DEVNULL, capture_output=True)
        except subprocess.TimeoutExpired:
            raise ToolFailed(
                f"{self.tool.name} did not end within {timeout:g} s", hint=f"it was run as: {self.shell()}"
            ) from None
        except OSError as error:
            raise cannot_start(str(self.tool.path), error) from None
        code, out, err = ended.returncode, *(text.decode(errors="replace") for text in (ended.stdout, ended.stderr))
        if code != 0:
            raise ToolFailed(f"{self.tool.name} {ending(code)}", why=first_error(err))
        return out

    def start(self) -> Running:
        """Start it, and do not wait. Raises ToolsetError when the program cannot be started."""
        return Running([str(self.tool.path), *self.args], {**os.environ, **dict(self.tool.env)})


def get_ready() -> None:
    """Import what running a tool needs, which takes 5 ms, at a time when nobody waits."""
    for name in ("ctypes", "subprocess"):
        importlib.import_module(name)


@contextmanager
def addresses_as_always() -> Iterator[None]:
    """Let what this thread starts have its memory at the same addresses every time, where the system allows that.

    Enzyme goes through some sets of pointers in the order of their addresses, so that it writes the same derivative
    in other words each time.
    """
    import ctypes

    library = ctypes.CDLL(None)
    before = library.personality(_AS_IT_IS) if hasattr(library, "personality") else _REFUSED
    if before != _REFUSED:
        library.personality(before | _NO_RANDOM_ADDRESSES)
    try:
        yield
    finally:
        if before != _REFUSED:
            library.personality(before)


def ending(code: int) -> str:
    """Name how a process ended: its exit status, or the signal that killed it (negative code)."""
    if code < 0:
        return f"was killed by {signal.Signals(-code).name}"
    return f"exited with {code}"


_THEN_IR = re.compile(r"uwtable$|<analysis>$|Enzyme: (in Mode: \w+)?$")
_LAST = 3
"""Where Enzyme prints a whole function after the word `error`, the reason is in so many lines at the end."""


def first_error(text: str) -> str:
    """Pick the line of a tool's output that says what is wrong, or its last line."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    for line in lines:
        if "Assertion" in line:
            return line
    for line in lines:
        if "error:" in line.lower() and _THEN_IR.search(line):
            return " ".join([line.partition("Enzyme:")[0] + "Enzyme:", *lines[-_LAST:]])
        if "error:" in line.lower():
            return line
    return lines[-1] if lines else ""
