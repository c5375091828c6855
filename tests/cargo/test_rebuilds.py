"""What makes cargo build again: exactly what depends on the change, and nothing else."""

from __future__ import annotations

import os
import shutil
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from cargo_autodiff.settings import Settings
from cargo_autodiff.toolchain.hosts.catalyst import CatalystHost
from driving import DRIVER, Driver
from project import Project, rebuilt

if TYPE_CHECKING:
    from pathlib import Path

    from cargo_autodiff.toolchain.locate import Toolchain

BUILD = ("build", "-p", "model", "-p", "plain", "--message-format=json")


@dataclass(frozen=True, kw_only=True)
class Fresh:
    """A project in which all is built."""

    driver: Driver
    project: Project

    def rebuilt(self, words: tuple[str, ...] = BUILD, **changed: str | Path | None) -> set[str]:
        return rebuilt(self.project.autodiff(self.driver, *words, code=0, **changed))


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Project:
    return Project.copied(tmp_path_factory.mktemp("rebuilds"))


@pytest.fixture
def fresh(driver: Driver, project: Project, llvm22: Toolchain) -> Fresh:
    project.autodiff(driver, *BUILD)
    return Fresh(driver=driver, project=project)


def test_nothing_without_a_change(fresh: Fresh) -> None:
    assert fresh.rebuilt() == set()


def test_an_edit_rebuilds_what_depends_on_it(fresh: Fresh) -> None:
    fresh.project.edit("plain/src/main.rs")

    assert fresh.rebuilt() == {"plain"}


def test_cargos_profile_rebuilds_all(fresh: Fresh) -> None:
    assert fresh.rebuilt(CARGO_PROFILE_DEV_OPT_LEVEL="1") == {"autodiff", "model", "plain"}


@pytest.mark.parametrize("name", ["AUTODIFF_PROFILE", "AUTODIFF_TOOLS_DIR", "AUTODIFF_KEEP"])
def test_a_setting_that_matters_rebuilds_crates_with_derivatives(fresh: Fresh, tmp_path: Path, name: str) -> None:
    tools = tmp_path / "tools"
    tools.symlink_to(Settings.read(os.environ).tools_folder())
    other = {"AUTODIFF_PROFILE": "llvm22", "AUTODIFF_TOOLS_DIR": str(tools), "AUTODIFF_KEEP": str(tmp_path / "keep")}

    assert fresh.rebuilt(BUILD, **{name: other[name]}) == {"model"}
    assert fresh.rebuilt(BUILD, **{name: other[name]}) == set()


@pytest.mark.parametrize(("name", "value"), [("AUTODIFF_CACHE", "off"), ("AUTODIFF_CACHE_SIZE", "1G")])
def test_a_setting_that_changes_no_result_rebuilds_nothing(fresh: Fresh, name: str, value: str) -> None:
    assert fresh.rebuilt(BUILD, **{name: value}) == set()


def test_a_changed_tool_rebuilds_them(fresh: Fresh, llvm22: Toolchain, tmp_path: Path) -> None:
    assert isinstance(llvm22.host, CatalystHost)
    tools, own = Settings.read(os.environ).tools_folder(), tmp_path / "tools"
    shutil.copytree(llvm22.host.loader.parent, own / llvm22.host.loader.parent.relative_to(tools))
    for path in tools.iterdir():
        if not (own / path.name).exists():
            (own / path.name).symlink_to(path)
    fresh.rebuilt(AUTODIFF_TOOLS_DIR=own)

    (own / llvm22.host.loader.relative_to(tools)).touch()

    assert fresh.rebuilt(AUTODIFF_TOOLS_DIR=own) == {"model"}


class TestDriver:
    """Another driver, in a folder that stands before the tests' own."""

    @pytest.fixture
    def other(self, tmp_path: Path) -> Path:
        place = tmp_path / "other"
        no_bytecode = shutil.ignore_patterns("__pycache__")
        shutil.copytree(DRIVER / "cargo_autodiff", place / "cargo_autodiff", ignore=no_bytecode)
        for name in ("toolchain.toml", "crates"):
            if (DRIVER.parent / name).exists():
                (tmp_path / name).symlink_to(DRIVER.parent / name)
        return place

    def test_a_changed_file_of_the_driver_rebuilds_them(self, fresh: Fresh, other: Path) -> None:
        fresh.project.edit("model/src/lib.rs")
        fresh.rebuilt(PYTHONPATH=other)
        (other / "cargo_autodiff" / "ir" / "enzyme_call.py").touch()

        assert fresh.rebuilt(PYTHONPATH=other) == {"model"}

    def test_another_version_rebuilds_them_even_if_its_files_are_old(self, fresh: Fresh, other: Path) -> None:
        fresh.project.edit("model/src/lib.rs")
        fresh.rebuilt(PYTHONPATH=other)
        version = other / "cargo_autodiff" / "__init__.py"
        times = version.stat()
        version.write_text(version.read_text().replace('"0.', '"10.'))
        os.utime(version, ns=(times.st_atime_ns, times.st_mtime_ns))

        assert fresh.rebuilt(PYTHONPATH=other) == {"model"}


def test_what_depends_on_a_rebuilt_library_is_rebuilt(fresh: Fresh) -> None:
    build = ("build", "-p", "app", "-p", "plain", "--message-format=json")
    fresh.rebuilt(build)

    assert fresh.rebuilt(build, AUTODIFF_PROFILE="llvm22") == {"model", "app"}
