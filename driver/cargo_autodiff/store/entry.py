"""An entry of the store as bytes: JSON that ends in the digest of all before it."""

from __future__ import annotations

import hashlib
import json
import re
from typing import TYPE_CHECKING, Any

from cargo_autodiff.named import Frozen
from cargo_autodiff.store.key import VERSION

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cargo_autodiff.store.key import Key

_CHECK = b',"check":"%s"}\n'
_SHA256 = re.compile("[0-9a-f]{64}")
_CHECK_LENGTH = len(_CHECK % (b"0" * 64))


class Entry(Frozen):
    """Which blobs a key stands for, by name, and what else is to be known of them."""

    key: str
    facts: Mapping[str, Any]
    """JSON."""
    blobs: Mapping[str, str]
    """Sha256 by name."""

    @classmethod
    def read(cls, raw: bytes, key: str) -> Entry | None:
        """Read the entry of a key; none if it is damaged, of another version, or another key's."""
        body = raw[:-_CHECK_LENGTH]
        if raw[-_CHECK_LENGTH:] != _CHECK % sha256(body).encode():
            return None
        try:
            found = json.loads(body + b"}")
            if found["version"] != VERSION or found["key"] != key:
                return None
            blobs = dict(found["blobs"])
            named = all(isinstance(digest, str) and _SHA256.fullmatch(digest) for digest in blobs.values())
            return cls(key=key, facts=found["facts"], blobs=blobs) if named else None
        except (ValueError, KeyError, TypeError):
            return None

    def raw(self, what: Key) -> bytes:
        """Write it, with the key's parts for who looks at it."""
        told = {
            "version": VERSION,
            "key": self.key,
            "what": what.what,
            "parts": dict(what.parts),
            "facts": self.facts,
            "blobs": dict(self.blobs),
        }
        body = json.dumps(told, separators=(",", ":")).encode()[:-1]
        return body + _CHECK % sha256(body).encode()


def sha256(data: bytes) -> str:
    """Digest bytes as the store names blobs."""
    return hashlib.sha256(data).hexdigest()
