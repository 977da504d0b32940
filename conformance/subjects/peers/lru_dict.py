"""lru-dict: an LRU dict in C."""

from __future__ import annotations

import lru

from ._dictlike import Dictlike


class LruDict(Dictlike, lru.LRU):
    """lru.LRU of lru-dict: bounded, exact LRU, in C, in this process."""

    declares = {
        "eviction": "lru",  # https://github.com/amitdev/lru-dict#usage
        "keys": "hashable",  # "Usage is almost like a dict", the same place
        "types": "any",  # it keeps the objects themselves
    }
    distribution = "lru-dict"

    def __init__(self, capacity: int) -> None:
        super().__init__(capacity)
