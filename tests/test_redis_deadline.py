"""A Redis cache gives up when its deadline is over, whatever the server does or leaves undone."""

from __future__ import annotations

import socket
import time

import fakeredis
import pytest
from redis_servers import SAFETY, Make, hurry, make, operations, process, refusal, saying, server

from cache_impl import DeadlineExceeded, RedisCache
from conformance.processes import Process

__all__ = ["make", "process", "server"]  # fixtures


@pytest.mark.parametrize("before", [("a",), ()], ids=["connected", "connecting"])
@pytest.mark.parametrize("name", operations(RedisCache(fakeredis.FakeRedis())))
def test_a_frozen_server_is_given_up_on(server: Process, make: Make, name: str, before: tuple[str, ...]) -> None:
    """Whatever is asked, on an open connection or a new one: DeadlineExceeded, and not after redis-py's minute."""
    cache = make()
    for key in before:
        cache.get(key)
    server.freeze()
    begun = time.monotonic()
    assert type(refusal(operations(hurry(cache))[name])) is DeadlineExceeded
    assert time.monotonic() - begun < SAFETY / 2
    server.thaw()
    make().get("a")


def test_after_a_frozen_answer_no_reply_is_taken_for_another(server: Process, make: Make) -> None:
    """What the server says too late is not the answer to what is asked next."""
    cache = make()
    cache.set_many({"a": "a", "b": "b"})
    other = make(pool_size=1)
    other.get("a")
    server.freeze()
    assert type(refusal(lambda: hurry(other).get("a"))) is DeadlineExceeded
    server.thaw()
    hurry(other, SAFETY)
    assert [other.get(key) for key in "baab"] == list("baab")


def test_a_packet_that_goes_nowhere_is_given_up_on() -> None:
    """A listener that lets nobody in: connecting is part of the deadline."""
    with socket.socket() as listener, socket.socket() as first, socket.socket() as second:
        listener.bind(("127.0.0.1", 0))
        listener.listen(0)
        for waiting in (first, second):
            waiting.setblocking(False)
            waiting.connect_ex(listener.getsockname())
        cache = RedisCache(f"redis://localhost:{listener.getsockname()[1]}", deadline=0.05)
        assert type(refusal(lambda: cache.get("a"))) is DeadlineExceeded


def test_an_answer_that_drips_in_is_given_up_on() -> None:
    """Each byte comes within the deadline, and the whole does not."""
    port, over = saying([b"$1000\r\n", *[b"x"] * 1000])
    begun = time.monotonic()
    assert type(refusal(lambda: RedisCache(f"redis://127.0.0.1:{port}", deadline=0.1).get("a"))) is DeadlineExceeded
    assert time.monotonic() - begun < 5
    over.set()
