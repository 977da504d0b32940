"""Conduct: what a cache leaves alone, as it is not the only one in its process."""

from __future__ import annotations

import datetime as dt
import gc
import threading
import time
from contextlib import suppress
from types import BuiltinFunctionType, BuiltinMethodType

import pytest

from .factory import NewCache
from .judged import Judged

LIVES = 4  # caches, one after the other: what each leaves behind adds up, what all share does not
SAFETY = 5.0  # seconds that a thread may take to end


def test_nothing_is_printed(new_cache: NewCache, capfd: pytest.CaptureFixture[str]) -> None:
    """Making, using and closing a cache writes nothing to standard output or standard error."""
    capfd.readouterr()
    live(new_cache())
    said = capfd.readouterr()
    assert said.out + said.err == ""


def test_no_thread_is_left_behind(new_cache: NewCache) -> None:
    """However many caches were made, used and closed, or let go: their threads have ended."""
    live(new_cache())
    before = set(threading.enumerate())  # one that serves all caches of the process may stay
    for _ in range(LIVES):
        live(new_cache())
    left = remaining(set(threading.enumerate()) - before)
    assert len(left) < LIVES, f"each cache has left a thread: {', '.join(sorted(left))}"


def test_the_clock_is_left_alone(new_cache: NewCache) -> None:
    """The functions that tell the time, and that sleep, are Python's own while there is a cache and after it."""
    cache = new_cache()
    live(cache)
    told = {f"time.{name}": getattr(time, name) for name in ("time", "monotonic", "perf_counter", "time_ns", "sleep")}
    told["datetime.datetime.now"] = dt.datetime.now
    replaced = [name for name, each in told.items() if not isinstance(each, (BuiltinFunctionType, BuiltinMethodType))]
    for name in replaced:
        cache.aside(f"print({name})", time=time, datetime=dt)
    assert not replaced, f"replaced: {', '.join(replaced)}"


def live(cache: Judged) -> None:
    """A short life of a cache: some of everything, a refusal included."""
    for key in "abcb":
        cache.set(key, key)
    cache.get("a")
    cache.get("absent")
    cache.delete("a")
    with suppress(Exception):
        cache.set("a", (each for each in "a generator can neither be copied nor encoded"))
    cache.clear()
    if hasattr(cache.subject, "close"):
        cache.close()


def remaining(threads: set[threading.Thread]) -> list[str]:
    """The names of those that do not end, though nobody holds a cache any more."""
    if any(each.is_alive() for each in threads):
        gc.collect()
    deadline = time.monotonic() + SAFETY
    for each in threads:
        each.join(max(0.0, deadline - time.monotonic()))
    return [each.name for each in threads if each.is_alive()]
