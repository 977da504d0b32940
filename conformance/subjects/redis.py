"""Ours, on a Redis server."""

from __future__ import annotations

from typing import Any, ClassVar

from cache_impl import RedisCache, __version__, digest
from cache_impl.codec import decode, encode

from ..contract import Location

LEASE = 4.0  # seconds: a test waits for it to end


def server_at(location: Location) -> Any:
    """Its URL, as an application has it; a client where the server is in this process and has none."""
    return str(location) or location.connect()


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
        "secrets": "kept",
    }
    version = f"cacheproof {__version__}"
    make_key = staticmethod(digest)
    codec_for_bench: ClassVar = (encode, decode)
    usual: ClassVar = {"deadline": 0.25}

    def __init__(self, location: Location, *, deadline: float = 5.0, **options: Any) -> None:
        super().__init__(server_at(location), prefix=location.namespace, deadline=deadline, lease=LEASE, **options)

    @staticmethod
    def pooled(size: int) -> dict[str, Any]:
        """Arguments for so many connections at most, with time to wait for one; for bench."""
        return {"pool_size": size, "deadline": 5.0}
