"""Failover: while the server is gone, the cache goes on."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from .contract import needs
from .factory import NewCache
from .model import MISSING
from .outages import await_, breakable, gone
from .script import scenes
from .traffic import Traffic


@needs(failover="yes")
def test_no_outage_reaches_a_caller(new_cache: NewCache) -> None:
    """While the server is gone, get, set, delete and clear raise nothing."""
    cache = new_cache()
    cache.set("a", 1)
    with gone(new_cache):
        cache.get("b")
        cache.set("a", 2)
        cache.delete("a")
        cache.clear()


@needs(failover="yes")
def test_what_is_set_during_an_outage_is_found_in_it(new_cache: NewCache) -> None:
    """While the server is gone, a get answers the last set."""
    cache = new_cache()
    cache.set("a", 1)
    with gone(new_cache):
        cache.set("a", 2)
        cache.set("b", 3)
        assert (cache.get("a"), cache.get("b")) == (2, 3)


@needs(failover="yes")
def test_what_is_deleted_during_an_outage_is_gone_in_it(new_cache: NewCache) -> None:
    """While the server is gone, a delete says whether an entry set meanwhile was there, and removes it."""
    cache = new_cache()
    with gone(new_cache):
        cache.set("a", 1)
        assert cache.delete("a") is True
        assert cache.get("a", MISSING) is MISSING
        assert cache.delete("a") is False


@needs(failover="yes")
def test_what_is_cleared_during_an_outage_is_gone_in_it(new_cache: NewCache) -> None:
    """While the server is gone, clear removes every entry; what is set after it is there."""
    cache = new_cache()
    with gone(new_cache):
        cache.set("a", 1)
        cache.clear()
        cache.set("b", 2)
        assert (cache.get("a", MISSING), cache.get("b", MISSING)) == (MISSING, 2)


@needs(failover="yes", bulk="yes")
def test_bulk_operations_go_on_during_an_outage(new_cache: NewCache) -> None:
    """While the server is gone, bulk operations equal a loop of single ones."""
    cache = new_cache()
    with gone(new_cache):
        cache.set_many({"a": 1, "b": 2})
        assert cache.get_many(["a", "b", "c"]) == {"a": 1, "b": 2}
        assert cache.delete_many(["a", "c"]) == 1
        assert cache.get("a", MISSING) is MISSING


@needs(failover="yes", get_or_set="plain")
def test_a_miss_is_computed_during_an_outage(new_cache: NewCache) -> None:
    """While the server is gone, get_or_set computes once, and then finds what it computed."""
    cache = new_cache()
    answers = iter(["computed", "computed twice"])
    with gone(new_cache):
        assert cache.get_or_set("a", lambda: next(answers)) == "computed"
        assert cache.get_or_set("a", lambda: next(answers)) == "computed"


@needs(failover="yes")
def test_a_programming_error_is_no_outage(new_cache: NewCache) -> None:
    """A value that cannot be stored raises TypeError while the server is gone, and what was there stays."""
    cache = new_cache()
    with gone(new_cache):
        cache.set("a", 1)
        with pytest.raises(TypeError):
            cache.set("a", object())
        assert cache.get("a") == 1


@needs(failover="yes", keys={"text"})
def test_a_bad_key_is_no_outage(new_cache: NewCache) -> None:
    """A key that is no text raises TypeError while the server is gone."""
    cache = new_cache()
    with gone(new_cache):
        with pytest.raises(TypeError):
            cache.get(1)
        with pytest.raises(TypeError):
            cache.set(1, 1)
        with pytest.raises(TypeError):
            cache.delete(1)


@needs("health", failover="yes", scope="network", asynchronous={"no"})
def test_health_tells_who_serves_and_how_much_waits(new_cache: NewCache) -> None:
    """Another tier serves while the server is gone, and each key that was written waits; then all is as before."""
    cache = new_cache()
    cache.set("a", 1)
    before = cache.health()
    with gone(new_cache):
        for key in "abc":
            cache.set(key, 2)
        cache.delete("a")
        during = cache.health()
    assert (before.pending, during.pending) == (0, 3)
    assert (during.serving != before.serving, during.since >= before.since) == (True, True)
    assert (before.breaker, during.breaker != "closed") == ("closed", True)
    await_(cache, lambda: (cache.health().breaker, cache.health().pending), ("closed", 0))
    assert (cache.health().serving, cache.get("b")) == (before.serving, 2)


@needs(failover="yes", threads="safe", asynchronous={"no"})
def test_traffic_goes_on_through_a_whole_outage(
    new_cache: NewCache, record_outage: Callable[[dict[str, Any]], None]
) -> None:
    """While the server is frozen, killed and started anew, no get, set or delete of several threads raises.

    What they saw is in the result file, step by step.
    """
    server = breakable(new_cache)
    cache = new_cache.shipped()
    cache.aside(scenes.BROKEN)
    with Traffic(cache.subject) as traffic:
        traffic.goes_on(1.0)
        try:
            traffic.meets("frozen", server.freeze)
            traffic.goes_on(1.5)
            traffic.meets("killed", server.kill)
            traffic.goes_on(1.5)
        finally:
            traffic.meets("restarted", server.restart)
        traffic.goes_on(2.0)
    record_outage(traffic.outage("frozen, killed and restarted under load"))
    assert traffic.errors == []
