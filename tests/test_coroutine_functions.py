"""Coroutine functions of the caches: one for every operation, and none of them holds up the loop."""

from __future__ import annotations

import asyncio
import threading
import time
import traceback
from pathlib import Path
from typing import Any

import pytest
from layered_machines import server

import cache_impl.database
from cache_impl import CircuitBreaker, FileCache, LayeredCache, MemoryCache, RedisCache, ToolCache, afigures
from cache_impl.coroutines import Coroutines
from cache_impl.database import Database
from cache_impl.link import Link
from cache_impl.tool_coroutines import ToolCoroutines

__all__ = ["server"]  # a fixture


@pytest.mark.parametrize("kind", [MemoryCache, FileCache, RedisCache, LayeredCache, ToolCache])
def test_every_operation_has_its_coroutine_function(kind: type) -> None:
    """By the same name with an a before it."""
    ours = {"find", "claim", "settle", "release", "beside", "get_lasting"}  # asked for by this package alone
    quick = {"costs", "served"}
    bases = [each for each in kind.__mro__ if each.__module__.startswith("cache_impl")]
    plain = [each for each in bases if each not in (Coroutines, ToolCoroutines)]
    operations = {name for each in plain for name in vars(each) if name[0] not in "_a" and callable(vars(each)[name])}
    assert [name for name in operations - ours - quick if not hasattr(kind, f"a{name}")] == []


async def computed() -> int:
    return 1


@pytest.fixture
def watched(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What was done in this thread that could have blocked it."""
    seen: list[str] = []

    def watch(owner: Any, name: str) -> None:
        plain = getattr(owner, name)

        def call(*args: Any, **kwargs: Any) -> Any:
            if threading.current_thread() is threading.main_thread():
                seen.append("".join(traceback.format_stack(limit=12)))
            return plain(*args, **kwargs)

        monkeypatch.setattr(owner, name, call)

    watch(Database, "_lend")
    watch(cache_impl.database, "private_directory")
    watch(Link, "_open")
    watch(time, "sleep")
    return seen


def test_no_disk_and_no_server_holds_up_the_loop(server: Any, tmp_path: Path, watched: list[str]) -> None:
    """Every operation on every tier, with the server there, frozen and gone, and back: none in the loop's thread."""
    redis = RedisCache(server.url, deadline=0.25)
    breaker = CircuitBreaker(recovery_time=0.1)
    cache = LayeredCache(redis, tmp_path / "layers", memory=MemoryCache(), breaker=breaker, mirror=True)
    file = FileCache(tmp_path / "file")
    tools = ToolCache(cache, single_host=True)
    assert watched, "making them opens files"
    watched.clear()

    async def main() -> None:
        for change in (bool, server.freeze, server.thaw, server.kill, server.restart):
            await asyncio.to_thread(change)
            await every_operation(cache)
            await tools.arun_once("agent", "template", change.__name__, computed)
        await every_operation(file)
        await asyncio.gather(cache.aclose(), file.aclose())

    asyncio.run(main())
    assert not watched, watched[0]


async def every_operation(each: Any) -> None:
    """Each coroutine function that may have to wait, once."""
    await each.aset("a", 1, 100.0)
    assert await each.aget("a") == 1
    await each.aset_many({"b": 1, "c": 2})
    await each.aget_many("abx")
    await each.adelete("b")
    await each.aget_or_set("d", computed)
    await each.adelete_many("cd")
    await each.acontains("a")
    await each.astats()
    if isinstance(each, LayeredCache):
        await each.ahealth()
        await afigures(each)
    await each.aclear()
    assert [key async for key in each] == []
