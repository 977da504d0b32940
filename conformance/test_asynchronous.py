"""Asyncio: what tasks may expect of a cache that they share, and what a cancelled one leaves behind."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Iterator
from itertools import accumulate
from typing import Any

import pytest

from .callers import COMPUTING, Caller, Planned, at_once, programs
from .contract import needs
from .factory import NewCache
from .history import UNANSWERED
from .interleaving import PATIENCE, SAFETY, Call
from .judged import Judged
from .model import MISSING
from .outages import frozen
from .overlaps import judge, names, seeds
from .script import scenes
from .strategies import with_each
from .tasks import Origin, answers, asked, cancelled, computing, end, turn

TASKS, LENGTH = 3, 40  # calls of each task in one history
PAIR = 2  # of tasks that compute: a history of two shows more than one of three, in half the time
TURNS = 3  # of the event loop, until another task has run to its end


@pytest.mark.drawn
@needs(asynchronous="yes")
def test_tasks_see_one_order(new_cache: NewCache) -> None:
    """For every key, what tasks are answered at once they could be answered one after another.

    Look for what is read and then written with an ``await`` between.
    """
    for seed in seeds():
        cache = new_cache()
        judge(cache, by_tasks(cache, programs(seed, TASKS, LENGTH, names(new_cache))))


@pytest.mark.drawn
@needs(asynchronous="yes", get_or_set="single-flight")
def test_tasks_compute_in_one_order(new_cache: NewCache) -> None:
    """The same with get_or_set: one compute of a key at a time, and what comes too late is not stored."""
    for seed in seeds(fewest=20):
        cache = new_cache()
        judge(cache, by_tasks(cache, programs(seed, PAIR, LENGTH, always=COMPUTING)))


@needs(asynchronous="yes")
@with_each(name=("get", "set", "delete"))
def test_a_cancelled_operation_leaves_the_cache_usable(new_cache: NewCache, name: str) -> None:
    """Wherever an operation is cancelled, those on other keys know nothing of it; its own was changed, or was not.

    Look for a connection that goes back to its pool while an answer is still to come: the next one reads it.
    """
    arguments = {"get": ("a",), "set": ("a", "new"), "delete": ("a",)}[name]
    for turns in patience():
        cache = new_cache()
        cache.set("a", "old")
        cache.set("b", "other")
        cache.aside(scenes.CANCELLED.format(f"{name}({', '.join(map(repr, arguments))})"))
        over = run(new_cache, cancelled(cache, turns, name, *arguments))
        assert cache.get("b") == "other", "the answer is that to another question"
        assert cache.get("a") in {"get": ("old",), "set": ("old", "new"), "delete": ("old", None)}[name]
        cache.set("c", "last")
        assert (cache.get("c"), cache.get("b")) == ("last", "other")
        if over:
            return


@needs(asynchronous="yes", get_or_set="single-flight")
def test_tasks_make_one_compute(new_cache: NewCache) -> None:
    """Tasks that ask for one absent key make one compute and get its answer; the loop goes on meanwhile."""
    cache, origin = new_cache(), Origin()

    async def main() -> list[Any]:
        tasks = await computing(cache, origin, 5)
        origin.release.set()
        return await answers(tasks)

    assert run(new_cache, main()) == ["computed"] * 5
    assert origin.calls == 1, f"{origin.calls} computes were made"


@needs(asynchronous="yes", get_or_set="single-flight")
def test_when_the_leader_is_cancelled_the_others_are_answered(new_cache: NewCache) -> None:
    """Who is cancelled while it computes is alone in that: one that waits takes over."""
    cache, origin = new_cache(), Origin()
    cache.aside(scenes.CANCELLED_FLIGHT.format("3, 0"))

    async def main() -> list[Any]:
        leader, *waiters = await computing(cache, origin, 3)
        await end(leader)
        origin.release.set()
        return await answers(waiters)

    assert run(new_cache, main()) == ["computed"] * 2


@needs(asynchronous="yes", get_or_set="single-flight")
def test_when_a_waiter_is_cancelled_the_others_are_answered(new_cache: NewCache) -> None:
    """Who is cancelled while it waits disturbs neither the compute nor those who wait, too."""
    cache, origin = new_cache(), Origin()
    cache.aside(scenes.CANCELLED_FLIGHT.format("3, 1"))

    async def main() -> list[Any]:
        leader, waiter, other = await computing(cache, origin, 3)
        await end(waiter)
        origin.release.set()
        return await answers([leader, other])

    assert run(new_cache, main()) == ["computed"] * 2
    assert origin.calls == 1, f"{origin.calls} computes were made"
    assert cache.get("a", MISSING) == "computed"


@needs(asynchronous="yes", get_or_set="plain")
def test_after_a_cancelled_compute_the_next_call_computes(new_cache: NewCache) -> None:
    """Nothing of a compute that was cancelled is left behind, neither a value nor somebody to wait for."""
    cache, origin = new_cache(), Origin()
    cache.aside(scenes.CANCELLED_FLIGHT.format("1, 0"))

    async def main() -> Any:
        await end(*await computing(cache, origin, 1))
        origin.release.set()
        return await asyncio.wait_for(asked(cache, "get_or_set", "a", Origin("again", held=False)), SAFETY)

    assert run(new_cache, main()) in ("again", "computed")  # a compute may also go on without the one who asked


@needs(asynchronous="yes", get_or_set="single-flight")
def test_a_task_that_computes_cannot_ask_for_its_own_key(new_cache: NewCache) -> None:
    """A compute that needs its own result cannot have it: an error at once, not a deadlock, and no second compute."""
    cache, inner = new_cache(), Origin(held=False)

    async def main() -> Any:
        asking = asyncio.ensure_future(asked(cache, "get_or_set", "a", lambda: asked(cache, "get_or_set", "a", inner)))
        done, _ = await asyncio.wait([asking], timeout=PATIENCE)
        await end(asking)
        first = cache.history.steps[0]
        first.met = len(cache.history.steps)
        first.answer = first.answer if done else UNANSWERED
        return asking.exception() if done else UNANSWERED

    answer = run(new_cache, main())
    assert answer != UNANSWERED, "the compute waits for itself"
    assert answer is not None, "the inner call computed the key a second time"


@needs(asynchronous="yes", scope="network")
@with_each(name=("get", "set", "delete"))
def test_other_tasks_go_on_while_an_operation_waits(new_cache: NewCache, name: str) -> None:
    """While the server does not answer, the event loop does: an operation that waits holds up no other task.

    Look for a client that is not asynchronous, called in a coroutine.
    """
    cache = new_cache()
    cache.set("a", 1)

    waiting: list[asyncio.Future[Any]] = []

    async def main() -> bool:
        waiting.append(asyncio.ensure_future(asked(cache, name, "a", *([2] if name == "set" else []))))
        await turn(TURNS)
        return waiting[0].done()

    with frozen(new_cache):
        cache.aside(scenes.MEANWHILE)
        answer = Call(lambda: run(new_cache, main())).answer(PATIENCE)
    run(new_cache, end(*waiting))  # not before: how long a client takes to hear of a cancellation is no matter here
    assert answer is False, f"no other task runs until the operation is over: {answer!r}"


def by_tasks(cache: Judged, plans: list[list[Planned]]) -> list[Caller]:
    """One history: a plan for each task, whose calls a thread asks for."""
    callers = [Caller(cache.subject, each, f"task {number}") for number, each in enumerate(plans, 1)]
    at_once(callers)
    return callers


def run(new_cache: NewCache, main: Coroutine[Any, Any, Any]) -> Any:
    """What ``main`` returns, on the loop that the caches live on."""
    assert new_cache.loop is not None
    return new_cache.loop.run(main)


def patience() -> Iterator[int]:
    """Turns to wait before a cancellation: each of the first, then ever more."""
    yield from accumulate(range(40), lambda turns, _: turns + max(1, turns // 4))
