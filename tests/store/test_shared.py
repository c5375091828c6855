"""A cache that others share: a folder or a server; whatever it does, a build ends right and soon."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import threading
import time
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import pytest
from building import SAYS, SOURCE, Builder

from cargo_autodiff.errors import UsageError
from cargo_autodiff.settings import CacheMode, Settings
from cargo_autodiff.store.entry import Entry, sha256
from cargo_autodiff.store.key import Key
from cargo_autodiff.store.store import Store
from driving import REPOSITORY, Driver

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cargo_autodiff.toolchain.locate import Toolchain

KEY = Key(what="derivative", parts={"closure": "c"})
OTHER = Key(what="derivative", parts={"closure": "d"})

NGINX = """\
daemon off;
pid {folder}/pid;
error_log {folder}/error.log;
events {{}}
http {{
    access_log off;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    server {{
        listen 127.0.0.1:{port};
        location / {{ root {folder}/served; dav_methods PUT; create_full_put_path on; client_max_body_size 1g; }}
    }}
}}
"""


class Opening(Protocol):
    """Opens a store with a shared one."""

    def __call__(self, name: str, place: str, mode: CacheMode = CacheMode.ON) -> Store: ...


@pytest.fixture
def opened(tmp_path: Path) -> Iterator[Opening]:
    stores = []

    def open_(name: str, place: str, mode: CacheMode = CacheMode.ON) -> Store:
        store = Store.open(Settings(cache_dir=tmp_path / name, cache_shared=place, cache_shared_mode=mode))
        assert store is not None
        stores.append(store)
        return store

    yield open_
    for store in stores:
        store.close()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@pytest.fixture
def nginx(tmp_path: Path) -> Iterator[str]:
    """A real server on loopback; its URL."""
    unpacked = os.environ.get("AUTODIFF_TEST_NGINX") or REPOSITORY / ".venv" / "nginx" / "usr" / "sbin" / "nginx"
    program = unpacked if Path(unpacked).exists() else shutil.which("nginx")
    if program is None:
        pytest.skip("there is no nginx: run scripts/nginx .venv/nginx")
    folder = tmp_path / "nginx"
    (folder / "served").mkdir(parents=True)
    folder.chmod(0o755)
    port = free_port()
    (folder / "conf").write_text(("user root;\n" if os.geteuid() == 0 else "") + NGINX.format(folder=folder, port=port))
    server = subprocess.Popen([program, "-e", folder / "error.log", "-c", folder / "conf"])
    try:
        wait_for(port)
        yield f"http://127.0.0.1:{port}"
    finally:
        server.terminate()
        server.wait(timeout=30)


def wait_for(port: int) -> None:
    end = time.monotonic() + 30
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            assert time.monotonic() < end
            time.sleep(0.02)
        else:
            return


@pytest.fixture(params=["folder", "nginx"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    return str(tmp_path / "shared") if request.param == "folder" else str(request.getfixturevalue("nginx"))


def test_what_one_user_makes_another_finds(place: str, opened: Opening) -> None:
    opened("one", place).put(KEY, {"result": b"1" * 100_000}, {"symbols": ["a"]})
    other = opened("two", place, CacheMode.READ_ONLY)

    found = other.find(KEY)

    assert found is not None
    assert (found.blobs, found.facts) == ({"result": b"1" * 100_000}, {"symbols": ["a"]})
    assert opened("two", "").find(KEY) == found  # it is here now
    assert other.find(OTHER) is None


def test_others_may_read_what_is_in_a_shared_folder(opened: Opening, tmp_path: Path) -> None:
    (shared := tmp_path / "shared").mkdir()
    before = os.umask(0o027)
    try:
        opened("one", str(shared)).put(KEY, {"result": b"1"}, {})
    finally:
        os.umask(before)

    modes = {path.stat().st_mode & 0o777 for table in ("ac", "cas") for path in (shared / table).rglob("*")}
    assert modes == {0o750, 0o640}, "folders and files for the group, as the umask says"


def test_nothing_is_handed_over_unless_told(place: str, opened: Opening) -> None:
    opened("one", place, CacheMode.READ_ONLY).put(KEY, {"result": b"1"}, {})

    assert opened("two", place).find(KEY) is None


def test_builds_share_derivatives_through_a_server(nginx: str, llvm22: Toolchain, tmp_path: Path) -> None:
    builders = []
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        builders.append(Builder(driver=Driver.within(tmp_path / name)))
    shared: dict[str, Any] = {"AUTODIFF_CACHE_SHARED": nginx, "AUTODIFF_CACHE_SHARED_MODE": "on"}
    assert builders[0].build(SOURCE, **shared).out == SAYS
    shared["AUTODIFF_CACHE_SHARED_MODE"] = "read-only"

    assert builders[1].build(f"\n{SOURCE}", **shared).out == SAYS

    assert builders[1].stored() == builders[0].stored()
    assert "found in the cache" in builders[1].driver.run("explain").out


@contextmanager
def serving(answer: bytes, *, status: int = 200, pause: float = 0.0) -> Iterator[str]:
    """Serve one answer to everything; real servers cannot be made to lie or to dawdle."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            over.wait(pause)
            self.send_response(status)
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, *words: object) -> None:
            pass

    over = threading.Event()
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        over.set()
        server.shutdown()
        thread.join()
        server.server_close()


LYING = Entry(key=KEY.digest, facts={}, blobs={"result": sha256(b"something else")}).raw(KEY)
PATHS = Entry(key=KEY.digest, facts={}, blobs={"result": "../../../etc/passwd"}).raw(KEY)


@pytest.mark.parametrize(
    "answer", [LYING, PATHS, b"", b"<html>", LYING[:-9]], ids=["lying", "paths", "empty", "html", "cut"]
)
def test_a_server_that_lies_is_not_believed(answer: bytes, opened: Opening, tmp_path: Path) -> None:
    with serving(answer) as url:
        store = opened("cache", url)

        assert store.find(KEY) is None
        assert not (tmp_path / "cache" / "ac").exists()


def test_a_slow_server_is_asked_once(opened: Opening) -> None:
    with serving(LYING, pause=60.0) as url:
        store = opened("cache", url)
        began = time.monotonic()

        assert [store.find(key) for key in (KEY, OTHER, KEY)] == [None, None, None]

        assert time.monotonic() - began < 10


@pytest.mark.parametrize("status", [404, 500])
def test_a_server_without_an_answer_is_a_miss(status: int, opened: Opening) -> None:
    with serving(b"no", status=status) as url:
        assert opened("cache", url).find(KEY) is None


def test_a_build_does_not_need_its_server(driver: Driver, llvm22: Toolchain) -> None:
    gone: dict[str, Any] = {
        "AUTODIFF_CACHE_SHARED": f"http://127.0.0.1:{free_port()}",
        "AUTODIFF_CACHE_SHARED_MODE": "on",
    }

    assert Builder(driver=driver).build(SOURCE, **gone).out == SAYS


@pytest.mark.parametrize("place", ["http://example.org/cache", "ftp://localhost/", "relative", "https://"])
def test_an_unsafe_place_is_refused(place: str) -> None:
    with pytest.raises(UsageError, match="AUTODIFF_CACHE_SHARED is"):
        Settings.read({"AUTODIFF_CACHE_SHARED": place})


@pytest.mark.parametrize("place", ["https://example.org/cache", "http://127.0.0.1:80", "http://localhost/x", "/srv"])
def test_a_safe_place_is_taken(place: str) -> None:
    assert Settings.read({"AUTODIFF_CACHE_SHARED": place}).cache_shared == place
