from __future__ import annotations

import errno
import os
import signal
import subprocess
import sys
import zipfile
import zlib
from pathlib import Path
from typing import IO, TYPE_CHECKING

import pytest

from cargo_autodiff.errors import DriverError, FileError, InstallError, Interrupted, ToolsetError
from cargo_autodiff.named import replace
from cargo_autodiff.toolchain import install as installation
from cargo_autodiff.toolchain.install import Silent, install
from fake_toolset import PLUGIN, FakeSet, fake_set, left_behind, sha256

if TYPE_CHECKING:
    from collections.abc import Iterator

HERE = Path(__file__).parent


@pytest.fixture
def fake(tmp_path: Path) -> FakeSet:
    return fake_set(tmp_path)


def refused(fake: FakeSet, kind: type[DriverError] = InstallError) -> DriverError:
    with pytest.raises(kind) as caught:
        install(fake.profile, fake.settings)
    assert not fake.place.exists()
    assert left_behind(fake.tools) == []
    return caught.value


def repinned(fake: FakeSet) -> FakeSet:
    """Pin the wheel as it is now: only its members are wrong."""
    raw = fake.archive.read_bytes()
    wheel = replace(fake.wheel, sha256=sha256(raw), size=len(raw))
    return replace(fake, profile=replace(fake.profile, wheels=(wheel,)))


def test_only_the_listed_member_is_taken_out_with_its_mode(tmp_path: Path) -> None:
    extra = {"fake/x.so": PLUGIN, "fake/setup.py": b"evil", "../escape": b"evil", "/tmp/escape": b"evil"}  # noqa: S108
    fake = fake_set(tmp_path, extra)

    assert install(fake.profile, fake.settings) == ("fake 1.0",)

    files = sorted(str(path.relative_to(fake.place)) for path in fake.place.rglob("*") if path.is_file())
    assert files == ["lib/LLVMEnzyme-99.so", "manifest.json"]
    assert (fake.place / "lib/LLVMEnzyme-99.so").read_bytes() == PLUGIN
    assert (fake.place / "lib/LLVMEnzyme-99.so").stat().st_mode & 0o777 == 0o644
    assert fake.tools.stat().st_mode & 0o777 == 0o700
    assert not (tmp_path / "escape").exists()
    assert fake.archive.exists()


def test_a_second_time_nothing_is_done(fake: FakeSet) -> None:
    install(fake.profile, fake.settings)
    fake.archive.unlink()

    assert install(fake.profile, fake.settings) == ()


def test_a_wheel_with_another_hash_is_refused(fake: FakeSet) -> None:
    raw = bytearray(fake.archive.read_bytes())
    raw[40] ^= 1
    fake.archive.write_bytes(raw)

    assert "is not the pinned wheel" in refused(fake).problem


def test_a_truncated_wheel_is_refused(fake: FakeSet) -> None:
    fake.archive.write_bytes(fake.archive.read_bytes()[:-10])

    assert "it is damaged" in refused(fake).problem


def test_a_pinned_file_that_is_no_archive_is_refused(fake: FakeSet) -> None:
    fake.archive.write_bytes(b"not a zip")

    assert "cannot be taken apart" in refused(repinned(fake)).problem


def test_a_wheel_without_the_member_is_refused(tmp_path: Path) -> None:
    fake = fake_set(tmp_path, {"fake/other.so": PLUGIN})

    assert "has no member fake/x.so" in refused(fake).problem


def test_a_member_of_other_content_is_refused(tmp_path: Path) -> None:
    fake = fake_set(tmp_path, {"fake/x.so": PLUGIN[::-1]})

    assert "fake/x.so is not the pinned file" in refused(fake).problem


def test_a_member_larger_than_pinned_is_refused(tmp_path: Path) -> None:
    fake = fake_set(tmp_path, {"fake/x.so": PLUGIN * 100})

    assert f"has {len(PLUGIN) * 100} bytes instead of {len(PLUGIN)}" in refused(fake).problem


def test_a_member_larger_than_the_archive_admits_is_cut_off_at_its_pin(tmp_path: Path) -> None:
    fake = fake_set(tmp_path, {"fake/x.so": PLUGIN * 1000})
    raw = bytearray(fake.archive.read_bytes())
    directory = raw.rindex(b"PK\1\2")
    raw[directory + 24 : directory + 28] = len(PLUGIN).to_bytes(4, "little")
    raw[directory + 16 : directory + 20] = zlib.crc32(PLUGIN).to_bytes(4, "little")
    fake.archive.write_bytes(raw)
    grown: list[int] = []

    class Watching(Silent):
        def advanced(self, count: int) -> None:
            grown.append(count)

    pinned = repinned(fake)
    install(pinned.profile, pinned.settings, Watching())

    assert sum(grown) == len(PLUGIN)


def test_the_offline_folder_must_hold_the_wheel(fake: FakeSet) -> None:
    fake.archive.unlink()

    assert "has no fake-1.0-py3-none-any.whl" in refused(fake).problem


def test_another_machine_is_named(fake: FakeSet) -> None:
    other = replace(fake.wheel, machine="vax")

    with pytest.raises(ToolsetError, match="is not made for"):
        install(replace(fake.profile, wheels=(other,)), fake.settings)


def test_a_folder_that_others_can_write_is_refused(fake: FakeSet) -> None:
    fake.tools.mkdir()
    fake.tools.chmod(0o777)

    assert "can be written by everybody" in refused(fake, ToolsetError).problem


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a folder to another user")
def test_a_folder_of_another_user_is_refused(fake: FakeSet) -> None:
    fake.tools.mkdir()
    os.chown(fake.tools, 12345, 12345)

    assert "belongs to another user" in refused(fake, ToolsetError).problem


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    folder = tmp_path / "disk"
    folder.mkdir()
    if os.geteuid() != 0 or mount("-t", "tmpfs", "-o", "size=8k", "none", str(folder)) != 0:
        pytest.skip("a small disk needs root and mount")
    yield folder
    umount(folder)


def mount(*args: str) -> int:
    return subprocess.run(["mount", *args], stderr=subprocess.DEVNULL, check=False).returncode  # noqa: S607


def umount(folder: Path) -> None:
    subprocess.run(["umount", str(folder)], check=True)  # noqa: S607


def test_a_full_disk_is_said_and_nothing_is_left(fake: FakeSet, small_disk: Path) -> None:
    full = replace(fake, settings=fake.settings._replace(tools_dir=small_disk / "tools"))

    error = refused(full, FileError)

    assert error.problem == "the tool set cannot be unpacked: No space left on device"
    assert "make room" in error.hint


def test_no_space_while_writing_is_said_without_a_real_full_disk(
    fake: FakeSet, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(source: IO[bytes], sink: IO[bytes], *rest: object) -> str:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(installation, "copy", full)

    assert "No space left on device" in refused(fake, FileError).problem


def test_a_read_only_disk_is_said(fake: FakeSet, small_disk: Path) -> None:
    if mount("-o", "remount,ro", str(small_disk)) != 0:
        pytest.skip("this system cannot remount a disk read-only")
    locked = replace(fake, settings=fake.settings._replace(tools_dir=small_disk / "tools"))

    assert "Read-only file system" in refused(locked, FileError).problem


def test_a_file_in_the_folders_place_is_said(fake: FakeSet) -> None:
    fake.tools.write_text("in the way")

    assert "File exists" in refused(fake, FileError).problem


def fetching(
    fake: FakeSet, monkeypatch: pytest.MonkeyPatch, *, brings: bytes | None = None
) -> tuple[FakeSet, list[str]]:
    """Fetch the wheel with a pip that only copies; counts its runs."""
    runs: list[str] = []
    raw = fake.archive.read_bytes() if brings is None else brings

    def download(wheel: object, folder: Path) -> None:
        runs.append("download")
        (folder / fake.wheel.file).write_bytes(raw)

    monkeypatch.setattr(installation, "download", download)
    return replace(fake, settings=fake.settings._replace(wheels=None)), runs


def test_a_downloaded_wheel_is_removed_once_it_is_unpacked(fake: FakeSet, monkeypatch: pytest.MonkeyPatch) -> None:
    online, runs = fetching(fake, monkeypatch)

    install(online.profile, online.settings)

    assert runs == ["download"]
    assert list((online.tools / "wheels").iterdir()) == []


def test_a_verified_wheel_is_not_fetched_again(fake: FakeSet, monkeypatch: pytest.MonkeyPatch) -> None:
    online, runs = fetching(fake, monkeypatch)
    kept = online.tools / "wheels" / fake.wheel.file
    kept.parent.mkdir(parents=True)
    kept.write_bytes(fake.archive.read_bytes())

    install(online.profile, online.settings)

    assert runs == []


def test_a_partial_wheel_is_fetched_again(fake: FakeSet, monkeypatch: pytest.MonkeyPatch) -> None:
    online, runs = fetching(fake, monkeypatch)
    kept = online.tools / "wheels" / fake.wheel.file
    kept.parent.mkdir(parents=True)
    kept.write_bytes(fake.archive.read_bytes()[:50])

    install(online.profile, online.settings)

    assert runs == ["download"]


def test_a_download_of_other_content_is_not_kept(fake: FakeSet, monkeypatch: pytest.MonkeyPatch) -> None:
    online, _ = fetching(fake, monkeypatch, brings=b"captive portal")

    assert "it is damaged" in refused(online).problem
    assert list((online.tools / "wheels").iterdir()) == []


def test_without_pip_the_advice_is_offline(fake: FakeSet, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    online = replace(fake, settings=fake.settings._replace(wheels=None))

    error = refused(online)

    assert "pip is missing" in error.problem
    assert "--offline" in error.hint


def test_pip_says_why_it_failed(fake: FakeSet, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    online = replace(fake, settings=fake.settings._replace(wheels=None))

    error = refused(online)

    assert error.problem == "fake 1.0 could not be downloaded"
    assert "fake==1.0" in error.why


def child(folder: Path, mode: str) -> subprocess.Popen[str]:
    environ = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    command = [sys.executable, str(HERE / "installing.py"), str(folder), mode]
    pipe = subprocess.PIPE
    return subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=pipe, text=True, env=environ)


def first_line(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    return process.stdout.readline().strip()


def test_several_at_once_do_the_work_once(fake: FakeSet, tmp_path: Path) -> None:
    holder = child(tmp_path, "hold")
    assert first_line(holder) == "inside"
    others = [child(tmp_path, "tell") for _ in range(2)]
    for process in others:
        assert first_line(process).startswith("Blocking waiting for file lock on ")

    holder.communicate("go on\n", timeout=20)
    said = [process.communicate(timeout=20) for process in others]

    assert [out for out, _ in said] == ["", ""]
    assert (fake.place / "manifest.json").exists()


def test_killed_in_the_middle_the_next_one_succeeds_and_sweeps(fake: FakeSet, tmp_path: Path) -> None:
    process = child(tmp_path, "hold")
    assert first_line(process) == "inside"
    process.kill()
    process.communicate(timeout=20)
    assert not fake.place.exists()
    assert left_behind(fake.tools) != []

    assert install(fake.profile, fake.settings) == ("fake 1.0",)

    assert left_behind(fake.tools) == []


def test_ctrl_c_in_the_middle_leaves_nothing(fake: FakeSet, tmp_path: Path) -> None:
    process = child(tmp_path, "hold")
    assert first_line(process) == "inside"
    process.send_signal(signal.SIGINT)

    _, said = process.communicate(timeout=20)

    assert process.returncode == Interrupted.exit_code
    assert "error: the installation was interrupted" in said
    assert "Traceback" not in said
    assert not fake.place.exists()
    assert left_behind(fake.tools) == []


def test_a_damaged_folder_makes_way(fake: FakeSet) -> None:
    fake.place.mkdir(parents=True)
    (fake.place / "half").write_text("left by somebody")

    install(fake.profile, fake.settings)

    assert not (fake.place / "half").exists()


def test_a_wheel_of_twins_is_refused_by_content(tmp_path: Path) -> None:
    """Zip archives may hold two members of one name; the last one counts, and is checked."""
    fake = fake_set(tmp_path)
    with pytest.warns(UserWarning, match="Duplicate name"), zipfile.ZipFile(fake.archive, "a") as archive:
        archive.writestr("fake/x.so", PLUGIN[::-1])

    assert "is not the pinned file" in refused(repinned(fake)).problem
