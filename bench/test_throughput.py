"""What one operation costs: in batches, one after the other, on one thread."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from random import Random
from statistics import median
from typing import Any

import ormsgpack
import pytest
from pytest_benchmark.fixture import BenchmarkFixture

from . import yardsticks
from .cells import Cells
from .data import SEED, VARIETY, Data
from .found import PAYLOADS, WORKLOADS
from .pace import Pace
from .plan import describe
from .timing import filled, time_block

YARDSTICKS = [f"{yardsticks.__name__}:{name}" for name in ("Dict", "PlainFile", "RawSocket")]
ENCODED = "The payload is encoded as MessagePack beforehand, and handed out as it is."


@pytest.mark.also(*YARDSTICKS)
@pytest.mark.parametrize("payload", PAYLOADS)
@pytest.mark.parametrize("workload", WORKLOADS)
def test_throughput(  # noqa: PLR0913, PLR0917 - each argument is a fixture or a parameter of pytest's
    new_cache: Any,
    workload: str,
    payload: str,
    block: int,
    pace: Pace,
    cells: Cells,
    benchmark: BenchmarkFixture,
    record_measurement: Callable[[dict[str, Any]], None],
) -> None:
    """One block of one cell."""
    cell = cells[workload, payload, new_cache.name]
    if benchmark.enabled and len(cell.blocks) < block:
        pytest.skip("an earlier block has failed")
    benchmark.group, benchmark.name = f"{workload} {payload}", new_cache.name
    encoded = _moves_bytes(new_cache)
    plan = WORKLOADS[workload](_data(payload, encoded=encoded))
    try:
        bare = new_cache.bare(capacity=plan.capacity)
    except yardsticks.NoSocketError as error:
        pytest.skip(str(error))
    with filled(bare, plan) as subject:
        batch = cell.batch = time_block(benchmark, subject, plan, pace, cell.batch)
    if benchmark.stats is None:
        return
    cell.blocks.append(median(benchmark.stats.stats.data))
    if len(cell.blocks) == pace.blocks:
        described = {"workload": workload, "payload": payload, **describe(WORKLOADS[workload])}
        record_measurement(described | cell.measurement(batch, ENCODED if encoded else ""))


def _moves_bytes(new_cache: Any) -> bool:
    """Whether it is a yardstick that stores bytes."""
    return bool(new_cache.role == "yardstick" and new_cache.capabilities.scope != "instance")


@cache
def _data(payload: str, *, encoded: bool) -> Data:
    random = Random(SEED)
    values = [PAYLOADS[payload](random) for _ in range(VARIETY)]
    return Data([ormsgpack.packb(each) for each in values] if encoded else values)
