"""The kernels of benchmarks/kernels: what is known of them, how they are built, asked and checked."""

from __future__ import annotations

import os
import subprocess
import sys
import time
import tomllib
from array import array
from dataclasses import dataclass
from itertools import cycle
from pathlib import Path
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from collections.abc import Mapping
    from types import TracebackType

FOLDER = Path(__file__).with_name("kernels")
CRATES = FOLDER.with_name("crates")
JAX = FOLDER.with_name("jax_kernels.py")
KEEPING = "c keeping memory"
HOLD = "glibc.malloc.trim_threshold=1000000000:glibc.malloc.mmap_threshold=1000000000"
DIRECTION = (1.0, -1.0 / 2.0, 1.0 / 3.0)
STEP = 1e-5


class WrongGradientError(Exception):
    """Two sources disagree about a value or a gradient."""


@dataclass(frozen=True, kw_only=True)
class Size:
    """One size of a kernel, and the value of its function there."""

    size: int
    value: float


@dataclass(frozen=True, kw_only=True)
class Kernel:
    """A function in Rust, in one or more versions, and in C."""

    name: str
    what: str
    versions: tuple[str, ...]
    crates: tuple[str, ...]
    """The crates that differentiate the same function by tapes or dual numbers; and JAX."""
    test: Size
    full: Size

    @property
    def all_versions(self) -> tuple[str, ...]:
        """Those in Rust, and the one in C: as it comes, and where malloc gives nothing back to the system."""
        return (*self.versions, "c", KEEPING)


def read_kernels() -> tuple[Kernel, ...]:
    """Read kernels.toml."""
    table = tomllib.loads((FOLDER / "kernels.toml").read_text())
    return tuple(
        Kernel(
            name=name,
            what=entry["what"],
            versions=tuple(entry["versions"]),
            crates=tuple(entry.get("crates", ())),
            test=Size(**entry["test"]),
            full=Size(**entry["full"]),
        )
        for name, entry in table.items()
    )


@dataclass(frozen=True, kw_only=True)
class Built:
    """Where the programs are."""

    rust: Path
    c: Path
    crates: Path
    """There only where `with_crates` built it."""
    jax: Path
    """The Python that has JAX: the same."""

    @classmethod
    def within(
        cls, folder: Path, kernels: tuple[Kernel, ...], environ: Mapping[str, str], *, with_crates: bool = False
    ) -> Self:
        """Build all: the Rust kernels are one program, so are the crates', each in C is one of its own.

        C goes through the same rules, passes and host of Enzyme: clang gives IR that no pass has touched, without
        contraction (`cargo autodiff compile`).
        """
        autodiff = (sys.executable, "-P", "-m", "cargo_autodiff")
        environ, built = {**environ, "CARGO_TARGET_DIR": str(folder)}, cls.below(folder)
        subprocess.run([*autodiff, "build", "--locked", "--release"], cwd=FOLDER, env=environ, check=True)
        built.c.mkdir(exist_ok=True)
        for kernel in kernels:
            source = FOLDER / "c" / f"{kernel.name}.c"
            subprocess.run([*autodiff, "compile", source, "-o", built.c / kernel.name], env=environ, check=True)
        if with_crates:
            subprocess.run(["cargo", "build", "--locked", "--release"], cwd=CRATES, env=environ, check=True)  # noqa: S607
            if not built.jax.exists():
                subprocess.run([sys.executable, "-m", "venv", built.jax.parents[1]], check=True)
            install = (built.jax, "-m", "pip", "install", "--quiet", "--requirement", JAX.with_suffix(".txt"))
            subprocess.run(install, check=True)
        return built

    @classmethod
    def below(cls, folder: Path) -> Self:
        """Say where they are when they were built below a folder."""
        return cls(
            rust=folder / "autodiff" / "release" / "kernels",
            c=folder / "c",
            crates=folder / "release" / "crates",
            jax=folder / "jax" / "bin" / "python",
        )

    def start(self, kernel: Kernel, version: str, size: int) -> Program:
        """Start one version of a kernel."""
        if version in ("c", KEEPING):
            tunables = {"GLIBC_TUNABLES": HOLD} if version == KEEPING else {}
            return Program(self.c / kernel.name, str(size), environ={**os.environ, **tunables})
        if version == "jax":
            return Program(self.jax, JAX, kernel.name, str(size))
        of = self.crates if version in kernel.crates else self.rust
        return Program(of, kernel.name, version, str(size))


class Program:
    """A kernel as a process that answers line by line (the protocol is in kernels/src/answer.rs)."""

    def __init__(self, *words: str | Path, environ: Mapping[str, str] | None = None) -> None:
        """Start it and wait until its numbers are there."""
        self._process = subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environ)
        if self._process.stdin is None or self._process.stdout is None:
            raise RuntimeError("no pipes")
        self._in, self._out = self._process.stdin, self._process.stdout
        self._read_line()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        """End it: its input ends."""
        self._process.communicate()

    def ask(self, line: str) -> float:
        """Say a line; return the answer."""
        self._in.write(f"{line}\n".encode())
        self._in.flush()
        return float(self._read_line())

    def gradient(self) -> array[float]:
        """Compute the gradient and fetch it."""
        self.ask("gradient 1")
        length = int(self.ask("show"))
        components = array("d")
        components.frombytes(self._out.read(8 * length))
        return components

    def seconds(self, line: str) -> float:
        """Say a line; return how long the program computed. Waiting for a core does not count."""
        clock = (~self._process.pid << 3) | 2  # as clock_getcpuclockid(3) makes it
        began = time.clock_gettime(clock)
        self.ask(line)
        return time.clock_gettime(clock) - began

    def peak(self) -> int:
        """Compute the first gradient; return how many KiB more than before it needed at its peak."""
        of = Path(f"/proc/{self._process.pid}")
        (of / "clear_refs").write_text("5")  # forget the peak of the preparation: proc(5)
        before = _kib(of, "VmRSS")
        self.ask("gradient 1")
        return _kib(of, "VmHWM") - before

    def _read_line(self) -> str:
        line = self._out.readline().decode()
        if not line:
            raise RuntimeError(f"{self._process.args!r} ended with {self._process.wait()}")
        return line.strip()


def _kib(process: Path, name: str) -> int:
    lines = (process / "status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(f"{name}:"))


def check(kernel: Kernel, at: Size, built: Built, versions: tuple[str, ...] = ()) -> None:
    """Compare what every version (or those named) computes: value, gradient, and slope by differences.

    Raises WrongGradientError. The gradients of all versions must agree, and each program's gradient must agree with
    five-point differences of its own function in one direction that has all components.
    """
    reference = None
    for version in versions or (*kernel.versions, "c"):
        name = f"{kernel.name}, {version}, of size {at.size}"
        with built.start(kernel, version, at.size) as program:
            _close(f"the value of {name}", program.ask("primal 1"), at.value, abs(at.value) * 1e-9)
            gradient = program.gradient()
            reference = gradient if reference is None else reference
            _agree(f"the gradient of {name}", gradient, reference)
            terms = [component * v for component, v in zip(gradient, cycle(DIRECTION), strict=False)]
            scale = sum(map(abs, terms))
            _close(f"the slope of {name}", sum(terms), _slope(program), scale * 1e-7)


def _slope(program: Program) -> float:
    at = {steps: program.ask(f"along {steps * STEP}") for steps in (-2, -1, 1, 2)}
    return (8 * (at[1] - at[-1]) - (at[2] - at[-2])) / (12 * STEP)


def _agree(what: str, got: array[float], wanted: array[float]) -> None:
    if len(got) != len(wanted):
        raise WrongGradientError(f"{what} has {len(got)} components instead of {len(wanted)}")
    most = max(map(abs, wanted))
    for i, (a, b) in enumerate(zip(got, wanted, strict=True)):
        _close(f"component {i} of {what}", a, b, 1e-9 * most)


def _close(what: str, got: float, wanted: float, tolerance: float) -> None:
    if not abs(got - wanted) <= tolerance:
        raise WrongGradientError(f"{what} is {got!r}, but should be {wanted!r}")
