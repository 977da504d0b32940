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

from . import noise, yardsticks
from .cells import Cell, Cells
from .data import ENTRIES, MOST, SEED, VARIETY, Data
from .found import PAYLOADS, WORKLOADS
from .pace import Pace
from .plan import describe
from .timing import filled, time_block

YARDSTICKS = [f"{yardsticks.__name__}:{name}" for name in ("Dict", "PlainFile", "RawSocket")]
ENCODED = "The payload is encoded as MessagePack beforehand, and handed out as it is."
FEWEST_ENTRIES = 16

TimeBlock = Callable[[str], Cell]


@pytest.mark.also(*YARDSTICKS)
def test_throughput(  # noqa: PLR0913, PLR0917 - each argument is a fixture or a parameter of pytest's
    new_cache: Any,
    workload: str,
    payload: str,
    pace: Pace,
    time_next_block: TimeBlock,
    record_measurement: Callable[[dict[str, Any]], None],
) -> None:
    """One block of one cell."""
    cell = time_next_block(new_cache.name)
    if cell.batch and len(cell.blocks) == pace.blocks:
        described = {"workload": workload, "payload": payload, **describe(WORKLOADS[workload])}
        record_measurement(described | cell.measurement(cell.batch, ENCODED if _moves_bytes(new_cache) else ""))


@pytest.mark.also(*YARDSTICKS)
@pytest.mark.parametrize(("workload", "payload"), [(noise.WORKLOAD, noise.PAYLOAD)])
def test_noise_floor(new_cache: Any, time_next_block: TimeBlock) -> None:
    """One block of a cell that is there already, once more: how far apart two equal caches seem to be."""
    time_next_block(noise.again(new_cache.name))


@pytest.fixture
def time_next_block(  # noqa: PLR0913, PLR0917 - as above
    new_cache: Any,
    workload: str,
    payload: str,
    block: int,
    pace: Pace,
    cells: Cells,
    benchmark: BenchmarkFixture,
) -> TimeBlock:
    """Times a block of the workload with the payload on a new cache; to the cell of the column of that name."""

    def measure(column: str) -> Cell:
        cell = cells[workload, payload, column]
        if benchmark.enabled and len(cell.blocks) < block:
            pytest.skip("an earlier block has failed")
        benchmark.group, benchmark.name = f"{workload} {payload}", column
        plan = WORKLOADS[workload](_data(payload, encoded=_moves_bytes(new_cache)))
        try:
            bare = new_cache.bare(capacity=plan.capacity)
        except yardsticks.NoSocketError as error:
            pytest.skip(str(error))
        with filled(bare, plan) as subject:
            cell.batch, rounds = time_block(benchmark, subject, plan, pace, cell.batch)
        cell.blocks += [median(rounds)] if rounds else []
        return cell

    return measure


def _moves_bytes(new_cache: Any) -> bool:
    """Whether it is a yardstick that stores bytes."""
    return bool(new_cache.role == "yardstick" and new_cache.capabilities.scope != "instance")


@cache
def _data(payload: str, *, encoded: bool) -> Data:
    random = Random(SEED)
    values = [PAYLOADS[payload](random) for _ in range(VARIETY)]
    packed = [ormsgpack.packb(each) for each in values]
    count = max(FEWEST_ENTRIES, min(ENTRIES, MOST // len(packed[0])))
    return Data(packed if encoded else values, count)
