"""ToolCache.run_once while Redis is away: no task runs that could have run before."""

from __future__ import annotations

import time
from contextlib import ExitStack, closing
from pathlib import Path
from typing import Any

import pytest
from tool_places import SAFETY, TASK

from cache_impl import CircuitBreaker, CircuitOpen, LayeredCache, RedisCache, ToolCache, Unavailable, digest
from cache_impl.replay import Replayer
from conformance.servers import named


@pytest.mark.parametrize("name", ["fakeredis", "embedded"])
def test_no_task_runs_while_redis_is_away(name: str) -> None:
    """Not even on what says that it is the only host: what was claimed there before, nobody can tell."""
    with named(name).running() as server:
        where: Any = server.url or server.connect()
        with closing(RedisCache(where, deadline=1)) as cache:
            server.kill()
            for single_host in (False, True):
                with pytest.raises(Unavailable):
                    ToolCache(cache, single_host=single_host).run_once(*TASK, pytest.fail)
            server.restart()
            assert ToolCache(cache).run_once(*TASK, lambda: 1) == 1


@pytest.mark.parametrize("name", ["fakeredis", "embedded"])
def test_a_result_is_returned_though_redis_has_gone_meanwhile(name: str) -> None:
    """What has been done is done; an error would have it done again. So is the error of a task that fails then."""
    with named(name).running() as server:
        where: Any = server.url or server.connect()

        def fail() -> Any:
            server.kill()
            raise ValueError("no")

        with closing(RedisCache(where, deadline=1)) as cache:
            assert ToolCache(cache).run_once(*TASK, lambda: server.kill() or "done") == "done"
            server.restart()
            with pytest.raises(ValueError, match="no"):
                ToolCache(cache).run_once(*TASK, fail)


def test_layers_run_no_task_while_redis_is_away(tmp_path: Path) -> None:
    """Everything else goes on; what ended while it was away is returned, and runs again, as nobody could note it."""
    with named("embedded").running() as server:
        redis, breaker = RedisCache(server.url, deadline=SAFETY), CircuitBreaker(recovery_time=SAFETY)
        with closing(LayeredCache(redis, tmp_path, breaker=breaker)) as cache:
            tools = ToolCache(cache)
            assert tools.run_once(*TASK, lambda: server.kill() or "done") == "done"
            with pytest.raises(Unavailable):
                tools.run_once(*TASK, pytest.fail)
            tools.set_tool("a", "1", 1)
            assert tools.get_tool("a", "1") == 1
            breaker.force_open()
            with pytest.raises(CircuitOpen):
                tools.run_once(*TASK, pytest.fail)


@pytest.mark.parametrize("change", ["delete", "clear"])
def test_no_task_runs_before_the_server_has_heard_of_the_latest_deletes(
    change: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Redis answers again, and still has the result that was deleted meanwhile: neither it nor a claim is to be had."""
    key = f"idempotency:{digest(list(TASK))}"
    with named("embedded").running() as server:
        redis, breaker = RedisCache(server.url), CircuitBreaker(recovery_time=SAFETY)
        with closing(LayeredCache(redis, tmp_path, breaker=breaker)) as cache:
            tools = ToolCache(cache)
            tools.run_once(*TASK, lambda: "result")
            breaker.force_open()
            cache.delete(key) if change == "delete" else cache.clear()
            with monkeypatch.context() as patch:
                patch.setattr(Replayer, "_sent", lambda _self, _ticket: [])  # nothing is replayed yet
                breaker.reset()
                with pytest.raises(Unavailable, match="deletes"):
                    tools.run_once(*TASK, pytest.fail, wait=0)
            deadline = time.monotonic() + SAFETY
            while cache.health().pending and time.monotonic() < deadline:
                cache.get(key)
            assert tools.run_once(*TASK, lambda: "again") == "again"


def test_layers_of_one_host_run_a_task_once_through_an_outage(tmp_path: Path) -> None:
    """Whether it began before or within, and in whichever process."""
    with named("embedded").running() as server, ExitStack() as opened:
        caches = [LayeredCache(RedisCache(server.url), tmp_path) for _ in range(2)]
        for cache in caches:
            opened.enter_context(closing(cache))
        first, second = (ToolCache(cache, single_host=True) for cache in caches)
        assert first.run_once("a", "t", "before", lambda: 1) == 1
        server.kill()
        assert second.run_once("a", "t", "before", pytest.fail) == 1
        assert second.run_once("a", "t", "within", lambda: 2) == 2
        server.restart()
        assert first.run_once("a", "t", "within", pytest.fail) == 2
