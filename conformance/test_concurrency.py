"""Concurrency: many callers at once are answered as one after another could have been."""

from __future__ import annotations

import os
from contextlib import ExitStack

import pytest

from .callers import COMPUTING, Caller, Planned, at_once, now, programs
from .contract import needs
from .elsewhere import HEAD_START, Elsewhere, history
from .factory import NewCache
from .judged import Judged
from .overlaps import judge, names, seeds
from .script import scenes

THREADS, PROCESSES, LENGTH = 3, 3, 40  # calls of each in one history


@pytest.mark.drawn
@needs(threads="safe", asynchronous={"no"})
def test_threads_see_one_order(new_cache: NewCache) -> None:
    """threads: safe: for every key, what threads are answered at once they could be answered one after another.

    Every call is taken to act at one moment between its begin and its end; the order of all such moments must explain
    every answer. Look for what is read and then written without a lock between.
    """
    for seed in seeds():
        cache = new_cache()
        judge(cache, by_threads(cache, programs(seed, THREADS, LENGTH, names(new_cache))))


@pytest.mark.drawn
@needs(threads="safe", asynchronous={"no"}, eviction="approximate")
def test_threads_see_one_order_while_entries_are_evicted(new_cache: NewCache) -> None:
    """The same with room for one entry: any may be gone at any time, but what is gone stays gone."""
    for seed in seeds():
        cache = new_cache(capacity=1)
        judge(cache, by_threads(cache, programs(seed, THREADS, LENGTH, names(new_cache))), evicts=True)


@pytest.mark.drawn
@needs(threads="safe", asynchronous={"no"}, get_or_set="single-flight")
def test_threads_compute_in_one_order(new_cache: NewCache) -> None:
    """The same with get_or_set: one compute of a key at a time, and what comes too late is not stored.

    A compute during which its key was changed may be taken for late, whenever in it that was; and one that met it, too.
    """
    for seed in seeds():
        cache = new_cache()
        judge(cache, by_threads(cache, programs(seed, THREADS, LENGTH, always=COMPUTING)))


@pytest.mark.drawn
@needs(scope="host")
def test_processes_see_one_order(new_cache: NewCache) -> None:
    """For every key, what processes are answered at once they could be answered one after another.

    scope: host and network share entries as one cache has them, and not as copies that differ for a while.
    """
    with ExitStack() as alive:
        others = [alive.enter_context(Elsewhere(new_cache)) for _ in range(PROCESSES)]
        for other in others:
            other.is_ready()
        for seed in seeds():
            cache = new_cache()
            start = now() + HEAD_START
            plans = programs(seed, PROCESSES, 2 * LENGTH, names(new_cache))
            for number, (other, plan) in enumerate(zip(others, plans, strict=True), 1):
                other.is_told("traffic", plan, start, f"process {number}")
            judge(cache, [history(each.answer(), f"process {number}") for number, each in enumerate(others, 1)])


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system cannot fork")
@needs(asynchronous={"no"})
def test_a_cache_goes_on_in_both_processes_after_a_fork(new_cache: NewCache) -> None:
    """A cache that was used before a fork answers parent and child, who ask at once, each what it asked for.

    Look for a connection that both write to: the one reads the other's answers.
    """
    new_cache().aside(scenes.FORKED)
    with Elsewhere(new_cache) as other:
        other.is_told("in_two")
        told = other.answer()
    shared = "seen" if new_cache.capabilities.scope != "instance" else None
    assert told == {"child": ["child", "before"], "parent": ["parent"], "after": shared}


def by_threads(cache: Judged, plans: list[list[Planned]]) -> list[Caller]:
    """One history: a plan for each thread."""
    callers = [Caller(cache.subject, each, f"thread {number}") for number, each in enumerate(plans, 1)]
    at_once(callers)
    return callers
