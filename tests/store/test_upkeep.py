"""A store stays within its size and clean; what it tells about itself is true."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING

import pytest

from cargo_autodiff.named import replace
from cargo_autodiff.settings import Settings
from cargo_autodiff.store.entry import sha256
from cargo_autodiff.store.key import Key
from cargo_autodiff.store.lock import holder, is_held, only_one
from cargo_autodiff.store.record import GONE, NEVER, Asked, Record, read_log, reasons, records_folder, write_record
from cargo_autodiff.store.store import Store
from cargo_autodiff.store.upkeep import clear, evict, keep_within, sweep, usage, verify

if TYPE_CHECKING:
    from pathlib import Path

SIZE = 10_000  # bytes of each test result
NOBODY = 2**22 + 1  # more than any process's number


@pytest.fixture
def store(tmp_path: Path) -> Store:
    store = Store.open(Settings(cache_dir=tmp_path / "cache"))
    assert store is not None
    return store


def key(number: int) -> Key:
    return Key(what="derivative", parts={"closure": str(number)})


def fill(store: Store, count: int) -> None:
    """Store results, each used a minute after the one before."""
    for number in range(count):
        content = bytes([number]) * SIZE
        store.put(key(number), {"result": content}, {})
        for path in (store.folder.entry(key(number).digest), store.folder.blob(sha256(content))):
            os.utime(path, (60 * number, 60 * number))


class TestEviction:
    def test_takes_what_was_used_longest_ago(self, store: Store) -> None:
        fill(store, 10)

        evict(store.folder, 8 * SIZE)

        left = [number for number in range(10) if store.find(key(number)) is not None]
        assert left == list(range(10 - len(left), 10))
        assert usage(store.folder).size <= 0.8 * 8 * SIZE

    def test_takes_nothing_from_a_store_that_is_small_enough(self, store: Store) -> None:
        fill(store, 3)

        assert evict(store.folder, 10 * SIZE) == 0
        assert usage(store.folder).entries == 3

    def test_spares_what_was_found_lately(self, store: Store) -> None:
        fill(store, 10)
        assert store.find(key(0)) is not None

        evict(store.folder, 8 * SIZE)

        assert store.find(key(0)) is not None

    def test_comes_as_soon_as_the_store_has_grown_too_large(self, store: Store) -> None:
        limit = 5 * SIZE
        for number in range(30):
            before = store.grown
            fill_one(store, number)
            keep_within(store.folder, limit, store.grown - before)
            assert usage(store.folder).size <= limit

    def test_survives_a_clock_that_was_set_back(self, store: Store) -> None:
        fill(store, 10)
        for path in (store.folder.path / "ac").iterdir():
            os.utime(path, (2**33, 2**33))

        evict(store.folder, 8 * SIZE)

        assert usage(store.folder).size <= 0.8 * 8 * SIZE
        assert all(found is None or found.blobs for found in (store.find(key(number)) for number in range(10)))


def fill_one(store: Store, number: int) -> None:
    store.put(key(number), {"result": os.urandom(SIZE)}, {})


class TestSweeping:
    def test_removes_what_dead_processes_left(self, store: Store) -> None:
        fill(store, 1)
        (store.folder.unfinished / f"{NOBODY}-left").write_bytes(b"half")
        (store.folder.unfinished / f"{os.getpid()}-mine").write_bytes(b"half")

        assert sweep(store.folder) == 1
        assert [path.name for path in store.folder.unfinished.iterdir()] == [f"{os.getpid()}-mine"]

    def test_removes_locks_that_nobody_holds(self, store: Store) -> None:
        with store.only_one(key(1), lambda _: None), store.only_one(key(2), lambda _: None):
            pass
        with store.only_one(key(3), lambda _: None):
            sweep(store.folder)

            assert [path.name for path in store.folder.locks.iterdir()] == [key(3).digest]

    def test_clearing_removes_what_is_the_stores_and_nothing_else(self, store: Store) -> None:
        fill(store, 2)
        write_record(store.folder, store.folder.path, Record(crate="one", time=0.0))
        (store.folder.path / "letters").write_text("dear")

        clear(store.folder)

        assert sorted(path.name for path in store.folder.path.iterdir()) == ["CACHEDIR.TAG", "letters"]

    def test_verifying_removes_what_is_damaged(self, store: Store) -> None:
        fill(store, 3)
        store.folder.blob(sha256(bytes([0]) * SIZE)).write_bytes(b"other")
        store.folder.entry(key(1).digest).write_bytes(b"{}")

        verdict = verify(store.folder)

        assert (verdict.entries, verdict.blobs) == (3, 3)
        assert sorted(verdict.damaged) == sorted([sha256(bytes([0]) * SIZE), key(0).digest, key(1).digest])
        assert verify(store.folder).damaged == []


class TestLocks:
    def test_the_holder_is_known_by_its_number(self, store: Store) -> None:
        place = store.folder.locks / "one"

        with only_one(place, lambda _: None):
            assert is_held(place)
            assert holder(place) == os.getpid()

        assert not is_held(place)
        assert holder(place) is None

    def test_different_keys_never_wait(self, store: Store) -> None:
        told: list[int | None] = []

        with store.only_one(key(1), told.append), store.only_one(key(2), told.append):
            assert told == []


ASKED = Asked(name="df", place="a.rs:1:1", closure="c", reaches={"f": "1", "g": "2", "": "0"}, found=False)


def record(asked: Asked, **parts: str) -> Record:
    return Record(crate="one", time=0.0, parts={"std": "s", **parts}, asked=(asked,))


@pytest.mark.parametrize(
    ("parts", "closure", "reaches", "because"),
    [
        ({}, "c", {}, (GONE,)),
        ({"std": "t"}, "c", {}, ("the std changed",)),
        ({}, "d", {"f": "9"}, ("`f` changed",)),
        ({}, "d", {"h": "9"}, ("it reaches `h`, which is new",)),
        ({}, "d", {"": "9"}, ("a constant, a declaration or the target changed",)),
        ({}, "d", {}, ("the order in which functions call each other changed",)),
    ],
)
def test_a_miss_is_explained_by_what_differs(
    parts: dict[str, str], closure: str, reaches: dict[str, str], because: tuple[str, ...]
) -> None:
    now = record(replace(ASKED, closure=closure, reaches={**ASKED.reaches, **reaches}), **parts)

    assert reasons(record(ASKED), now, "df") == because
    assert reasons(None, now, "df") == (NEVER,)
    assert reasons(record(replace(ASKED, name="dg")), now, "df") == (NEVER,)


def test_a_function_that_is_reached_no_longer_is_named() -> None:
    now = record(replace(ASKED, closure="d", reaches={"f": "1", "": "0"}))

    assert reasons(record(ASKED), now, "df") == ("it no longer reaches `g`",)


def test_a_build_is_remembered_with_its_reasons(store: Store, tmp_path: Path) -> None:
    write_record(store.folder, tmp_path, record(ASKED))
    write_record(store.folder, tmp_path, record(ASKED))

    found = Record.read(records_folder(store.folder, tmp_path) / "one.json")

    assert found is not None
    assert found.asked[0].because == (GONE,)
    assert [line["because"] for line in read_log(store.folder)] == [[NEVER], [GONE]]


def test_a_damaged_record_or_log_is_none(store: Store, tmp_path: Path) -> None:
    write_record(store.folder, tmp_path, record(ASKED))
    place = records_folder(store.folder, tmp_path) / "one.json"
    place.write_text(json.dumps({"crate": "one"}))
    (store.folder.path / "log").write_bytes(b"\xff{half\n[1]\n")

    assert Record.read(place) is None
    assert list(read_log(store.folder)) == []
