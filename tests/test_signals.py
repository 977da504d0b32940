"""A signal whose handler raises, as that of Ctrl-C, at any moment of an operation: nothing is held or lost for ever."""

from __future__ import annotations

import gc
import sys
import threading
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from types import FrameType
from typing import Any

from clocks import Clock

import cache_impl
from cache_impl import CircuitBreaker, FileCache, MemoryCache
from cache_impl.basics import MISSING

PACKAGE = str(Path(cache_impl.__file__).parent)
SAFETY = 30.0
LATER = 100.0  # seconds, after all that expires


def test_a_memory_cache_is_used_by_others_and_keeps_its_ttls() -> None:
    """At whichever moment of its first set with a ttl, or of the first of a None, it was broken off."""

    def fails(at: int) -> bool:
        clock = Clock()
        cache = MemoryCache(10, clock=clock)
        get = cache.get
        cache.set("plain", 1)
        more = broken_off(lambda: (cache.set("a", 2, 5.0), cache.set("b", None), cache.get("a")), at)
        elsewhere(lambda: (cache.set("c", 3, 5.0), cache.set("d", None, 5.0), cache.get("plain")))
        cache.set("a", 2, 5.0)
        assert (get("a"), get("d", 0)) == (2, None), at
        clock.now += LATER
        assert [get(key, MISSING) for key in "acd"] == [MISSING] * 3, at
        return more

    at_every_moment(fails)


def test_a_memory_cache_does_not_outgrow_its_capacity() -> None:
    """One that was broken off before it evicted is made up for by the next."""

    def fails(at: int) -> bool:
        cache = MemoryCache(2)
        cache.set_many({"a": 1, "b": 2})
        more = broken_off(lambda: cache.set("c", 3), at)
        cache.set("d", 4)
        assert len(cache) == 2
        return more

    at_every_moment(fails)


def test_a_breaker_is_used_by_others_and_tells_of_every_later_change() -> None:
    """It opened, and was probed, when it was broken off."""

    def fails(at: int) -> bool:
        clock = Clock()
        breaker, told = CircuitBreaker(failure_threshold=1, clock=clock), list[str]()
        breaker.subscribe(lambda change: told.append(change.after))

        def use() -> None:
            with suppress(ZeroDivisionError):
                breaker.call(lambda: 1 / 0)
            clock.now += LATER
            breaker.call(int)

        more = broken_off(use, at)
        elsewhere(lambda: (breaker.force_open(), breaker.reset()))
        assert told[-2:] == ["forced-open", "closed"], at
        return more

    at_every_moment(fails)


def test_a_file_cache_is_used_by_others_and_forgets_no_connection(tmp_path: Path) -> None:
    """Of a statement and of a transaction."""
    cache = FileCache(tmp_path)

    def fails(at: int) -> bool:
        more = broken_off(lambda: (cache.set("a", 1), cache.set_many({"b": 2, "c": 3})), at)
        elsewhere(lambda: (cache.set("a", at), cache.delete_many(["b", "c"])))
        assert (cache.get("a"), len(cache)) == (at, 1)
        return more

    at_every_moment(fails)
    gc.collect()
    database: Any = cache._store._database  # noqa: SLF001  # seen from outside only by their number
    assert len([*database._all]) == len(database._idle) <= 2  # noqa: SLF001


def at_every_moment(fails: Callable[[int], bool]) -> None:
    at = 1
    while fails(at):
        at += 1
    assert at > 3, "nothing was broken off"


def broken_off(use: Callable[[], object], at: int) -> bool:
    """Whether ``use()`` takes so many moments that it was broken off at that one."""
    left = at

    def profile(frame: FrameType, event: str, _: Any) -> None:
        nonlocal left
        if event in {"call", "c_return"} and frame.f_code.co_filename.startswith(PACKAGE):  # where signals are handled
            left -= 1
            if not left:
                sys.setprofile(None)
                raise KeyboardInterrupt

    sys.setprofile(profile)
    try:
        use()
    except KeyboardInterrupt:
        return True
    finally:
        sys.setprofile(None)
    return False


def elsewhere(use: Callable[[], object]) -> None:
    """``use()``, in another thread."""
    done = threading.Event()
    threading.Thread(target=lambda: (use(), done.set()), daemon=True).start()
    assert done.wait(SAFETY), "it hangs"
