"""Made-up traces: what is asked for in them is known, and what a cache makes of it too. Each public function is one."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain
from random import Random

from .data import SEED, SKEW, zipf

KEYS = 1000
_BLOCK = 10_000


def zipf_law(count: int) -> Iterator[int]:
    """1,000 keys by Zipf's law with s = 0.99: a few are asked for all the time, most hardly ever."""
    random, weights = Random(SEED), zipf(KEYS, SKEW)
    blocks = (random.choices(range(KEYS), cum_weights=weights, k=_BLOCK) for _ in range(0, count, _BLOCK))
    return (key for _, key in zip(range(count), chain.from_iterable(blocks), strict=False))


def scan(count: int) -> Iterator[int]:
    """The same, and after every 2,000 of them a scan of 500 keys that are never asked for again: a report is made."""
    new = iter(range(KEYS, KEYS + count))
    for number, key in enumerate(zipf_law(count)):
        yield next(new) if number % 2500 >= 2000 else key


def loop(count: int) -> Iterator[int]:
    """1,000 keys in turn, over and over: an LRU that is smaller by one never hits."""
    return (number % KEYS for number in range(count))
