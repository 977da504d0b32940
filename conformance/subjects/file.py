"""Ours, on disk."""

from __future__ import annotations

from typing import Any

from cache_impl import FileCache, __version__, digest

from ..contract import Location


class File(FileCache):
    """Entries in an SQLite file, shared by the processes of one host."""

    declares = {
        "ttl": "per-entry",
        "granularity": 0.0,
        "clock": "injected",
        "values": "copied",
        "types": "any",
        "scope": "host",
        "durable": "yes",
        "threads": "safe",
        "get_or_set": "single-flight",
        "bulk": "yes",
        "stats": "yes",
    }
    version = f"cacheproof {__version__}"
    make_key = staticmethod(digest)

    def __init__(self, location: Location, **options: Any) -> None:
        super().__init__(str(location), **options)
