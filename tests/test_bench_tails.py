"""Single operations are timed from the moment that counts, and their percentiles are those of the samples."""

from __future__ import annotations

import asyncio
from types import SimpleNamespace

import pytest

from bench import tails
from bench.tails import (
    SAMPLES,
    at_a_rate,
    awaited_at_a_rate,
    awaited_one_after_the_other,
    one_after_the_other,
    percentiles,
)


@pytest.fixture
def moments(monkeypatch: pytest.MonkeyPatch) -> SimpleNamespace:
    """A clock that an operation moves, and that moves by a millionth when it is read."""
    moments = SimpleNamespace(now=0.0)

    def read() -> float:
        moments.now += 1e-6
        return float(moments.now)

    def wait(seconds: float) -> None:
        moments.now += seconds

    async def pause(seconds: float) -> None:
        moments.now += seconds

    monkeypatch.setattr(tails, "time", SimpleNamespace(perf_counter=read, sleep=wait))
    monkeypatch.setattr(tails, "asyncio", SimpleNamespace(sleep=pause))
    moments.wait, moments.pause = wait, pause
    return moments


def test_each_operation_of_a_closed_loop_is_timed_alone(moments: SimpleNamespace) -> None:
    """What one takes is not seen in the next."""
    assert one_after_the_other(moments.wait, [1.0, 5.0, 2.0]) == pytest.approx([1.0, 5.0, 2.0], abs=1e-4)


def test_at_a_rate_who_comes_behind_a_slow_one_has_waited(moments: SimpleNamespace) -> None:
    """Due at 1, 2, 3 and 4: the first is done at 3.5, and the next two wait for it and for each other."""
    found = at_a_rate(moments.wait, [2.5, 0.5, 0.5, 0.5], 1.0)
    assert found == pytest.approx([2.5, 2.0, 1.5, 1.0], abs=1e-2)


def test_at_a_rate_nothing_is_asked_before_it_is_due(moments: SimpleNamespace) -> None:
    """Quick ones leave time between them."""
    assert at_a_rate(moments.wait, [0.25] * 3, 1.0) == pytest.approx([0.25] * 3, abs=1e-2)
    assert moments.now == pytest.approx(3.25, abs=1e-2)


def test_coroutines_are_timed_as_calls_are(moments: SimpleNamespace) -> None:
    """Each alone, and at a rate from when it was due."""
    found = asyncio.run(awaited_one_after_the_other(moments.pause, [1.0, 5.0, 2.0]))
    assert found == pytest.approx([1.0, 5.0, 2.0], abs=1e-4)
    found = asyncio.run(awaited_at_a_rate(moments.pause, [2.5, 0.5, 0.5, 0.5], 1.0))
    assert found == pytest.approx([2.5, 2.0, 1.5, 1.0], abs=1e-2)


def test_percentiles_are_samples_with_their_rank() -> None:
    """Of 1 to 10,000, the 99.9th is 9,990, and its interval some ranks to either side."""
    points = {point[0]: point[1:] for point in percentiles(range(SAMPLES, 0, -1))}
    assert points[0.5] == [5000, 4902, 5098]
    value, low, high = points[0.999]
    assert value == 9990
    assert low < 9990 < high <= SAMPLES
