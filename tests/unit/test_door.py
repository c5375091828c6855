"""The door `cargo-autodiff`: it becomes cargo while what the driver has remembered holds, else the driver."""

from __future__ import annotations

import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING

import pytest

from cargo_autodiff.cargo.workspace import remember
from cargo_autodiff.cargo.wrapper import WRAPPER
from driving import script

if TYPE_CHECKING:
    from collections.abc import Mapping

NOTHING: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True, kw_only=True)
class Door:
    """The script, installed beside a driver and a cargo that say how they were called."""

    bin: Path
    work: Path
    environ: dict[str, str]

    @classmethod
    def installed(cls, folder: Path) -> Door:
        bin_, work = folder / "the bin", folder / "my work"
        bin_.mkdir()
        work.mkdir()
        shutil.copy(WRAPPER.with_name("cargo-autodiff"), bin_)
        script(bin_ / "cargo", 'read -r line; echo "cargo $* <$line target=$CARGO_TARGET_DIR"')
        given = 'printf %s "$AUTODIFF_RECORD" >"${0%/*}/record"; printf %s "$AUTODIFF_STATE" >"${0%/*}/state"'
        script(bin_ / "cargo-autodiff-driver", f'{given}; echo "driver $*"')
        environ = {"PATH": f"{bin_}:/usr/bin:/bin", "HOME": str(folder / "home")}
        return cls(bin=bin_, work=work, environ=environ)

    def __call__(self, *words: str, cwd: Path | None = None, changed: Mapping[str, str] = NOTHING) -> str:
        """Give who was called, and with what."""
        done = subprocess.run(
            [self.bin / "cargo-autodiff", *words],
            cwd=cwd or self.work,
            env={**self.environ, **changed},
            input="typed\n",
            capture_output=True,
            text=True,
            check=True,
        )
        assert done.stderr == ""
        return done.stdout.strip()

    def remember(self, target: str = "/t", cwd: Path | None = None, changed: Mapping[str, str] = NOTHING) -> Path:
        """Do what the driver does when it is called; give the record."""
        assert self("build", cwd=cwd, changed=changed) == "driver build"
        record, state = (Path(self.bin, name).read_text() for name in ("record", "state"))
        remember(Path(record), {"CARGO_TARGET_DIR": target}, state)
        return Path(record)


@pytest.fixture
def door(tmp_path: Path) -> Door:
    return Door.installed(tmp_path)


def test_nothing_is_remembered_at_first(door: Door) -> None:
    assert door("autodiff", "build", "--release") == "driver build --release"


def test_what_was_remembered_is_told_cargo_at_once(door: Door) -> None:
    door.remember(target="/a target = 'x'")

    assert door("autodiff", "run", "--", "-x", "a  b") == "cargo run -- -x a  b <typed target=/a target = 'x'"


def test_the_cargo_that_called_us_is_the_one(door: Door) -> None:
    door.remember()
    other = script(door.bin / "other cargo", 'echo "other $*"')

    assert door("test", changed={"CARGO": str(other)}) == "other test"


@pytest.mark.parametrize("verb", ["b", "build", "bench", "c", "check", "clean", "r", "run", "rustc", "t", "test"])
def test_verbs_of_cargo_are_cargos(door: Door, verb: str) -> None:
    door.remember()

    assert door(verb).startswith(f"cargo {verb} ")


@pytest.mark.parametrize(
    "words",
    [
        "",
        "--help",
        "setup",
        "unknown-verb",
        "fmt",
        "+nightly build",
        "--keep /k build",
        "build --help",
        "build -h",
        "build --target-dir t",
        "build --target-dir=t",
        "test --verify",
        "build --manifest-path m",
        "build --config c",
    ],
)
def test_all_else_is_the_drivers(door: Door, words: str) -> None:
    door.remember()

    assert door(*words.split()) == f"driver {words}".strip()


def test_words_after_two_dashes_are_not_read(door: Door) -> None:
    door.remember()

    assert door("run", "--", "--help").startswith("cargo run -- --help ")


@pytest.mark.parametrize(
    ("words", "report"),
    [
        ("build", "status"),
        ("build -v", "status"),
        ("build -q", ""),
        ("build --quiet", ""),
        ("build -rq", ""),
        ("build -pquux", "status"),
        ("build --timings", "status timings"),
        ("build --message-format json", "status records"),
        ("build --message-format=json-render-diagnostics -q --timings", "timings records"),
        ("build --message-format short --example json", "status"),
        ("run -- -q --timings --message-format=json", "status"),
        ("test --target-dir t -q", ""),
    ],
)
def test_who_hears_of_derivatives_is_seen_on_the_command_line(door: Door, words: str, report: str) -> None:
    script(door.bin / "cargo-autodiff-driver", 'echo "$$ $AUTODIFF_REPORT"')

    process, *told = door(*words.split()).split()

    assert told == [process, *report.split()]


def test_the_report_goes_to_the_process_that_becomes_cargo(door: Door) -> None:
    door.remember()
    script(door.bin / "cargo", 'echo "$$ $AUTODIFF_REPORT"')

    process, report, *_ = door("build").split()

    assert process == report
    assert door("build").split()[2:] == ["status"]
    assert door("build", changed={"CARGO_TERM_QUIET": "true"}).split()[2:] == []


def test_another_folder_is_another_matter(door: Door, tmp_path: Path) -> None:
    door.remember()
    (door.work / "member").mkdir()

    assert door("build", cwd=door.work / "member") == "driver build"


def test_a_folder_is_known_by_its_real_path(door: Door, tmp_path: Path) -> None:
    door.remember()
    (tmp_path / "link").symlink_to(door.work)

    assert door("build", cwd=tmp_path / "link", changed={"PWD": str(tmp_path / "link")}).startswith("cargo build ")


def test_it_works_at_the_root(door: Door) -> None:
    door.remember(cwd=Path("/"))

    assert door("build", cwd=Path("/")).startswith("cargo build ")


@pytest.mark.parametrize(
    "name", ["work/Cargo.toml", "Cargo.toml", "work/.cargo/config.toml", ".cargo/config", "home/.cargo/config.toml"]
)
def test_a_file_that_decides_makes_it_void(door: Door, tmp_path: Path, name: str) -> None:
    path = tmp_path / name.replace("work/", "my work/")
    path.parent.mkdir(parents=True, exist_ok=True)

    door.remember()
    path.write_text("# new")
    assert door("build") == "driver build", "appeared"

    door.remember()
    path.write_text("# longer")
    assert door("build") == "driver build", "changed"

    door.remember()
    other = path.with_name("other")
    other.write_text("# LONGER")
    os.utime(other, (1, 1))
    other.replace(path)
    assert door("build") == "driver build", "replaced by an older one of the same size"

    door.remember()
    path.unlink()
    assert door("build") == "driver build", "removed"


@pytest.mark.parametrize(
    "name",
    ["CARGO_TARGET_DIR", "CARGO_BUILD_TARGET_DIR", "CARGO_BUILD_BUILD_DIR", "RUSTC_WRAPPER", "CARGO_HOME"],
)
def test_so_does_a_variable_that_decides(door: Door, tmp_path: Path, name: str) -> None:
    home = tmp_path / "other home"
    home.mkdir()
    (home / "config.toml").touch()
    door.remember()

    assert door("build", changed={name: str(home)}) == "driver build"
    door.remember(changed={name: str(home)})
    assert door("build", changed={name: str(home)}).startswith("cargo build ")


def test_rustups_cargo_names_the_home_and_it_is_the_same(door: Door) -> None:
    door.remember()

    assert door("build", changed={"CARGO_HOME": f"{door.environ['HOME']}/.cargo"}).startswith("cargo build ")


def test_another_version_of_the_driver_asks_again(door: Door) -> None:
    door.remember()
    shutil.copy(door.bin / "cargo-autodiff", door.bin / "new")
    (door.bin / "new").replace(door.bin / "cargo-autodiff")

    assert door("build") == "driver build"


def test_a_damaged_record_is_not_there(door: Door) -> None:
    record = door.remember()
    whole = record.read_bytes()

    for damaged in (b"", b"\0" * 100, b"'", b"$(", *(whole[:length] for length in range(1, 90, 11))):
        record.write_bytes(damaged)
        assert door("build") == "driver build", damaged


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a file away")
def test_the_record_of_another_user_is_not_believed(door: Door) -> None:
    os.chown(door.remember(), 12345, 12345)

    assert door("build") == "driver build"


def test_a_record_is_not_run(door: Door) -> None:
    record = door.remember(target="$(touch /tmp/never) `touch never`; touch never")

    assert door("build") == "cargo build <typed target=$(touch /tmp/never) `touch never`; touch never"
    assert not (door.work / "never").exists()
    assert record.is_file()


def test_without_a_stat_that_it_understands_the_driver_is_asked(door: Door) -> None:
    door.remember()
    script(door.bin / "stat", "exit 1")

    assert door("build") == "driver build"


def test_within_itself_it_leaves_the_choice_to_the_driver(door: Door) -> None:
    door.remember()

    assert door("build", changed={"RUSTC_WRAPPER": str(WRAPPER)}) == "driver build"


def test_what_cannot_be_remembered_is_no_error(tmp_path: Path) -> None:
    (tmp_path / "file").touch()

    remember(tmp_path / "file" / "record", {}, "state")
    remember(tmp_path / "record", {"CARGO_TARGET_DIR": "two\nlines"}, "state")

    assert [path.name for path in tmp_path.iterdir()] == ["file"]
