"""The store: find a result by its key, make it once, keep it. Any doubt is a miss; no failure of it fails a build."""

from __future__ import annotations

import os
from contextlib import nullcontext, suppress
from typing import TYPE_CHECKING, Any

from cargo_autodiff.named import Frozen, Named, each
from cargo_autodiff.settings import CacheMode
from cargo_autodiff.store.entry import Entry, sha256
from cargo_autodiff.store.local import Folder
from cargo_autodiff.store.lock import only_one
from cargo_autodiff.store.place import check_trust, prepare, store_folder
from cargo_autodiff.store.shared import Shared, shared

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from contextlib import AbstractContextManager

    from cargo_autodiff.settings import Settings
    from cargo_autodiff.store.key import Key


class Found(Frozen):
    """A result: its blobs by name, proven to be the stored ones, and what was said of them."""

    facts: Mapping[str, Any]
    blobs: Mapping[str, bytes]


def _shared(settings: Settings) -> Shared | None:
    if not settings.cache_shared or settings.cache_shared_mode is CacheMode.OFF:
        return None
    return shared(settings.cache_shared)


class Store(Named):
    """The entries of one folder; threads may share it."""

    folder: Folder
    writes: bool
    limit: int
    """Bytes."""
    shared: Shared | None = None
    gives: bool = False
    """What is made here is handed to the shared store too."""
    problem: str = ""
    """Why something could not be stored, if so."""
    grown: int = 0
    """Bytes stored by this process."""
    damaged: list[str] = each(factory=list)
    """Keys whose entry or blob was not what it should be."""

    @classmethod
    def open(cls, settings: Settings) -> Store | None:
        """Open the user's store; none when it is off. Raises FileError when others could have put code there."""
        path = store_folder(settings)
        if path is None:
            return None
        check_trust(path)
        return cls(
            folder=Folder(path),
            writes=settings.cache is CacheMode.ON,
            limit=settings.cache_size,
            shared=_shared(settings),
            gives=settings.cache_shared_mode is CacheMode.ON,
        )

    def find(self, key: Key, *, anywhere: bool = True) -> Found | None:
        """Find what was stored under a key: here, or, `anywhere`, in the shared store, whence it is kept here too."""
        found = self._find_here(key)
        return self._find_shared(key) if found is None and anywhere and self.shared else found

    def _find_here(self, key: Key) -> Found | None:
        """What is damaged is removed, and counts as not there."""
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

    def _find_shared(self, key: Key) -> Found | None:
        """What is not what its digest says counts as not there."""
        raw = self.shared.entry(key.digest) if self.shared else None
        entry = Entry.read(raw, key.digest) if raw is not None else None
        if self.shared is None or raw is None or entry is None:
            return None
        blobs = {}
        for name, digest in entry.blobs.items():
            data = self.shared.blob(digest)
            if data is None or sha256(data) != digest:
                return None
            blobs[name] = data
        if self.writes:
            self._store(raw, entry, blobs)
        return Found(facts=entry.facts, blobs=blobs)

    def _blob(self, digest: str) -> bytes | None:
        data = self.folder.read(self.folder.blob(digest), mark=self.writes)
        return data if data is not None and sha256(data) == digest else None

    def put(self, key: Key, blobs: Mapping[str, bytes], facts: Mapping[str, Any]) -> None:
        """Store a result: the blobs, then the entry, which makes them one. An empty result is never stored."""
        if not self.writes or not all(blobs.values()):
            return
        named = {name: sha256(data) for name, data in blobs.items()}
        entry = Entry(key=key.digest, facts=facts, blobs=named)
        raw = entry.raw(key)
        self._store(raw, entry, blobs)
        if self.shared is not None and self.gives:
            for name, data in blobs.items():
                self.shared.put_blob(named[name], data)
            self.shared.put_entry(key.digest, raw)

    def _store(self, raw: bytes, entry: Entry, blobs: Mapping[str, bytes]) -> None:
        try:
            for name, data in blobs.items():
                self.folder.write(self.folder.blob(entry.blobs[name]), data)
            self.folder.write(self.folder.entry(entry.key), raw)
        except OSError as error:
            self.problem = os.strerror(error.errno or 0)
            return
        self.grown += len(raw) + sum(map(len, blobs.values()))

    def close(self) -> None:
        """End what is open to others."""
        if self.shared is not None:
            self.shared.close()

    def only_one(self, key: Key, waiting: Callable[[int | None], None]) -> AbstractContextManager[None]:
        """Hold the key while its result is made; other keys never wait."""
        if not self.writes:
            return nullcontext()
        with suppress(OSError):
            prepare(self.folder.path)
        return only_one(self.folder.locks / key.digest, waiting)
