"""A Redis cache whose server has gone, came back, is full, or is none: which error, and what goes on."""

from __future__ import annotations

import socket
import ssl
import threading

import fakeredis
import pytest
import redis
from redis_servers import SAFETY, SECRET, Make, client, make, operations, process, refusal, saying, server

from cache_impl import RedisCache, Unavailable
from cache_impl.errors import CacheError
from conformance.processes import Process

__all__ = ["client", "make", "process", "server"]  # fixtures


@pytest.mark.parametrize("name", operations(RedisCache(fakeredis.FakeRedis())))
def test_a_server_that_has_gone_is_unavailable(name: str) -> None:
    """Refused by the operating system, on a port where nobody listens."""
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        cache = RedisCache(f"redis://:{SECRET}@127.0.0.1:{nobody.getsockname()[1]}", deadline=SAFETY)
        assert type(refusal(operations(cache)[name])) is Unavailable


def test_what_the_caller_was_dealing_with_is_not_taken_for_the_cause() -> None:
    """A cache that is asked while another error is handled: an outage is an outage, and no wrong permission."""
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        cache = RedisCache(f"redis://127.0.0.1:{nobody.getsockname()[1]}", deadline=SAFETY)
        for outer in (PermissionError("a file"), ssl.SSLError("another server")):
            try:
                raise outer
            except OSError:
                assert type(refusal(lambda: cache.get("a"))) is Unavailable
                assert type(refusal(lambda: cache.get_or_set("a", lambda: 1))) is Unavailable


def test_a_server_that_came_back_is_used_at_once(server: Process, make: Make) -> None:
    """Connections from before are noticed to be dead before something is asked over them."""
    cache = make()
    threads = [threading.Thread(target=cache.get, args=("a",)) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    server.kill()
    server.restart()
    for number in range(5):
        cache.set("a", number)
        assert cache.get("a") == number


@pytest.mark.parametrize("words", [b"HTTP/1.1 400 Bad Request\r\n\r\n", b"$x\r\n", b"\r\n\r\n", b"*1\r\n%\r\n"])
def test_what_is_no_redis_is_told(words: bytes) -> None:
    """Another server on that port: an error of our own, whatever it says."""
    port, _ = saying([words])
    assert isinstance(refusal(lambda: RedisCache(f"redis://127.0.0.1:{port}").get("a")), CacheError)


@pytest.mark.parametrize("name", ["set", "get_or_set", "set_many"])
def test_a_server_that_cannot_serve_now_is_unavailable(client: redis.Redis, make: Make, name: str) -> None:
    """Full, or a replica that lets nobody write: Unavailable, and the connection stays in step."""
    cache = make(pool_size=1)
    client.config_set("maxmemory", 1)
    assert type(refusal(operations(cache)[name])) is Unavailable
    client.config_set("maxmemory", 0)
    client.replicaof("127.0.0.1", "1")
    assert type(refusal(operations(cache)[name])) is Unavailable
    client.replicaof("NO", "ONE")
    cache.set_many({"a": 1, "b": 2})
    assert cache.get_many("ab") == {"a": 1, "b": 2}
