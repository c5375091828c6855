"""The driver as people run it: a process of its own, in folders that must be clean afterwards."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import cargo_autodiff

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

REPOSITORY = Path(__file__).parents[1]
DRIVER = Path(cargo_autodiff.__file__).parents[1]
PATIENCE = 300.0  # seconds for one command, from a cold disk


@dataclass(frozen=True, kw_only=True)
class Done:
    """How a command ended, and what it said."""

    code: int
    out: str
    err: str

    @property
    def problem(self) -> str:
        """The sentence of the driver's error."""
        return next((line for line in self.err.splitlines() if line.startswith("error: ")), "")


@dataclass(frozen=True, kw_only=True)
class Driver:
    """Runs `cargo-autodiff`; `temporary` is the TMPDIR of all it starts, and empty when nothing was left behind."""

    folder: Path
    temporary: Path

    @classmethod
    def within(cls, place: Path) -> Driver:
        folder, temporary = place / "work", place / "tmp"
        folder.mkdir()
        temporary.mkdir()
        return cls(folder=folder, temporary=temporary)

    def environ(self, changed: Mapping[str, str | Path | None]) -> dict[str, str]:
        """Make the environment: the tests' own, with changes; None takes a variable away."""
        paths = [str(DRIVER), *filter(None, [os.environ.get("PYTHONPATH")])]
        folders = {"TMPDIR": str(self.temporary), "XDG_CACHE_HOME": str(self.cache.parent)}
        merged = {**os.environ, "PYTHONPATH": os.pathsep.join(paths), **folders, **changed}
        return {name: str(value) for name, value in merged.items() if value is not None}

    def run(
        self, *words: str | Path, cwd: Path | None = None, code: int | None = 0, **changed: str | Path | None
    ) -> Done:
        """Run to the end; the exit code must be `code`, unless that is None. `changed` are environment variables."""
        done = self.run_program(sys.executable, "-m", "cargo_autodiff", *words, cwd=cwd, **changed)
        assert code is None or done.code == code, f"exit code {done.code}\n{done.out}\n{done.err}"
        assert "Traceback" not in done.err
        return done

    def run_program(self, *words: str | Path, cwd: Path | None = None, **changed: str | Path | None) -> Done:
        """Run any program likewise; a prefix of words may be anything that can be run."""
        ended = subprocess.run(
            words,
            cwd=cwd or self.folder,
            env=self.environ(changed),
            capture_output=True,
            text=True,
            timeout=PATIENCE,
            check=False,
        )
        return Done(code=ended.returncode, out=ended.stdout, err=ended.stderr)

    @property
    def cache(self) -> Path:
        """The store of all it runs, which nobody else sees."""
        return self.temporary.with_name("caches") / "cargo-autodiff"

    @contextmanager
    def started(self, *words: str | Path, cwd: Path | None = None, **changed: str | Path | None) -> Iterator[Session]:
        """Start it as a shell does, as the leader of a group that Ctrl-C reaches as a whole."""
        process = subprocess.Popen(
            [sys.executable, "-m", "cargo_autodiff", *words],
            cwd=cwd or self.folder,
            env=self.environ(changed),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
        session = Session(process)
        try:
            yield session
        finally:
            session.kill()

    @property
    def left(self) -> list[str]:
        """What is in the temporary folder."""
        return sorted(str(path.relative_to(self.temporary)) for path in self.temporary.rglob("*"))

    @property
    def made(self) -> list[str]:
        """What is in the work folder, hidden files too."""
        return sorted(path.name for path in self.folder.iterdir())


class Session:
    """A running command with all that it started."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self.process = process

    def wait_for(self, sign: Path) -> None:
        """Wait until a file is there, which says that the command is where we want it."""
        end = time.monotonic() + PATIENCE
        while not sign.exists():
            assert self.process.poll() is None, self.process.communicate()
            assert time.monotonic() < end, f"{sign} never came"
            time.sleep(0.01)

    def stopped_in(self, step: str) -> int | None:
        """Stop the process of a step on IR as soon as it is there; none, when the command ends first."""
        while self.process.poll() is None:
            for folder in processes():
                with suppress(OSError):
                    name, pid = folder / "comm", int(folder.name)
                    if name.read_text() == f"{step}\n" and os.getpgid(pid) == self.process.pid:
                        os.kill(pid, signal.SIGSTOP)
                        if name.read_text() == f"{step}\n":
                            return pid
                        os.kill(pid, signal.SIGCONT)  # it has just ended
        return None

    def heard(self, word: str) -> str:
        """Read what it says to stderr up to the line with a word."""
        assert self.process.stderr is not None
        lines = []
        for line in self.process.stderr:
            lines.append(line)
            if word in line:
                break
        return "".join(lines)

    def ctrl_c(self) -> Done:
        """Send what a terminal sends to the whole group, and wait until nobody of it is left."""
        os.killpg(self.process.pid, signal.SIGINT)
        return self.end()

    def member(self, word: str) -> int:
        """Find the process of the group that was started with this word; its forks have the same command line."""
        found = {}
        for folder in processes():
            with suppress(OSError):
                words = (folder / "cmdline").read_text().split("\0")
                if word in words and os.getpgid(int(folder.name)) == self.process.pid:
                    found[int(folder.name)] = parent(folder)
        # not the lowest number: the system starts again at the bottom when it has given out the highest
        for pid, started_by in found.items():
            if started_by not in found:
                return pid
        raise AssertionError(f"nothing of the group was started with `{word}`")

    def end(self) -> Done:
        """Wait for the end of all of the group."""
        out, err = self.process.communicate(timeout=PATIENCE)
        end = time.monotonic() + 10
        while self.alive:
            assert time.monotonic() < end, "something of the group still runs"
            time.sleep(0.01)
        return Done(code=self.process.returncode, out=out, err=err)

    @property
    def alive(self) -> bool:
        try:
            os.killpg(self.process.pid, 0)
        except ProcessLookupError:
            return False
        return True

    def kill(self) -> None:
        if self.alive:
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.communicate()


def processes() -> list[Path]:
    """List what runs, as folders of /proc; any of them can be gone when it is read (a glob would fail over that)."""
    return [folder for folder in Path("/proc").iterdir() if folder.name.isdecimal()]


def parent(process: Path) -> int:
    """Tell who started a process of /proc."""
    return int((process / "stat").read_text().rpartition(")")[2].split()[1])


def script(path: Path, text: str) -> Path:
    """Write a program for /bin/sh."""
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(0o755)
    return path


def mount(*words: str) -> None:
    """Mount something, or skip the test."""
    if os.geteuid() != 0:
        pytest.skip("only root can mount")
    done = subprocess.run(["mount", *words], capture_output=True, text=True, check=False)  # noqa: S607
    if done.returncode != 0:
        pytest.skip(f"this system cannot mount: {done.stderr.strip()}")
