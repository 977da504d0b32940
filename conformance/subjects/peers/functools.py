"""functools.lru_cache of the standard library."""

from __future__ import annotations

import platform
from functools import lru_cache

from ._memoizing import Memoizing


class FunctoolsLruCache(Memoizing):
    """functools.lru_cache: exact LRU around one function, in C, in this process."""

    # https://docs.python.org/3/library/functools.html#functools.lru_cache
    declares = {
        "eviction": "lru",  # "saves up to the maxsize most recent calls"
        "keys": "hashable",  # "the positional and keyword arguments to the function must be hashable"
        "types": "any",  # it keeps the objects themselves
        "threads": "safe",  # "The cache is threadsafe"
        "get_or_set": "plain",  # "possible for the wrapped function to be called more than once"
    }
    deviations = {
        "test_capacity.py::test_a_capacity_below_one_is_refused": (
            "0 is taken, and nothing is kept, https://github.com/python/cpython/blob/v3.11.7/Lib/functools.py#L540-L547"
        ),
    }
    distribution = "Python"
    version = f"Python {platform.python_version()}"

    def __init__(self, capacity: int) -> None:
        super().__init__(lru_cache(maxsize=capacity))

    def __len__(self) -> int:
        return int(self._remembered.cache_info().currsize)
