"""Time over the size of a value: what was measured of payloads of text, as curves."""

from __future__ import annotations

from collections.abc import Iterator
from random import Random
from typing import Any

from .found import PAYLOADS, WORKLOADS

TEXTS = {name: len(make(Random(0))) for name, make in PAYLOADS.items() if name.startswith("text-")}
FEWEST = 3  # sizes that make a curve


def curves(measurements: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """One for each workload that was measured with enough of them; a line for each subject, yardsticks as the floor."""
    found: dict[str, dict[str, list[list[float]]]] = {}
    for each in measurements:
        if each["payload"] in TEXTS:
            point = [TEXTS[each["payload"]], each["median"], each["low"], each["high"]]
            found.setdefault(each["workload"], {}).setdefault(each["subject"], []).append(point)
    for workload, subjects in found.items():
        lines = [
            {"subject": name, "points": sorted(points), "relies_on": list(WORKLOADS[workload].promises)}
            for name, points in subjects.items()
            if len(points) >= FEWEST
        ]
        if lines:
            yield {
                "id": f"sizes-{workload}",
                "title": f"{workload} over the size of a value",
                "text": "Text of letters and digits. The yardsticks move bytes, and are the floor: what is above them "
                "is client, frame and codec.",
                "x": {"label": "size of the value", "unit": "B", "scale": "log"},
                "y": {"label": "time of one operation", "unit": "s", "scale": "log"},
                "lines": lines,
            }
