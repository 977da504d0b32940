"""Deadlines, whose notes are changed by a finalizer or a signal in the middle of a change of them."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from random import Random
from typing import Any

import pytest
from intrusions import intruding

from cache_impl import expiry
from cache_impl.basics import MISSING
from cache_impl.expiry import Deadlines

LAST = 1e9  # after all deadlines
EVERY = 37  # lines: more than a hundred moments of each kind


def raise_(_deadlines: Deadlines) -> None:
    raise KeyboardInterrupt


def set_some(deadlines: Deadlines) -> None:
    for number in range(400):
        deadlines.set(("late", number), 5.0 * (number % 199))


def expire(deadlines: Deadlines) -> None:
    take_due(deadlines, 30)


def remove_all(deadlines: Deadlines) -> None:
    for key in list(deadlines.of):
        deadlines.remove(key)


@pytest.mark.parametrize("intrude", [raise_, set_some, expire, remove_all])
def test_no_key_is_forgotten_whatever_comes_in_between(intrude: Callable[[Deadlines], object]) -> None:
    """All that have a deadline are due in the end, in whichever line of a change it happens."""
    lines = used(Deadlines(), lambda _: None, -1)
    for line in range(1, lines, EVERY):
        deadlines = Deadlines()
        used(deadlines, intrude, line)
        there = set(deadlines.of)
        assert set(take_due(deadlines, LAST)) == there, line


def used(deadlines: Deadlines, intrude: Callable[[Deadlines], object], line: int) -> int:
    """Set, remove and expire many; at that line of it, ``intrude``. How many lines it took."""
    random = Random(1)
    guards = {"set", "due"}  # with no call unguarded: the interpreter lets nothing come in between
    with intruding(expiry, lambda: intrude(deadlines), line, guards) as lines:
        for _ in range(700):
            key, choice = random.randrange(600), random.random()
            with suppress(KeyboardInterrupt):
                if choice < 0.75:
                    deadlines.set(key, float(random.randrange(1000)))
                elif choice < 0.9:
                    deadlines.remove(key)
                elif choice < 0.996:
                    take_due(deadlines, random.random() * 60)
                else:
                    deadlines.clear()
    return len(lines)


def take_due(deadlines: Deadlines, now: float) -> list[Any]:
    keys = []
    while (key := deadlines.due(now)) is not MISSING:
        keys.append(key)
        deadlines.remove(key)
    return keys
