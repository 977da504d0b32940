"""Deadlines: whatever the server does, an operation ends."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from .contract import needs
from .factory import NewCache
from .history import Step
from .holes import hole
from .interleaving import SAFETY, Call
from .judged import Judged
from .outages import frozen, gone
from .script import scenes

KEYS = [f"key {number}" for number in range(250)]
NAMES = "[f'key {number}' for number in range(250)]"  # as Python
#: Operation -> how it is called, and its arguments as a history has them.
OPERATIONS: dict[str, tuple[Callable[[Any], Any], str]] = {
    "get": (lambda cache: cache.get("a"), "'a'"),
    "set": (lambda cache: cache.set("a", 1), "'a', 1"),
    "delete": (lambda cache: cache.delete("a"), "'a'"),
    "get_many": (lambda cache: cache.get_many(KEYS), NAMES),
    "set_many": (lambda cache: cache.set_many(dict.fromkeys(KEYS, 1)), f"dict.fromkeys({NAMES}, 1)"),
    "delete_many": (lambda cache: cache.delete_many(KEYS), NAMES),
    "get_or_set": (lambda cache: cache.get_or_set("b", lambda: 1), "'b', compute"),
    "__len__": (len, ""),
    "__iter__": (list, ""),
    "clear": (lambda cache: cache.clear(), ""),
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
        cache = new_cache.shipped(url)
        cache.aside(scenes.LOST)
        assert unended(cache) == []
        cache.close()


def unended(cache: Judged) -> list[str]:
    """The operations that have not ended when a test gives up, long after any deadline of a cache.

    The first of them is written down: one is enough.
    """
    asked = [each for each in OPERATIONS if hasattr(cache.subject, each)]
    calls = {name: Call(lambda each=OPERATIONS[name][0]: each(cache.subject)) for name in asked}  # type: ignore[misc]
    end = time.monotonic() + SAFETY  # for all of them: they have begun together
    hung = [name for name, call in calls.items() if not call.ends(max(0.0, end - time.monotonic()))]
    for name in hung[:1]:
        cache.history.add(Step(name, OPERATIONS[name][1], cache.timeline.now()))
    return hung
