"""Ours, on a Redis server."""

from __future__ import annotations

from typing import Any

from cache_impl import RedisCache, __version__, digest

from ..contract import Location

LEASE = 3.0  # seconds: a test waits for it to end


class Redis(RedisCache):
    """Entries on a Redis or Valkey server, shared by every machine that reaches it."""

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
    }
    version = f"cacheproof {__version__}"
    make_key = staticmethod(digest)

    def __init__(self, location: Location, **options: Any) -> None:
        super().__init__(location.connect(), prefix=location.namespace, deadline=5.0, lease=LEASE, **options)
