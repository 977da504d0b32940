"""Ours, on a Redis server."""

from __future__ import annotations

from typing import Any, ClassVar

from cache_impl import RedisCache, __version__, digest
from cache_impl.codec import decode, encode

from ..contract import Location

LEASE = 4.0  # seconds: a test waits for it to end


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
        "deadline": "yes",
        "integrity": "checked",
    }
    version = f"cacheproof {__version__}"
    make_key = staticmethod(digest)
    codec_for_bench: ClassVar = (encode, decode)
    usual: ClassVar = {"deadline": 0.25}

    def __init__(self, location: Location, *, deadline: float = 5.0, **options: Any) -> None:
        super().__init__(location.connect(), prefix=location.namespace, deadline=deadline, lease=LEASE, **options)

    @staticmethod
    def pooled(size: int) -> dict[str, Any]:
        """Arguments for so many connections at most, with time to wait for one; for bench."""
        return {"pool_size": size, "deadline": 5.0}
