"""The store: find a result by its key, make it once, keep it. Any doubt is a miss; no failure of it fails a build."""

from __future__ import annotations

import os
from contextlib import nullcontext, suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from cargo_autodiff.settings import CacheMode
from cargo_autodiff.store.entry import Entry, sha256
from cargo_autodiff.store.local import Folder
from cargo_autodiff.store.lock import only_one
from cargo_autodiff.store.place import check_trust, prepare, store_folder

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from contextlib import AbstractContextManager

    from cargo_autodiff.settings import Settings
    from cargo_autodiff.store.key import Key


@dataclass(frozen=True, kw_only=True)
class Found:
    """A result: its blobs by name, proven to be the stored ones, and what was said of them."""

    facts: Mapping[str, Any]
    blobs: Mapping[str, bytes]


@dataclass(kw_only=True)
class Store:
    """The entries of one folder; threads may share it."""

    folder: Folder
    writes: bool
    limit: int
    """Bytes."""
    problem: str = ""
    """Why something could not be stored, if so."""
    grown: int = 0
    """Bytes stored by this process."""
    damaged: list[str] = field(default_factory=list)
    """Keys whose entry or blob was not what it should be."""

    @classmethod
    def open(cls, settings: Settings) -> Store | None:
        """Open the user's store; none when it is off. Raises FileError when others could have put code there."""
        path = store_folder(settings)
        if path is None:
            return None
        check_trust(path)
        return cls(folder=Folder(path), writes=settings.cache is CacheMode.ON, limit=settings.cache_size)

    def find(self, key: Key) -> Found | None:
        """Find what was stored under a key. What is damaged is removed, and counts as not there."""
        place = self.folder.entry(key.digest)
        raw = self.folder.read(place, mark=self.writes)
        if raw is None:
            return None
        entry = Entry.read(raw, key.digest)
        blobs = {} if entry is None else {name: self._blob(digest) for name, digest in entry.blobs.items()}
        whole = {name: blob for name, blob in blobs.items() if blob is not None}
        if entry is None or len(whole) < len(blobs):
            self.damaged.append(key.digest)
            if self.writes:
                self.folder.remove(place)
            return None
        return Found(facts=entry.facts, blobs=whole)

    def _blob(self, digest: str) -> bytes | None:
        data = self.folder.read(self.folder.blob(digest), mark=self.writes)
        return data if data is not None and sha256(data) == digest else None

    def put(self, key: Key, blobs: Mapping[str, bytes], facts: Mapping[str, Any]) -> None:
        """Store a result: the blobs, then the entry, which makes them one. An empty result is never stored."""
        if not self.writes or not all(blobs.values()):
            return
        named = {name: sha256(data) for name, data in blobs.items()}
        raw = Entry(key=key.digest, facts=facts, blobs=named).raw(key)
        try:
            for name, data in blobs.items():
                self.folder.write(self.folder.blob(named[name]), data)
            self.folder.write(self.folder.entry(key.digest), raw)
        except OSError as error:
            self.problem = os.strerror(error.errno or 0)
            return
        self.grown += len(raw) + sum(map(len, blobs.values()))

    def only_one(self, key: Key, waiting: Callable[[int | None], None]) -> AbstractContextManager[None]:
        """Hold the key while its result is made; other keys never wait."""
        if not self.writes:
            return nullcontext()
        with suppress(OSError):
            prepare(self.folder.path)
        return only_one(self.folder.locks / key.digest, waiting)
