"""Histories: whatever is asked, in whatever order, the cache answers as the model does."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from hypothesis import strategies as st

from .contract import needs
from .factory import NewCache
from .judged import Judged
from .model import MISSING, Model
from .strategies import over_time

pytestmark = pytest.mark.drawn

STEPS, WIDTH = 60, 4
KEYS = "abcdef"

Operation = Callable[[Judged, Model, str, int, int], None]

#: A history in one draw: which operations take part, then WIDTH bytes a step (which operation, which key, two
#: figures), zeros are no step. One draw of bytes is some fifty times as fast as a list of operations, and shrinks well.
histories = st.binary(min_size=(STEPS + 1) * WIDTH, max_size=(STEPS + 1) * WIDTH)


def steps(drawn: bytes) -> Iterator[tuple[int, str, int, int]]:
    """The steps of a drawn history: operation, key, two figures."""
    for start in range(WIDTH, len(drawn), WIDTH):
        operation, key, first, second = drawn[start : start + WIDTH]
        if operation:
            yield operation - 1, KEYS[key % len(KEYS)], first + 1, second + 1  # falsy values have their own promise


def play(new_cache: NewCache, cache: Judged, drawn: bytes) -> None:
    """Ask the cache and the model the same, step by step."""
    model = new_cache.model(cache)
    operations = swarm(_offered(new_cache, cache), int.from_bytes(drawn[:WIDTH], "little"))
    for operation, key, first, second in steps(drawn):
        operations[operation % len(operations)](cache, model, key, first, second)


def swarm(offered: list[Operation], mask: int) -> list[Operation]:
    """get, set, and those of the others that ``mask`` lets take part.

    Where all take part in every history, few entries live long enough for some bugs to show (Groce et al.,
    "Swarm Testing", ISSTA 2012).
    """
    return [_get, _set] + [each for place, each in enumerate(offered) if mask >> place & 1]


@over_time(drawn=histories)
def test_any_history_of_entries(new_cache: NewCache, drawn: bytes) -> None:
    """With room enough, every answer of every history is the one a dict and a clock would give."""
    play(new_cache, new_cache(), drawn)


@needs(ttl="fixed")
@over_time(drawn=histories, units=st.integers(1, 4))
def test_any_history_with_a_default_ttl(new_cache: NewCache, drawn: bytes, units: int) -> None:
    """The same for a cache whose entries have a ttl by default."""
    play(new_cache, new_cache(ttl=units * new_cache.unit), drawn)


@needs(eviction="approximate")
@over_time(drawn=histories, capacity=st.integers(1, 4))
def test_any_history_with_too_little_room(new_cache: NewCache, drawn: bytes, capacity: int) -> None:
    """The same for a cache that must evict, ttls and clock included."""
    play(new_cache, new_cache(capacity=capacity), drawn)


def _offered(new_cache: NewCache, cache: Judged) -> list[Operation]:
    """The operations that the subject has beside get and set."""
    offered = new_cache.capabilities
    found: list[Operation] = [_delete, _clear]
    if offered.ttl == "per-entry":
        found.append(_set_for)
    if offered.ttl != "none":
        found.append(_advance)
    if hasattr(cache.subject, "__contains__"):
        found.append(_contains)
    if hasattr(cache.subject, "__len__"):
        found.append(_len)
    if offered.bulk != "none":
        found += [_get_many, _set_many]
    if offered.bulk == "yes":
        found.append(_delete_many)
    return found


def _get(cache: Judged, model: Model, key: str, _first: int, _second: int) -> None:
    seen = cache.get(key, MISSING)
    _compare(cache, seen, model.get(key, MISSING, seen=seen))


def _set(cache: Judged, model: Model, key: str, first: int, _second: int) -> None:
    cache.set(key, first)
    model.set(key, first)


def _set_for(cache: Judged, model: Model, key: str, first: int, second: int) -> None:
    ttl = 2 ** (second % 5) * cache.unit
    cache.set(key, first, ttl=ttl)
    model.set(key, first, ttl)


def _delete(cache: Judged, model: Model, key: str, _first: int, _second: int) -> None:
    seen = cache.delete(key)
    _compare(cache, seen, model.delete(key, seen=seen))


def _advance(cache: Judged, _model: Model, _key: str, first: int, _second: int) -> None:
    cache.advance((1 + first % 3) * cache.unit / 2)


def _contains(cache: Judged, model: Model, key: str, _first: int, _second: int) -> None:
    seen = key in cache
    _compare(cache, seen, model.contains(key, seen=seen))


def _len(cache: Judged, model: Model, _key: str, _first: int, _second: int) -> None:
    seen = len(cache)
    _compare(cache, seen, model.size(seen=seen))


def _get_many(cache: Judged, model: Model, key: str, _first: int, second: int) -> None:
    keys = [key, KEYS[second % len(KEYS)]]
    seen = cache.get_many(keys)
    _compare(cache, seen, model.get_many(keys, seen=seen))


def _set_many(cache: Judged, model: Model, key: str, first: int, second: int) -> None:
    entries = {key: first, KEYS[second % len(KEYS)]: second}
    cache.set_many(entries)
    model.set_many(entries)


def _delete_many(cache: Judged, model: Model, key: str, _first: int, second: int) -> None:
    keys = [key, KEYS[second % len(KEYS)]]
    seen = cache.delete_many(keys)
    _compare(cache, seen, model.delete_many(keys, seen=seen))


def _clear(cache: Judged, model: Model, _key: str, _first: int, _second: int) -> None:
    cache.clear()
    model.clear()


def _compare(cache: Judged, seen: Any, expected: Any) -> None:
    if seen != expected or type(seen) is not type(expected):
        step = cache.history.steps[-1]
        raise AssertionError(f"step {len(cache.history.steps)}, {step.call}: answered {seen!r}, the model {expected!r}")
