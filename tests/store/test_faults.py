"""Whatever happens to the store, a build ends right, or with a clear error; real processes, real damage."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from building import SAYS, SOURCE, Builder, entries, package

from cargo_autodiff.errors import FileError
from cargo_autodiff.settings import Settings
from cargo_autodiff.store.key import Key
from cargo_autodiff.store.lock import only_one
from cargo_autodiff.store.store import Store
from driving import REPOSITORY, Driver, script

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from cargo_autodiff.toolchain.locate import Toolchain

MANY = 16

# every Python process of a build dies where it is about to rename a file to a place that the pattern fits
KILLER = """\
import os, re, signal, sys
def strike(event, arguments):
    if event == os.environ["STRIKE_AT"]:
        path = arguments[1] if event == "os.rename" else arguments[0]
        if re.search(os.environ["STRIKE"], str(path)):
            os.kill(os.getpid(), signal.SIGKILL)
sys.addaudithook(strike)
"""
POINTS = {
    "a blob is begun": ("open", r"/cargo-autodiff/tmp/\d+-"),
    "a blob gets its name": ("os.rename", "/cargo-autodiff/cas/"),
    "an entry gets its name": ("os.rename", "/cargo-autodiff/ac/"),
    "a record gets its name": ("os.rename", "/cargo-autodiff/builds/"),
    "the program gets its name": ("os.rename", "(^|/)one$"),
}


@pytest.fixture(scope="session")
def cache(llvm22: Toolchain, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The store after the program was built once."""
    builder = Builder(driver=Driver.within(tmp_path_factory.mktemp("built")))
    assert builder.build(SOURCE).out == SAYS
    return builder.driver.cache


@pytest.fixture
def builder(driver: Driver, llvm22: Toolchain) -> Builder:
    return Builder(driver=driver)


@pytest.fixture
def built(driver: Driver, cache: Path) -> Builder:
    """A builder whose store has seen the program."""
    shutil.copytree(cache, driver.cache)
    return Builder(driver=driver)


def store_of(builder: Builder) -> Store:
    store = Store.open(Settings(cache_dir=builder.driver.cache))
    assert store is not None
    return store


def derivative_key(cache: Path) -> Key:
    (entry,) = (entry for entry in entries(cache) if entry["what"] == "derivative")
    return Key(what="derivative", parts=entry["parts"])


def link(source: str, place: str) -> None:
    Path(place).symlink_to(source)


def test_of_many_builds_at_once_one_makes_each_derivative(builder: Builder, llvm22: Toolchain, tmp_path: Path) -> None:
    driver, record, gate = builder.driver, tmp_path / "record", tmp_path / "gate"
    host = llvm22.host.files[0]
    tools = tmp_path / "tools"
    shutil.copytree(host.parents[2], tools, copy_function=link)
    counted = tools / host.relative_to(host.parents[2])
    counted.unlink()
    script(counted, f'echo "$*" >> {record}\nexec {host} "$@"')
    builder.build(SOURCE, AUTODIFF_TOOLS_DIR=tools)  # the runtime crate and the tools are known now
    record.unlink()
    driver.run("cache", "clear")
    begin = script(tmp_path / "begin", f'while [ ! -e {gate} ]; do sleep 0.01; done\nexec "$@"')
    environ = driver.environ({"AUTODIFF_TOOLS_DIR": tools})
    builds = []
    for number in range(MANY):
        (folder := tmp_path / f"build{number}").mkdir()
        (folder / "one.rs").write_text("\n" * number + SOURCE)
        words = [str(begin), sys.executable, "-m", "cargo_autodiff", "compile", "one.rs"]
        builds.append((folder, subprocess.Popen(words, cwd=folder, env=environ, stderr=subprocess.PIPE, text=True)))

    gate.touch()

    for folder, process in builds:
        _, err = process.communicate(timeout=300)
        assert process.returncode == 0, err
        assert driver.run_program(folder / "one").out == SAYS
    assert len(record.read_text().splitlines()) == 1
    assert len(builder.stored()) == 1


@pytest.mark.parametrize("point", POINTS)
def test_a_build_killed_when(builder: Builder, tmp_path: Path, point: str) -> None:
    driver = builder.driver
    (driver.folder / "one.rs").write_text(SOURCE)
    (tmp_path / "sitecustomize.py").write_text(KILLER)
    event, pattern = POINTS[point]
    paths = os.pathsep.join([str(tmp_path), driver.environ({})["PYTHONPATH"]])

    killed = driver.run("compile", "one.rs", code=None, PYTHONPATH=paths, STRIKE_AT=event, STRIKE=pattern)

    assert killed.code == -signal.SIGKILL
    assert not (driver.folder / "one").exists()
    assert builder.build(SOURCE).out == SAYS
    assert len(builder.stored()) == 1
    assert json.loads(driver.run("cache", "verify", "--json").out)["damaged"] == []
    driver.run("cache", "gc")
    assert list((driver.cache / "tmp").iterdir()) == list((driver.cache / "locks").iterdir()) == []
    wait_until(lambda: driver.left == [])  # rustc, which outlived the driver, has ended too


USER = """\
fn main() {
    let mut gradient = [0.0; 2];
    println!("{} {gradient:?}", one::dcost(&[1.0, 2.0], &mut gradient, 1.0));
}
"""


def test_a_build_killed_when_an_archive_gets_its_name(builder: Builder, tmp_path: Path) -> None:
    driver = builder.driver
    library = SOURCE[: SOURCE.index("fn main")].replace("fn cost", "pub fn cost")
    folder = package(driver.folder / "one", REPOSITORY / "crates", {"lib.rs": library, "main.rs": USER})
    (tmp_path / "sitecustomize.py").write_text(KILLER)
    paths = os.pathsep.join([str(tmp_path), driver.environ({})["PYTHONPATH"]])
    strike = {"STRIKE_AT": "os.rename", "STRIKE": r"/libone-\w+\.rlib$"}

    killed = driver.run("build", "--release", cwd=folder, code=None, PYTHONPATH=paths, **strike)
    done = driver.run("run", "--release", cwd=folder)

    assert killed.code == 101
    assert "signal: 9" in killed.err
    assert done.out == "8 [5.0, 4.0]\n"
    assert len(builder.stored()) == 1
    driver.run("cache", "gc")
    wait_until(lambda: driver.left == [])


def wait_until(true: Callable[[], bool]) -> None:
    end = time.monotonic() + 30
    while not true():
        assert time.monotonic() < end
        time.sleep(0.02)


@pytest.mark.parametrize("table", ["ac", "cas"])
@pytest.mark.parametrize("damage", ["flipped", "truncated", "empty", "swapped"])
def test_damage_is_repaired_by_the_next_build(built: Builder, table: str, damage: str) -> None:
    found = {path: path.read_bytes() for path in (built.driver.cache / table).rglob("*") if path.is_file()}
    # what is remembered of whole crates is of one folder, and not asked for in this one
    whole = {path: raw for path, raw in found.items() if b'"what":"whole"' not in raw}
    places = list(whole)
    for number, path in enumerate(places):
        raw = whole[path]
        middle = len(raw) // 2
        path.write_bytes(
            {
                "flipped": raw[:middle] + bytes([raw[middle] ^ 1]) + raw[middle + 1 :],
                "truncated": raw[:middle],
                "empty": b"",
                "swapped": whole[places[number - 1]],
            }[damage]
        )

    assert built.build(SOURCE).out == SAYS

    assert {path: path.read_bytes() for path in places} == whole


def test_the_clock_does_not_matter(built: Builder) -> None:
    files = [path for path in built.driver.cache.rglob("*") if path.is_file()]
    before = built.stored()
    for moment in (0, 2**33):
        for path in files:
            os.utime(path, (moment, moment))

        assert built.build(SOURCE).out == SAYS

        assert built.stored() == before
        assert "found in the cache" in built.driver.run("explain").out


@contextmanager
def mounted(place: Path, *words: str) -> Iterator[Path]:
    if os.geteuid() != 0:
        pytest.skip("only root can mount")
    place.mkdir(parents=True, exist_ok=True)
    done = subprocess.run(["mount", *words, place], capture_output=True, text=True, check=False)  # noqa: S607
    if done.returncode != 0:
        pytest.skip(f"this system cannot mount: {done.stderr.strip()}")
    try:
        yield place
    finally:
        subprocess.run(["umount", place], check=True)  # noqa: S607


WARNING = "warning: a derivative could not be stored in the cache"


@pytest.mark.parametrize("room", [4, 12, 20, 28])
def test_a_full_disk_fails_no_build(builder: Builder, room: int) -> None:
    with mounted(builder.driver.cache, "-t", "tmpfs", "-o", f"size={room}k,mode=700", "none"):
        (builder.driver.folder / "one.rs").write_text(SOURCE)

        done = builder.driver.run("compile", "one.rs")
        again = builder.driver.run("compile", "one.rs")

        assert builder.driver.run_program("./one").out == SAYS
        assert done.err.count(WARNING) == again.err.count(WARNING) == 1
        assert "No space left on device" in done.err
        assert list((builder.driver.cache / "tmp").glob("*")) == []


def test_a_read_only_disk_gives_what_it_holds_and_takes_nothing(built: Builder) -> None:
    with mounted(built.driver.cache, "--bind", "-o", "ro", str(built.driver.cache)):
        (built.driver.folder / "one.rs").write_text(SOURCE)
        found = built.driver.run("compile", "one.rs")
        assert built.driver.run_program("./one").out == SAYS

        (built.driver.folder / "one.rs").write_text(SOURCE.replace("* 3.0", "* 4.0"))
        made = built.driver.run("compile", "one.rs")
        assert built.driver.run_program("./one").out.startswith("9 [6.0, 4.0]")

    assert found.err == ""
    assert made.err.count(WARNING) == 1
    assert "Read-only file system" in made.err


def test_a_folder_that_cannot_be_made_fails_no_build(builder: Builder) -> None:
    builder.driver.cache.parent.mkdir()
    builder.driver.cache.write_text("a file")

    done = builder.build(SOURCE)

    assert done.out == SAYS


def test_without_a_home_nothing_is_stored(builder: Builder, tmp_path: Path) -> None:
    (home := tmp_path / "home").write_text("a file")
    real = Path.home()
    homes = {
        name: os.environ.get(name, real / folder)
        for name, folder in (("CARGO_HOME", ".cargo"), ("RUSTUP_HOME", ".rustup"))
    }

    tools = Settings.read(os.environ).tools_folder()

    done = builder.driver.run(
        *written(builder),
        cwd=None,
        code=0,
        AUTODIFF_TOOLS_DIR=tools,
        AUTODIFF_CACHE_DIR=None,
        HOME=home,
        XDG_CACHE_HOME=None,
        **homes,
    )

    assert WARNING in done.err
    assert builder.driver.run_program("./one").out == SAYS


def written(builder: Builder) -> tuple[str, str]:
    (builder.driver.folder / "one.rs").write_text(SOURCE)
    return "compile", "one.rs"


def test_a_folder_that_everybody_can_write_is_refused(built: Builder) -> None:
    built.driver.cache.chmod(0o777)

    done = built.driver.run(*written(built), code=FileError.exit_code)

    assert done.problem == "error: the cache folder can be written by everybody"
    assert f"chmod o-w {built.driver.cache}" in done.err


def test_somebody_elses_folder_is_refused(built: Builder) -> None:
    if os.geteuid() != 0:
        pytest.skip("only root can give a folder away")
    os.chown(built.driver.cache, 12345, 12345)

    done = built.driver.run(*written(built), code=FileError.exit_code)

    assert done.problem == "error: the cache folder belongs to another user"
    assert "AUTODIFF_CACHE_DIR" in done.err


class TestLocks:
    @pytest.fixture
    def emptied(self, built: Builder) -> tuple[Builder, Path]:
        """A store without its results, and the lock of the derivative."""
        lock = store_of(built).folder.locks / derivative_key(built.driver.cache).digest
        for table in ("ac", "cas"):
            shutil.rmtree(built.driver.cache / table)
        return built, lock

    def test_of_a_live_process_are_waited_for_and_its_number_is_told(self, emptied: tuple[Builder, Path]) -> None:
        builder, lock = emptied
        with only_one(lock, lambda _: None):
            words = [sys.executable, "-m", "cargo_autodiff", *written(builder)]
            process = subprocess.Popen(
                words, cwd=builder.driver.folder, env=builder.driver.environ({}), stderr=subprocess.PIPE, text=True
            )
            assert process.stderr is not None
            told = process.stderr.readline()
            assert process.poll() is None

        _, rest = process.communicate(timeout=60)

        assert re.fullmatch(rf" +Waiting for `one::dcost`, which process {os.getpid()} is making\n", told)
        assert (process.returncode, rest) == (0, "")
        assert builder.driver.run_program("./one").out == SAYS

    def test_of_a_dead_process_are_nobodys(self, emptied: tuple[Builder, Path]) -> None:
        builder, lock = emptied
        code = f"import fcntl, os, signal\nfcntl.flock(os.open({str(lock)!r}, os.O_RDWR | os.O_CREAT), fcntl.LOCK_EX)\n"
        lock.parent.mkdir(exist_ok=True)
        died = subprocess.run([sys.executable, "-c", f"{code}os.kill(os.getpid(), signal.SIGKILL)"], check=False)

        done = builder.driver.run(*written(builder))

        assert died.returncode == -signal.SIGKILL
        assert done.err == ""
        assert builder.driver.run_program("./one").out == SAYS
