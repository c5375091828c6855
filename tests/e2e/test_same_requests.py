"""The same requests give the same derivatives: two hosts, C and Rust, and what `rewrite` makes of bare placeholders."""

from __future__ import annotations

import shutil
import subprocess
from dataclasses import dataclass
from math import cos, exp, sin, sqrt
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from cargo_autodiff.cargo.jobserver import JobServer
from cargo_autodiff.codegen import OptLevel
from cargo_autodiff.pipeline.plan import Crate
from cargo_autodiff.pipeline.run import Run
from cargo_autodiff.pipeline.worker import Worker
from driving import Driver

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cargo_autodiff.toolchain.locate import Toolchain

SAME = Path(__file__).with_name("same")
X = (0.3, -1.2, 0.7, 2.1, -0.4)
Y = (1.5, 0.2, -0.8, 0.9, 3.0)
SINGLE = 1.7000000476837158  # 1.7 as f32


def swept(u: Sequence[float], nu: float) -> tuple[list[float], float]:
    """Give the gradient of the sum of squares after `u[i] += nu * u[i + 1]`, i upwards, and its part for nu."""
    after = [this + nu * following for this, following in zip(u, [*u[1:], 0.0], strict=True)]
    gradient = [2 * (after[i] + (nu * after[i - 1] if i else 0.0)) for i in range(len(u))]
    return gradient, sum(2 * after[i] * u[i + 1] for i in range(len(u) - 1))


def valley(x: Sequence[float]) -> list[float]:
    """Give Rosenbrock's gradient."""
    gradient = [0.0] * len(x)
    for i in range(len(x) - 1):
        off = x[i + 1] - x[i] * x[i]
        gradient[i] += -400 * x[i] * off - 2 * (1 - x[i])
        gradient[i + 1] += 200 * off
    return gradient


CLOSED = {
    "polynomial": (3 * 1.3**2 + 3 * 0.7**2, 6 * 1.3 * -0.7 - 2),
    "quotient": (exp(0.4) / 1.16, 1.5 * exp(0.4) * (1.16 - 0.8) / 1.16**2),
    "single": (3 * SINGLE**2 - 0.5 / sqrt(SINGLE),),
    "branch": (1.6, cos(-0.8)),
    "sines": tuple((i + 1) * cos((i + 1) * x) for i, x in enumerate(X)),
    "sines forward": (sum((i + 1) * cos((i + 1) * x) * y for i, (x, y) in enumerate(zip(X, Y, strict=True))),),
    "dot": Y,
    "sweep": (*swept(X, 0.6)[0], swept(X, 0.6)[1]),
    "rosenbrock": tuple(valley((-1.2, 1.0, 0.5, 0.8))),
    "width two": (-0.6 * cos(0.9), 1.1 * 0.6 * sin(0.9)),
}
EXACT = {"single": 1e-6}  # relative error; 1e-12 for all that is f64


@dataclass(frozen=True, kw_only=True)
class Result:
    derivative: float
    difference: float


Results = dict[str, tuple[Result, ...]]


def results_of(program: Path) -> Results:
    """Run a program and read its lines."""
    found: dict[str, list[Result]] = {}
    said = subprocess.run([program], capture_output=True, text=True, check=True, timeout=60).stdout
    for line in said.splitlines():
        name, index, derivative, difference = line.rsplit(" ", 3)
        results = found.setdefault(name, [])
        assert int(index) == len(results)
        results.append(Result(derivative=float(derivative), difference=float(difference)))
    return {name: tuple(results) for name, results in found.items()}


@pytest.fixture(scope="session")
def place(tmp_path_factory: pytest.TempPathFactory) -> Driver:
    return Driver.within(tmp_path_factory.mktemp("same"))


@pytest.fixture(scope="session")
def rust_and_plugin(place: Driver, rustc163: Path) -> Results:
    place.run("compile", SAME / "requests.rs", "-o", "rust15", "--profile", "llvm15", RUSTC=rustc163)
    return results_of(place.folder / "rust15")


@pytest.fixture(scope="session")
def rust_and_default(place: Driver, llvm22: Toolchain) -> Results:
    place.run("compile", SAME / "requests.rs", "-o", "rust22")
    return results_of(place.folder / "rust22")


@pytest.fixture(scope="session")
def c_and_plugin(place: Driver, llvm15: Toolchain) -> Results:
    place.run("compile", SAME / "requests.c", "-o", "c15", "--profile", "llvm15")
    return results_of(place.folder / "c15")


@pytest.fixture(scope="session")
def clang() -> str:
    if shutil.which("clang-15") is None:
        pytest.skip("clang-15 is not installed (Debian: clang-15)")
    return "clang-15"


@pytest.fixture(scope="session")
def c_and_default(place: Driver, llvm22: Toolchain, clang: str) -> Results:
    place.run("compile", SAME / "requests.c", "-o", "c22")
    return results_of(place.folder / "c22")


def rewritten(place: Driver, tools: Toolchain, clang: str) -> Results:
    """Let `cargo autodiff rewrite` fill the placeholders, then run the pipeline on what it made."""
    name = f"placeholders{tools.llvm.major}"
    folder = place.folder / name
    folder.mkdir()
    given, made, program = folder / "given.bc", folder / "made.ll", folder / "program"
    options = ["-DPLACEHOLDERS", "-O2", "-Xclang", "-disable-llvm-passes", "-Xclang", "-opaque-pointers"]
    subprocess.run(
        [clang, "-c", "-emit-llvm", "-fPIC", "-ffp-contract=off", *options, SAME / "requests.c", "-o", given],
        check=True,
    )
    place.run(
        "rewrite",
        given,
        "-o",
        made,
        "--profile",
        tools.profile.name,
        "--requests",
        SAME / "requests.toml",
        "--request",
        "source=volume,target=dvolume,mode=reverse,ret=activeonly,args=active,active,active",
    )
    with Worker(tools.libllvm, tools.llvm.major) as worker:
        run = Run(toolchain=tools, worker=worker, folder=folder, allowance=JobServer({}))
        compiled = run.objects_of({"unit": made}, Crate(level=OptLevel.O3))["unit"]
    subprocess.run(["cc", *compiled, "-o", program, "-lm"], check=True)  # noqa: S607
    return results_of(program)


@pytest.fixture(scope="session")
def placeholders_and_plugin(place: Driver, llvm15: Toolchain, clang: str) -> Results:
    return rewritten(place, llvm15, clang)


@pytest.fixture(scope="session")
def placeholders_and_default(place: Driver, llvm22: Toolchain, clang: str) -> Results:
    return rewritten(place, llvm22, clang)


LANGUAGES = ["rust", "c", "placeholders"]


@pytest.mark.parametrize("name", CLOSED)
@pytest.mark.parametrize("host", ["plugin", "default"])
@pytest.mark.parametrize("language", LANGUAGES)
def test_derivatives_are_right(request: pytest.FixtureRequest, language: str, host: str, name: str) -> None:
    results: Results = request.getfixturevalue(f"{language}_and_{host}")

    derivatives = [result.derivative for result in results[name]]

    assert derivatives == pytest.approx(list(CLOSED[name]), rel=EXACT.get(name, 1e-12))
    assert derivatives == pytest.approx([result.difference for result in results[name]], rel=1e-6)


@pytest.mark.parametrize("host", ["plugin", "default"])
def test_a_derivative_of_three_outputs_returns_through_memory(request: pytest.FixtureRequest, host: str) -> None:
    results: Results = request.getfixturevalue(f"placeholders_and_{host}")

    assert [result.derivative for result in results["volume"]] == pytest.approx([2.0, 12.0, 4.5], rel=1e-14)


@pytest.mark.parametrize("language", LANGUAGES)
def test_both_hosts_agree(request: pytest.FixtureRequest, language: str) -> None:
    plugin: Results = request.getfixturevalue(f"{language}_and_plugin")
    default: Results = request.getfixturevalue(f"{language}_and_default")

    assert plugin.keys() == default.keys()
    for name, results in plugin.items():
        others = [other.derivative for other in default[name]]
        assert [result.derivative for result in results] == pytest.approx(others, rel=1e-12), name


def test_the_programs_left_nothing_behind(place: Driver, rust_and_default: Results) -> None:
    assert place.left == []
