"""What a cache tells of itself: hits, waits and health of every tier, and what it has saved."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

import pytest
from layered_machines import layered, server

from cache_impl import BadSetting, FileCache, LocalCache, MemoryCache, RedisCache, ToolCache, figures
from cache_impl.latency import Waits

__all__ = ["layered", "server"]  # fixtures


def test_every_tier_is_told_apart(server: Any, layered: Any) -> None:
    """Who answered, how long the others took, who serves and what waits."""
    cache = layered("one", memory=MemoryCache(capacity=2))
    assert figures(cache).hit_rate == 0
    cache.set_many({"a": 1, "b": 2, "c": 3})
    for key in "aabcd":
        cache.get(key)
    seen = figures(cache)
    assert (seen.hits, seen.misses, seen.memory_hits, seen.evictions, seen.damaged) == (4, 1, 1, 1, 0)
    assert (seen.hit_rate, seen.serving, seen.breaker, seen.pending) == (0.8, "redis", "closed", 0)
    assert list(seen.latency) == ["redis", "file"]
    assert 0 < seen.latency["redis"].median <= seen.latency["redis"].p99 <= seen.latency["redis"].longest
    assert seen.latency["redis"].operations >= 5
    server.kill()
    for key in "xyz":
        cache.set(key, 1)
    seen = figures(cache)
    assert (seen.serving, seen.breaker != "closed", seen.pending) == ("file", True, 3)
    assert str(seen).startswith("4 hits of 5 (80.0%), 1 by memory; 1 evicted, 0 expired, 0 damaged; redis ")
    assert str(seen).endswith(" 3 to replay")


def test_every_cache_has_figures(server: Any, tmp_path: Path) -> None:
    """Those of one tier, too; a server that fails is seen in its waits."""
    caches: dict[Any, list[str]] = {
        MemoryCache(): [],
        FileCache(tmp_path / "file"): ["file"],
        LocalCache(tmp_path / "local", memory=MemoryCache()): ["file"],
        RedisCache(server.url): ["redis"],
    }
    for cache, waiting in caches.items():
        cache.set("a", 1)
        assert (cache.get("a"), cache.get("a"), cache.get("b")) == (1, 1, None)
        seen = figures(cache)
        assert (seen.hits, seen.misses, seen.breaker, list(seen.latency)) == (2, 1, "none", waiting)
        assert seen.serving == (waiting or ["memory"])[0]
    cache = RedisCache("redis://127.0.0.1:1")
    with pytest.raises(ConnectionError):
        cache.get("a")
    assert figures(cache).latency["redis"].operations == 1


def test_latency_is_that_of_the_last_operations() -> None:
    """Each figure is one that was measured."""
    waits = Waits()
    assert waits.latency() is None
    for number in range(2000):
        waits.note(number / 1000)
    assert waits.latency() == (1000, 1.499, 1.989, 1.999)
    assert str(waits.latency()) == "1.5e+03 ms (p99 1.99e+03, longest 2e+03)"


def test_prices_tell_what_was_saved() -> None:
    """Each hit is a call that was not paid for, each miss one that was."""
    tools = ToolCache(MemoryCache(), prices={"embedding": 0.0001, "idempotency": 0.03}, single_host=True)
    assert (tools.costs().without, tools.costs().hit_rate) == (0, 0)
    for text in ("a", "b", "a", "a"):
        if tools.get_embedding(text, "m", default="none") == "none":
            tools.set_embedding(text, "m", None)
    for _ in range(3):
        tools.run_once("agent", "template", {}, lambda: 1)
    with pytest.raises(ZeroDivisionError):
        tools.run_once("agent", "template", {"bad": 1}, lambda: 1 / 0)
    tools.get_search_results("q", "v1", 5)
    costs = tools.costs()
    assert costs.kinds["embedding"] == (2, 2, 0.0001)
    assert costs.kinds["idempotency"] == (2, 2, 0.03)
    assert costs.kinds["search"] == (0, 1, 0.0)
    assert (costs.hits, costs.misses) == (4, 5)
    assert (costs.saved, costs.spent, costs.without) == pytest.approx((0.0602, 0.0602, 0.1204))
    assert str(costs) == ("4 of 9 calls answered (44.4%); 0.0602 spent, 0.1204 without the cache, 0.0602 saved (50.0%)")


def test_no_count_is_lost_between_threads() -> None:
    """Eight of them, at once."""
    tools = ToolCache(MemoryCache())

    def ask() -> None:
        for _ in range(500):
            tools.get_tool("name", "v1")

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert tools.costs().misses == 4000


@pytest.mark.parametrize(
    ("prices", "told"),
    [
        ({"embeding": 1.0}, "'embeding', which is no kind"),
        ({"tool": -1}, r"prices\['tool'\] is -1"),
        ({"tool": "1"}, "'1'"),
    ],
)
def test_a_wrong_price_is_refused_by_name(prices: dict[str, Any], told: str) -> None:
    """An unknown kind, or what is no price."""
    with pytest.raises(BadSetting, match=told):
        ToolCache(MemoryCache(), prices=prices)
