"""Deadlines: whatever the server does, an operation ends."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from .contract import needs
from .factory import NewCache
from .holes import hole
from .interleaving import SAFETY, Call
from .outages import frozen, gone

KEYS = [f"key {number}" for number in range(250)]
OPERATIONS: dict[str, Callable[[Any], Any]] = {
    "get": lambda cache: cache.get("a"),
    "set": lambda cache: cache.set("a", 1),
    "delete": lambda cache: cache.delete("a"),
    "get_many": lambda cache: cache.get_many(KEYS),
    "set_many": lambda cache: cache.set_many(dict.fromkeys(KEYS, 1)),
    "delete_many": lambda cache: cache.delete_many(KEYS),
    "get_or_set": lambda cache: cache.get_or_set("b", lambda: 1),
    "len": len,
    "iteration": list,
    "clear": lambda cache: cache.clear(),
}


@needs(deadline="yes", asynchronous={"no"})
def test_every_operation_ends_while_the_server_is_frozen(new_cache: NewCache) -> None:
    """It accepts connections and answers nothing: each operation gives up, on an open connection as on a new one."""
    for connected in (True, False):
        cache = new_cache.shipped()
        if connected:
            cache.get("a")
        with frozen(new_cache):
            assert unended(cache) == []
        cache.close()


@needs(deadline="yes", asynchronous={"no"})
def test_every_operation_ends_while_the_server_is_gone(new_cache: NewCache) -> None:
    """Nobody listens: each operation gives up at once."""
    cache = new_cache.shipped()
    with gone(new_cache):
        assert unended(cache) == []
    cache.close()


@needs(deadline="yes", asynchronous={"no"})
def test_every_operation_ends_while_all_packets_are_lost(new_cache: NewCache) -> None:
    """Nothing comes back, not even a refusal: each operation gives up, connecting included."""
    with hole() as url:
        cache = new_cache.at(url)
        assert unended(cache) == []
        cache.close()


def unended(cache: Any) -> list[str]:
    """The operations that have not ended when a test gives up, long after any deadline of a cache."""
    calls = {name: Call(lambda each=each: each(cache)) for name, each in OPERATIONS.items() if _has(cache, name)}  # type: ignore[misc]
    end = time.monotonic() + SAFETY  # for all of them: they have begun together
    return [name for name, call in calls.items() if not call.ends(max(0.0, end - time.monotonic()))]


def _has(cache: Any, name: str) -> bool:
    return hasattr(cache, {"len": "__len__", "iteration": "__iter__"}.get(name, name))
