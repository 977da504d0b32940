"""How long single operations take where they wait for a disk or a server: to the 99.9th percentile.

What is quicker than the timer is precise is measured in batches alone: see ``test_throughput``.
"""

from __future__ import annotations

import math
import time
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from statistics import fmean, median
from typing import Any

import pytest

from .found import WORKLOADS
from .given import YARDSTICKS, made, moves_bytes, plan_of, runner_of
from .intervals import median_interval
from .pace import Pace, taker
from .plan import AWAITED, describe
from .tails import (
    LOAD,
    SAMPLES,
    at_a_rate,
    awaited_at_a_rate,
    awaited_one_after_the_other,
    one_after_the_other,
    percentiles,
)
from .timing import filled

WORKLOAD, PAYLOAD = "get-hit", "small"
WARM_UP = 100
CLOSED = f"Each get of {SAMPLES:,} timed on its own, one after the other (a closed loop)"
PACED = f"Each get of {SAMPLES:,} timed from when it was due, at {LOAD:.0%} of what the column can do"
ACCOUNTED = (
    f"{WARM_UP} gets before, the first of which opens the connection, are not counted; the garbage collector is. "
    "Blocks of all columns take turns."
)


Loops = tuple[Callable[[Any], list[float]], Callable[[Any, float], list[float]]]


@dataclass
class Samples:
    """Of one column: seconds of each operation."""

    closed: list[float] = field(default_factory=list)
    paced: list[float] = field(default_factory=list)
    first: list[float] = field(default_factory=list)


@pytest.fixture(scope="module")
def taken() -> dict[Any, Samples]:
    """What has been measured so far, by column and by how it was asked."""
    return defaultdict(Samples)


@pytest.mark.also(*YARDSTICKS)
@pytest.mark.offers(scope=("host", "network"), asynchronous=("no",))
def test_percentiles(new_cache: Any, block: int, measure: Callable[..., None]) -> None:
    """One block of one column."""
    measure(new_cache, block, "get", _calls)


@pytest.mark.also(*YARDSTICKS)
@pytest.mark.offers(scope=("host", "network"), asynchronous=AWAITED)
def test_coroutine_percentiles(new_cache: Any, block: int, measure: Callable[..., None]) -> None:
    """The same, of coroutines on one event loop."""
    measure(new_cache, block, "aget", partial(_awaits, runner_of(new_cache).run))


def _calls(subject: Any) -> Loops:
    return partial(one_after_the_other, subject.get), partial(at_a_rate, subject.get)


def _awaits(run: Callable[[Any], list[float]], subject: Any) -> Loops:
    get = getattr(subject, "aget", subject.get)
    return (
        lambda asked: run(awaited_one_after_the_other(get, asked)),
        lambda asked, interval: run(awaited_at_a_rate(get, asked, interval)),
    )


@pytest.fixture
def measure(
    pace: Pace,
    taken: dict[Any, Samples],
    record_curve: Callable[[dict[str, Any]], None],
    record_measurement: Callable[[dict[str, Any]], None],
) -> Callable[..., None]:
    """Times a block of a column; after the last one, records what was found."""

    def block_of(new_cache: Any, block: int, what: str, loops: Callable[[Any], Loops]) -> None:
        plan, samples = plan_of(new_cache, WORKLOAD, PAYLOAD), taken[new_cache.name, what]
        take, count = taker(plan.arguments), math.ceil(SAMPLES / pace.blocks)
        began = time.perf_counter()
        subject = made(new_cache, plan)
        one_by_one, at_rate = loops(subject)
        one_by_one(take(1))
        samples.first.append(time.perf_counter() - began)
        with filled(new_cache.driven(subject), plan):
            one_by_one(take(WARM_UP))
            samples.closed += one_by_one(take(count))
            asked = take(count) if pace.wide else []
            samples.paced += at_rate(asked, fmean(samples.closed) / LOAD)
        if len(samples.first) == block + 1 == pace.blocks:
            record_curve(
                _curve(f"percentiles-{what}-hit", f"{what}-hit, percentiles", CLOSED, new_cache, samples.closed)
            )
            if samples.paced:
                name, title = f"percentiles-{what}-at-a-rate", f"{what}-hit at a fixed rate"
                record_curve(_curve(name, title, PACED, new_cache, samples.paced))
            record_measurement(_first_get(what, samples.first))

    return block_of


def _curve(name: str, title: str, how: str, new_cache: Any, samples: list[float]) -> dict[str, Any]:
    relies_on = [] if moves_bytes(new_cache) else list(WORKLOADS[WORKLOAD].promises)
    return {
        "id": name,
        "title": title,
        "text": f"{how}; payload {PAYLOAD}. {ACCOUNTED}",
        "x": {"label": "percentile", "unit": "", "scale": "nines"},
        "y": {"label": "time of one get", "unit": "s", "scale": "log"},
        "lines": [{"subject": new_cache.name, "points": percentiles(samples), "relies_on": relies_on}],
    }


def _first_get(what: str, seconds: list[float]) -> dict[str, Any]:
    low, high = median_interval(seconds)
    return {
        "workload": f"first-{what}",
        "payload": PAYLOAD,
        "unit": "s/op",
        "better": "lower",
        "blocks": seconds,
        "median": median(seconds),
        "low": low,
        "high": high,
        "operations": len(seconds),
        "method": "Once a block, timed alone: what every other figure leaves out.",
        "about": "A cache is made, connects where it has to, and misses its first get.",
        "relies_on": describe(WORKLOADS["get-miss"])["relies_on"],
    }
