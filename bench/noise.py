"""The noise floor: the same cache measured twice, as if it were two. What is closer than that is no difference."""

from __future__ import annotations

from typing import Any

from .cells import Cells
from .ratios import paired

WORKLOAD, PAYLOAD = "get-hit", "small"


def again(column: str) -> str:
    """What the second of the two is called."""
    return f"{column}, again"


def floors(cells: Cells) -> list[dict[str, Any]]:
    """Of every column that was measured twice, how far apart the two were, as the result file has it."""
    found = []
    for (workload, payload, column), cell in list(cells.items()):
        twin = cells.get((workload, payload, again(column)))
        ratio = paired(cell.blocks, twin.blocks) if twin else None
        if ratio:
            floor = max(ratio["high"], 1 / ratio["low"]) - 1
            found.append({"subject": column, "workload": workload, "payload": payload, **ratio, "floor": floor})
    return found
