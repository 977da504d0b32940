"""The timed loops: as little of our own inside the clock as Python allows.

Each takes a cache and a prebuilt list of arguments, and makes one operation for each of them.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from types import FunctionType
from typing import Any

Loop = Callable[[Any, Iterable[Any]], Any]  # or a coroutine function
CROWD = 8  # threads of a stampede
COMPUTE = 0.001  # seconds that each compute of a stampede waits
_ABSENT = object()
_crowd = ThreadPoolExecutor(CROWD, "crowd")


def gets(cache: Any, keys: Iterable[str]) -> None:
    """``get`` of each key."""
    get = cache.get
    for key in keys:
        get(key)


def sets(cache: Any, pairs: Iterable[tuple[str, Any]]) -> None:
    """``set`` of each pair."""
    set_ = cache.set
    for key, value in pairs:
        set_(key, value)


def gets_and_sets(cache: Any, pairs: Iterable[tuple[str, Any]]) -> None:
    """``set`` of each pair, ``get`` where its value is None."""
    get, set_ = cache.get, cache.set
    for key, value in pairs:
        if value is None:
            get(key)
        else:
            set_(key, value)


def gets_before_sets(cache: Any, pairs: Iterable[tuple[str, Any]]) -> None:
    """``get`` of each pair's key, and ``set`` of the pair where it has a value."""
    get, set_ = cache.get, cache.set
    for key, value in pairs:
        get(key)
        if value is not None:
            set_(key, value)


def gets_else_sets(cache: Any, mortals: Iterable[tuple[str, Any, float]]) -> None:
    """``get`` of each key; where it is not there, ``set`` with the ttl."""
    get, set_ = cache.get, cache.set
    for key, value, ttl in mortals:
        if get(key, _ABSENT) is _ABSENT:
            set_(key, value, ttl=ttl)


def sets_with_ttl(cache: Any, mortals: Iterable[tuple[str, Any, float]]) -> None:
    """``set`` of each, with its ttl."""
    set_ = cache.set
    for key, value, ttl in mortals:
        set_(key, value, ttl=ttl)


def get_or_sets(cache: Any, keys: Iterable[str]) -> None:
    """``get_or_set`` of each key, all of which are there."""
    get_or_set = cache.get_or_set
    for key in keys:
        get_or_set(key, _lost)


def bulk_gets(cache: Any, batches: Iterable[list[str]]) -> None:
    """``get_many`` of each batch."""
    get_many = cache.get_many
    for keys in batches:
        get_many(keys)


def bulk_sets(cache: Any, batches: Iterable[Mapping[str, Any]]) -> None:
    """``set_many`` of each batch."""
    set_many = cache.set_many
    for mapping in batches:
        set_many(mapping)


def stampedes(cache: Any, keys: Iterable[str]) -> None:
    """For each key, once it is gone, a crowd that asks for it at once."""
    for key in keys:
        cache.delete(key)
        asked = [_crowd.submit(cache.get_or_set, key, _slow) for _ in range(CROWD)]
        for each in asked:
            each.result()


async def agets(cache: Any, keys: Iterable[str]) -> None:
    """``aget`` of each key, one after the other; ``get``, where that is the coroutine function."""
    get = getattr(cache, "aget", cache.get)
    for key in keys:
        await get(key)


async def asets(cache: Any, pairs: Iterable[tuple[str, Any]]) -> None:
    """``aset`` of each pair, likewise."""
    set_ = getattr(cache, "aset", cache.set)
    for key, value in pairs:
        await set_(key, value)


def nothing(_cache: Any, arguments: Iterable[Any]) -> None:
    """No operation at all: what a loop itself costs."""
    for _ in arguments:
        pass


def fresh(loop: Loop) -> Loop:
    """A copy with bytecode of its own.

    CPython specialises a loop to what it calls; a shared one would be warmed up by one subject and then
    slow the next one down.
    """
    return FunctionType(loop.__code__.replace(), loop.__globals__, loop.__name__)


def _lost() -> Any:
    raise LookupError("a key that was stored was computed again, so no hit was timed")


def _slow() -> str:
    time.sleep(COMPUTE)
    return "computed"
