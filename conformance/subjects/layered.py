"""Ours, on a Redis server, and in a file while that is away."""

from __future__ import annotations

from collections import defaultdict
from functools import lru_cache
from itertools import count
from tempfile import TemporaryDirectory
from typing import Any, ClassVar

from cache_impl import CircuitBreaker, LayeredCache, MemoryCache, RedisCache, __version__, digest

from ..contract import Location
from .file import File
from .memory import Memory
from .redis import LEASE, server_at

_numbers = count()
_left: defaultdict[str, list[str]] = defaultdict(list)  # location -> directories that a closed instance has left


@lru_cache
def _files() -> TemporaryDirectory[str]:
    """Made when the first is: who imports this module and is killed leaves nothing behind."""
    return TemporaryDirectory(prefix="cacheproof-layered-")


class Layered(LayeredCache):
    """Redis before a file, with a breaker between. Its memory tier, which others cannot empty, is off."""

    declares = {
        "ttl": "per-entry",
        "values": "copied",
        "types": "any",
        "scope": "network",
        "durable": "yes",
        "threads": "safe",
        "get_or_set": "single-flight",
        "flights": "shared",
        "bulk": "yes",
        "deadline": "yes",
        "failover": "yes",
        "integrity": "checked",
        "secrets": "kept",
    }
    version = f"cacheproof {__version__}"
    make_key = staticmethod(digest)
    usual: ClassVar = {"deadline": 0.25, "recovery_time": 1.0}
    alone, memory = File, Memory  # what its cost is measured beside

    def __init__(
        self,
        location: Location,
        *,
        deadline: float = 2.0,
        recovery_time: float = 0.05,
        memory: MemoryCache | None = None,
        mirror: bool = False,
        **options: Any,
    ) -> None:
        """One that is made after another was closed is the same machine, started anew; else it is one more."""
        self._place = location.namespace
        left = _left[self._place]
        self._directory = left.pop() if left else f"{_files().name}/{next(_numbers)}"
        redis = RedisCache(server_at(location), prefix=location.namespace, deadline=deadline, lease=LEASE, **options)
        breaker = CircuitBreaker(recovery_time=recovery_time)
        super().__init__(redis, self._directory, memory=memory, breaker=breaker, mirror=mirror)

    def close(self) -> None:
        super().close()
        if self._directory not in _left[self._place]:
            _left[self._place].append(self._directory)
