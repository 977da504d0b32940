"""From blocks to measurements: a cell is one workload with one payload on one column."""

from __future__ import annotations

from dataclasses import dataclass, field
from statistics import median
from typing import Any

from .intervals import median_interval
from .pace import WARM_UP, Batch, loop_cost


@dataclass
class Cell:
    """The blocks measured so far, each as the median of its rounds, in seconds per operation."""

    batch: Batch | None = None  # found in the first block, kept for the others
    blocks: list[float] = field(default_factory=list)
    parts: list[dict[str, float]] = field(default_factory=list)  # of each block, what was told of it

    def measurement(self, batch: Batch, note: str = "") -> dict[str, Any]:
        """What the result file says of this cell, as far as the cell knows it; ``note`` is added to the method.

        Raises:
            ValueError: too few blocks for an interval.
        """
        low, high = median_interval(self.blocks)
        return {
            "unit": "s/op",
            "better": "lower",
            "blocks": self.blocks,
            "median": median(self.blocks),
            "low": low,
            "high": high,
            "operations": len(self.blocks) * batch.rounds * batch.operations,
            "method": f"{self._method(batch)} {note}".strip(),
            **self._parts(),
        }

    def _parts(self) -> dict[str, dict[str, float]]:
        names = dict.fromkeys(name for each in self.parts for name in each)
        found = {name: median(each[name] for each in self.parts if name in each) for name in names}
        return {"parts": found} if found else {}

    def _method(self, batch: Batch) -> str:
        return (
            f"Median of {len(self.blocks)} blocks, which take turns with those of the other columns. A block is a new "
            f"cache, {WARM_UP} rounds to warm up, and the median of {batch.rounds} rounds, each of {batch.operations} "
            f"operations timed as a whole, the garbage collector and the loop itself ({loop_cost() * 1e9:.0f} ns for "
            "each) included. Rounds in which another thread was given the processor are left out, unless too few stay."
        )


Cells = dict[tuple[str, str, str], Cell]  # by workload, payload and column
