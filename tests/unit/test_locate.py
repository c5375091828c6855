from __future__ import annotations

import json
import os
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

import pytest

from cargo_autodiff.errors import ToolsetError, UsageError
from cargo_autodiff.named import replace
from cargo_autodiff.settings import Settings
from cargo_autodiff.toolchain import builds
from cargo_autodiff.toolchain import locate as location
from cargo_autodiff.toolchain.hosts.plugin import PluginHost
from cargo_autodiff.toolchain.install import install
from cargo_autodiff.toolchain.locate import (
    Rustc,
    check_agrees,
    choose_profile,
    find_binaries,
    locate,
    locate_clang,
    locate_rustc,
)
from cargo_autodiff.toolchain.profile import HostKind, LlvmVersion, Member, Profile, Role, own_profile, read_profiles
from cargo_autodiff.toolchain.tool import Tool
from fake_toolset import fake_set, make_archive, make_tools, sha256

if TYPE_CHECKING:
    from collections.abc import Callable

WRONG_PLUGIN = b"\x7fELF\0libLLVM-15-a95c9aa1.so.1\0libstdc++.so.6\0"
RIGHT_PLUGIN = b"\x7fELF\0libLLVM.so.99.1\0libstdc++.so.6\0"


@pytest.fixture(scope="module")
def tools_99(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_tools(tmp_path_factory.mktemp("llvm-99"), "99.1.2")


@pytest.fixture
def debian(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, tools_99: Path) -> Path:
    """A system with LLVM 99 where Debian puts it."""
    system = tmp_path / "usr-lib"
    system.mkdir()
    (system / "llvm-99").symlink_to(tools_99.parent)
    monkeypatch.setattr(location, "DEBIAN", system)
    return system / "llvm-99" / "bin"


def own(tmp_path: Path, content: bytes = RIGHT_PLUGIN) -> tuple[Profile, Settings]:
    plugin = tmp_path / "LLVMEnzyme-99.so"
    plugin.write_bytes(content)
    return own_profile(99).with_plugin(plugin), Settings(tools_dir=tmp_path / "tools", search=str(tmp_path / "path"))


def test_a_system_llvm_and_ones_own_plugin_make_a_toolchain(tmp_path: Path, debian: Path) -> None:
    profile, settings = own(tmp_path)

    got = locate(profile, settings)

    assert got.llvm == LlvmVersion(major=99, minor=1, patch=2)
    assert (got.opt.path, got.llc.path, got.ar.path) == (debian / "opt", debian / "llc", debian / "llvm-ar")
    assert got.libllvm == (debian.parent / "lib" / "libLLVM.so.99.1.2").resolve()
    assert isinstance(got.host, PluginHost)


def test_a_second_time_no_process_is_started(tmp_path: Path, debian: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    profile, settings = own(tmp_path)
    first = locate(profile, settings)
    monkeypatch.setattr(builds, "ask_build", None)

    assert locate(profile, settings) == first


def test_a_changed_tool_is_asked_again(tmp_path: Path, debian: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    profile, settings = own(tmp_path)
    locate(profile, settings)
    asked: list[Path] = []
    ask = builds.ask_build

    def asking(program: Path) -> builds.Build:
        asked.append(program)
        return ask(program)

    monkeypatch.setattr(builds, "ask_build", asking)
    os.utime(debian / "opt", ns=(1, 1))

    locate(profile, settings)

    assert asked == [debian / "opt"]


@pytest.mark.parametrize("damage", ["{", "[]", '{"x": 3}'])
def test_damaged_memory_only_means_asking_again(tmp_path: Path, debian: Path, damage: str) -> None:
    profile, settings = own(tmp_path)
    settings.tools_folder().mkdir()
    (settings.tools_folder() / builds.REMEMBERED).write_text(damage)

    assert locate(profile, settings).llvm.major == 99


def test_memory_that_cannot_be_written_does_not_matter(tmp_path: Path, debian: Path) -> None:
    profile, settings = own(tmp_path)
    settings.tools_folder().write_text("a file in the way")

    assert locate(profile, settings).llvm.major == 99


def test_everything_missing_is_said_at_once(tmp_path: Path) -> None:
    settings = Settings(tools_dir=tmp_path, search="/nonexistent")

    with pytest.raises(ToolsetError) as caught:
        locate(replace(read_profiles().named("llvm22"), llvm=99), settings)

    assert "opt, llc and libLLVM of LLVM 99" in caught.value.problem
    assert "the Enzyme host (catalyst)" in caught.value.why
    assert caught.value.hint == "run `cargo autodiff setup --profile llvm22`"


def test_without_pins_the_advice_is_to_install_and_to_name(tmp_path: Path) -> None:
    with pytest.raises(ToolsetError) as caught:
        locate(own_profile(99), Settings(tools_dir=tmp_path, search="/nonexistent"))

    assert "Debian: llvm-99" in caught.value.hint
    assert "LLVMEnzyme-99.so" in caught.value.hint


def test_tools_of_two_releases_are_rejected(tmp_path: Path) -> None:
    mixed = make_tools(tmp_path / "mixed", "99.1.2", names=("opt", "llvm-ar"))
    other = make_tools(tmp_path / "other", "99.1.3", names=("llc",))
    (mixed / "llc").symlink_to(other / "llc")
    path = tmp_path / "path"
    path.mkdir()
    (path / "opt-99").symlink_to(mixed / "opt")
    lacks: list[str] = []

    assert find_binaries(own_profile(99), Settings(tools_dir=tmp_path / "t", search=str(path)), None, lacks) is None

    assert "opt is of LLVM 99.1.2" in lacks[1]
    assert "llc of 99.1.3" in lacks[1]


def test_an_incomplete_system_llvm_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "llvm-99" / "bin"
    folder.mkdir(parents=True)
    (folder / "opt").touch()
    monkeypatch.setattr(location, "DEBIAN", tmp_path)
    lacks: list[str] = []

    find_binaries(own_profile(99), Settings(tools_dir=tmp_path / "t", search="/nonexistent"), None, lacks)

    assert lacks[1] == f"{folder} lacks llc, llvm-ar"


def test_rustups_tools_are_found(tmp_path: Path, tools_99: Path) -> None:
    rustc = fake_rustc(tmp_path, 99)
    place = tmp_path / "lib" / "rustlib" / rustc.host
    place.parent.mkdir(parents=True)
    place.symlink_to(tools_99.parent)

    got = find_binaries(own_profile(99), Settings(tools_dir=tmp_path / "t", search="/nonexistent"), rustc, [])

    assert got is not None
    assert got.folder == place / "bin"


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (lambda plugin: plugin.write_bytes(WRONG_PLUGIN), "was built for LLVM 15, not 99"),
        (lambda plugin: plugin.unlink(), "does not exist"),
        (lambda plugin: plugin.chmod(0o666), "can be written by everybody"),
    ],
)
def test_an_unfit_plugin_is_never_loaded(
    tmp_path: Path, debian: Path, spoil: Callable[[Path], object], said: str
) -> None:
    profile, settings = own(tmp_path)
    assert profile.plugin is not None
    spoil(profile.plugin)

    with pytest.raises(ToolsetError) as caught:
        locate(profile, settings)

    assert said in caught.value.problem


def test_an_unpacked_plugin_gets_the_name_it_asks_for(tmp_path: Path, debian: Path) -> None:
    fake = fake_set(tmp_path)
    profile = replace(fake.profile, alias="libLLVM-99-odd.so.1")
    install(profile, fake.settings)

    host = locate(profile, fake.settings).host

    assert isinstance(host, PluginHost)
    assert host.aliases is not None
    assert (host.aliases / "libLLVM-99-odd.so.1").resolve().name == "libLLVM.so.99.1.2"


def test_a_tools_folder_that_others_can_write_is_refused(tmp_path: Path, debian: Path) -> None:
    profile, settings = own(tmp_path)
    settings.tools_folder().mkdir()
    settings.tools_folder().chmod(0o777)

    with pytest.raises(ToolsetError, match="can be written by everybody"):
        locate(profile, settings)


def test_unpacked_tools_are_measured_once_and_used_when_the_system_has_none(tmp_path: Path, tools_99: Path) -> None:
    fake = fake_set(tmp_path)
    files = {f"bin/{name}": (tools_99 / name).read_bytes() for name in ("opt", "llc", "llvm-ar")}
    files["lib/libLLVM.so.99.1.2"] = (tools_99.parent / "lib" / "libLLVM.so.99.1.2").read_bytes()
    raw = make_archive(fake.archive.with_name("tools-1.0.whl"), files)
    members = tuple(
        Member(
            path=name, to=PurePosixPath(name), size=len(data), sha256=sha256(data), executable=name.startswith("bin")
        )
        for name, data in files.items()
    )
    wheel = replace(
        fake.wheel,
        gives=Role.TOOLS,
        project="tools",
        file="tools-1.0.whl",
        sha256=sha256(raw),
        size=len(raw),
        members=members,
    )
    profile = replace(fake.profile, wheels=(fake.wheel, wheel))
    settings = fake.settings._replace(search="/nonexistent")

    assert install(profile, settings) == ("tools 1.0", "fake 1.0")

    got = locate(profile, settings)
    assert got.opt.path == fake.tools / wheel.folder / "bin" / "opt"
    assert got.libllvm == fake.tools / wheel.folder / "lib" / "libLLVM.so.99.1.2"
    manifest = json.loads((fake.tools / wheel.folder / "manifest.json").read_text())
    assert manifest["llvm"] == "99.1.2"


def fake_rustc(sysroot: Path, major: int) -> Rustc:
    tool = Tool(name="rustc", path=sysroot / "bin" / "rustc")
    return Rustc(
        tool=tool, release="1.95.0", host="x86_64-unknown-linux-gnu", llvm=LlvmVersion(major=major), sysroot=sysroot
    )


def rustc_script(folder: Path, verbose: str) -> Path:
    script = folder / "bin" / "rustc"
    script.parent.mkdir(parents=True)
    script.write_text(f'#!/bin/sh\necho "$*" >> {folder}/runs\n[ "$1" = -vV ] && printf "{verbose}" || echo {folder}\n')
    script.chmod(0o755)
    return script


def test_rustc_is_asked_once_for_what_it_is(tmp_path: Path) -> None:
    script = rustc_script(tmp_path / "root", "rustc 1.95.0\\nhost: a-b-c\\nrelease: 1.95.0\\nLLVM version: 22.1.2\\n")
    environ = {"RUSTC": str(script), "AUTODIFF_TOOLS_DIR": str(tmp_path / "tools")}

    first = locate_rustc(None, environ)
    second = locate_rustc(script, environ)

    assert first == second
    assert (first.release, first.host, str(first.llvm), first.sysroot) == (
        "1.95.0",
        "a-b-c",
        "22.1.2",
        tmp_path / "root",
    )
    assert (tmp_path / "root" / "runs").read_text().splitlines() == ["--print sysroot", "-vV", "--print sysroot"]


def test_a_rustc_without_llvm_is_refused(tmp_path: Path) -> None:
    script = rustc_script(tmp_path / "root", "host: a\\nrelease: 1.95.0\\n")

    with pytest.raises(ToolsetError, match="does not say its LLVM version"):
        locate_rustc(script, {"AUTODIFF_TOOLS_DIR": str(tmp_path)})


def test_no_rustc_is_said() -> None:
    with pytest.raises(ToolsetError, match="there is no rustc: `rustc` was not found"):
        locate_rustc(None, {"PATH": "/nonexistent"})


def test_a_rustc_of_another_llvm_is_refused(tmp_path: Path, debian: Path) -> None:
    toolchain = locate(*own(tmp_path))
    check_agrees(fake_rustc(tmp_path, 99), toolchain)

    with pytest.raises(ToolsetError, match=r"is of LLVM 14\.0\.0, but the tool set llvm99 takes LLVM 99"):
        check_agrees(fake_rustc(tmp_path, 14), toolchain)


@pytest.mark.parametrize(
    ("settings", "major", "name", "host"),
    [
        (Settings(), None, "llvm22", HostKind.CATALYST),
        (Settings(), 22, "llvm22", HostKind.CATALYST),
        (Settings(), 14, "llvm15", HostKind.PLUGIN),
        (Settings(), 19, "llvm22", HostKind.CATALYST),
        (Settings(profile="llvm15"), 22, "llvm15", HostKind.PLUGIN),
        (Settings(plugin=Path("/p/LLVMEnzyme-19.so")), 22, "llvm19", HostKind.PLUGIN),
        (Settings(plugin=Path("/p/LLVMEnzyme-22.so")), 22, "llvm22", HostKind.PLUGIN),
        (Settings(plugin=Path("/p/mine.so")), 20, "llvm20", HostKind.PLUGIN),
        (Settings(plugin=Path("/p/mine.so"), profile="llvm22"), 20, "llvm22", HostKind.PLUGIN),
    ],
)
def test_a_profile_is_chosen(settings: Settings, major: int | None, name: str, host: HostKind, tmp_path: Path) -> None:
    got = choose_profile(read_profiles(), settings, fake_rustc(tmp_path, major) if major else None)

    assert (got.name, got.host, got.plugin) == (name, host, settings.plugin)


def test_a_plugin_in_the_sysroot_is_found(tmp_path: Path) -> None:
    rustc = fake_rustc(tmp_path, 23)
    plugin = tmp_path / "lib" / "rustlib" / rustc.host / "lib" / "libEnzyme-23.so"
    plugin.parent.mkdir(parents=True)
    plugin.touch()

    for settings in (Settings(), Settings(profile="llvm23")):
        got = choose_profile(read_profiles(), settings, rustc)
        assert (got.name, got.plugin) == ("llvm23", plugin)


def test_a_plugin_that_does_not_say_its_llvm_needs_a_profile() -> None:
    with pytest.raises(UsageError, match=r"which LLVM is /p/mine\.so for"):
        choose_profile(read_profiles(), Settings(plugin=Path("/p/mine.so")))


def test_clang_is_of_the_profiles_major_or_older(tmp_path: Path) -> None:
    for major in (14, 17, 23):
        clang = tmp_path / f"clang-{major}"
        clang.touch()
        clang.chmod(0o755)
    settings = Settings(search=str(tmp_path))

    assert locate_clang(own_profile(22), settings).path == tmp_path / "clang-17"
    with pytest.raises(ToolsetError, match="no clang of LLVM 15 to 16"):
        locate_clang(own_profile(16), settings)
