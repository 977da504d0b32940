"""One block, timed by pytest-benchmark: a new cache is filled, warmed up, timed, and looked at afterwards."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any

import pytest
from pytest_benchmark.fixture import BenchmarkFixture

from .loops import fresh
from .pace import WARM_UP, Batch, Pace, calibrate, taker
from .plan import Plan

SAMPLE = 16  # keys looked at when the clock has stopped
_ABSENT = object()


def time_block(benchmark: BenchmarkFixture, subject: Any, plan: Plan, pace: Pace, batch: Batch | None) -> Batch:
    """Time ``plan`` on ``subject``; seconds per operation, one figure for each round, are then in ``benchmark.stats``.

    Returns the batch it was timed in: the one given, or one that was found by trying. Fails the test where a key that
    the plan counts on was not there, or the other way round.
    """
    run, take = partial(fresh(plan.loop), subject), taker(plan.arguments)
    found = batch or calibrate(run, take, pace)

    def next_round() -> tuple[tuple[list[Any]], dict[str, Any]]:
        if benchmark.stats is not None:  # as it is under --benchmark-disable
            benchmark.stats.iterations = found.operations  # what pytest-benchmark divides a round's time by
        return (take(found.operations),), {}

    pedantic: Any = benchmark.pedantic  # pytest-benchmark has no types for it
    pedantic(run, setup=next_round, rounds=found.rounds, warmup_rounds=WARM_UP)
    _check(subject, plan)
    return found


@contextmanager
def filled(subject: Any, plan: Plan) -> Iterator[Any]:
    """``subject`` with what the plan stores; emptied and closed at the end."""
    try:
        gc.collect()
        gc.freeze()  # what pytest and the data hold is not traversed at the subject's expense; what it makes itself is
        for key, value in plan.stored:
            subject.set(key, value)
        yield subject
    finally:
        subject.clear()
        getattr(subject, "close", bool)()


def _check(subject: Any, plan: Plan) -> None:
    lost = [key for key in plan.present[:SAMPLE] if subject.get(key, _ABSENT) is _ABSENT]
    if lost:
        pytest.fail(f"{len(lost)} of {SAMPLE} keys were lost, so gets that miss have been timed: {lost[0]!r}, ...")
    there = [key for key in plan.absent[:SAMPLE] if subject.get(key, _ABSENT) is not _ABSENT]
    if there:
        pytest.fail(f"{len(there)} of {SAMPLE} keys that were never set have a value: {there[0]!r}, ...")
