"""One compute per key, where the conformance suite does not look: deadlocks, tasks, cancellation, leftovers."""

from __future__ import annotations

import asyncio
import gc
import threading
import time
import weakref
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import Any

import pytest
from intrusions import everywhere, interrupt

from cache_impl import MemoryCache, Recursion, flight

SAFETY = 20.0  # seconds after which a thread is given up on


@pytest.fixture
def cache() -> Any:
    """A cache in which, at the end, no flight is left."""
    cache = MemoryCache()
    yield cache
    assert cache._flights.under_way == {}  # noqa: SLF001  # seen from outside only as memory


def test_a_compute_that_comes_back_to_its_key_over_others_raises(cache: MemoryCache) -> None:
    """One key asks for the next, and the last for the first: an error for all three, and nothing is stored."""

    def ask(key: str) -> Any:
        return cache.get_or_set(key, lambda: ask({"a": "b", "b": "c", "c": "a"}[key]))

    with pytest.raises(Recursion, match="'a'"):
        ask("a")
    assert len(cache) == 0


def test_two_threads_that_would_wait_for_each_other_raise(cache: MemoryCache) -> None:
    """One computes a and needs b, the other computes b and needs a: no deadlock."""
    both = threading.Barrier(2)

    def ask(key: str, other: str) -> Any:
        def compute() -> Any:
            both.wait(SAFETY)
            return cache.get_or_set(other, lambda: 1)

        return cache.get_or_set(key, compute)

    with ThreadPoolExecutor(2) as pool:
        asking = [pool.submit(ask, "a", "b"), pool.submit(ask, "b", "a")]
        errors = [each.exception(SAFETY) for each in asking]
    assert any(isinstance(error, Recursion) for error in errors)


def test_when_the_one_who_computes_is_interrupted_a_waiter_takes_over(cache: MemoryCache) -> None:
    """KeyboardInterrupt is no answer: it stays with its thread, and the others get a value."""
    entered, release = threading.Event(), threading.Event()

    def interrupted() -> Any:
        entered.set()
        release.wait(SAFETY)
        raise KeyboardInterrupt

    with ThreadPoolExecutor(4) as pool:
        first = pool.submit(cache.get_or_set, "a", interrupted)
        entered.wait(SAFETY)
        others = [pool.submit(cache.get_or_set, "a", lambda: "taken over") for _ in range(3)]
        release.set()
        assert isinstance(first.exception(SAFETY), KeyboardInterrupt)
        assert [each.result(SAFETY) for each in others] == ["taken over"] * 3


def test_an_interrupt_leaves_nothing_behind_wherever_it_comes(cache: MemoryCache) -> None:
    """Also just before the compute and just after it: the key can be asked for again."""

    def ask() -> None:
        with suppress(KeyboardInterrupt):
            cache.get_or_set("a", lambda: cache.get_or_set("b", lambda: 1))

    for _ in everywhere(flight, interrupt, ask):
        assert (cache._flights.under_way, flight._within.get()) == ({}, None)  # noqa: SLF001
        cache.clear()


def test_where_an_event_loop_was_closed_the_next_one_takes_over(cache: MemoryCache) -> None:
    """Of those who ask later, and who waited already gets that answer."""
    loop, waited = asyncio.new_event_loop(), []

    async def leave() -> asyncio.Task[Any]:
        task = asyncio.ensure_future(cache.aget_or_set("a", asyncio.Event().wait))
        await asyncio.sleep(0)
        return task

    task = loop.run_until_complete(leave())
    stranded = cache._flights.under_way["a"]  # noqa: SLF001
    thread = threading.Thread(target=lambda: waited.append(cache.get_or_set("a", lambda: 2)), daemon=True)
    thread.start()
    while stranded.landed is None:
        time.sleep(0.001)
    loop.close()
    assert cache.get_or_set("a", lambda: 1) in {1, 2}
    thread.join(SAFETY)
    assert waited == [cache.get("a")]
    task.get_coro().close()  # type: ignore[union-attr]  # as the garbage collector does
    assert cache.get("a") == waited[0]


def test_who_asks_after_a_delete_does_not_get_the_late_result(cache: MemoryCache) -> None:
    """A compute that began before a delete answers those who asked before it, and nobody else."""
    entered, release = threading.Event(), threading.Event()

    def stale() -> str:
        entered.set()
        release.wait(SAFETY)
        return "stale"

    with ThreadPoolExecutor(1) as pool:
        late = pool.submit(cache.get_or_set, "a", stale)
        entered.wait(SAFETY)
        cache.delete("a")
        assert cache.get_or_set("a", lambda: "fresh") == "fresh"
        release.set()
        assert late.result(SAFETY) == "stale"
    assert cache.get("a") == "fresh"


def test_a_wrong_ttl_is_refused_before_anything_is_computed(cache: MemoryCache) -> None:
    """get_or_set with a bad ttl raises ValueError and calls nothing."""
    with pytest.raises(ValueError, match="-1"):
        cache.get_or_set("a", lambda: pytest.fail("computed"), ttl=-1)


def test_an_error_holds_no_memory_when_it_is_handled(cache: MemoryCache) -> None:
    """No cycle keeps an error, and all that its traceback holds, until the next garbage collection."""

    class OwnError(Exception):
        pass

    handled: list[Any] = []
    together, release = threading.Barrier(4), threading.Event()

    def fail() -> None:
        release.wait(SAFETY)
        raise OwnError

    def ask() -> None:
        together.wait(SAFETY)
        try:
            cache.get_or_set("a", fail)
        except OwnError as error:
            handled.append(weakref.ref(error))

    gc.disable()
    try:
        threads = [threading.Thread(target=ask) for _ in range(3)]
        for thread in threads:
            thread.start()
        together.wait(SAFETY)
        release.set()
        for thread in threads:
            thread.join(SAFETY)
        assert [each() for each in handled] == [None] * 3
    finally:
        gc.enable()


def tasks(work: Callable[[], Awaitable[None]]) -> None:
    asyncio.run(asyncio.wait_for(work(), SAFETY))  # type: ignore[arg-type]


def test_tasks_and_threads_share_one_compute(cache: MemoryCache) -> None:
    """A coroutine computes, and another task and a thread wait for it."""
    calls = 0

    async def compute() -> str:
        nonlocal calls
        calls += 1
        await asyncio.sleep(0.01)
        return "computed"

    async def work() -> None:
        first = asyncio.create_task(cache.aget_or_set("a", compute))
        await asyncio.sleep(0)
        answers = await asyncio.gather(
            first, cache.aget_or_set("a", compute), asyncio.to_thread(cache.get_or_set, "a", lambda: "thread")
        )
        assert answers == ["computed"] * 3

    tasks(work)
    assert calls == 1


def test_a_cancelled_task_leaves_the_compute_to_another(cache: MemoryCache) -> None:
    """Whoever computes may be cancelled, and whoever waits: the rest get their answer."""

    async def compute() -> str:
        await asyncio.sleep(0.01)
        return "computed"

    async def work() -> None:
        asked = [asyncio.create_task(cache.aget_or_set("a", compute)) for _ in range(5)]
        await asyncio.sleep(0)
        asked[0].cancel()
        asked[3].cancel()
        answers = await asyncio.gather(*asked, return_exceptions=True)
        assert [each for each in answers if each == "computed"] == ["computed"] * 3

    tasks(work)


def test_tasks_that_would_wait_for_each_other_raise(cache: MemoryCache) -> None:
    """A coroutine that comes back to its own key, and a call that would block its own event loop."""

    async def ask() -> Any:
        return await cache.aget_or_set("a", lambda: asyncio.gather(cache.aget_or_set("b", ask)))

    async def blocking() -> Any:
        return cache.get_or_set("c", lambda: 1)

    async def work() -> None:
        with pytest.raises(Recursion):
            await ask()
        with pytest.raises(Recursion):
            await cache.aget_or_set("c", blocking)

    tasks(work)
