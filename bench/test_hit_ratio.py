"""How many of a trace's requests a cache answers, over its capacity: beside exact LRU and the best there can be.

No time is measured here, and one replay tells all: ``pytest bench/test_hit_ratio.py --trace FILE``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from .hit_ratio import Hits, replay
from .replays import REFERENCES, Replay, Replays, Source
from .trace_files import TraceError
from .workloads import BOUND, ROUND_TRIP

METHOD = (
    "Each request is a get, and a set where it missed; exact LRU and Belady's optimum are computed from the trace, for "
    "entries that never expire."
)
JUDGED = {"relies_on": [ROUND_TRIP, BOUND]}


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
    hits = {
        new_cache.name: found.hits(lambda capacity: _hits(new_cache.bare(capacity=capacity), found.trace, ttls=ttls)),
        **found.references(),
    }
    record_curve(_curve("hit-ratio", "Hit ratio", found.points, source, found, hits))
    if found.trace.octets:
        record_curve(_curve("hit-ratio-bytes", "Byte hit ratio", found.byte_points, source, found, hits))


def _curve(  # noqa: PLR0913, PLR0917 - what is drawn, and of what
    name: str,
    title: str,
    points: Callable[[list[Hits]], list[list[float]]],
    source: Source,
    found: Replay,
    hits: dict[str, list[Hits]],
) -> dict[str, Any]:
    lines = [
        {"subject": subject, "points": points(counted), **({"reference": True} if subject in REFERENCES else JUDGED)}
        for subject, counted in hits.items()
    ]
    told = f"{len(found.trace):,} requests for {found.trace.distinct:,} keys"
    return {
        "id": f"{name}-{source.name}",
        "title": f"{title} over capacity, {source.name}",
        "text": f"{source.about} {told}. {METHOD}",
        "x": {"label": "capacity in entries", "unit": "", "scale": "log"},
        "y": {"label": title.lower(), "unit": "", "scale": "linear"},
        "lines": lines,
    }


@pytest.fixture(scope="session")
def replays(pytestconfig: pytest.Config) -> Iterator[Replays]:
    """The traces that have been read."""
    opened = Replays(pytestconfig.getoption("profile"), pytestconfig.getoption("capacities", None))
    yield opened
    opened.close()


def _hits(subject: Any, trace: Any, *, ttls: bool) -> Hits:
    try:
        return replay(trace, subject, ttls=ttls)
    finally:
        getattr(subject, "close", bool)()
