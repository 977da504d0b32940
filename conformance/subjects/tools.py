"""Ours, for what an LLM application keeps about its tools."""

from __future__ import annotations

from typing import Any

from cache_impl import ToolCache, __version__

from ..contract import Location
from .layered import Layered


class Tools(ToolCache):
    """Five kinds of entries with their keys and ttls, and tasks that run once, on layers that keep a copy of all."""

    declares = {
        "granularity": 0.0,
        "clock": "injected",
        "values": "copied",
        "types": "any",
        "scope": "network",
        "stale": "capped",
    }
    version = f"cacheproof {__version__}"
    measured = False  # it costs what its layers cost

    def __init__(self, location: Location, **options: Any) -> None:
        self._layers = Layered(location, mirror=True, **options)
        super().__init__(self._layers)
        self.delete = self._layers.delete
        self.clear, self.close = self._layers.clear, self._layers.close

    def get(self, key: str, default: Any = None) -> Any:
        return self._layers.get(key, default)

    def set(self, _key: str, _value: Any) -> None:
        raise NotImplementedError("an entry of no kind; what its layers keep is judged in their own column")
