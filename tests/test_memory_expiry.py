"""How a MemoryCache keeps deadlines: what a get removes, what stays, and how much is noted."""

from __future__ import annotations

from collections.abc import Callable
from math import inf
from random import Random
from typing import Any

import pytest
from clocks import Clock
from memory_caches import make

from cache_impl import CacheClosed, MemoryCache
from cache_impl.basics import MISSING
from cache_impl.expiry import Deadlines

__all__ = ["make"]  # a fixture


@pytest.mark.parametrize("first", [{"value": None}, {"value": 1, "ttl": 10}], ids=["None", "ttl"])
def test_a_get_that_was_taken_before_it_mattered_is_right_for_ever(
    make: Callable[..., MemoryCache], first: dict[str, Any]
) -> None:
    """Whoever keeps ``cache.get`` is told of Nones, of what has expired, and of the end, whatever came in between."""
    clock = Clock()
    cache = make(clock=clock)
    get = cache.get
    for _ in range(2):
        cache.set("plain", 2)
        assert (get("plain", MISSING), get("key", MISSING)) == (2, MISSING)
        cache.set("key", **first)
        assert get("key", MISSING) == cache.get("key", MISSING) == first["value"]
        clock.now += 10
        kept = MISSING if "ttl" in first else None
        assert (get("key", MISSING), get("plain")) == (kept, 2)
        cache.clear()
    cache.close()
    with pytest.raises(CacheClosed):
        get("key")


def test_a_ttl_too_short_for_the_clock_is_not_over_at_once() -> None:
    """An entry is never gone before its ttl, not even when the clock cannot tell that little time."""
    clock = Clock()
    cache = MemoryCache(clock=clock)
    cache.set("a", 1, ttl=1e-30)
    assert cache.get("a") == 1
    clock.now += 1e-6
    assert cache.get("a") is None


def test_entries_that_expire_together_are_not_removed_by_one_get(make: Callable[..., MemoryCache]) -> None:
    """A get among many expired entries removes some and answers; len removes all."""
    clock = Clock()
    cache = make(capacity=10_000, ttl=1, clock=clock)
    cache.set_many(dict.fromkeys(range(10_000)))
    clock.now += 1
    assert cache.get(9_999, MISSING) is MISSING
    assert 9_000 < len(cache._entries.values) < 10_000  # noqa: SLF001  # len() would remove them
    assert len(cache) == 0
    assert cache.stats().expirations == 10_000


def test_deleted_deadlines_leave_a_bounded_rest() -> None:
    """The index of deadlines holds at most a few notes per key, however often keys come and go."""
    deadlines = Deadlines()
    for turn in range(20_000):
        deadlines.set(turn % 7, turn + 1e6)
        deadlines.set(turn % 7, 1e6 - turn)
        deadlines.remove((turn + 3) % 7)
    assert deadlines._notes < 2_000  # noqa: SLF001  # seen from outside only as memory


@pytest.mark.parametrize("span", [0, 3, 1000])
def test_whatever_was_set_and_removed_the_soonest_is_due_first(span: int) -> None:
    """Many deadlines, often the same, moved either way and removed, against a dict that is searched through."""
    random, deadlines, now = Random(span), Deadlines(), 0
    for _ in range(60):
        for key in random.sample(range(2000), 100):
            deadlines.set(key, float(now + 1 + random.randint(0, span)))
            deadlines.remove(random.randrange(2000))
        now += random.randint(0, 30)
        expected = dict(deadlines.of)
        while (key := deadlines.due(now)) is not MISSING:
            assert expected[key] == min(expected.values()) <= now
            deadlines.remove(key)
            del expected[key]
        assert expected == deadlines.of
        assert min(expected.values(), default=inf) > now
