"""LayeredCache: what passes between memory, server and file while the server is there, and what is refused."""

from __future__ import annotations

import time
from contextlib import suppress
from math import inf
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from intrusions import everywhere, interrupt
from layered_machines import await_, layered, server, settled

from cache_impl import BadSetting, CircuitBreaker, LayeredCache, MemoryCache, RedisCache, patience
from cache_impl import layered as layered_module
from cache_impl.versioned import Versioned
from cache_impl.versions import Versions

__all__ = ["layered", "server"]  # fixtures


def test_a_full_pool_is_no_outage(server: Any, layered: Any) -> None:
    """Who finds no connection free is answered by the file in time; the breaker counts nothing."""
    del server
    breaker = CircuitBreaker(failure_threshold=1, recovery_time=0.1)  # soon over, where a busy machine is one
    cache = layered("one", redis={"pool_size": 1, "deadline": 0.4}, breaker=breaker)
    cache.set("a", 1)
    with cache._layers.server._wire.talk():  # noqa: SLF001  # the only connection
        cache.set("a", 2)
        assert (cache.get("a"), cache.get("b")) == (2, None)
        assert cache.health().breaker == "closed"
    await_(lambda: settled(cache))
    assert cache.get("a") == 2


@pytest.mark.parametrize("reachable", [True, False])
def test_a_late_result_never_undoes_what_came_meanwhile(server: Any, layered: Any, reachable: bool) -> None:  # noqa: FBT001
    """A delete on another machine, or, while Redis is away, in another process of this one, wins over a compute."""
    cache = layered("one")
    other = layered("two" if reachable else "one")
    other.delete("a")
    if not reachable:
        server.kill()
    assert cache.get_or_set("a", lambda: other.delete("a") or "late") == "late"
    assert (cache.get("a"), other.get("a")) == (None, None)
    assert cache.get_or_set("a", lambda: "in time") == other.get("a") == "in time"


def test_a_failed_compute_leaves_the_memory_of_a_delete(server: Any, layered: Any) -> None:
    """Its claim lay upon the tombstone; an older write that arrives later finds it again."""
    del server
    cache = layered("one")
    cache.set("a", 1)
    cache.delete("a")
    with cache._layers.server._wire.talk() as say:  # noqa: SLF001  # what lies there is nobody else's business
        tombstone = say((b"GET", b"p:a"))[0]
        with pytest.raises(ZeroDivisionError):
            cache.get_or_set("a", lambda: 1 / 0)
        assert say((b"GET", b"p:a"))[0] == tombstone


@pytest.mark.parametrize("deleted", [True, False])
def test_a_claim_whose_answer_nobody_waits_for_is_given_up(
    server: Any, layered: Any, monkeypatch: pytest.MonkeyPatch, *, deleted: bool
) -> None:
    """Who is cancelled or interrupted just then leaves nothing that others would wait for, and the tombstone."""
    del server
    cache = layered("one")
    if deleted:
        cache.delete("a")
    change = Versioned._change  # noqa: SLF001

    def interrupted(*arguments: Any, **options: Any) -> None:
        change(*arguments, **options)
        raise KeyboardInterrupt

    with cache._layers.server._wire.talk() as say:  # noqa: SLF001
        before = say((b"GET", b"p:a"))[0]
        with monkeypatch.context() as patch:
            patch.setattr(Versioned, "_change", interrupted)
            with pytest.raises(KeyboardInterrupt):
                cache.get_or_set("a", lambda: 1)
        assert say((b"GET", b"p:a"))[0] == before
    assert cache.get_or_set("a", lambda: 2) == 2


@pytest.mark.parametrize("module", [layered_module, patience])
def test_no_rule_of_one_operation_outlives_it(tmp_path: Path, module: ModuleType) -> None:
    """Whichever call a signal comes in: later ones are as patient as ever."""

    def ask() -> None:
        with suppress(KeyboardInterrupt):
            cache.get_lasting("a", 5)
            cache.get_or_set("a", lambda: rules.append(patience.most_in_vain.get()))
            cache.delete("a")

    rules: list[float] = []
    with LayeredCache(RedisCache("redis://127.0.0.1:1"), tmp_path) as cache:
        for _ in everywhere(module, interrupt, ask, before="call"):
            assert (patience.most_in_vain.get(), patience.least_left.get()) == (inf, 0)
    assert set(rules) == {inf}


def test_memory_answers_after_a_read_and_forgets_with_a_write(server: Any, layered: Any) -> None:
    """Reads fill it, writes of this object empty it, an entry of another machine shows after ``memory_ttl``."""
    del server
    now = [0.0]
    cache = layered("one", memory=MemoryCache(clock=lambda: now[0]), memory_ttl=5)
    other = layered("two")
    cache.set("a", 1)
    assert cache.get("a") == 1
    other.set("a", 2)
    assert cache.get("a") == 1
    now[0] += 5
    assert cache.get("a") == 2
    cache.set("a", 3)
    assert cache.get_many(["a", "b"]) == {"a": 3}
    cache.delete("a")
    assert cache.get("a") is None
    assert cache.stats()[:2] == (4, 2)


def test_versions_are_newer_than_all_that_was_seen() -> None:
    """Whatever the clocks say."""
    here, there = Versions(), Versions()
    ahead = there.next(after=time.time_ns() + 10**9)
    here.seen(ahead)
    assert here.next() > ahead
    assert here.next() < here.next()


def test_what_is_no_redis_cache_is_refused(tmp_path: Path) -> None:
    """An error that says what would be right."""
    with pytest.raises(BadSetting, match="RedisCache"):
        LayeredCache("redis://localhost", tmp_path)  # type: ignore[arg-type]
