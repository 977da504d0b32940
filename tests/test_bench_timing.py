"""How the benchmark takes the time: loops, arguments, batches and interruptions."""

from __future__ import annotations

import threading

import pytest

from bench.loops import fresh, gets
from bench.pace import Pace, calibrate, taker
from bench.timing import interruptions
from bench.yardsticks import Dict


def test_interruptions_only_grow() -> None:
    """A count, whatever the system tells."""
    before = interruptions()
    assert interruptions() >= before >= 0


def test_a_fresh_loop_shares_no_bytecode() -> None:
    """Else what CPython learns about one subject would be unlearned at the next one's expense."""
    assert fresh(gets).__code__ is not gets.__code__
    subject = Dict()
    fresh(gets)(subject, ["a"])


def test_arguments_begin_again_when_they_run_out() -> None:
    """A round may be longer than the arguments, and the next one goes on where it stopped."""
    take = taker("abc")
    assert [take(2), take(3)] == [["a", "b"], ["c", "a", "b"]]


def test_a_batch_fills_its_round() -> None:
    """With an operation that takes 1 ms, a round of 4 ms has about four of them: never so few that it is too short."""
    pace = Pace(blocks=6, block=0.04, round=0.004)
    batch = calibrate(lambda arguments: [threading.Event().wait(0.001) for _ in arguments], taker("a"), pace)
    assert 1 <= batch.operations <= 4
    assert batch.rounds >= 5


def test_a_loop_that_makes_no_operations_is_named() -> None:
    """As one that is a coroutine function, and nobody awaits it: no count of operations would fill a round."""
    with pytest.raises(RuntimeError, match="the loop does not make them"):
        calibrate(lambda _arguments: None, taker("a"), Pace(blocks=6, block=1.0, round=10.0))
