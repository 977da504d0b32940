"""Ours, on a Redis server, and in a file while that is away."""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from cache_impl import CircuitBreaker, LayeredCache, RedisCache, __version__, digest

from ..contract import Location

_files = TemporaryDirectory(prefix="cacheproof-layered-")


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
        "bulk": "yes",
        "failover": "yes",
    }
    version = f"cacheproof {__version__}"
    make_key = staticmethod(digest)

    def __init__(self, location: Location, **options: Any) -> None:
        # instances at one location are processes of one host: they share the file as they share the server
        directory = Path(_files.name) / sha256(location.namespace.encode()).hexdigest()[:16]
        redis = RedisCache(location.connect(), prefix=location.namespace, deadline=1.0, **options)
        super().__init__(redis, directory, breaker=CircuitBreaker(recovery_time=0.05))
