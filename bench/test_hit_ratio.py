"""How many of a trace's requests a cache answers, over its capacity: beside exact LRU and the best there can be.

No time is measured here, and one replay tells all: ``pytest bench/test_hit_ratio.py --trace FILE``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from .hit_ratio import replay
from .replays import Replays, Source
from .traces import TraceError
from .workloads import BOUND, ROUND_TRIP

METHOD = "Each request is a get, and a set where it missed; exact LRU and Belady's optimum are computed from the trace."


@pytest.mark.offers(eviction=("approximate", "fifo", "lru"), asynchronous=("no",))
def test_hit_ratio(
    new_cache: Any, source: Source, replays: Replays, record_curve: Callable[[dict[str, Any]], None]
) -> None:
    """One trace on one cache, at each capacity."""
    try:
        found = replays[source]
    except TraceError as error:
        raise pytest.fail.Exception(str(error), pytrace=False) from None
    ttls = new_cache.capabilities.ttl == "per-entry"
    points = found.points(lambda capacity: _hits(new_cache.bare(capacity=capacity), found.trace, ttls=ttls))
    lines = [{"subject": new_cache.name, "points": points, "relies_on": [ROUND_TRIP, BOUND]}]
    lines += [{"subject": name, "reference": True, "points": each} for name, each in found.references().items()]
    told = f"{len(found.trace):,} requests for {found.trace.distinct:,} keys"
    record_curve(
        {
            "id": f"hit-ratio-{source.name}",
            "title": f"Hit ratio over capacity, {source.name}",
            "text": f"{source.about} {told}. {METHOD}",
            "x": {"label": "capacity in entries", "unit": "", "scale": "log"},
            "y": {"label": "hit ratio", "unit": "", "scale": "linear"},
            "lines": lines,
        }
    )


@pytest.fixture(scope="session")
def replays(pytestconfig: pytest.Config) -> Iterator[Replays]:
    """The traces that have been read."""
    opened = Replays(pytestconfig.getoption("profile"), pytestconfig.getoption("capacities", None))
    yield opened
    opened.close()


def _hits(subject: Any, trace: Any, *, ttls: bool) -> int:
    try:
        return replay(trace, subject, ttls=ttls)
    finally:
        getattr(subject, "close", bool)()
