"""Values made anew before they expire: early by chance, in their last seconds for sure, and never what was changed."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from math import log
from pathlib import Path
from typing import Any

import pytest
from clocks import Clock
from hypothesis import given
from hypothesis import strategies as st
from layered_machines import await_, server

from cache_impl import BadSetting, LayeredCache, MemoryCache, RedisCache
from cache_impl.renewal import Renewal

__all__ = ["server"]  # a fixture

SAFETY = 20.0
Make = Callable[..., Any]


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture(params=["redis", "layered", "layered with memory"])
def make(request: pytest.FixtureRequest, server: Any, clock: Clock, tmp_path: Path) -> Iterator[Make]:
    """A cache of each kind that can; its memory tier keeps nothing beyond the moment."""
    opened: list[Any] = []

    def open_(**options: Any) -> Any:
        cache: Any = RedisCache(server.url, clock=clock, deadline=SAFETY, **options)
        if request.param != "redis":
            memory = MemoryCache(clock=clock) if "memory" in request.param else None
            cache = LayeredCache(cache, tmp_path / str(len(opened)), memory=memory, memory_ttl=0.5)
        opened.append(cache)
        return cache

    yield open_
    for cache in opened:
        cache.close()


class Source:
    """Makes 1, 2, 3; each takes so long on the clock, and waits to be let go."""

    def __init__(self, clock: Clock, takes: float = 0.0) -> None:
        self.made = 0
        self.free = threading.Event()
        self.free.set()
        self._clock, self._takes = clock, takes

    def __call__(self) -> int:
        assert self.free.wait(SAFETY)
        self._clock.now += self._takes
        self.made += 1
        return self.made


def test_in_its_last_seconds_a_value_is_answered_and_made_anew(make: Make, clock: Clock) -> None:
    """Before them it is just answered; after them it has expired, as its ttl says."""
    cache, source = make(stale=10), Source(clock)
    assert cache.get_or_set("a", source, ttl=60) == 1
    clock.now += 49
    assert (cache.get_or_set("a", source, ttl=60), source.made) == (1, 1)
    clock.now += 1
    source.free.clear()
    assert [cache.get_or_set("a", source, ttl=60) for _ in range(3)] == [1, 1, 1]
    source.free.set()
    await_(lambda: cache.get("a") == 2)
    assert source.made == 2
    clock.now += 59
    assert cache.get("a") == 2
    clock.now += 1
    assert cache.get("a") is None


def test_without_being_told_to_nothing_is_made_anew(make: Make, clock: Clock) -> None:
    """Both are off by default."""
    cache, source = make(), Source(clock, takes=10)
    cache.get_or_set("a", source, ttl=60)
    clock.now += 59.9
    assert (cache.get_or_set("a", source, ttl=60), source.made) == (1, 1)


def test_what_took_long_to_make_is_made_anew_early(make: Make, clock: Clock) -> None:
    """How long it took is stored with it: another cache knows. What took no time is not."""
    slow, quick = Source(clock, takes=10), Source(clock)
    writer = make(early_refresh=1)
    writer.get_or_set("slow", slow, ttl=1000)
    writer.get_or_set("quick", quick, ttl=1000)
    reader = make(early_refresh=1e6)  # so eager that chance has no say
    clock.now += 1
    assert (reader.get_or_set("slow", slow, ttl=1000), reader.get_or_set("quick", quick, ttl=1000)) == (1, 1)
    await_(lambda: reader.get("slow") == 2)
    assert quick.made == 1


@pytest.mark.parametrize("change", ["set", "delete", "clear"])
def test_a_change_meanwhile_wins(make: Make, clock: Clock, change: str) -> None:
    """What is made too late is not stored, whoever made the change."""
    cache, source, other = make(stale=10), Source(clock), make()
    cache.get_or_set("a", source, ttl=60)
    clock.now += 55
    source.free.clear()
    cache.get_or_set("a", source, ttl=60)
    changes = {"set": lambda: other.set("a", "newer"), "delete": lambda: other.delete("a"), "clear": other.clear}
    changes[change]()
    source.free.set()
    await_(lambda: not cache._renewal._under_way)  # noqa: SLF001  # nothing else tells that nothing happened
    clock.now += 1
    assert cache.get("a") == ("newer" if change == "set" else None)


def test_an_error_leaves_the_old_value(make: Make, clock: Clock) -> None:
    """Nobody waits for it; the next to ask has it tried again."""
    cache, source = make(stale=10), Source(clock)
    cache.get_or_set("a", source, ttl=60)
    clock.now += 55
    assert cache.get_or_set("a", lambda: 1 / 0, ttl=60) == 1
    await_(lambda: not cache._renewal._under_way)  # noqa: SLF001
    clock.now += 1
    assert cache.get_or_set("a", source, ttl=60) == 1
    await_(lambda: cache.get("a") == 2)


def test_a_task_has_it_made_by_another_task(make: Make, clock: Clock) -> None:
    """Of the same loop, and is answered at once."""
    cache = make(stale=10)
    made: list[int] = []

    async def compute() -> int:
        await asyncio.sleep(0)
        made.append(1)
        return len(made)

    async def work() -> None:
        assert await cache.aget_or_set("a", compute, ttl=60) == 1
        clock.now += 55
        assert await cache.aget_or_set("a", compute, ttl=60) == 1
        while await cache.aget("a") != 2:  # noqa: ASYNC110  # whoever stores it tells nobody
            await asyncio.sleep(0.005)

    asyncio.run(asyncio.wait_for(work(), SAFETY))


def test_without_a_thread_to_be_had_the_old_value_is_answered(
    make: Make, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And when there is one again, it is made anew."""

    def refuse(_thread: threading.Thread) -> None:
        raise RuntimeError("can't start new thread")

    cache, source = make(stale=10), Source(clock)
    cache.get_or_set("a", source, ttl=60)
    clock.now += 55
    with monkeypatch.context() as patch:
        patch.setattr(threading.Thread, "start", refuse)
        assert cache.get_or_set("a", source, ttl=60) == 1
    clock.now += 1
    assert cache.get_or_set("a", source, ttl=60) == 1
    await_(lambda: cache.get("a") == 2)


@pytest.mark.parametrize("ended", ["closed", "cancelled"])
def test_what_an_event_loop_has_left_undone_another_makes(make: Make, clock: Clock, ended: str) -> None:
    """A loop is closed in the middle of it, or the task is cancelled before it begins."""
    cache, loop = make(stale=10), asyncio.new_event_loop()
    cache.get_or_set("a", lambda: 1, ttl=60)
    clock.now += 55

    async def never() -> int:
        await asyncio.Event().wait()
        return 0

    async def leave() -> None:
        assert await cache.aget_or_set("a", never, ttl=60) == 1
        if ended == "cancelled":
            for task in asyncio.all_tasks():
                task.cancel()

    with suppress(asyncio.CancelledError):
        loop.run_until_complete(leave())
    loop.run_until_complete(asyncio.sleep(0))
    if ended == "closed":
        loop.close()
    clock.now += 1
    assert cache.get_or_set("a", lambda: 2, ttl=60) == 1
    await_(lambda: cache.get("a") == 2)
    loop.close()


def test_while_redis_is_away_the_old_value_is_answered(server: Any, clock: Clock, tmp_path: Path) -> None:
    """It was mirrored; what is made anew cannot take its place, and nothing is raised."""
    redis = RedisCache(server.url, clock=clock, stale=10)
    with closing(LayeredCache(redis, tmp_path, mirror=True)) as cache:
        source = Source(clock)
        cache.get_or_set("a", source, ttl=60)
        server.kill()
        clock.now += 55
        assert cache.get_or_set("a", source, ttl=60) == 1
        await_(lambda: not redis._renewal._under_way)  # type: ignore[union-attr]  # noqa: SLF001
        assert cache.get("a") == 1


@given(left=st.floats(0.001, 1e6), took=st.floats(0, 1e4), beta=st.floats(0.01, 100), drawn=st.floats(0, 0.999999))
def test_xfetch_is_as_in_its_paper(left: float, took: float, beta: float, drawn: float) -> None:
    """Due where now - took * beta * ln(random) reaches the expiry."""
    renewal = Renewal(beta, 0, lambda: drawn)
    assert renewal.due(left, took) == (-took * beta * log(1 - drawn) >= left)
    assert not renewal.due(float("inf"), took)


@pytest.mark.parametrize("options", [{"stale": -1}, {"early_refresh": -1}, {"stale": "1"}, {"early_refresh": True}])
def test_a_wrong_setting_is_refused_by_name(options: dict[str, Any]) -> None:
    """At once."""
    with pytest.raises(BadSetting, match=next(iter(options))):
        RedisCache("redis://127.0.0.1:1", **options)
