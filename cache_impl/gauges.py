"""All that a cache can tell about how it is doing, gathered without a question to its server."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from typing import Any, NamedTuple

from .basics import Stats
from .errors import BadSetting, CacheError
from .fronted import Fronted
from .latency import Latency
from .memory import MemoryCache
from .tier import Tier
from .waiting import run

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
    if not isinstance(cache, Tier):
        raise BadSetting(
            f"cache is of type {type(cache).__name__}; figures are those of a cache, such as a RedisCache; "
            "of a ToolCache, those of the cache that it was made with"
        )
    waits, memory = cache._store.waits, _memory(cache)  # noqa: SLF001  # asking it for its stats may ask a server
    counted = cache._hits + memory.hits, cache._misses, memory.evictions, cache._expirations  # noqa: SLF001
    latency = {tier: each.latency() for tier, each in waits.items()}
    return Figures(
        *counted,
        cache.damaged,
        memory.hits,
        {tier: each for tier, each in latency.items() if each},
        *_health(cache, next(iter(waits))),
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


def _memory(cache: Tier) -> Stats:
    """What its memory tier has seen."""
    front = cache._front if isinstance(cache, Fronted) else None  # noqa: SLF001
    return Stats(0, 0, 0, 0, 0) if front is None else front.memory.stats()


def _health(cache: Any, only: str) -> tuple[str, str, int]:
    if not hasattr(cache, "health"):
        return only, "none", 0
    health = cache.health()
    return health.serving, health.breaker, health.pending
