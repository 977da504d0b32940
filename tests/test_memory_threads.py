"""MemoryCache between threads, and on both sides of a fork."""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Callable
from typing import Any

import pytest
from children import ended_well, forked
from memory_caches import Text, make

from cache_impl import MemoryCache

__all__ = ["make"]  # a fixture


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
    child = forked(lambda: (cache.set("a", 2), cache.get("a"), cache.get_or_set("b", lambda: 3)) == (None, 2, 3))
    release.set()
    assert ended_well(child)
    holder.join()
    computing.join()
