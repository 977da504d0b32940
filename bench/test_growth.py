"""How a cache grows: memory, garbage collection and time over the number of entries, each in a fresh process."""

# ruff: noqa: S603 - the command is our own

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from statistics import median
from typing import Any

import pytest

from .given import YARDSTICKS
from .growths import GROWTHS, SIZES
from .intervals import FEWEST, median_interval
from .workloads import ROOM, ROUND_TRIP, TTL

MEMOIZED = ("functools.lru_cache", f"{__package__}.probe:Memoized")  # cannot be asked for more than memory


@pytest.mark.takes(seconds=1.5)
@pytest.mark.also(*YARDSTICKS)
@pytest.mark.offers(scope=("instance",), asynchronous=("no",))
def test_growth(
    new_cache: Any, growth: str, pytestconfig: pytest.Config, record_curve: Callable[[dict[str, Any]], None]
) -> None:
    """One curve of one column."""
    about = GROWTHS[growth]
    if growth == "resident" and not sys.platform.startswith("linux"):
        pytest.skip("only Linux tells how much memory a process has")
    if new_cache.role == "yardstick" and not about.yardstick:
        pytest.skip("a dict costs nothing here")
    if about.timed and new_cache.capabilities.ttl != "per-entry":
        pytest.skip("its entries have no ttl of their own")
    sizes = SIZES[pytestconfig.getoption("profile")]
    relies_on = [ROUND_TRIP, ROOM, *([TTL] if about.timed else [])] if new_cache.role == "cache" else []
    lines = [
        {"subject": new_cache.name, "points": _points(new_cache.column.path, growth, sizes), "relies_on": relies_on}
    ]
    if about.reference and new_cache.role == "yardstick":
        lines.append({"subject": MEMOIZED[0], "points": _points(MEMOIZED[1], growth, sizes), "reference": True})
    record_curve(
        {
            "id": f"growth-{growth.replace('_', '-')}",
            "title": about.title,
            "text": f"{about.text} A fresh process for each figure.",
            "x": {"label": "entries", "unit": "", "scale": "log"},
            "y": {
                "label": about.label,
                "unit": about.unit,
                "scale": "log" if about.title.endswith("entries") else "linear",
            },
            "lines": lines,
        }
    )


def _points(path: str, figure: str, sizes: tuple[int, ...]) -> list[list[float]]:
    return [[size, *_with_interval(_probe(path, figure, size))] for size in sizes]


def _with_interval(found: list[float]) -> list[float]:
    return [median(found), *(median_interval(found) if len(found) >= FEWEST else ())]


def _probe(path: str, figure: str, size: int) -> list[float]:
    command = [sys.executable, "-m", f"{__package__}.probe", path, figure, str(size)]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    ran = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    if ran.returncode:
        said = ran.stderr.strip().splitlines() or [f"ended with {ran.returncode}"]  # one that was killed says nothing
        pytest.fail(f"{path} with {size} entries: {said[-1]}", pytrace=False)
    found: list[float] = json.loads(ran.stdout.splitlines()[-1])
    return found
