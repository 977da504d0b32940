"""Operations that are cancelled while the store is asked, or that find no thread to start: nobody else is held up."""

from __future__ import annotations

import asyncio
import pickle
from collections.abc import Callable
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from children import ended_well, forked
from layered_machines import CONVERGED, await_, layered, server
from tool_places import TASK

from cache_impl import CircuitBreaker, FileCache, ToolCache, database, errors
from cache_impl.errors import CacheError, CircuitOpen

__all__ = ["layered", "server"]  # fixtures


@pytest.fixture(params=[("claim", True), ("claim", False), ("swap", True), ("swap", False)], ids=str)
def cancelled(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> FileCache:
    """A cache whose next claim, or exchange of one, ends in a cancellation, after or before it is done."""
    cache = FileCache(tmp_path)
    store: Any = cache._store  # noqa: SLF001  # the seam between the cache and its file
    operation, done = request.param
    original: Callable[..., object] = getattr(store, operation)

    def cancel(*arguments: Any) -> None:
        monkeypatch.undo()
        if done:
            original(*arguments)
        raise asyncio.CancelledError

    monkeypatch.setattr(store, operation, cancel)
    return cache


def test_a_task_that_is_cancelled_may_run_again_at_once(cancelled: FileCache) -> None:
    """While its claim was on the way, or its result."""
    tools = ToolCache(cancelled, single_host=True)
    with pytest.raises(asyncio.CancelledError):
        tools.run_once(*TASK, lambda: 1, wait=0)
    assert tools.run_once(*TASK, lambda: 1, wait=0) == 1


def test_who_is_cancelled_holds_up_nobody_who_wants_the_same(cancelled: FileCache) -> None:
    """The next one does not wait for the lease of a claim that nobody has."""
    with pytest.raises(asyncio.CancelledError):
        cancelled.get_or_set("a", lambda: 1)
    database: Any = cancelled._store._database  # noqa: SLF001
    assert [*database.read("SELECT key FROM entries WHERE claim")] == []
    assert cancelled.get_or_set("a", lambda: 1) == 1


def test_replay_begins_though_no_thread_could_be_started_at_first(
    server: Any, layered: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is written then is not lost; the next operation starts another."""
    cache, other = layered("one"), layered("two")
    server.kill()
    start, refused = Thread.start, []

    def refuse(thread: Thread) -> None:
        if thread.name == "cache_impl.replay" and not refused:
            refused.append(thread)
            raise RuntimeError("can't start new thread")
        start(thread)

    monkeypatch.setattr(Thread, "start", refuse)
    cache.set("a", 1)
    assert refused
    assert cache.get("a") == 1
    server.restart()
    await_(lambda: other.get("a") == 1, CONVERGED)


def test_a_child_that_was_forked_while_a_file_was_opened_opens_its_own(tmp_path: Path) -> None:
    """Nobody there will ever be done with opening."""
    with database._opening:  # noqa: SLF001  # to be in the middle of it, for sure
        child = forked(lambda: FileCache(tmp_path).set("a", 1) is None)
    assert ended_well(child)


@pytest.mark.parametrize(
    "kind", [each for each in vars(errors).values() if isinstance(each, type) and issubclass(each, CacheError)]
)
def test_errors_come_whole_from_another_process(kind: type[CacheError]) -> None:
    """As they do from a pool of processes."""
    error = kind("no", 1.5) if kind is CircuitOpen else kind("no")
    again = pickle.loads(pickle.dumps(error))  # noqa: S301  # our own
    assert (type(again), again.args, vars(again)) == (kind, error.args, vars(error))


def test_an_open_breaker_says_from_another_process_how_long() -> None:
    """The error that it makes itself."""
    breaker = CircuitBreaker()
    breaker.force_open()
    with pytest.raises(CircuitOpen) as raised:
        breaker.call(int)
    assert pickle.loads(pickle.dumps(raised.value)).retry_after == raised.value.retry_after  # noqa: S301


def test_a_probe_gives_its_permit_back_where_is_failure_raises() -> None:
    """The caller hears of that, and the next one is the probe."""
    now, judged = [0.0], iter([True])

    def judge(_error: Exception) -> bool:
        return next(judged)

    breaker = CircuitBreaker(failure_threshold=1, recovery_time=1, is_failure=judge, clock=lambda: now[0])
    for raised, after in ((KeyError, "open"), (StopIteration, "half-open")):
        with pytest.raises(raised):
            breaker.call(lambda: {}["absent"])
        now[0] += 2
        assert breaker.state == after
    assert breaker.call(lambda: 1) == 1
    assert breaker.state == "closed"
