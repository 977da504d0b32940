"""MemoryCache where the conformance suite does not look: copies, odd keys, finalizers, subclasses, forks, bounds."""

from __future__ import annotations

import gc
import os
import sys
import threading
import weakref
from collections.abc import Callable
from typing import Any

import pytest

from cache_impl import CacheClosed, MemoryCache, unlocked
from cache_impl.basics import MISSING
from cache_impl.expiry import Deadlines


class Text:
    """A key that is compared by Python code."""

    def __init__(self, text: str) -> None:
        self.text = text

    def __hash__(self) -> int:
        return hash(self.text)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Text) and self.text == other.text


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture(params=[True, False], ids=["gil", "free-threaded"])
def make(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Callable[..., MemoryCache]:
    """Caches as they are with a global interpreter lock, and as they would be without one."""
    monkeypatch.setattr(unlocked, "_GIL", request.param)
    return MemoryCache


def in_threads(work: Callable[[int], object], count: int = 4) -> None:
    threads = [threading.Thread(target=work, args=(number,)) for number in range(count)]
    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    finally:
        sys.setswitchinterval(interval)


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


@pytest.mark.parametrize("key_of", [str, Text, int, lambda number: (str(number),)], ids=["str", "Text", "int", "tuple"])
def test_figures_add_up_between_threads(make: Callable[..., MemoryCache], key_of: Callable[[Any], Any]) -> None:
    """Every get is counted, every entry set was deleted, evicted, has expired, or is held; nothing crashes."""
    cache, rounds = make(capacity=16), 2000
    deleted = [0] * 4

    def work(number: int) -> None:
        for turn in range(rounds):
            cache.set(key_of(4 * turn + number), turn, ttl=1e-4 if turn % 3 == 0 else None)
            cache.get(key_of(4 * turn))
            deleted[number] += cache.delete(key_of(4 * turn + number - 4)) if turn % 5 == 0 else 0

    in_threads(work)
    stats = cache.stats()
    assert stats.hits + stats.misses == 4 * rounds
    assert 4 * rounds - sum(deleted) - stats.evictions - stats.expirations == stats.size <= 16


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


def test_closing_overtakes_a_compute() -> None:
    """What is computed while the cache is closed goes to its caller, and the cache stays closed."""
    cache = MemoryCache()
    assert cache.get_or_set("a", lambda: cache.close() or 1) == 1
    for refused in (cache.stats, cache.clear, lambda: list(cache), lambda: "a" in cache, lambda: cache.get_many(())):
        with pytest.raises(CacheClosed):
            refused()


@pytest.mark.filterwarnings("ignore:This process:DeprecationWarning")
@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system has no fork")
def test_a_forked_child_can_use_the_cache() -> None:
    """A thread of the parent that held the lock or computed a key is not waited for in the child."""
    held, release = threading.Event(), threading.Event()

    def clock() -> float:
        if threading.current_thread() is holder:
            held.set()
            release.wait()
        return 0.0

    cache = MemoryCache(ttl=1, clock=clock)
    computing = threading.Thread(target=cache.get_or_set, args=("b", release.wait))
    computing.start()
    holder = threading.Thread(target=cache.set, args=("a", 1))
    holder.start()
    held.wait()
    child = os.fork()
    if not child:
        cache.set("a", 2)
        os._exit(0 if (cache.get("a"), cache.get_or_set("b", lambda: 3)) == (2, 3) else 1)
    release.set()
    assert os.waitpid(child, 0)[1] == 0
    holder.join()
    computing.join()
