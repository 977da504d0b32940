"""Entries of a file cache: what has expired, what is computed, and how many there may be."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from clocks import Clock
from file_places import SAFETY, behind, place

from cache_impl import FileCache

__all__ = ["place"]  # a fixture


@pytest.mark.parametrize("look", [len, list, FileCache.stats, lambda cache: cache.get("a"), lambda cache: "a" in cache])
def test_what_was_seen_expired_stays_away(place: Path, look: Callable[[FileCache], object]) -> None:
    """By whatever operation, here or in another process: a clock that steps back brings nothing back."""
    clock = Clock()
    cache, other = FileCache(place, clock=clock), FileCache(place, clock=clock)
    cache.set("a", 1, ttl=5)
    clock.now += 5
    look(cache)
    clock.now -= 5
    assert (cache.get("a"), other.get("a"), len(other)) == (None, None, 0)


def test_expired_entries_do_not_pile_up(place: Path) -> None:
    """A set removes those whose time has come, overwritten ones included, and counts each once."""
    clock = Clock()
    cache = FileCache(place, clock=clock)
    for number in range(50):
        cache.set(str(number), number, ttl=5)
    clock.now += 5
    cache.set("0", "new", ttl=5)
    assert behind(place, "SELECT count(*) FROM entries") == [(1,)]
    assert (cache.stats().expirations, cache.get("0")) == (50, "new")


@pytest.mark.parametrize("change", ["set", "delete", "clear"])
def test_a_change_elsewhere_during_a_compute_wins(place: Path, change: str) -> None:
    """The late result goes to its caller, and does not undo what another process has done meanwhile."""
    cache, other = FileCache(place), FileCache(place)
    changes = {"set": lambda: other.set("a", "newer"), "delete": lambda: other.delete("a"), "clear": other.clear}

    def compute() -> str:
        assert (changes[change](), "a" in other) == (False if change == "delete" else None, change == "set")
        return "late"

    assert cache.get_or_set("a", compute) == "late"
    assert cache.get("a") == ("newer" if change == "set" else None)


def test_two_processes_that_compute_store_one_result(place: Path) -> None:
    """Both get what they computed, and the first one to come is what is stored."""
    cache, other = FileCache(place), FileCache(place)
    answers = [cache.get_or_set("a", lambda: other.get_or_set("a", lambda: "inner") + "?")]
    assert (answers, cache.get("a"), other.get("a")) == (["inner?"], "inner", "inner")


def test_a_compute_under_way_is_no_entry(place: Path) -> None:
    """Neither for in, len, iteration, nor delete; one that fails leaves nothing behind."""
    cache = FileCache(place)

    def compute() -> None:
        assert ("a" in cache, len(cache), list(cache), cache.stats().size) == (False, 0, [], 0)
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        cache.get_or_set("a", compute)
    assert behind(place, "SELECT count(*) FROM entries") == [(0,)]


def test_get_or_set_answers_a_copy_to_each(place: Path) -> None:
    """To whoever computes, to whoever waits, and to whoever comes later."""
    cache, entered, release = FileCache(place), threading.Event(), threading.Event()

    def compute() -> list[int]:
        entered.set()
        assert release.wait(SAFETY)
        return [1]

    with ThreadPoolExecutor(2) as pool:
        waiting = [pool.submit(cache.get_or_set, "a", compute) for _ in range(2)]
        assert entered.wait(SAFETY)
        release.set()
        first, second = [each.result(SAFETY) for each in waiting]
    first.append(2)
    assert (second, cache.get("a")) == ([1], [1])


def test_bulk_operations_know_no_size(place: Path) -> None:
    """More keys than fit into one statement."""
    cache, entries = FileCache(place), {f"key {number}": number for number in range(2500)}
    cache.set_many(entries)
    assert cache.get_many([*entries, "absent"]) == entries
    assert cache.delete_many([*entries, "absent"]) == len(cache.get_many(entries)) + len(entries)
