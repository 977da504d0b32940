"""What one operation costs: in batches, one after the other, on one thread."""

from __future__ import annotations

from collections.abc import Callable
from statistics import median
from typing import Any

import pytest
from pytest_benchmark.fixture import BenchmarkFixture

from . import noise
from .cells import Cell, Cells
from .found import WORKLOADS
from .given import ENCODED, YARDSTICKS, made, moves_bytes, plan_of, runner_of
from .pace import Pace
from .parts import accounted, of_bytes, of_codec
from .plan import Plan, describe
from .timing import filled, runnable, time_block

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
        record_measurement(described | cell.measurement(cell.batch, ENCODED if moves_bytes(new_cache) else ""))


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
            pytest.skip("an earlier block has failed, or was not chosen")
        benchmark.group, benchmark.name = f"{workload} {payload}", column
        plan = plan_of(new_cache, workload, payload)
        bare = made(new_cache, plan)
        with filled(new_cache.driven(bare), plan) as subject, accounted(_asked(new_cache), plan) as found:
            run = runnable(plan.loop, bare, runner_of(new_cache))
            cell.batch, rounds = time_block(benchmark, run, subject, plan, pace, cell.batch)
        cell.blocks += [median(rounds)] if rounds else []
        if rounds and WORKLOADS[workload].every_payload:
            cell.parts.append(found | _parts(new_cache, plan, pace))
        return cell

    return measure


def _asked(new_cache: Any) -> Any:
    """The server of a yardstick: one command is one operation there, so what it says of a command is all it did."""
    return new_cache.column.server if new_cache.role == "yardstick" else None


def _parts(new_cache: Any, plan: Plan, pace: Pace) -> dict[str, float]:
    if moves_bytes(new_cache):
        return of_bytes(plan)
    codec = getattr(new_cache.column.subject, "codec_for_bench", None)
    return of_codec(codec, plan, pace) if codec else {}
