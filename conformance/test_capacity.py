"""Capacity: never more entries than asked for, and the right one goes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from .contract import needs
from .factory import NewCache
from .interleaving import interleaved
from .judged import Judged
from .model import MISSING
from .strategies import refused, timed_too, with_each

CAPACITIES = range(2, 5)
CHANGES: dict[str, Callable[[Judged], Any]] = {
    "delete": lambda cache: cache.delete("0"),
    "delete twice": lambda cache: [cache.delete("0"), cache.delete("0")],
    "overwrite": lambda cache: cache.set("0", "again"),
    "clear": lambda cache: cache.clear(),
    "set again": lambda cache: [cache.set(str(number), "again") for number in range(4)],  # what had to go, too
}


def filled(new_cache: NewCache, capacity: int, count: int | None = None) -> Judged:
    """A cache that was given 0, 1, ... as text, ``count`` of them, in this order; without a count it is just full."""
    cache = new_cache(capacity=capacity)
    for number in range(capacity if count is None else count):
        cache.set(str(number), "value")
    return cache


def full_with_expired(new_cache: NewCache, capacity: int, *expired: int) -> Judged:
    """A full cache, of which these entries have expired."""
    cache = new_cache(capacity=capacity)
    for number in range(capacity):
        cache.set(str(number), "value", ttl=cache.unit if number in expired else None)
    cache.advance(1.5 * cache.unit + cache.late)
    return cache


def left_after(new_cache: NewCache, capacity: int, look: Callable[[Judged], Any] = lambda _: None) -> list[int]:
    """Who is left of a full cache when somebody looks, and one more entry comes."""
    cache = filled(new_cache, capacity)
    look(cache)
    cache.set("new", "new")
    return held(cache, range(capacity))


def held(cache: Judged, keys: range) -> list[int]:
    """Which of ``keys`` the cache holds; asking refreshes, so it is the last thing a test asks."""
    return [number for number in keys if cache.get(str(number), MISSING) is not MISSING]


@needs(eviction="approximate")
@timed_too
@with_each(capacity=range(1, 7))
def test_never_more_entries_than_the_capacity(new_cache: NewCache, capacity: int) -> None:
    """Once no set is under way, at most `capacity` entries are held."""
    cache = filled(new_cache, capacity, 20)
    assert len(held(cache, range(20))) <= capacity


@needs(eviction="approximate", threads="safe", asynchronous={"no"}, scope={"instance"})
@with_each(before=(1, 2))
def test_the_bound_holds_when_two_set_at_once(new_cache: NewCache, before: int) -> None:
    """threads: safe: two sets at once leave no more than `capacity` entries, and fail for nobody.

    The second comes into the first at every place; look for room that is made without a lock.
    """
    sets: list[Callable[[Judged], Any]] = [lambda cache: cache.set("2", "value"), lambda cache: cache.set("3", "value")]
    for cache, *answers in interleaved(lambda: filled(new_cache, 2, before), *sets):
        assert not [each for each in answers if isinstance(each, BaseException)]
        assert len(held(cache, range(4))) <= 2


@needs(eviction="approximate")
@timed_too
@with_each(capacity=range(1, 4), change=CHANGES)
def test_the_bound_does_not_drift(new_cache: NewCache, capacity: int, change: str) -> None:
    """However often entries were deleted (or were not there to), overwritten, cleared, set again: the bound holds."""
    cache = filled(new_cache, capacity)
    for _ in range(3):
        CHANGES[change](cache)
    for number in range(20):
        cache.set(str(number), "value")
    assert len(held(cache, range(20))) <= capacity


@needs(eviction="approximate")
@with_each(number=range(6))
def test_an_entry_stays_while_there_is_room(new_cache: NewCache, number: int) -> None:
    """Far below the capacity nothing is evicted."""
    cache = new_cache(capacity=100)
    for each in range(6):
        cache.set(str(each), "value")
    assert cache.get(str(number), MISSING) == "value"


@needs(eviction={"fifo", "lru"})
@with_each(capacity=range(1, 6))
def test_a_new_entry_survives_its_own_insertion(new_cache: NewCache, capacity: int) -> None:
    """The entry that was just set is there, also in a full cache and at capacity 1."""
    cache = filled(new_cache, capacity)
    cache.set("new", "new")
    assert cache.get("new", MISSING) == "new"


@needs(eviction={"fifo", "lru"})
@timed_too
@with_each(capacity=CAPACITIES)
def test_the_oldest_entry_is_evicted(new_cache: NewCache, capacity: int) -> None:
    """With no reads and no overwrites between, the entry set first goes first, and it alone."""
    cache = filled(new_cache, capacity)
    cache.set(str(capacity), "value")
    assert held(cache, range(capacity + 1)) == list(range(1, capacity + 1))


@needs(eviction={"lru"})
@timed_too
@with_each(capacity=CAPACITIES)
def test_get_refreshes(new_cache: NewCache, capacity: int) -> None:
    """A hit makes its entry the most recently used one."""
    cache = filled(new_cache, capacity)
    cache.get("0")
    cache.set("new", "new")
    assert cache.get("0", MISSING) == "value"


@needs(eviction={"lru"})
@timed_too
@with_each(capacity=CAPACITIES)
def test_overwriting_refreshes(new_cache: NewCache, capacity: int) -> None:
    """An overwrite makes its entry the most recently used one."""
    cache = filled(new_cache, capacity)
    cache.set("0", "again")
    cache.set("new", "new")
    assert cache.get("0", MISSING) == "again"


@needs("__contains__", eviction={"lru"})
@with_each(capacity=CAPACITIES)
def test_in_does_not_refresh(new_cache: NewCache, capacity: int) -> None:
    """`in` looks, and leaves the order as it is."""
    assert left_after(new_cache, capacity) == left_after(new_cache, capacity, lambda cache: "0" in cache)


@needs(eviction={"lru"}, stats="yes")
@with_each(capacity=CAPACITIES)
def test_stats_do_not_refresh(new_cache: NewCache, capacity: int) -> None:
    """Reading the stats leaves the order as it is."""
    assert left_after(new_cache, capacity) == left_after(new_cache, capacity, lambda cache: cache.stats().size)


@needs(eviction={"fifo"})
@with_each(capacity=CAPACITIES)
def test_first_in_is_first_out_whatever_was_read(new_cache: NewCache, capacity: int) -> None:
    """eviction: fifo goes by insertion alone."""
    assert left_after(new_cache, capacity) == left_after(new_cache, capacity, lambda cache: cache.get("0"))


@needs(eviction={"fifo", "lru"})
@timed_too
@with_each(capacity=range(1, 6), number=range(4))
def test_overwriting_when_full_evicts_nobody(new_cache: NewCache, capacity: int, number: int) -> None:
    """An overwrite needs no room."""
    cache = filled(new_cache, capacity)
    cache.set(str(number % capacity), "value")
    assert held(cache, range(capacity)) == list(range(capacity))


@needs(eviction={"fifo", "lru"})
@timed_too
@with_each(capacity=CAPACITIES, number=range(4))
def test_delete_makes_room(new_cache: NewCache, capacity: int, number: int) -> None:
    """After a delete one more entry fits, and nobody is evicted for it."""
    cache = filled(new_cache, capacity)
    cache.delete(str(number % capacity))
    cache.set(str(capacity), "value")
    assert held(cache, range(capacity + 1)) == [each for each in range(capacity + 1) if each != number % capacity]


@needs(eviction={"fifo", "lru"})
@timed_too
@with_each(capacity=CAPACITIES)
def test_clear_makes_room(new_cache: NewCache, capacity: int) -> None:
    """After a clear the whole capacity is there again."""
    cache = filled(new_cache, capacity)
    cache.clear()
    for number in range(capacity):
        cache.set(str(number), "value")
    assert held(cache, range(capacity)) == list(range(capacity))


@needs(eviction={"approximate"})
@with_each(number=range(2))
def test_an_entry_stays_after_a_clear(new_cache: NewCache, number: int) -> None:
    """After a clear there is room again, whoever goes first: far below the capacity nothing is evicted."""
    cache = filled(new_cache, 100)
    cache.clear()
    for each in range(2):
        cache.set(str(each), "value")
    assert cache.get(str(number), MISSING) == "value"


@needs(eviction={"fifo", "lru"})
@with_each(capacity=CAPACITIES)
def test_a_refused_set_evicts_nobody(new_cache: NewCache, capacity: int) -> None:
    """A set that fails leaves a full cache as it was: what can go wrong goes wrong before anybody has to go."""
    cache = filled(new_cache, capacity)
    if refused(lambda: cache.set("new", (each for each in "a generator can neither be copied nor encoded"))):
        assert held(cache, range(capacity)) == list(range(capacity))


@needs(eviction={"fifo", "lru"}, ttl="per-entry")
@with_each(expired=[*((number,) for number in range(4)), range(1, 40)], more=range(2, 4))
def test_expired_entries_go_first(new_cache: NewCache, expired: Sequence[int], more: int) -> None:
    """While an expired entry is held, no live one is evicted, however long ago it was used."""
    capacity = expired[-1] + more
    cache = full_with_expired(new_cache, capacity, *expired)
    keys = range(capacity + len(expired))
    for number in keys[capacity:]:
        cache.set(str(number), "value")
    assert held(cache, keys) == [each for each in keys if each not in expired]


@needs(eviction={"fifo", "lru"}, ttl="per-entry")
@with_each(capacity=CAPACITIES, number=range(4))
def test_setting_an_expired_key_anew_evicts_nobody(new_cache: NewCache, capacity: int, number: int) -> None:
    """The room for it is that of its own expired entry."""
    cache = full_with_expired(new_cache, capacity, number % capacity)
    cache.set(str(number % capacity), "value")
    assert held(cache, range(capacity)) == list(range(capacity))


@needs(eviction={"fifo", "lru"})
@with_each(capacity=CAPACITIES)
def test_a_miss_refreshes_nothing(new_cache: NewCache, capacity: int) -> None:
    """Asking for what is not there neither evicts nor reorders."""
    assert left_after(new_cache, capacity) == left_after(new_cache, capacity, lambda cache: cache.get("absent"))


@needs(eviction="approximate")
@with_each(capacity=(0, -1))
def test_a_capacity_below_one_is_refused(new_cache: NewCache, capacity: int) -> None:
    """A cache that can hold nothing is a mistake: it raises when it is made, or at the latest when it is to hold."""
    if not refused(lambda: new_cache(capacity=capacity).set("a", 1)):  # approximate promises no more than the bound
        assert new_cache.capabilities.eviction == "approximate", f"a capacity of {capacity} was accepted"
        assert held(filled(new_cache, capacity, 20), range(20)) == [], f"a capacity of {capacity} is no bound"
