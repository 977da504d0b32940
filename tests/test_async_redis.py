"""What the suite cannot see of a Redis cache in tasks: deadlines, outages, and odd answers."""

from __future__ import annotations

import asyncio
import socket

import fakeredis
import pytest
import redis
from redis_servers import SAFETY, SECRET, client, hurry, process, saying, server
from redis_tasks import coroutine_functions, finished, opened, refused

from cache_impl import DeadlineExceeded, RedisCache, Unavailable
from cache_impl.errors import CacheError
from conformance.processes import Process

__all__ = ["client", "process", "server"]  # fixtures

NAMES = list(coroutine_functions(RedisCache(fakeredis.FakeRedis())))


@pytest.mark.parametrize("before", [("a",), ()], ids=["connected", "connecting"])
@pytest.mark.parametrize("name", NAMES)
def test_a_frozen_server_is_given_up_on(server: Process, name: str, before: tuple[str, ...]) -> None:
    """Whatever is asked, on an open connection or a new one: DeadlineExceeded; other tasks go on meanwhile."""

    async def main() -> None:
        async with opened(server.url) as cache:
            for key in before:
                await cache.aget(key)
            server.freeze()
            turns = asyncio.ensure_future(counted())
            with pytest.raises(DeadlineExceeded):
                await coroutine_functions(hurry(cache))[name]()
            turns.cancel()
            assert passed

    passed: list[None] = []

    async def counted() -> None:
        while True:
            passed.append(None)
            await asyncio.sleep(0)

    finished(main())


@pytest.mark.parametrize("how", ["late", "cancelled"])
def test_no_reply_is_taken_for_another(server: Process, how: str) -> None:
    """What the server says too late, or to who was cancelled, is not the answer to what is asked next."""

    async def main() -> None:
        async with opened(server.url, pool_size=1) as cache:
            await cache.aset_many({"a": "a", "b": "b"})
            server.freeze()
            if how == "late":
                with pytest.raises(DeadlineExceeded):
                    await hurry(cache).aget("a")
            else:
                asking = asyncio.ensure_future(cache.aget("a"))
                await asyncio.sleep(0.01)
                asking.cancel()
                await asyncio.wait([asking])
            server.thaw()
            hurry(cache, SAFETY)
            assert [await cache.aget(key) for key in "baab"] == list("baab")

    finished(main())


@pytest.mark.parametrize("name", NAMES)
def test_a_server_that_has_gone_is_unavailable(name: str) -> None:
    """Refused by the operating system, on a port where nobody listens."""
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        cache = RedisCache(f"redis://:{SECRET}@127.0.0.1:{nobody.getsockname()[1]}", deadline=SAFETY)
        assert type(refused(coroutine_functions(cache)[name])) is Unavailable


def test_a_server_that_came_back_is_used_at_once(server: Process) -> None:
    """Connections from before are noticed to be dead before something is asked over them."""

    async def main() -> None:
        async with opened(server.url) as cache:
            await asyncio.gather(*(cache.aget("a") for _ in range(4)))
            server.kill()
            server.restart()
            for number in range(5):
                await cache.aset("a", number)
                assert await cache.aget("a") == number

    finished(main())


def test_an_answer_that_drips_in_is_given_up_on() -> None:
    """Each byte comes within the deadline, and the whole does not."""
    port, over = saying([b"$1000\r\n", *[b"x"] * 1000])
    cache = RedisCache(f"redis://127.0.0.1:{port}", deadline=0.1)
    assert type(refused(lambda: cache.aget("a"))) is DeadlineExceeded
    over.set()


@pytest.mark.parametrize("words", [b"HTTP/1.1 400 Bad Request\r\n\r\n", b"$x\r\n", b"\r\n\r\n", b"*1\r\n%\r\n", b""])
def test_what_is_no_redis_is_told(words: bytes) -> None:
    """Another server on that port: an error of our own, whatever it says."""
    port, over = saying([words])
    over.set()
    assert isinstance(refused(lambda: RedisCache(f"redis://127.0.0.1:{port}").aget("a")), CacheError)


@pytest.mark.parametrize("parts", [[b"$3\r\nab"], [b"$", b"3\r\n", b"ab", b"c\r", b"\n"], [b"$-1", b"\r\n"]], ids=repr)
def test_an_answer_in_pieces_is_one(parts: list[bytes]) -> None:
    """However the network cuts it; and where the rest never comes, it is none."""
    port, over = saying(parts)
    cache = RedisCache(f"redis://127.0.0.1:{port}", deadline=SAFETY)
    if b"".join(parts).endswith(b"\r\n"):
        assert finished(cache.aget("a", "default")) == "default"  # no frame: damaged
    else:
        assert type(refused(lambda: cache.aget("a"))) is Unavailable
    over.set()


def test_a_key_that_holds_no_string_is_a_miss(server: Process, client: redis.Redis) -> None:
    """A list under the key, that another program put there; and the connection stays in step."""
    client.lpush("cache:a", "x")

    async def main() -> None:
        async with opened(server.url, pool_size=1) as cache:
            assert [await cache.aget("a", "default") for _ in range(2)] == ["default"] * 2

    finished(main())
