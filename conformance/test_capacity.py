"""Capacity: never more entries than asked for, and the right one goes."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from .contract import needs
from .factory import NewCache
from .judged import Judged
from .model import MISSING

CAPACITIES = st.integers(2, 5)


def full(new_cache: NewCache, capacity: int, ttl: float | None = None) -> Judged:
    """A cache that holds 0, 1, ... ``capacity`` - 1, as text, set in this order."""
    cache = new_cache(capacity=capacity, ttl=ttl)
    for number in range(capacity):
        cache.set(str(number), number)
    return cache


def held(cache: Judged, keys: range) -> list[int]:
    """Which of ``keys`` the cache holds; asking refreshes, so it is the last thing a test asks."""
    return [number for number in keys if cache.get(str(number), MISSING) is not MISSING]


@needs(eviction="approximate")
@given(capacity=st.integers(1, 6), sets=st.lists(st.integers(0, 20), max_size=40))
def test_never_more_entries_than_the_capacity(new_cache: NewCache, capacity: int, sets: list[int]) -> None:
    """Once no set is under way, at most `capacity` entries are held."""
    cache = new_cache(capacity=capacity)
    for number in sets:
        cache.set(str(number), number)
    assert len(held(cache, range(21))) <= capacity


@needs(eviction="approximate")
@given(number=st.integers(0, 5))
def test_an_entry_stays_while_there_is_room(new_cache: NewCache, number: int) -> None:
    """Far below the capacity nothing is evicted."""
    cache = new_cache(capacity=100)
    for each in range(6):
        cache.set(str(each), each)
    assert cache.get(str(number), MISSING) == number


@needs(eviction={"fifo", "lru"})
@given(capacity=st.integers(1, 5))
def test_a_new_entry_survives_its_own_insertion(new_cache: NewCache, capacity: int) -> None:
    """The entry that was just set is there, also in a full cache and at capacity 1."""
    cache = full(new_cache, capacity)
    cache.set("new", "new")
    assert cache.get("new", MISSING) == "new"


@needs(eviction={"fifo", "lru"})
@given(capacity=CAPACITIES)
def test_the_oldest_entry_is_evicted(new_cache: NewCache, capacity: int) -> None:
    """With no reads and no overwrites between, the entry set first goes first, and it alone."""
    cache = full(new_cache, capacity)
    cache.set(str(capacity), capacity)
    assert held(cache, range(capacity + 1)) == list(range(1, capacity + 1))


@needs(eviction={"lru"})
@given(capacity=CAPACITIES)
def test_get_refreshes(new_cache: NewCache, capacity: int) -> None:
    """A hit makes its entry the most recently used one."""
    cache = full(new_cache, capacity)
    cache.get("0")
    cache.set("new", "new")
    assert cache.get("0", MISSING) == 0


@needs(eviction={"lru"})
@given(capacity=CAPACITIES)
def test_overwriting_refreshes(new_cache: NewCache, capacity: int) -> None:
    """An overwrite makes its entry the most recently used one."""
    cache = full(new_cache, capacity)
    cache.set("0", "again")
    cache.set("new", "new")
    assert cache.get("0", MISSING) == "again"


@needs("__contains__", eviction={"lru"})
@given(capacity=CAPACITIES)
def test_in_does_not_refresh(new_cache: NewCache, capacity: int) -> None:
    """`in` looks, and leaves the order as it is."""
    cache = full(new_cache, capacity)
    assert "0" in cache
    cache.set("new", "new")
    assert cache.get("0", MISSING) is MISSING


@needs(eviction={"lru"}, stats="yes")
@given(capacity=CAPACITIES)
def test_stats_do_not_refresh(new_cache: NewCache, capacity: int) -> None:
    """Reading the stats leaves the order as it is."""
    cache = full(new_cache, capacity)
    cache.stats()
    cache.set("new", "new")
    assert cache.get("0", MISSING) is MISSING


@needs(eviction={"fifo"})
@given(capacity=CAPACITIES)
def test_first_in_is_first_out_whatever_was_read(new_cache: NewCache, capacity: int) -> None:
    """eviction: fifo goes by insertion alone."""
    cache = full(new_cache, capacity)
    cache.get("0")
    cache.set("new", "new")
    assert cache.get("0", MISSING) is MISSING


@needs(eviction={"fifo", "lru"})
@given(capacity=st.integers(1, 5), number=st.integers(0, 4))
def test_overwriting_when_full_evicts_nobody(new_cache: NewCache, capacity: int, number: int) -> None:
    """An overwrite needs no room."""
    cache = full(new_cache, capacity)
    cache.set(str(number % capacity), number % capacity)
    assert held(cache, range(capacity)) == list(range(capacity))


@needs(eviction={"fifo", "lru"})
@given(capacity=CAPACITIES, number=st.integers(0, 4))
def test_delete_makes_room(new_cache: NewCache, capacity: int, number: int) -> None:
    """After a delete one more entry fits, and nobody is evicted for it."""
    cache = full(new_cache, capacity)
    cache.delete(str(number % capacity))
    cache.set(str(capacity), capacity)
    assert held(cache, range(capacity + 1)) == [each for each in range(capacity + 1) if each != number % capacity]


@needs(eviction={"fifo", "lru"}, ttl="per-entry")
@given(capacity=CAPACITIES, number=st.integers(0, 4))
def test_expired_entries_go_first(new_cache: NewCache, capacity: int, number: int) -> None:
    """While an expired entry is held, no live one is evicted, however long ago it was used."""
    cache = full(new_cache, capacity)
    expiring = str(number % capacity)
    cache.set(expiring, "short", ttl=cache.unit)
    cache.advance(1.5 * cache.unit + cache.late)
    cache.set(str(capacity), capacity)
    assert held(cache, range(capacity + 1)) == [each for each in range(capacity + 1) if str(each) != expiring]


@needs(eviction={"fifo", "lru"})
@given(capacity=CAPACITIES)
def test_a_miss_refreshes_nothing(new_cache: NewCache, capacity: int) -> None:
    """Asking for what is not there neither evicts nor reorders."""
    cache = full(new_cache, capacity)
    cache.get("absent")
    cache.set(str(capacity), capacity)
    assert held(cache, range(capacity + 1)) == list(range(1, capacity + 1))


@needs(eviction="approximate")
@given(capacity=st.sampled_from((0, -1)))
def test_a_capacity_below_one_is_refused(new_cache: NewCache, capacity: int) -> None:
    """capacity=0 raises ValueError: a cache that can hold nothing is a mistake."""
    with pytest.raises(ValueError):
        new_cache(capacity=capacity)
