"""What an operation costs on one cache beside another, in blocks that take turns."""

from __future__ import annotations

from time import perf_counter
from typing import Any

from .pace import Pace
from .ratios import paired

KEYS = [f"key {number}" for number in range(100)]  # that both caches have
CALLS = 200  # in a block; a tenth of it, where each is for all keys


def beside(cache: Any, other: Any, operation: str, pace: Pace) -> dict[str, float]:
    """The median of the ratios with its interval; every other time the blocks are run backwards."""
    ones, others = list[float](), list[float]()
    for number in range(2 * pace.blocks + 20):
        turns = [(ones, cache), (others, other)]
        for found, each in reversed(turns) if number % 2 else turns:
            found.append(_block(each, operation, number))
    return paired(ones, others) or {"value": 0.0}


def _block(cache: Any, operation: str, number: int) -> float:
    call = {
        "get": cache.get,
        "set": lambda key: cache.set(key, number),
        "set_and_delete": lambda key: (cache.set(key, number), cache.delete(key)),  # it finds something to delete
        "get_or_set": lambda key: cache.get_or_set(key, int),
        "set_many": lambda _key: cache.set_many(dict.fromkeys(KEYS, number)),
    }[operation]
    calls = CALLS // 10 if operation == "set_many" else CALLS
    began = perf_counter()
    for each in range(calls):
        call(KEYS[each % len(KEYS)])
    return perf_counter() - began
