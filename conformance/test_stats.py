"""Stats: they tell the same story as the operations they count."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from .contract import needs
from .factory import NewCache
from .strategies import SHORT, numbers


@needs(stats="yes")
@given(entries=st.dictionaries(SHORT, st.none()), asked=st.lists(SHORT))
def test_every_get_is_a_hit_or_a_miss(new_cache: NewCache, entries: dict[str, None], asked: list[str]) -> None:
    """Hits and misses count what get answered, a stored None as a hit."""
    cache = new_cache()
    for key in entries:
        cache.set(key, None)
    for key in asked:
        cache.get(key)
    hits = sum(key in entries for key in asked)
    stats = cache.stats()
    assert (stats.hits, stats.misses) == (hits, len(asked) - hits)


@needs(stats="yes")
@given(entries=st.dictionaries(SHORT, numbers), gone=SHORT)
def test_size_counts_the_entries(new_cache: NewCache, entries: dict[str, int], gone: str) -> None:
    """Size follows set, overwrite and delete."""
    cache = new_cache()
    for key, value in [*entries.items(), *entries.items()]:
        cache.set(key, value)
    cache.delete(gone)
    assert cache.stats().size == len(entries.keys() - {gone})


@needs(stats="yes", ttl="fixed")
@given(count=st.integers(0, 4))
def test_expired_entries_are_counted_once(new_cache: NewCache, count: int) -> None:
    """Each entry that expires counts as one expiration and leaves size, whether or not it is asked for."""
    cache = new_cache(ttl=new_cache.unit)
    for number in range(count):
        cache.set(str(number), number)
    cache.advance(1.5 * cache.unit + cache.late)
    cache.get("0")
    cache.get("0")
    stats = cache.stats()
    assert (stats.expirations, stats.size, stats.evictions) == (count, 0, 0)


@needs(stats="yes", ttl="fixed")
def test_an_expired_entry_is_a_miss(new_cache: NewCache) -> None:
    """A get that finds only an expired entry is a miss."""
    cache = new_cache(ttl=new_cache.unit)
    cache.set("a", 1)
    cache.advance(1.5 * cache.unit + cache.late)
    cache.get("a")
    assert (cache.stats().hits, cache.stats().misses) == (0, 1)


@needs(stats="yes", eviction={"fifo", "lru"})
@given(capacity=st.integers(1, 4), sets=st.integers(0, 8))
def test_every_entry_pushed_out_is_an_eviction(new_cache: NewCache, capacity: int, sets: int) -> None:
    """Evictions counts the entries that made room for others, and no others."""
    cache = new_cache(capacity=capacity)
    for number in range(sets):
        cache.set(str(number), number)
        cache.set(str(number), number)
    assert cache.stats().evictions == max(0, sets - capacity)


@needs(stats="yes", bulk="yes")
@given(entries=st.dictionaries(SHORT, numbers), asked=st.sets(SHORT))
def test_bulk_counts_as_a_loop_of_singles(new_cache: NewCache, entries: dict[str, int], asked: set[str]) -> None:
    """get_many adds a hit for each key found and a miss for each that is not."""
    cache = new_cache()
    cache.set_many(entries)
    cache.get_many(asked)
    stats = cache.stats()
    assert (stats.hits, stats.misses) == (len(asked & entries.keys()), len(asked - entries.keys()))
