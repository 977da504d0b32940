"""MemoryCache where the conformance suite does not look: copies, odd keys, finalizers, subclasses, an end."""

from __future__ import annotations

import gc
import threading
import weakref
from collections.abc import Callable
from typing import Any

import pytest
from memory_caches import Text, make

from cache_impl import CacheClosed, MemoryCache
from cache_impl.basics import MISSING

__all__ = ["make"]  # a fixture


def test_copies_go_in_and_come_out(make: Callable[..., MemoryCache]) -> None:
    """copy=True: neither what was set nor what was answered is the object held, in every operation."""
    cache, value = make(copy=True), [1]
    cache.set("a", value)
    cache.set_many({"b": value})
    computed = cache.get_or_set("c", lambda: value)
    for changed in (value, computed, cache.get("a"), *cache.get_many("abc").values()):
        changed.append(2)
    assert cache.get_many("abc") == {"a": [1], "b": [1], "c": [1]}
    assert cache.get("d", value) is value


def test_a_value_that_cannot_be_copied_changes_nothing() -> None:
    """A set that fails leaves the cache as it was."""
    cache = MemoryCache(copy=True)
    cache.set("a", 1)
    for failing in (
        lambda: cache.set("a", threading.Lock()),
        lambda: cache.set_many({"a": 2, "b": threading.Lock()}),
        lambda: cache.get_or_set("c", threading.Lock),
    ):
        with pytest.raises(TypeError):
            failing()
    assert list(cache) == ["a"]
    assert cache.get("a") == 1


def test_a_subclass_may_override_get_and_set() -> None:
    """What a subclass defines is called, and can call what it overrides."""

    class Upper(MemoryCache):
        def get(self, key: Any, default: Any = None) -> Any:
            return super().get(key.upper(), default)

        def set(self, key: Any, value: Any, ttl: float | None = None) -> None:
            super().set(key.upper(), value, ttl)

    cache = Upper()
    cache.set("a", 1)
    assert cache.get("A") == cache.get("a") == 1


def test_a_cache_is_freed_when_it_is_let_go() -> None:
    """No cycle keeps a cache and all its values until the next garbage collection."""
    gc.disable()
    try:
        cache = MemoryCache()
        cache.set("a", 1)
        cache.get_or_set("b", lambda: 2)
        gone = weakref.ref(cache)
        del cache
        assert gone() is None
    finally:
        gc.enable()


def test_a_finalizer_may_use_the_cache(make: Callable[..., MemoryCache]) -> None:
    """A value that is evicted, overwritten or deleted may set and get, and the bound holds."""
    cache = make(capacity=2)

    class Busy:
        def __del__(self) -> None:
            cache.set("from a finalizer", cache.get("x"))

    for number in range(5):
        cache.set(str(number), Busy())
    cache.set("4", 1)
    cache.delete("3")
    assert len(cache) <= 2
    cache.clear()
    assert len(cache) <= 1


def test_keys_of_many_types_live_side_by_side(make: Callable[..., MemoryCache]) -> None:
    """Text first, then keys compared in Python, then text only again: each found, the order kept."""
    cache = make(capacity=3)
    cache.set("a", None)
    cache.set(Text("a"), 1)
    cache.set(("a",), 2)
    assert (cache.get("a", MISSING), cache.get(Text("a")), cache.get(("a",))) == (None, 1, 2)
    cache.get("a")
    cache.set("b", 3)
    assert Text("a") not in cache
    cache.clear()
    cache.set("a", None)
    assert cache.get(Text("a"), MISSING) is MISSING
    assert cache.get("a", MISSING) is None


def test_a_key_that_cannot_be_compared_does_no_damage(make: Callable[..., MemoryCache]) -> None:
    """An error out of a key's own __eq__ or __hash__ reaches the caller, and the entries stay."""

    class Bad(Text):
        __hash__ = Text.__hash__

        def __eq__(self, other: object) -> bool:
            raise ZeroDivisionError

    cache = make()
    cache.set(Text("a"), 1)
    for failing in (
        cache.get,
        cache.delete,
        lambda key: cache.set(key, 2),
        lambda key: cache.set_many({key: 2}, ttl=1),
    ):
        with pytest.raises(ZeroDivisionError):
            failing(Bad("a"))
    for many in (cache.get_many, cache.delete_many):
        with pytest.raises(TypeError):
            many([Text("a"), []])
    assert cache.get(Text("a")) == 1


def test_closing_overtakes_a_compute() -> None:
    """What is computed while the cache is closed goes to its caller, and the cache stays closed."""
    cache = MemoryCache()
    assert cache.get_or_set("a", lambda: cache.close() or 1) == 1
    for refused in (cache.stats, cache.clear, lambda: list(cache), lambda: "a" in cache, lambda: cache.get_many(())):
        with pytest.raises(CacheClosed):
            refused()
