"""Entries and blobs: what was stored is found byte for byte; whatever was changed is a miss that is repaired."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cargo_autodiff.errors import FileError
from cargo_autodiff.settings import CacheMode, Settings
from cargo_autodiff.store.entry import Entry, sha256
from cargo_autodiff.store.key import VERSION, Key, differing
from cargo_autodiff.store.store import Store

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

KEY = Key(what="derivative", parts={"closure": "c0", "std": "s0"})
OTHER = Key(what="derivative", parts={"closure": "c1", "std": "s0"})
PARTS = st.dictionaries(st.text(max_size=8), st.text(max_size=8), min_size=1, max_size=6)


def opened(folder: Path, mode: CacheMode = CacheMode.ON) -> Store:
    store = Store.open(Settings(cache=mode, cache_dir=folder))
    assert store is not None
    return store


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "cache"


@pytest.fixture
def store(folder: Path) -> Store:
    return opened(folder)


class TestKeys:
    @given(PARTS, st.data())
    def test_any_part_that_differs_makes_another_key(self, parts: dict[str, str], data: st.DataObject) -> None:
        name = data.draw(st.sampled_from(sorted(parts)))
        changed = data.draw(st.text(max_size=8).filter(lambda text: text != parts[name]))

        assert Key(what="x", parts=parts).digest != Key(what="x", parts={**parts, name: changed}).digest

    @given(PARTS)
    def test_the_order_of_parts_does_not_count(self, parts: dict[str, str]) -> None:
        turned = dict(reversed(parts.items()))

        assert Key(what="x", parts=parts).digest == Key(what="x", parts=turned).digest

    @given(PARTS, PARTS)
    def test_different_parts_make_different_keys(self, one: dict[str, str], other: dict[str, str]) -> None:
        same = Key(what="x", parts=one).digest == Key(what="x", parts=other).digest

        assert same == (one == other)
        assert same == (not differing(one, other))

    def test_a_result_of_another_kind_has_another_key(self) -> None:
        assert Key(what="object", parts=KEY.parts).digest != KEY.digest


class TestStore:
    def test_gives_back_what_was_stored(self, store: Store) -> None:
        store.put(KEY, {"one": b"1", "two": b"2"}, {"symbols": ["a", "ü"]})

        found = store.find(KEY)

        assert found is not None
        assert (found.blobs, found.facts) == ({"one": b"1", "two": b"2"}, {"symbols": ["a", "ü"]})

    def test_does_not_find_what_was_not_stored(self, store: Store) -> None:
        store.put(OTHER, {"one": b"1"}, {})

        assert store.find(KEY) is None

    def test_keeps_one_blob_for_equal_results(self, store: Store) -> None:
        store.put(KEY, {"one": b"same"}, {})
        store.put(OTHER, {"one": b"same"}, {})

        assert len(list((store.folder.path / "cas").rglob("*/*"))) == 1

    def test_never_stores_an_empty_result(self, store: Store) -> None:
        store.put(KEY, {"one": b""}, {})

        assert store.find(KEY) is None

    def test_leaves_nothing_unfinished(self, store: Store) -> None:
        store.put(KEY, {"one": b"1"}, {})

        assert list(store.folder.unfinished.iterdir()) == []

    def test_is_its_owners_alone_and_says_that_it_is_a_cache(self, store: Store) -> None:
        store.put(KEY, {"one": b"1"}, {})

        assert store.folder.path.stat().st_mode & 0o777 == 0o700
        assert (
            (store.folder.path / "CACHEDIR.TAG").read_text().startswith("Signature: 8a477f597d28d172789f06886806bc55")
        )

    def test_is_not_there_when_it_is_off(self, folder: Path) -> None:
        assert Store.open(Settings(cache=CacheMode.OFF, cache_dir=folder)) is None

    def test_read_only_finds_and_never_writes(self, store: Store, folder: Path) -> None:
        store.put(KEY, {"one": b"1"}, {})
        reader = opened(folder, CacheMode.READ_ONLY)

        reader.put(OTHER, {"one": b"2"}, {})

        assert reader.find(KEY) is not None
        assert reader.find(OTHER) is None

    def test_nobody_elses_folder_is_trusted(self, folder: Path) -> None:
        folder.mkdir()
        folder.chmod(0o777)

        with pytest.raises(FileError, match="can be written by everybody") as caught:
            opened(folder)

        assert "chmod o-w" in caught.value.hint


def flipped(raw: bytes) -> bytes:
    return raw[:-3] + bytes([raw[-3] ^ 1]) + raw[-2:]


def of_another_version(raw: bytes) -> bytes:
    body = raw[: raw.rindex(b',"check"')].replace(b'"version":%d' % VERSION, b'"version":%d' % (VERSION + 1))
    return body + b',"check":"%s"}\n' % sha256(body).encode()


DAMAGES: dict[str, Callable[[bytes], bytes]] = {
    "flipped": flipped,
    "truncated": lambda raw: raw[: len(raw) // 2],
    "empty": lambda raw: b"",
    "zeroed": lambda raw: bytes(len(raw)),
    "longer": lambda raw: raw + b"x",
}


@pytest.mark.parametrize("damage", DAMAGES)
@pytest.mark.parametrize("what", ["entry", "blob"])
def test_what_is_damaged_is_a_miss_that_is_repaired(store: Store, what: str, damage: str) -> None:
    store.put(KEY, {"one": b"the content"}, {})
    place = store.folder.entry(KEY.digest) if what == "entry" else store.folder.blob(sha256(b"the content"))
    place.write_bytes(DAMAGES[damage](place.read_bytes()))

    assert store.find(KEY) is None
    assert store.damaged == [KEY.digest]
    assert not store.folder.entry(KEY.digest).exists()

    store.put(KEY, {"one": b"the content"}, {})
    found = store.find(KEY)
    assert found is not None
    assert found.blobs == {"one": b"the content"}


def test_an_entry_of_another_version_is_a_miss(store: Store) -> None:
    store.put(KEY, {"one": b"1"}, {})
    place = store.folder.entry(KEY.digest)
    place.write_bytes(of_another_version(place.read_bytes()))

    assert store.find(KEY) is None


def test_an_entry_under_another_key_is_a_miss(store: Store) -> None:
    store.put(KEY, {"one": b"1"}, {})
    store.folder.entry(OTHER.digest).write_bytes(store.folder.entry(KEY.digest).read_bytes())

    assert store.find(OTHER) is None


def test_swapped_blobs_are_misses(store: Store) -> None:
    store.put(KEY, {"one": b"1"}, {})
    store.put(OTHER, {"one": b"2"}, {})
    one, two = (store.folder.blob(sha256(content)) for content in (b"1", b"2"))
    kept = one.read_bytes()
    one.write_bytes(two.read_bytes())
    two.write_bytes(kept)

    assert store.find(KEY) is None
    assert store.find(OTHER) is None


def test_a_link_is_not_followed(store: Store, tmp_path: Path) -> None:
    store.put(KEY, {"one": b"1"}, {})
    blob = store.folder.blob(sha256(b"1"))
    elsewhere = tmp_path / "elsewhere"
    blob.rename(elsewhere)
    blob.symlink_to(elsewhere)

    assert store.find(KEY) is None


@settings(max_examples=300)
@given(st.data())
def test_no_change_of_any_byte_of_an_entry_is_believed(data: st.DataObject) -> None:
    raw = Entry(key=KEY.digest, facts={"symbols": ["a"]}, blobs={"one": sha256(b"1")}).raw(KEY)
    at = data.draw(st.integers(0, len(raw) - 1))
    changed = raw[:at] + bytes([raw[at] ^ data.draw(st.integers(1, 255))]) + raw[at + 1 :]

    assert Entry.read(changed, KEY.digest) is None
    assert Entry.read(raw, KEY.digest) is not None


def test_an_entry_is_json_that_tells_its_key(store: Store) -> None:
    store.put(KEY, {"one": b"1"}, {})

    read = json.loads(store.folder.entry(KEY.digest).read_text())

    assert (read["what"], read["parts"], read["key"]) == ("derivative", dict(KEY.parts), KEY.digest)
