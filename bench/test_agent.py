"""What a cache is worth to an LLM agent: speed-up, hit rate and money, against no cache."""

from __future__ import annotations

import gc
from collections import defaultdict
from collections.abc import Callable
from statistics import median
from typing import Any

import pytest

from .agent import CALLS, QUESTIONS, SOURCES, Outcome, requests, work
from .intervals import median_interval
from .pace import Pace
from .plan import ROOMY
from .workloads import ABSENCE, ROOM, ROUND_TRIP

TASKS = 50  # whatever the profile: with each task more calls are repeated, and any cache looks better
ABOUT = "An agent discovers tools, embeds a question, searches and dispatches; questions come by Zipf's law."
FIGURES: dict[str, tuple[str, str, str, Callable[[Outcome], float]]] = {
    "agent-speed-up": (
        "x",
        "higher",
        "How many times sooner it is done than without a cache.",
        lambda o: o.alone / o.seconds,
    ),
    "agent-hit-rate": ("", "higher", "The share of calls that the cache has saved.", lambda o: o.hits / o.requests),
    "agent-cost": (
        "$/1,000 calls",
        "lower",
        "What the calls cost that had to be made.",
        lambda o: 1000 * o.dollars / o.requests,
    ),
}


@pytest.fixture(scope="module")
def outcomes() -> dict[str, list[Outcome]]:
    """What has been measured so far, by column."""
    return defaultdict(list)


@pytest.mark.offers(asynchronous=("no",))
def test_agent(
    new_cache: Any,
    block: int,
    pace: Pace,
    outcomes: dict[str, list[Outcome]],
    record_measurement: Callable[[dict[str, Any]], None],
) -> None:
    """One block of one column: the whole of the work, with a new cache."""
    asked = requests(TASKS)
    subject = new_cache.bare(capacity=ROOMY)
    gc.collect()
    try:
        outcomes[new_cache.name].append(work(subject, asked))
    finally:
        subject.clear()
        getattr(subject, "close", bool)()
    if len(outcomes[new_cache.name]) == block + 1 == pace.blocks:
        for name in FIGURES:
            record_measurement(_measurement(name, outcomes[new_cache.name]))


def _measurement(name: str, found: list[Outcome]) -> dict[str, Any]:
    unit, better, about, figure = FIGURES[name]
    blocks = [figure(each) for each in found]
    low, high = median_interval(blocks)
    prices = ", ".join(f"{kind} {call.seconds * 1e3:.0f} ms and ${call.dollars:g}" for kind, call in CALLS.items())
    one = found[0]
    return {
        "workload": name,
        "payload": "workflow",
        "unit": unit,
        "better": better,
        "blocks": blocks,
        "median": median(blocks),
        "low": low,
        "high": high,
        "operations": one.requests * len(found),
        "method": (
            f"{TASKS} tasks, each on one of {QUESTIONS} questions and {SOURCES} sets of tools, make {one.requests:,} "
            f"calls, {len(found)} times with a new cache; more tasks would repeat more of them. Its own "
            f"time is measured, that of the calls is added up: {prices}. Without a cache: "
            f"{one.alone:.1f} s and ${one.dollars_alone:.2f}."
        ),
        "about": f"{ABOUT} {about}",
        "relies_on": [ROUND_TRIP, ABSENCE, ROOM],
    }
