"""Keys: what a result was made from, in named parts, so that a miss can be explained."""

from __future__ import annotations

import hashlib
import json
from functools import cached_property
from typing import TYPE_CHECKING

from cargo_autodiff.named import Frozen

if TYPE_CHECKING:
    from collections.abc import Mapping

VERSION = 1
"""Of the entries' form. An entry of another version is a miss."""


class Key(Frozen):
    """What is looked up: the kind of result, and all that decides what it is."""

    what: str
    parts: Mapping[str, str]

    @cached_property
    def digest(self) -> str:
        """Sha256 of the parts, whatever their order."""
        told = json.dumps([VERSION, self.what, dict(self.parts)], sort_keys=True)
        return hashlib.sha256(told.encode(errors="surrogateescape")).hexdigest()


def differing(old: Mapping[str, str], new: Mapping[str, str]) -> list[str]:
    """Name the parts that are not the same, in the order of `new`."""
    names = list(dict.fromkeys([*new, *old]))
    return [name for name in names if old.get(name) != new.get(name)]
