"""A store that others share: a folder of a network file system, or a server of the layout `/ac/KEY`, `/cas/SHA256`.

Never in the way of a build: every answer is checked by whoever asks, a request has few seconds, and after the first
failure this process asks no more.
"""

from __future__ import annotations

import threading
import time
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Protocol
from urllib.parse import SplitResult, urlsplit

from cargo_autodiff.store.local import Folder

if TYPE_CHECKING:
    from http.client import HTTPConnection

_PATIENCE = 2.0  # seconds until a server must say something
_WHOLE = 10.0  # seconds until it must have said all
_LARGEST = 1 << 30  # bytes of one answer
_CHUNK = 1 << 16


class Shared(Protocol):
    """Entries and blobs that others share. Nothing raises."""

    def entry(self, key: str) -> bytes | None:
        """Fetch a key's entry."""

    def blob(self, digest: str) -> bytes | None:
        """Fetch a blob."""

    def put_blob(self, digest: str, data: bytes) -> None:
        """Hand a blob over."""

    def put_entry(self, key: str, data: bytes) -> None:
        """Hand an entry over; its blobs are there already."""

    def close(self) -> None:
        """Ask no more."""


def shared(place: str) -> Shared:
    """Open a shared store: an absolute path, or a URL."""
    return SharedFolder(Folder(Path(place))) if place.startswith("/") else Server(urlsplit(place))


class SharedFolder:
    """A folder in the form of a user's own store."""

    def __init__(self, folder: Folder) -> None:
        self._folder = folder

    def entry(self, key: str) -> bytes | None:
        """Read a key's entry."""
        return self._folder.read(self._folder.entry(key), mark=False)

    def blob(self, digest: str) -> bytes | None:
        """Read a blob."""
        return self._folder.read(self._folder.blob(digest), mark=False)

    def put_blob(self, digest: str, data: bytes) -> None:
        """Write a blob."""
        with suppress(OSError):
            self._folder.write(self._folder.blob(digest), data)

    def put_entry(self, key: str, data: bytes) -> None:
        """Write an entry."""
        with suppress(OSError):
            self._folder.write(self._folder.entry(key), data)

    def close(self) -> None:
        """Nothing is open."""


class Server:
    """An HTTP server that keeps what is PUT; threads take turns."""

    def __init__(self, url: SplitResult) -> None:
        self._url = url
        self._turn = threading.Lock()
        self._connection: HTTPConnection | None = None
        self._gone = False

    def entry(self, key: str) -> bytes | None:
        """GET a key's entry."""
        return self._ask("GET", f"/ac/{key}", None)

    def blob(self, digest: str) -> bytes | None:
        """GET a blob."""
        return self._ask("GET", f"/cas/{digest}", None)

    def put_blob(self, digest: str, data: bytes) -> None:
        """PUT a blob."""
        self._ask("PUT", f"/cas/{digest}", data)

    def put_entry(self, key: str, data: bytes) -> None:
        """PUT an entry."""
        self._ask("PUT", f"/ac/{key}", data)

    def close(self) -> None:
        """End the connection."""
        self._gone = True
        if self._connection is not None:
            self._connection.close()

    def _ask(self, method: str, path: str, data: bytes | None) -> bytes | None:
        from http.client import HTTPException

        with self._turn:
            if self._gone:
                return None
            try:
                return self._answer(method, self._url.path.rstrip("/") + path, data)
            except (OSError, HTTPException, ValueError):
                self.close()
                return None

    def _answer(self, method: str, path: str, data: bytes | None) -> bytes | None:
        """Ask once. Raises when the server is slow, gone, or does not speak HTTP."""
        self._connection = self._connection or self._connected()
        self._connection.request(method, path, data)
        response = self._connection.getresponse()
        end, body = time.monotonic() + _WHOLE, b""
        while chunk := response.read1(_CHUNK):
            body += chunk
            if time.monotonic() > end or len(body) > _LARGEST:
                raise OSError(f"the answer to {path} does not end")
        response.read()  # nothing is left, but only now the connection can be used again
        return body if response.status == 200 else None

    def _connected(self) -> HTTPConnection:
        from http.client import HTTPConnection, HTTPSConnection

        kind = HTTPSConnection if self._url.scheme == "https" else HTTPConnection
        return kind(self._url.hostname or "", self._url.port, timeout=_PATIENCE)
