"""One block, timed by pytest-benchmark: a new cache is filled, warmed up, timed, and looked at afterwards."""

from __future__ import annotations

import asyncio
import gc
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from inspect import iscoroutinefunction
from itertools import pairwise
from typing import Any

import pytest
from pytest_benchmark.fixture import BenchmarkFixture

from .loops import Loop, fresh
from .pace import FEWEST_ROUNDS, WARM_UP, Batch, Pace, calibrate, taker
from .plan import Plan

try:
    import resource
except ImportError:  # Windows does not tell
    resource = None  # type: ignore[assignment]

Run = Callable[[list[Any]], Any]
SAMPLE = 16  # keys looked at when the clock has stopped
_ABSENT = object()


def time_block(  # noqa: PLR0913, PLR0917 - what is timed, and how
    benchmark: BenchmarkFixture, run: Run, subject: Any, plan: Plan, pace: Pace, batch: Batch | None
) -> tuple[Batch, list[float]]:
    """Time ``run``, which is the loop of ``plan`` on ``subject``, for pytest-benchmark's table and for us.

    Returns the batch it was timed in, the one given or one that was found by trying, and the seconds per operation of
    each round in which this thread kept its processor; of all rounds, where those are too few. Fails the test where a
    key that the plan counts on was not there, or the other way round.
    """
    take = taker(plan.arguments)
    found = batch or calibrate(run, take, pace)
    lost: list[int] = []

    def next_round() -> tuple[tuple[list[Any]], dict[str, Any]]:
        if benchmark.stats is not None:  # as it is under --benchmark-disable
            benchmark.stats.iterations = found.operations  # what pytest-benchmark divides a round's time by
        arguments = take(found.operations)
        lost.append(interruptions())
        return (arguments,), {}

    pedantic: Any = benchmark.pedantic  # pytest-benchmark has no types for it
    pedantic(run, setup=next_round, rounds=found.rounds, warmup_rounds=WARM_UP)
    lost.append(interruptions())
    _check(subject, plan)
    return found, [] if benchmark.stats is None else _undisturbed(benchmark.stats.stats.data, lost[WARM_UP:])


def runnable(loop: Loop, subject: Any, runner: asyncio.Runner) -> Run:
    """``loop`` on ``subject``, with bytecode of its own; where it is a coroutine function, on the event loop."""
    run = partial(fresh(loop), subject)
    return (lambda arguments: runner.run(run(arguments))) if iscoroutinefunction(loop) else run


def interruptions() -> int:
    """How often this thread has lost its processor to another; 0 where the system does not tell."""
    return resource.getrusage(resource.RUSAGE_THREAD).ru_nivcsw if hasattr(resource, "RUSAGE_THREAD") else 0


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


def _undisturbed(rounds: list[float], lost: list[int]) -> list[float]:
    """The rounds between two readings of ``lost`` that are equal."""
    kept = [seconds for seconds, (before, after) in zip(rounds, pairwise(lost), strict=True) if before == after]
    return kept if len(kept) >= FEWEST_ROUNDS else list(rounds)


def _check(subject: Any, plan: Plan) -> None:
    lost = [key for key in plan.present[:SAMPLE] if subject.get(key, _ABSENT) is _ABSENT]
    if lost:
        pytest.fail(f"{len(lost)} of {SAMPLE} keys were lost, so gets that miss have been timed: {lost[0]!r}, ...")
    there = [key for key in plan.absent[:SAMPLE] if subject.get(key, _ABSENT) is not _ABSENT]
    if there:
        pytest.fail(f"{len(there)} of {SAMPLE} keys that were never set have a value: {there[0]!r}, ...")
