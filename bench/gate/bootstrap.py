"""From log ratios of pairs of processes to a ratio with its interval, by the hierarchical bootstrap.

Two processes of the same code differ by a few percent for as long as they live, by where their memory lies and how
their strings hash; blocks within one pair differ by what else the machine does. Both are drawn anew: pairs first,
blocks of each pair then. See T. Kalibera and R. Jones, *Rigorous Benchmarking in Reasonable Time*, ISMM 2013.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from random import Random
from statistics import median
from typing import TypeVar

CONFIDENCE = 0.99
DRAWS = 1000
SEED = 20_130_620

T = TypeVar("T")

Pairs = Sequence[Sequence[float]]  # the log ratios of the blocks of each pair


@dataclass(frozen=True)
class Ratio:
    """How many times slower, and the interval in which it lies."""

    middle: float
    low: float
    high: float

    @property
    def error(self) -> float:
        """How far from 1 the interval reaches, to either side: the noise, where both sides are the same."""
        return max(self.high, 1 / self.low) - 1


def ratio(pairs: Pairs) -> Ratio:
    """The median pair, with the 99 % interval of the percentile bootstrap."""
    random = Random(SEED)
    draws = sorted(_typical([_again(random, each) for each in _again(random, pairs)]) for _ in range(DRAWS))
    tail = round(DRAWS * (1 - CONFIDENCE) / 2)
    return Ratio(*map(math.exp, (_typical(pairs), draws[tail], draws[-1 - tail])))


def _typical(pairs: Pairs) -> float:
    return median(map(median, pairs))


def _again(random: Random, values: Sequence[T]) -> Sequence[T]:
    return random.choices(values, k=len(values))
