"""What is said of one cell: regressed, fine or undecided."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from .bootstrap import Ratio, ratio

MARGIN = 0.05  # a slowdown below it is none
FEWEST = 4  # pairs: with fewer nothing is decided, as the interval holds far less often than it says
COARSE = 0.1  # the noise above which nothing is called fine
ORDER = ("base", "twin", "new", "new", "twin", "base")  # a steady drift adds the same to all three

REGRESSED, FINE, UNDECIDED = "regressed", "fine", "undecided"


@dataclass
class Trial:
    """The blocks of one workload on one column, pair by pair; ``twin`` is the base once more, for the noise floor."""

    new: list[list[float]] = field(default_factory=list)
    twin: list[list[float]] = field(default_factory=list)

    def add(self, pair: Sequence[Mapping[str, Sequence[float]]]) -> None:
        """Take the blocks of one pair of processes: of each turn the seconds of each side, twice."""
        self.new.append([_log_ratio(turn, "new") for turn in pair])
        self.twin.append([_log_ratio(turn, "twin") for turn in pair])

    def decide(self) -> Decision:
        """Regressed where even the low end of the interval is past the margin, fine where not even the high end is."""
        return Decision(ratio(self.new), ratio(self.twin).error, len(self.new))


@dataclass(frozen=True)
class Decision:
    """The verdict, and what it rests on; noise and margin are shares of 1."""

    ratio: Ratio
    noise: float
    pairs: int

    @property
    def margin(self) -> float:
        return max(MARGIN, self.noise)

    @property
    def word(self) -> str:
        if self.pairs < FEWEST:
            return UNDECIDED
        if self.ratio.low > 1 + self.margin:
            return REGRESSED
        return FINE if self.ratio.high < 1 + self.margin and self.noise < COARSE else UNDECIDED


def _log_ratio(turn: Mapping[str, Sequence[float]], side: str) -> float:
    return math.log(sum(turn[side]) / sum(turn["base"]))
