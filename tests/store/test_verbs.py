"""`cargo autodiff cache` and `explain`, as people and programs use them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from building import SAYS, SOURCE, Builder

if TYPE_CHECKING:
    from pathlib import Path

    from cargo_autodiff.toolchain.locate import Toolchain
    from driving import Driver


@pytest.fixture
def built(driver: Driver, llvm22: Toolchain) -> Builder:
    builder = Builder(driver=driver)
    assert builder.build(SOURCE).out == SAYS
    return builder


def test_a_build_can_be_looked_at_explained_verified_tidied_and_forgotten(built: Builder) -> None:
    driver = built.driver
    built.build(SOURCE)
    built.build(SOURCE.replace("* 3.0", "* 4.0"))

    stats = json.loads(driver.run("cache", "stats", "--json").out)
    assert (stats["asked"], stats["hits"], stats["misses"]) == (3, 1, 2)
    assert stats["because"] == {"it was never made here before": 1, "a function changed": 1}
    locks = len(built.stored()) + len(built.stored("object"))  # one for each result that was made
    assert stats["entries"] == locks + len(built.stored("whole"))
    said = driver.run("cache", "stats").out
    assert f"folder   {driver.cache}\n" in said
    assert "asked    3 times: 1 found (33 %), 2 made\n" in said

    assert driver.run("explain").out == "one::dcost: made\n  --> one.rs:12:1\n  = note: `one::weight` changed\n"
    (told,) = json.loads(driver.run("explain", "cost", "--json").out)
    assert (told["derivative"], told["found"], told["because"]) == ("one::dcost", False, ["`_ZN3one6weightE` changed"])

    assert json.loads(driver.run("cache", "verify", "--json").out)["damaged"] == []
    assert json.loads(driver.run("cache", "gc", "--json").out)["left"] == locks
    assert json.loads(driver.run("cache", "clear", "--json").out)["entries"] == stats["entries"]
    assert built.stored() == set()
    assert "no build in this directory is remembered" in driver.run("explain", code=2).err


def test_what_was_found_is_said_to_be_found(built: Builder) -> None:
    built.build(SOURCE)

    assert built.driver.run("explain").out == "one::dcost: found in the cache\n  --> one.rs:12:1\n"


def test_a_name_that_no_derivative_has_is_an_error(built: Builder) -> None:
    assert "of a derivative `dother`" in built.driver.run("explain", "dother", code=2).err


def test_without_a_cache_there_is_nothing_to_look_at(driver: Driver) -> None:
    done = driver.run("cache", "stats", code=2, AUTODIFF_CACHE="off")

    assert "there is no cache" in done.problem


@pytest.mark.parametrize("mode", ["off", "read-only"])
def test_nothing_is_written_that_nobody_asked_for(driver: Driver, llvm22: Toolchain, mode: str) -> None:
    (driver.folder / "one.rs").write_text(SOURCE)

    driver.run("compile", "one.rs", AUTODIFF_CACHE=mode)

    assert not driver.cache.exists()


def test_kept_stages_are_made_and_not_found(built: Builder, tmp_path: Path) -> None:
    built.driver.run("compile", "one.rs", AUTODIFF_KEEP=tmp_path / "keep")

    assert len(list((tmp_path / "keep").rglob("*.grad.ll"))) == 1


def test_the_oldest_results_make_room(built: Builder) -> None:
    for number in range(4, 8):
        built.driver.run("compile", "one.rs", AUTODIFF_CACHE_SIZE="40K")
        (built.driver.folder / "one.rs").write_text(SOURCE.replace("* 3.0", f"* {number}.0"))

    assert json.loads(built.driver.run("cache", "stats", "--json").out)["size"] <= 40_000
