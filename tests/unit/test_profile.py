from __future__ import annotations

from pathlib import Path

import pytest

from cargo_autodiff.errors import UsageError
from cargo_autodiff.named import replace
from cargo_autodiff.toolchain.profile import (
    HostKind,
    LlvmVersion,
    Profiles,
    Role,
    read_member,
    read_profiles,
)


@pytest.fixture(scope="module")
def profiles() -> Profiles:
    return read_profiles()


@pytest.mark.parametrize(
    ("text", "version"),
    [
        ("LLVM version 22.1.8", LlvmVersion(major=22, minor=1, patch=8)),
        ("Debian LLVM version 15.0.6", LlvmVersion(major=15, minor=0, patch=6)),
        ("22.1-rust-1.95.0-stable", LlvmVersion(major=22, minor=1)),
        ("Homebrew clang version 19.1.0git", LlvmVersion(major=19, minor=1)),
    ],
)
def test_versions_are_read(text: str, version: LlvmVersion) -> None:
    assert LlvmVersion.parse(text) == version


def test_no_version_is_an_error() -> None:
    with pytest.raises(ValueError, match="no version in 'none'"):
        LlvmVersion.parse("none")


def test_versions_are_ordered_and_printed() -> None:
    assert LlvmVersion(major=9) < LlvmVersion(major=15, patch=1)
    assert str(LlvmVersion(major=22, minor=1, patch=8)) == "22.1.8"


def test_the_shipped_table_has_a_default_for_both_machines(profiles: Profiles) -> None:
    default = profiles.named(profiles.default)

    assert default.host is HostKind.CATALYST
    for machine in ("x86_64", "aarch64"):
        for role in Role:
            assert default.wheel(role, machine) is not None


def test_every_pin_of_the_shipped_table_is_whole(profiles: Profiles) -> None:
    for wheel in (wheel for profile in profiles.table.values() for wheel in profile.wheels):
        assert wheel.file.startswith(wheel.project.replace("-", "_") + "-" + wheel.version)
        assert wheel.size < 1 << 28
        assert wheel.platform in wheel.file
        for pin in (wheel.sha256, *(member.sha256 for member in wheel.members)):
            assert len(bytes.fromhex(pin)) == 32


def test_the_shipped_table_names_no_server(profiles: Profiles) -> None:
    assert "http" not in (Path(__file__).parents[2] / "toolchain.toml").read_text()


def test_another_pin_is_another_folder(profiles: Profiles) -> None:
    wheel = profiles.named("llvm22").wheels[0]
    other = replace(wheel, members=(replace(wheel.members[0], executable=False), *wheel.members[1:]))

    assert len({wheel.folder, other.folder, replace(wheel, sha256="0" * 64).folder}) == 3


def test_a_major_without_an_entry_is_the_users_own(profiles: Profiles) -> None:
    profile = profiles.named("llvm19")

    assert (profile.llvm, profile.accepts, profile.host, profile.wheels) == (19, frozenset({19}), HostKind.PLUGIN, ())


@pytest.mark.parametrize("name", ["llvm99", "llvm14", "gcc", "llvmx"])
def test_an_unknown_profile_lists_the_known(profiles: Profiles, name: str) -> None:
    with pytest.raises(UsageError, match=f"no profile `{name}`") as caught:
        profiles.named(name)

    assert "llvm22, llvm15" in caught.value.hint


def test_a_plugin_of_ones_own_replaces_the_host(profiles: Profiles) -> None:
    profile = profiles.named("llvm15").with_plugin(Path("/my/LLVMEnzyme-15.so"))

    assert (profile.host, profile.plugin, profile.alias) == (HostKind.PLUGIN, Path("/my/LLVMEnzyme-15.so"), None)
    assert profile.wheels == ()


@pytest.mark.parametrize("to", ["/etc/passwd", "../x", "bin/../../x"])
def test_a_destination_outside_the_set_is_refused(to: str) -> None:
    with pytest.raises(ValueError, match="outside the tool set"):
        read_member({"path": "x", "to": to, "size": 1, "sha256": "00", "executable": False})
