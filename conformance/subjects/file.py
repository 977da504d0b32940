"""Ours, on disk."""

from __future__ import annotations

from math import inf
from typing import Any, ClassVar

from cache_impl import FileCache, __version__, digest
from cache_impl.codec import decode, encode
from cache_impl.frame import Frames

from ..contract import Location

_frames, _KEY = Frames(), b"embedding:953c5d322c80bb69:all-minilm-l6-v2"


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
        "integrity": "checked",
        "access": "owner",
    }
    version = f"cacheproof {__version__}"
    make_key = staticmethod(digest)
    codec_for_bench: ClassVar = (encode, decode)

    def __init__(self, location: Location, **options: Any) -> None:
        super().__init__(str(location), **options)

    @staticmethod
    def roundtrip(value: Any) -> Any:
        """``value`` as it comes back from disk: encoded, framed, checked and decoded; for bench."""
        return decode(_frames.unpack(_KEY, _frames.pack(_KEY, encode(value), inf, 1))[3])
