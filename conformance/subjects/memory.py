"""Ours, in process."""

from __future__ import annotations

from cache_impl import MemoryCache, __version__, digest


class Memory(MemoryCache):
    """Exact LRU with a ttl per entry, in this process."""

    declares = {
        "ttl": "per-entry",
        "granularity": 0.0,
        "clock": "injected",
        "eviction": "lru",
        "keys": "hashable",
        "values": "shared",
        "types": "any",
        "threads": "safe",
        "get_or_set": "single-flight",
        "bulk": "yes",
        "stats": "yes",
    }
    version = f"cacheproof {__version__}"
    make_key = staticmethod(digest)
