"""Bodies of std that were taken out of its bitcode before: reading all of core's takes a hundred times longer."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

from cargo_autodiff.named import Frozen
from cargo_autodiff.store.key import Key
from cargo_autodiff.store.local import Folder
from cargo_autodiff.store.store import Store

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

_NONE = b"none"
"""Stands for bodies that are left out: an empty result is never stored."""


class Bodies(Frozen):
    """The store as the child process asks it."""

    store: Store
    parts: Mapping[str, str]
    """Of the keys: what std is, and what works on it."""

    @classmethod
    def open(cls, recall: Mapping[str, str]) -> Bodies:
        """Open the store that a step's argument names."""
        parts = dict(recall)
        folder, writes = Folder(Path(parts.pop("folder"))), parts.pop("writes") == "yes"
        return cls(store=Store(folder=folder, writes=writes, limit=0), parts=parts)

    def remember(self, what: str, names: Sequence[str], made: Callable[[], bytes]) -> bytes:
        """Give the bitcode of bodies, from the store if they are there."""
        key = Key(what="bodies", parts={**self.parts, "object": what, "names": json.dumps(list(names))})
        found = self.store.find(key)
        if found is None:
            bitcode = made()
            self.store.put(key, {"bodies": bitcode or _NONE}, {})
            return bitcode
        bitcode = found.blobs["bodies"]
        return b"" if bitcode == _NONE else bitcode
