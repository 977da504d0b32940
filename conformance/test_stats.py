"""Stats: they tell the same story as the operations they count."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from .contract import needs
from .factory import NewCache
from .interleaving import interleaved
from .judged import Judged
from .strategies import HELD, filled, timed_too, with_each


def told(cache: Judged) -> tuple[int, int]:
    """Hits and misses so far."""
    stats = cache.stats()
    return stats.hits, stats.misses


def expired(new_cache: NewCache, keys: str, capacity: int | None = None) -> Judged:
    """A cache in which each of ``keys`` had an entry whose time is over."""
    cache = new_cache(capacity=capacity, ttl=new_cache.unit)
    for key in keys:
        cache.set(key, 1)
    cache.advance(1.5 * cache.unit + cache.late)
    return cache


@needs(stats="yes")
@timed_too
def test_a_get_that_finds_is_a_hit(new_cache: NewCache) -> None:
    """Each get that finds an entry is one hit and no miss; a set counts as neither."""
    cache = new_cache()
    cache.set("a", 1)
    cache.set("a", 2)
    for _ in range(3):
        cache.get("a")
    assert told(cache) == (3, 0)


@needs(stats="yes")
@timed_too
def test_a_get_that_finds_nothing_is_a_miss(new_cache: NewCache) -> None:
    """Each get of an absent key is one miss and no hit; a delete of it counts as neither."""
    cache = new_cache()
    cache.set("b", 1)
    for _ in range(3):
        cache.get("a")
    cache.delete("a")
    assert told(cache) == (0, 3)


@needs(stats="yes")
@timed_too
def test_a_stored_none_is_a_hit(new_cache: NewCache) -> None:
    """What is found counts, whatever its value."""
    cache = new_cache()
    cache.set("a", None)
    cache.get("a")
    assert told(cache) == (1, 0)


@needs("__contains__", stats="yes")
def test_in_counts_neither_as_hit_nor_as_miss(new_cache: NewCache) -> None:
    """Hits and misses are those of reads: `in`, which gives no value, is none."""
    cache = filled(new_cache, {"a": 1})
    assert ("a" in cache, "b" in cache) == (True, False)
    assert told(cache) == (0, 0)


@needs(stats="yes", get_or_set="plain")
def test_get_or_set_counts_as_one_read(new_cache: NewCache) -> None:
    """get_or_set is one miss when it computes, and one hit when it need not."""
    cache = new_cache()
    cache.get_or_set("a", lambda: 1)
    assert told(cache) == (0, 1)
    cache.get_or_set("a", lambda: 1)
    assert told(cache) == (1, 1)


@needs(stats="yes", threads="safe", asynchronous={"no"}, scope={"instance"})
@with_each(key="ab")
def test_no_count_is_lost_between_threads(new_cache: NewCache, key: str) -> None:
    """threads: safe: two gets at once are two hits or two misses.

    The second comes into the first at every place; look for a count that is read, and written without a lock.
    """

    def get(cache: Judged) -> Any:
        return cache.get(key)

    for cache, *_ in interleaved(lambda: filled(new_cache, {"a": 1}), get, get):
        assert sum(told(cache)) == 2


@needs(stats="yes")
@with_each(held=HELD, gone="ad")
def test_size_counts_the_entries(new_cache: NewCache, held: dict[str, int], gone: str) -> None:
    """Size follows set, overwrite and delete."""
    cache = filled(new_cache, held)
    for key in held:
        cache.set(key, "again")
    cache.delete(gone)
    assert cache.stats().size == len(held.keys() - {gone})


@needs(stats="yes")
def test_size_is_zero_after_clear(new_cache: NewCache) -> None:
    """Size follows clear, and what is set after it."""
    cache = filled(new_cache, {"a": 1, "b": 2})
    cache.clear()
    assert cache.stats().size == 0
    cache.set("a", 1)
    assert cache.stats().size == 1


@needs(stats="yes", ttl="fixed")
@with_each(look=("nothing", "get", "delete", "set"))
def test_expired_entries_are_counted_once(new_cache: NewCache, look: str) -> None:
    """Each entry that expires is one expiration, whether or not it is asked for, deleted or overwritten later."""
    looks: dict[str, Callable[[], Any]] = {
        "nothing": lambda: None,
        "get": lambda: cache.get("a"),
        "delete": lambda: cache.delete("a"),
        "set": lambda: cache.set("a", 1),
    }
    cache = expired(new_cache, "ab")
    looks[look]()
    looks[look]()
    assert cache.stats().expirations == 2


@needs(stats="yes", ttl="fixed")
def test_size_counts_no_expired_entry(new_cache: NewCache) -> None:
    """Size is the number of entries that are there."""
    cache = expired(new_cache, "a")
    assert cache.stats().size == 0


@needs(stats="yes", ttl="fixed")
def test_an_expired_entry_is_a_miss(new_cache: NewCache) -> None:
    """A get that finds only an expired entry is a miss."""
    cache = expired(new_cache, "a")
    cache.get("a")
    assert told(cache) == (0, 1)


@needs(stats="yes", eviction={"fifo", "lru"})
@timed_too
@with_each(capacity=range(1, 4), sets=range(6))
def test_every_entry_pushed_out_is_an_eviction(new_cache: NewCache, capacity: int, sets: int) -> None:
    """Evictions counts the entries that made room for others."""
    cache = new_cache(capacity=capacity)
    for number in range(sets):
        cache.set(str(number), "value")
    assert cache.stats().evictions == max(0, sets - capacity)


@needs(stats="yes")
def test_only_entries_pushed_out_are_evictions(new_cache: NewCache) -> None:
    """What is overwritten, deleted or cleared was not evicted."""
    cache = filled(new_cache, {"a": 1, "b": 1})
    cache.set("a", 2)
    cache.delete("a")
    cache.clear()
    assert cache.stats().evictions == 0


@needs(stats="yes", ttl="fixed")
def test_an_expired_entry_is_no_eviction(new_cache: NewCache) -> None:
    """What went because its time was over made room for nobody."""
    cache = expired(new_cache, "a")
    cache.get("a")
    assert cache.stats().evictions == 0


@needs(stats="yes", ttl="fixed", eviction={"fifo", "lru"})
@with_each(capacity=(2, 3))
def test_an_expired_entry_that_makes_room_is_no_eviction(new_cache: NewCache, capacity: int) -> None:
    """A set that finds a full cache of expired entries pushes nobody out: each is one expiration."""
    cache = expired(new_cache, "abc"[:capacity], capacity)
    cache.set("d", 1)
    stats = cache.stats()
    assert (stats.evictions, stats.expirations) == (0, capacity)


@needs(stats="yes", bulk="yes")
@with_each(held=HELD)
def test_bulk_counts_as_a_loop_of_singles(new_cache: NewCache, held: dict[str, int]) -> None:
    """get_many adds a hit for each key found and a miss for each that is not."""
    cache = filled(new_cache, held)
    cache.get_many("abz")
    assert told(cache) == (len(held.keys() & {"a", "b"}), len({"a", "b", "z"} - held.keys()))
