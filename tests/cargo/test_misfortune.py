"""Misfortune in cargo builds: clear errors, and nothing left that a later build takes for good.

Everything lies in folders with blanks and letters beyond ASCII: the workspace, its package, the target directory, the
tool set, temporary files and the store.
"""

from __future__ import annotations

import os
import shlex
import shutil
import signal
import subprocess
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from cargo_autodiff.settings import Settings
from driving import REPOSITORY, Done, Driver, mount, script

if TYPE_CHECKING:
    from collections.abc import Iterator
    from contextlib import AbstractContextManager

    from cargo_autodiff.toolchain.locate import Toolchain
    from driving import Session

FAILED = 101  # cargo's exit code of a failed build
LINE = "(1.5, 0.5) (12.0, 12.0)\n"

FILES = {
    "Cargo.toml": """\
[workspace]
members = ["ödd päckage", "many", "plain", "upper"]
resolver = "2"
[workspace.dependencies]
autodiff = { package = "std-autodiff", path = "AUTODIFF" }
odd = { path = "ödd päckage" }
""",
    "ödd päckage/Cargo.toml": """\
[package]
name = "odd"
edition = "2021"
[dependencies]
autodiff.workspace = true
""",
    "ödd päckage/src/lib.rs": """\
#[autodiff::autodiff_reverse(dhalf, Active, Active)]
pub fn half(x: f64) -> f64 {
    x / 2.0
}
""",
    "ödd päckage/src/main.rs": """\
#[autodiff::autodiff_reverse(dcubes, Active, Active)]
fn cubes(x: f64) -> f64 {
    x * x * x + odd::half(8.0)
}

fn main() {
    println!("{:?} {:?}", odd::dhalf(3.0, 1.0), dcubes(2.0, 1.0));
}
""",
    "many/Cargo.toml": """\
[package]
name = "many"
edition = "2021"
[features]
FEATURES
[dependencies]
autodiff.workspace = true
""",
    "many/src/main.rs": """\
#[autodiff::autodiff_reverse(dhalf, Active, Active)]
fn half(x: f64) -> f64 {
    x / 2.0
}

fn main() {
    println!("{:?} {}", dhalf(3.0, 1.0), cfg!(feature = "a_feature_with_a_long_name_and_the_number_2999"));
}
""",
    "plain/Cargo.toml": '[package]\nname = "plain"\nedition = "2021"\n',
    "plain/src/main.rs": "fn main() {}\n",
    "upper/Cargo.toml": '[package]\nname = "upper"\nedition = "2021"\n[dependencies]\nodd.workspace = true\n',
    "upper/src/lib.rs": "pub fn half() -> f64 {\n    odd::half(1.0)\n}\n",
}
FEATURES = "".join(f"a_feature_with_a_long_name_and_the_number_{number} = []\n" for number in range(3000))


@dataclass(frozen=True, kw_only=True)
class Workspace:
    """The workspace in an odd place, its runtime crate built once for all tests."""

    driver: Driver
    place: Path

    def cargo(self, *words: str | Path, code: int | None = 0, **changed: str | Path | None) -> Done:
        return self.driver.run(*words, cwd=self.folder, code=code, **{**self.environ, **changed})

    def started(self, *words: str) -> AbstractContextManager[Session]:
        return self.driver.started(*words, cwd=self.folder, **self.environ)

    @property
    def environ(self) -> dict[str, str | Path | None]:
        self.temporary.mkdir(exist_ok=True)
        return {
            "TMPDIR": self.temporary,
            "AUTODIFF_CACHE_DIR": self.driver.cache / "the störe",
            "AUTODIFF_TOOLS_DIR": self.place / "my tööls",
            "RUSTC": self.place / "my prögrams" / "rustc",
            "PATH": f"{self.place / 'my prögrams'}:{os.environ['PATH']}",
        }

    @contextmanager
    def order(self, pattern: str, what: str) -> Iterator[Path]:
        """Let a tool whose command line fits a pattern do something first; give the file that it can make."""
        sign, orders = self.driver.folder / "sign", self.place / "orders"
        orders.write_text(f'case "$0 $*" in {pattern}) {what.replace("SIGN", shlex.quote(str(sign)))} ;; esac\n')
        yield sign
        orders.write_text("")

    def touch(self, *sources: str) -> None:
        """Make cargo compile crates again."""
        for source in sources or ("ödd päckage/src/lib.rs", "ödd päckage/src/main.rs"):
            (self.folder / source).touch()

    @property
    def folder(self) -> Path:
        return self.place / "wörk späce"

    @property
    def target(self) -> Path:
        return self.folder / "target" / "autodiff"

    @property
    def temporary(self) -> Path:
        return self.driver.temporary / "tëmporary files"

    @property
    def left(self) -> list[Path]:
        """What is left of temporary files, and of crates that were not finished."""
        deps = [folder for folder in self.target.rglob("deps") if folder.is_dir()]
        objects = [path for folder in deps for end in ("odd*.o", "rustc??????") for path in folder.glob(end)]
        return [*self.temporary.iterdir(), *objects]


@pytest.fixture(scope="session")
def place(tmp_path_factory: pytest.TempPathFactory, llvm22: Toolchain) -> Path:
    """A folder with the workspace, and with tools that look for orders before they do their work."""
    place = tmp_path_factory.mktemp("plâce")
    for name, text in FILES.items():
        path = place / "wörk späce" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text.replace("AUTODIFF", str(REPOSITORY / "crates" / "autodiff")).replace("FEATURES", FEATURES))
    shutil.copy(Path(__file__).with_name("packages") / "Cargo.lock", place / "wörk späce")
    (place / "orders").touch()
    (place / "my prögrams").mkdir()
    for name in ("rustc", "cc"):
        stand_in(place / "my prögrams" / name, program(name), place / "orders")
    tools = Settings.read(os.environ).tools_folder()
    subprocess.run(["cp", "-rs", tools, place / "my tööls"], check=True)  # noqa: S607
    for path in (llvm22.ar.path, llvm22.host.files[0]):
        if not path.is_relative_to(tools):
            pytest.skip(f"{path} is not of the tool set that setup installs")
        stand_in(place / "my tööls" / path.relative_to(tools), path, place / "orders")
    return place


def stand_in(path: Path, real: Path, orders: Path) -> None:
    path.unlink(missing_ok=True)
    script(path, f'. {shlex.quote(str(orders))}\nexec {shlex.quote(str(real))} "$@"')


def program(name: str) -> Path:
    """Find a program itself, not rustup's stand-in for it."""
    found = shutil.which(name) or ""
    if name == "rustc":
        said = subprocess.run([found, "--print", "sysroot"], capture_output=True, text=True, check=True)
        found = f"{said.stdout.strip()}/bin/rustc"
    return Path(found)


@pytest.fixture
def workspace(driver: Driver, place: Path) -> Iterator[Workspace]:
    made = Workspace(driver=driver, place=place)
    yield made
    assert made.left == []
    made.temporary.rmdir()


@pytest.fixture
def built(workspace: Workspace) -> Workspace:
    """The same, with everything built that the tests of a crate need, and that crate to be built again."""
    workspace.cargo("build", "-p", "odd")
    workspace.touch()
    return workspace


def test_blanks_and_other_letters_in_every_path(built: Workspace) -> None:
    assert built.cargo("run", "-p", "odd").out == LINE
    assert built.cargo("build", "-p", "odd").err.count("Compiling") == 0, "its .d files are understood"


def test_an_unknown_profile_is_cargos_error(workspace: Workspace) -> None:
    done = workspace.cargo("build", "--profile", "nonesuch", code=FAILED)

    assert done.problem == "error: profile `nonesuch` is not defined"


@pytest.mark.parametrize("target", ["x86_64-unknown-none", "riscv64gc-unknown-linux-gnu"])
def test_a_target_that_is_not_installed_is_rustcs_error(workspace: Workspace, target: str) -> None:
    done = workspace.cargo("build", "-p", "odd", "--target", target, code=FAILED)

    assert f"the `{target}` target may not be installed" in done.err


# every tool of a build, with a pattern of its command line; steps on IR are interrupted below
PHASES = {
    "rustc": "*/rustc*--crate-name*odd*main.rs*",
    "rustc of the library": "*/rustc*--crate-name*odd*lib.rs*",
    "Enzyme": "*/catalyst*.grad.ll*",
    "archive": "*/llvm-ar*.rcgu.o*",
    "link": "*/cc*",
}
HANG = ": > SIGN; exec sleep 600"


@pytest.mark.parametrize("pattern", PHASES.values(), ids=PHASES.keys())
class TestABuildThatIsInterrupted:
    def test_by_a_request_to_the_driver_leaves_nothing(self, built: Workspace, pattern: str) -> None:
        with built.order(pattern, HANG) as sign, built.started("build", "-p", "odd") as session:
            session.wait_for(sign)
            os.kill(session.member("wrap"), signal.SIGTERM)
            done = session.end()

        assert done.code == FAILED
        assert "(signal: 15, SIGTERM: termination signal)" in done.err
        assert built.left == []
        assert built.cargo("run", "-p", "odd").out == LINE

    def test_by_a_power_failure_is_done_again(self, built: Workspace, pattern: str) -> None:
        with built.order(pattern, HANG) as sign, built.started("build", "-p", "odd") as session:
            session.wait_for(sign)
            session.kill()

        assert built.cargo("run", "-p", "odd").out == LINE
        for path in built.left:  # nobody was there to clean up
            shutil.rmtree(path) if path.is_dir() else path.unlink()


@pytest.mark.parametrize("step", ["gather", "divide", "isolate", "request", "prepare", "build"])
class TestAStepOnIr:
    @contextmanager
    def stopped_in(self, step: str, built: Workspace) -> Iterator[tuple[Session, int]]:
        """Build until the step is met: it takes some hundredths of a second."""
        for _ in range(40):
            built.touch()
            with built.started("build", "-p", "odd") as session:
                pid = session.stopped_in(step)
                if pid is not None:
                    yield session, pid
                    return
        pytest.fail(f"no build was met in the step {step}")

    def test_is_named_when_a_signal_kills_it(self, built: Workspace, step: str) -> None:
        with self.stopped_in(step, built) as (session, pid):
            os.kill(pid, signal.SIGSEGV)
            os.kill(pid, signal.SIGCONT)
            done = session.end()

        assert f"libLLVM was killed by SIGSEGV in the step `{step}`" in done.err
        assert built.left == []
        assert built.cargo("run", "-p", "odd").out == LINE

    def test_ends_with_the_driver(self, built: Workspace, step: str) -> None:
        with self.stopped_in(step, built) as (session, _):
            os.kill(session.member("wrap"), signal.SIGTERM)
            done = session.end()

        assert "(signal: 15, SIGTERM: termination signal)" in done.err
        assert built.left == []
        assert built.cargo("run", "-p", "odd").out == LINE


@pytest.mark.parametrize(
    ("pattern", "said"),
    [
        ("*/rustc*--crate-name*odd*main.rs*", "(signal: 11, SIGSEGV: invalid memory reference)"),
        ("*/cc*", "failed: signal: 11 (SIGSEGV)"),
        ("*/catalyst*.grad.ll*", "catalyst was killed by SIGSEGV"),
        ("*/llvm-ar*.rcgu.o*", "llvm-ar was killed by SIGSEGV"),
    ],
    ids=["rustc", "linker", "Enzyme", "llvm-ar"],
)
def test_a_tool_that_a_signal_kills_is_named_with_it(built: Workspace, pattern: str, said: str) -> None:
    with built.order(pattern, "kill -SEGV $$"):
        done = built.cargo("build", "-p", "odd", code=FAILED)

    assert said in done.err
    assert built.left == []
    assert built.cargo("run", "-p", "odd").out == LINE


def test_two_builds_of_one_workspace_take_turns(built: Workspace) -> None:
    go = built.driver.folder / "go"
    wait = f": > SIGN; while [ ! -e {shlex.quote(str(go))} ]; do sleep 0.05; done"
    with built.order("*/catalyst*.grad.ll*", wait) as sign, built.started("run", "-p", "odd") as first:
        first.wait_for(sign)
        with built.started("run", "-p", "odd") as second:
            assert "Blocking waiting for file lock" in second.heard("Blocking")
            go.touch()
            assert first.end().out == LINE
            assert second.end().out == LINE


def test_a_target_directory_that_cannot_be_written_is_cargos_error(built: Workspace) -> None:
    mount("--bind", str(built.target), str(built.target))
    try:
        mount("-o", "remount,ro,bind", str(built.target))
        done = built.cargo("build", "-p", "odd", code=FAILED)
    finally:
        subprocess.run(["umount", built.target], check=True)  # noqa: S607

    assert "Read-only file system" in done.err
    assert built.cargo("run", "-p", "odd").out == LINE


class TestTheUsersLinker:
    """One that says that it was called."""

    @pytest.fixture
    def linker(self, built: Workspace) -> Path:
        record = shlex.quote(str(built.driver.folder / "record"))
        return script(built.driver.folder / "my linker", f'echo linked >> {record}\nexec cc "$@"')

    def is_called(self, linker: Path) -> bool:
        return linker.with_name("record").exists()

    def test_by_an_option(self, built: Workspace, linker: Path) -> None:
        words = ("rustc", "-p", "odd", "--bin", "odd", "--", f"-Clinker={linker}")

        built.cargo(*words)

        assert self.is_called(linker)
        assert built.cargo("run", "-p", "odd").out == LINE

    def test_by_the_configuration(self, built: Workspace, linker: Path) -> None:
        config = f"target.{host()}.linker='{linker}'"

        assert built.cargo("run", "-p", "odd", "--config", config).out == LINE
        assert self.is_called(linker)

    def test_by_the_environment(self, built: Workspace, linker: Path) -> None:
        name = f"CARGO_TARGET_{host().upper().replace('-', '_')}_LINKER"

        changed: dict[str, Any] = {name: linker}
        assert built.cargo("run", "-p", "odd", **changed).out == LINE
        assert self.is_called(linker)

    def test_that_is_not_there(self, built: Workspace) -> None:
        done = built.cargo("rustc", "-p", "odd", "--bin", "odd", "--", "-Clinker=nonesuch", code=FAILED)

        assert "nonesuch: not found" in done.err
        assert built.left == []


def host() -> str:
    said = subprocess.run(["rustc", "-vV"], capture_output=True, text=True, check=True).stdout  # noqa: S607
    return said.partition("host: ")[2].split()[0]


def test_more_words_than_a_process_takes(workspace: Workspace) -> None:
    """Cargo then sends an argument file."""
    done = workspace.cargo("run", "-p", "many", "--all-features")

    assert done.out == "(1.5, 0.5) true\n"


def test_who_depends_on_a_library_does_not_wait_for_its_derivatives(built: Workspace) -> None:
    """Rustc's notice of the metadata is passed on at once. Enzyme waits here until the other crate is begun."""
    built.cargo("build", "-p", "upper", "-j2")
    built.touch()
    begun = built.driver.folder / "begun"
    quoted = shlex.quote(str(begun))
    mark = f"*/rustc*--crate-name*upper*) : > {quoted} ;; */catalyst*.grad.ll*"

    with built.order(mark, f"while [ ! -e {quoted} ]; do sleep 0.05; done"):
        built.cargo("build", "-p", "upper", "-j2")

    assert begun.exists()


def test_another_wrapper_gets_what_is_not_ours(built: Workspace) -> None:
    record = built.driver.folder / "record"
    wrapper = script(built.driver.folder / "my_wrapper", f'echo "$*" >> {shlex.quote(str(record))}\nexec "$@"')
    built.touch("plain/src/main.rs", "ödd päckage/src/main.rs")

    built.cargo("build", "-p", "odd", "-p", "plain", RUSTC_WRAPPER=wrapper)

    named = [
        words.partition("--crate-name ")[2].split()[0] for words in record.read_text().splitlines() if ".rs" in words
    ]
    assert named == ["plain"]
