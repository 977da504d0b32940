"""The timed loops: as little of our own inside the clock as Python allows.

Each takes a cache and a prebuilt list of arguments, and makes one operation for each of them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from types import FunctionType
from typing import Any

Loop = Callable[[Any, Iterable[Any]], None]


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
