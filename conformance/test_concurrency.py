"""Concurrency: many callers at once are answered as one after another could have been."""

from __future__ import annotations

from collections.abc import Sequence

from .callers import Caller, at_once, names, programs
from .contract import needs
from .factory import NewCache
from .judged import Judged
from .overlaps import judge, seeds

THREADS, LENGTH = 3, 40  # calls of each thread in one history


@needs(threads="safe", asynchronous={"no"})
def test_threads_see_one_order(new_cache: NewCache) -> None:
    """threads: safe: for every key, what threads are answered at once they could be answered one after another.

    Every call is taken to act at one moment between its begin and its end; the order of all such moments must explain
    every answer. Look for what is read and then written without a lock between.
    """
    for seed in seeds():
        cache = new_cache()
        judge(cache, by_threads(cache, seed, names(new_cache)))


@needs(threads="safe", asynchronous={"no"}, eviction="approximate")
def test_threads_see_one_order_while_entries_are_evicted(new_cache: NewCache) -> None:
    """The same with room for one entry: any may be gone at any time, but what is gone stays gone."""
    for seed in seeds():
        cache = new_cache(capacity=1)
        judge(cache, by_threads(cache, seed, names(new_cache)), evicts=True)


@needs(threads="safe", asynchronous={"no"}, get_or_set="single-flight")
def test_threads_compute_in_one_order(new_cache: NewCache) -> None:
    """The same with get_or_set: one compute of a key at a time, and what comes too late is not stored.

    A compute during which its key was changed may be taken for late also where the change was there before it.
    """
    for seed in seeds():
        cache = new_cache()
        judge(cache, by_threads(cache, seed, ["get_or_set", "get_or_set", "get_or_set", "delete"]))


def by_threads(cache: Judged, seed: int, drawn: Sequence[str]) -> list[Caller]:
    """One history: a program for each thread."""
    plans = programs(seed, THREADS, LENGTH, drawn)
    callers = [Caller(cache.subject, each, f"thread {number}") for number, each in enumerate(plans, 1)]
    at_once(callers)
    return callers
