"""How far a median can be trusted."""

from __future__ import annotations

import math
from collections.abc import Sequence

CONFIDENCE = 0.95


def median_interval(values: Sequence[float]) -> tuple[float, float]:
    """The 95 % confidence interval of the median, at least: two of ``values``, whatever their distribution.

    A value lies below the median with probability 1/2, so the number below it is binomial; see Conover,
    *Practical Nonparametric Statistics*, 3.2.

    Raises:
        ValueError: fewer values than an interval needs.
    """
    rank = _rank(len(values))
    if rank < 1:
        raise ValueError(f"{len(values)} values give no {CONFIDENCE:.0%} interval of their median; it takes {FEWEST}")
    ordered = sorted(values)
    return ordered[rank - 1], ordered[-rank]


def _rank(count: int) -> int:
    """How many values from either end the interval may begin; 0 where even all of them are too few."""
    tail, rank = 0.5**count, 0
    while tail <= (1 - CONFIDENCE) / 2:
        rank += 1
        tail += math.comb(count, rank) * 0.5**count
    return rank


FEWEST = next(count for count in range(1, 100) if _rank(count))
