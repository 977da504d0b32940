"""Circuit breakers: many calls at once, and results that come late."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from .breakers.contract import needs_breaker
from .breakers.drive import due, failures_to_open, full, half_open, in_state, probed, recovered, tripped, unreached
from .breakers.factory import NewBreaker
from .breakers.judged import Held

LONG = 1000.0  # a recovery time that is not over before the test is
MARGIN = 2.0**-10


def test_no_lock_is_held_while_the_call_runs(new_breaker: NewBreaker) -> None:
    """A call that takes its time does not keep others waiting."""
    breaker = new_breaker()
    first = breaker.begin()
    try:
        assert breaker.ask().called
        assert breaker.state == "closed"
    except Held as held:
        pytest.fail(str(held))
    breaker.end(first, "success")


def test_half_open_admits_one_probe_at_a_time(new_breaker: NewBreaker) -> None:
    """While a probe is under way, other calls are refused."""
    breaker, _probe = half_open(new_breaker())
    assert [breaker.begin().entered for _ in range(3)] == [False] * 3


@needs_breaker(probes="yes")
@given(probes=st.integers(2, 4))
def test_half_open_admits_as_many_probes_as_told(new_breaker: NewBreaker, probes: int) -> None:
    """As many calls as ``probes`` says are let through at once, and no more."""
    breaker, _probe = half_open(new_breaker(probes=probes))
    assert [breaker.begin().entered for _ in range(probes)] == [True] * (probes - 1) + [False]


@needs_breaker(clock="injected")
def test_turning_half_open_and_admitting_the_probe_are_one_step(new_breaker: NewBreaker) -> None:
    """Of two callers that find the time over at the same moment, one is the probe."""
    full(new_breaker())
    breaker = due(new_breaker())
    breaker.meet(2)
    assert [call.entered for call in breaker.begin_together(2)].count(True) == 1


@given(threshold=st.integers(2, 5))
def test_no_failure_is_lost_between_threads(new_breaker: NewBreaker, threshold: int) -> None:
    """Failures of calls that ran at the same time all count."""
    needed = failures_to_open(new_breaker(failure_threshold=threshold, recovery_time=LONG))
    breaker = new_breaker(failure_threshold=threshold, recovery_time=LONG)
    for call in breaker.begin_together(needed):
        breaker.end(call, "failure")
    assert breaker.state == "open"


def test_a_late_success_does_not_close(new_breaker: NewBreaker) -> None:
    """A call that was admitted before the circuit opened, and succeeds after it, leaves it open."""
    breaker = new_breaker(recovery_time=LONG)
    late = breaker.begin()
    tripped(breaker)
    breaker.end(late, "success")
    assert breaker.state == "open"


@needs_breaker(clock="injected")
def test_a_late_failure_does_not_prolong(new_breaker: NewBreaker) -> None:
    """A call that was admitted before the circuit opened, and fails after it, does not move the deadline."""
    probed(new_breaker(), "success")
    breaker = new_breaker(recovery_time=2.0)
    late = breaker.begin()
    tripped(breaker)
    breaker.advance(1.5)
    breaker.end(late, "failure")
    breaker.advance(1.5)
    assert breaker.ask().called


def test_a_late_success_does_not_decide_for_the_probe(new_breaker: NewBreaker) -> None:
    """While a probe is under way, the success of an older call does not close the circuit."""
    breaker = new_breaker()
    late = breaker.begin()
    half_open(breaker)
    breaker.end(late, "success")
    assert breaker.state == "half-open"


def test_a_late_failure_does_not_decide_for_the_probe(new_breaker: NewBreaker) -> None:
    """While a probe is under way, the failure of an older call does not open the circuit."""
    breaker = new_breaker()
    late = breaker.begin()
    half_open(breaker)
    breaker.end(late, "failure")
    assert breaker.state == "half-open"


def test_a_late_end_does_not_make_room_for_another_probe(new_breaker: NewBreaker) -> None:
    """A permit is given back by the probe that has it, not by an older call that ends."""
    breaker = new_breaker()
    late = breaker.begin()
    full(breaker)
    breaker.end(late, "cancelled")
    assert not breaker.begin().entered


def test_a_failure_from_before_the_outage_does_not_count_after_it(new_breaker: NewBreaker) -> None:
    """Closed again, the circuit counts the calls it has admitted since, not one from when it was last closed."""
    breaker = new_breaker(failure_threshold=1)
    late = breaker.begin()
    recovered(breaker)
    breaker.end(late, "failure")
    assert breaker.state == "closed"


def test_a_failure_from_before_reset_does_not_count_after_it(new_breaker: NewBreaker) -> None:
    """After reset() the circuit counts the calls it has admitted since."""
    breaker = new_breaker(failure_threshold=1, recovery_time=LONG)
    late = breaker.begin()
    breaker.reset()
    breaker.end(late, "failure")
    assert breaker.state == "closed"


@needs_breaker(probes="yes", clock="injected")
def test_a_probe_of_an_earlier_turn_decides_nothing(new_breaker: NewBreaker) -> None:
    """A probe from before the circuit opened again is as late as any other call."""
    breaker, first = half_open(new_breaker(probes=2))
    second = breaker.begin()
    breaker.end(first, "failure")
    in_state(breaker, "open").advance(breaker.recovery_time + 1)
    breaker.begin()
    breaker.end(second, "success")
    assert breaker.state == "half-open"


@needs_breaker(probe_limit="yes", clock="injected")
@given(limit=st.integers(1, 5))
def test_a_probe_that_hangs_gives_its_permit_back(new_breaker: NewBreaker, limit: int) -> None:
    """A probe that has taken probe_limit seconds makes room for the next caller, and not earlier."""
    breaker, _hanging = full(new_breaker(probe_limit=limit))
    breaker.advance(limit - MARGIN)
    assert not breaker.begin().entered, "too early"
    breaker.advance(2 * MARGIN)
    assert breaker.begin().entered, "too late"


@needs_breaker(probe_limit="yes", clock="injected")
def test_a_probe_that_lost_its_permit_decides_nothing(new_breaker: NewBreaker) -> None:
    """Once another caller has its place, what a hanging probe comes back with changes nothing."""
    breaker, hanging = full(new_breaker(probe_limit=1.0))
    breaker.advance(2)
    if not breaker.begin().entered:
        unreached("a probe that hangs keeps its permit")
    breaker.end(hanging, "failure")
    assert breaker.state == "half-open"
