"""What a cache saves: each look-up that hits is a call that was not paid for."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from threading import RLock
from typing import NamedTuple

from .basics import checked_amount
from .errors import BadSetting
from .forks import renew_after_fork


class KindCosts(NamedTuple):
    """Of one kind of entry; ``price`` is of one call, in whatever currency it was given."""

    hits: int
    misses: int
    price: float

    @property
    def saved(self) -> float:
        return self.hits * self.price

    @property
    def spent(self) -> float:
        """Each miss is taken for a call that was made."""
        return self.misses * self.price


class Costs(NamedTuple):
    """What was spent, and would have been without the cache, in the currency of the prices; as text, in one line."""

    kinds: Mapping[str, KindCosts]

    @property
    def hits(self) -> int:
        return sum(each.hits for each in self.kinds.values())

    @property
    def misses(self) -> int:
        return sum(each.misses for each in self.kinds.values())

    @property
    def hit_rate(self) -> float:
        """Hits per look-up, from 0 to 1; 0 before the first."""
        return self.hits / ((self.hits + self.misses) or 1)

    @property
    def saved(self) -> float:
        return math.fsum(each.saved for each in self.kinds.values())

    @property
    def spent(self) -> float:
        return math.fsum(each.spent for each in self.kinds.values())

    @property
    def without(self) -> float:
        """What it would have cost without the cache."""
        return self.spent + self.saved

    def __str__(self) -> str:
        share = f" ({self.saved / self.without:.1%})" if self.without else ""
        return (
            f"{self.hits} of {self.hits + self.misses} calls answered ({self.hit_rate:.1%}); "
            f"{self.spent:.6g} spent, {self.without:.6g} without the cache, {self.saved:.6g} saved{share}"
        )


class Ledger:
    """Counts look-ups by kind, from any thread. ``prices`` are per call; a kind without one costs nothing.

    Raises:
        BadSetting: an unknown kind, or a price that is no number from 0 on.
    """

    def __init__(self, kinds: Iterable[str], prices: Mapping[str, float]) -> None:
        self._counts = {kind: [0, 0] for kind in kinds}  # misses, hits
        self._prices = dict.fromkeys(self._counts, 0.0) | {
            kind: _checked(kind, price, self._counts) for kind, price in prices.items()
        }
        self._renew()
        renew_after_fork(self, Ledger._renew)

    def note(self, kind: str, *, hit: bool) -> None:
        with self._lock:
            self._counts[kind][hit] += 1

    def costs(self) -> Costs:
        with self._lock:
            return Costs(
                {kind: KindCosts(hits, misses, self._prices[kind]) for kind, (misses, hits) in self._counts.items()}
            )

    def _renew(self) -> None:
        self._lock = RLock()


def _checked(kind: str, price: float, kinds: Iterable[str]) -> float:
    if kind not in kinds:
        raise BadSetting(f"prices has {kind!r}, which is no kind of entry; the kinds are {', '.join(kinds)}")
    return checked_amount(f"prices[{kind!r}]", price)
