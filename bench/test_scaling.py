"""How throughput grows with threads, connections and processes that ask at once."""

from __future__ import annotations

import sys
from collections import defaultdict
from collections.abc import Callable
from functools import partial
from statistics import median
from typing import Any

import pytest

from .data import ENTRIES
from .found import WORKLOADS
from .given import YARDSTICKS, made, plan_of
from .intervals import median_interval
from .loops import fresh
from .pace import Pace
from .scaling import in_processes, in_threads
from .timing import filled

CROWD = 64  # threads that share a pool
LONGER = 2  # a block here lasts so many times one of another
FOUND: dict[Any, list[float]] = defaultdict(list)  # operations a second, one figure for each block


@pytest.mark.takes(blocks=LONGER)
@pytest.mark.also(*YARDSTICKS)
@pytest.mark.offers(threads=("safe",), asynchronous=("no",))
def test_threads(  # noqa: PLR0913, PLR0917 - each argument is a fixture or a parameter of pytest's
    new_cache: Any,
    block: int,
    asked: str,
    threads: int,
    pace: Pace,
    record_curve: Callable[[dict[str, Any]], None],
) -> None:
    """One block of one column with so many threads; on a server each may have a connection."""
    text = "Threads of one process, which share one cache; a closed loop in each. Behind one interpreter lock."
    _measure(new_cache, block, asked, threads, pace, record_curve, ("threads", text, in_threads))


@pytest.mark.takes(blocks=LONGER)
@pytest.mark.offers(scope=("host", "network"), threads=("safe",), asynchronous=("no",))
@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no fork")
def test_processes(  # noqa: PLR0913, PLR0917 - as above
    new_cache: Any,
    block: int,
    asked: str,
    processes: int,
    pace: Pace,
    record_curve: Callable[[dict[str, Any]], None],
) -> None:
    """One block of one column with so many processes, forked from one that has used the cache."""
    if new_cache.column.server is not None and new_cache.column.server.in_process:
        pytest.skip("a server in this process is not shared with another")
    text = "Forked processes, which share the file or the server; a closed loop in each."
    _measure(new_cache, block, asked, processes, pace, record_curve, ("processes", text, in_processes))


@pytest.mark.takes(blocks=LONGER)
@pytest.mark.offers(scope=("network",), threads=("safe",), asynchronous=("no",))
def test_pool_sizes(  # noqa: PLR0913, PLR0917 - as above
    new_cache: Any,
    block: int,
    asked: str,
    connections: int,
    pace: Pace,
    record_curve: Callable[[dict[str, Any]], None],
) -> None:
    """One block of one column whose pool has so many connections."""
    pooled = getattr(new_cache.column.subject, "pooled", None)
    if pooled is None:
        pytest.skip("its subject does not tell how to choose the size of its pool")
    text = f"{CROWD} threads of one process share as many connections; a closed loop in each."

    def crowd(_count: int, *work: Any) -> float:
        return in_threads(CROWD, *work)

    kind = ("connections", text, crowd)
    _measure(new_cache, block, asked, connections, pace, record_curve, kind, **pooled(connections))


def _measure(  # noqa: PLR0913, PLR0917 - what is measured, and how it is told
    new_cache: Any,
    block: int,
    asked: str,
    count: int,
    pace: Pace,
    record_curve: Callable[[dict[str, Any]], None],
    kind: tuple[str, str, Callable[..., float]],
    **more: Any,
) -> None:
    what, text, run = kind
    workload, payload = asked.split()
    plan = plan_of(new_cache, workload, payload)
    with filled(made(new_cache, plan, **more), plan) as subject:
        found = FOUND[what, asked, count, new_cache.name]
        loop = partial(fresh(plan.loop), subject)
        found.append(run(count, loop, plan.arguments, pace.block * LONGER))
    if len(found) == block + 1 == pace.blocks:
        yardstick = new_cache.role == "yardstick"
        record_curve(
            {
                "id": f"{what}-{workload}-{payload}",
                "title": f"Throughput over {what}, {workload} {payload}",
                "text": f"{text} {ENTRIES} entries; median of {pace.blocks} blocks, which take turns.",
                "x": {"label": what, "unit": "", "scale": "log"},
                "y": {"label": "operations per second", "unit": "op/s", "scale": "log"},
                "lines": [
                    {
                        "subject": new_cache.name,
                        "points": _points(what, asked, new_cache.name, pace.blocks),
                        "relies_on": [] if yardstick else list(WORKLOADS[workload].promises),
                    }
                ],
            }
        )


def _points(what: str, asked: str, column: str, blocks: int) -> list[list[float]]:
    """All counts measured to the end so far: the last one to be recorded has them all."""
    counts = sorted(key[2] for key, found in FOUND.items() if (*key[:2], key[3]) == (what, asked, column))
    whole = [(count, FOUND[what, asked, count, column]) for count in counts]
    return [[count, median(each), *median_interval(each)] for count, each in whole if len(each) == blocks]
