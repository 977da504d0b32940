"""All that a cache can tell about how it is doing, gathered without a question to its server."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from typing import Any, NamedTuple

from .errors import BadSetting, CacheError
from .latency import Latency
from .memory import MemoryCache
from .waiting import run

_SERVER, _FILE = "redis", "file"
#: Figures that only grow, and what they tell.
COUNTED = {
    "hits": "Look-ups that found an entry.",
    "misses": "Look-ups that found none.",
    "memory_hits": "Of the hits, those that memory has answered.",
    "evictions": "Entries that memory had no room for.",
    "expirations": "Entries that were seen to have expired.",
    "damaged": "Entries that were not as they had been stored: each was a miss.",
}
#: Likewise of the costs of a ``ToolCache``, in the currency of its prices.
COSTED = {
    "spent": "What calls have cost that were not answered.",
    "saved": "What calls would have cost that were.",
}
BREAKER_STATES = ("closed", "open", "half-open", "forced-open", "disabled", "none")


class Figures(NamedTuple):
    """What one cache object has seen so far; as text, in one line."""

    hits: int
    misses: int
    evictions: int  # entries that memory had no room for
    expirations: int
    damaged: int  # entries that were not as they had been stored: each was a miss
    memory_hits: int  # of the hits, those that memory has answered
    latency: Mapping[str, Latency]  # of the tiers that wait, "redis" and "file", once they were asked
    serving: str  # the tier that answers what memory does not
    breaker: str  # its state; "none" where there is none
    pending: int  # writes that wait to be replayed

    @property
    def hit_rate(self) -> float:
        """Hits per look-up, from 0 to 1; 0 before the first."""
        return self.hits / ((self.hits + self.misses) or 1)

    def __str__(self) -> str:
        lookups = f"{self.hits} hits of {self.hits + self.misses} ({self.hit_rate:.1%}), {self.memory_hits} by memory"
        lost = f"{self.evictions} evicted, {self.expirations} expired, {self.damaged} damaged"
        waits = "".join(f"; {tier} {latency}" for tier, latency in self.latency.items())
        return f"{lookups}; {lost}{waits}; {self.serving} serves, breaker {self.breaker}, {self.pending} to replay"


def figures(cache: Any) -> Figures:
    """The figures of ``cache``, any of this package's.

    Raises:
        BadSetting: it is something else, such as a ``ToolCache``, whose own cache has the figures.
        CacheClosed: it is closed.
    """
    if isinstance(cache, MemoryCache):
        stats = cache.stats()
        return Figures(*stats[:4], 0, stats.hits, {}, "memory", "none", 0)
    if not hasattr(cache, "damaged"):
        raise BadSetting(f"cache is of type {type(cache).__name__}; figures are those of a cache, such as a RedisCache")
    front = getattr(cache, "_front", None)
    memory = front.memory.stats() if front else None
    memory_hits, evictions = (memory.hits, memory.evictions) if memory else (0, 0)
    counted = cache._hits + memory_hits, cache._misses, evictions, cache._expirations  # noqa: SLF001  # a Tier's own
    latency = {tier: waits.latency() for tier, waits in _waits(cache).items()}
    return Figures(
        *counted,
        cache.damaged,
        memory_hits,
        {tier: each for tier, each in latency.items() if each},
        *_health(cache, next(iter(latency))),
    )


def figures_of(caches: Mapping[str, Any]) -> dict[str, Figures]:
    """The figures of ``caches``, by name, without those that are closed, or cannot tell for another reason."""
    seen = {}
    for name, cache in caches.items():
        with suppress(CacheError):
            seen[name] = figures(cache)
    return seen


async def afigures(cache: Any) -> Figures:
    """``figures``, for a task: how much waits to be replayed is counted in a file."""
    return await run(figures, cache)


def _waits(cache: Any) -> dict[str, Any]:
    """What is noted of each tier that waits, the first one asked first."""
    layers = getattr(cache, "_layers", None)
    if layers is not None:
        return {_SERVER: layers.server._wire.waits, _FILE: cache._journal._database.waits}  # noqa: SLF001
    store = cache._store  # noqa: SLF001
    return {_SERVER: store._wire.waits} if hasattr(store, "_wire") else {_FILE: store._database.waits}  # noqa: SLF001


def _health(cache: Any, only: str) -> tuple[str, str, int]:
    if not hasattr(cache, "health"):
        return only, "none", 0
    health = cache.health()
    return health.serving, health.breaker, health.pending
