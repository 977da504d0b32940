"""Connections of a Redis cache in tasks: shared, waited for, and let go with their loop."""

from __future__ import annotations

import asyncio
import gc
import time

import pytest
import redis
from redis_servers import SAFETY, client, hurry, process, server
from redis_tasks import finished, opened, refused

from cache_impl import CacheClosed, Overloaded, RedisCache
from cache_impl.pools import LoopPool
from conformance.processes import Process

__all__ = ["client", "process", "server"]  # fixtures


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


def test_no_connection_is_lost_where_looking_at_it_fails() -> None:
    """As it does near the recursion limit: the only one can be used again."""

    class Stub:
        looks = 0

        def freshen(self) -> None:
            self.looks += 1
            if self.looks == 1:
                raise RecursionError

    async def main() -> None:
        pool = LoopPool(Stub, 1, "there")
        with pytest.raises(RecursionError):
            pool.borrow(0)
        assert pool.borrow(0).looks == 2

    finished(main())
