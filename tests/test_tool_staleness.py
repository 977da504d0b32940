"""How old an answer of a ToolCache may be while Redis is away, by kind."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import pytest
from tool_places import HOUR, SAFETY, Kind, each_kind

from cache_impl import BadSetting, CircuitBreaker, LayeredCache, MemoryCache, RedisCache, ToolCache
from conformance.servers import named


@each_kind
def test_what_redis_being_away_may_have_made_stale_is_answered_up_to_its_limit(kind: Kind, tmp_path: Path) -> None:
    """A search for minutes, a catalog and a tool for hours, an embedding for as long as it lives; then a miss.

    Once Redis is back, its answer counts, of any age.
    """
    now = [1e9]
    limits = {"catalog": 4 * HOUR, "tool": 4 * HOUR, "search_results": 300.0, "embedding": kind.ttl}
    with named("embedded").running() as server:
        redis, breaker = RedisCache(server.url, clock=lambda: now[0]), CircuitBreaker(recovery_time=SAFETY)
        with closing(LayeredCache(redis, tmp_path, breaker=breaker, mirror=True)) as cache:
            tools = ToolCache(cache)
            kind.set(tools, "before")
            breaker.force_open()
            now[0] += limits[kind.name] - 1
            assert kind.get(tools) == "before"
            now[0] += 1 if kind.name != "embedding" else 0.5
            assert kind.get(tools) == (None if kind.name != "embedding" else "before")
            kind.set(tools, "meanwhile")
            assert kind.get(tools) == "meanwhile"
            breaker.reset()
            now[0] += kind.ttl - 1
            assert kind.get(tools) == "meanwhile"


def test_limits_of_staleness_are_overridden_per_kind(tmp_path: Path) -> None:
    """By name; what is no kind, or never stale by nature of a task, is refused."""
    with pytest.raises(BadSetting, match="idempotency"):
        ToolCache(MemoryCache(), stale={"idempotency": 1})
    with pytest.raises(BadSetting, match="search"):
        ToolCache(MemoryCache(), stale={"search": 0})
    now = [1e9]
    with named("embedded").running() as server:
        redis, breaker = RedisCache(server.url, clock=lambda: now[0]), CircuitBreaker(recovery_time=SAFETY)
        with closing(LayeredCache(redis, tmp_path, breaker=breaker, mirror=True)) as cache:
            tools = ToolCache(cache, stale={"search": 10}, ttls={"search": 60})
            tools.set_search_results("q", "v1", 5, [1])
            breaker.force_open()
            now[0] += 9
            assert tools.get_search_results("q", "v1", 5) == [1]
            now[0] += 2
            assert tools.get_search_results("q", "v1", 5) is None
