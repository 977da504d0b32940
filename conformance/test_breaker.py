"""Circuit breakers: the transition table, one promise and one call at a time."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from .breakers.calls import ERRORS
from .breakers.contract import needs_breaker
from .breakers.drive import due, failures_to_open, in_state, probed, recovered, refusing, tripped, unreached
from .breakers.factory import NewBreaker
from .wall import WallClock

LONG = 1000.0  # a recovery time that is not over before the test is
MARGIN = 2.0**-10


@given(threshold=st.integers(1, 5))
def test_opens_at_exactly_the_nth_consecutive_failure(new_breaker: NewBreaker, threshold: int) -> None:
    """After failure_threshold failures in a row the circuit is open, and not one failure earlier."""
    breaker = new_breaker(failure_threshold=threshold, recovery_time=LONG)
    for failures in range(threshold):
        assert breaker.state == "closed", f"after {failures} failures of {threshold}"
        breaker.ask("failure")
    assert breaker.state == "open"


def test_a_success_clears_the_count(new_breaker: NewBreaker) -> None:
    """Failures count only in a row: a success between them starts the count at zero."""
    threshold = failures_to_open(new_breaker(failure_threshold=3, recovery_time=LONG))
    breaker = new_breaker(failure_threshold=3, recovery_time=LONG)
    for _ in range(threshold - 1):
        breaker.ask("failure")
    breaker.ask("success")
    assert failures_to_open(breaker) == threshold


def test_closed_passes_every_call_on_once(new_breaker: NewBreaker) -> None:
    """A closed circuit is not noticed: the function is called once, and its answer is the caller's."""
    breaker = new_breaker()
    for _ in range(3):
        answer = breaker.ask("success")
        assert (answer.called, answer.value, answer.error) == (1, "success", None)


def test_open_makes_zero_calls(new_breaker: NewBreaker) -> None:
    """While the circuit is open no call reaches the function."""
    breaker = tripped(new_breaker(recovery_time=LONG))
    assert sum(breaker.ask().called for _ in range(5)) == 0


def test_a_refusal_is_an_error_of_its_own(new_breaker: NewBreaker) -> None:
    """A refused caller gets an exception, and not one that the function once raised."""
    answer = tripped(new_breaker(recovery_time=LONG)).ask()
    assert answer.error is not None or answer.called, "neither called nor refused: the caller takes it for an answer"
    assert not isinstance(answer.error, tuple(ERRORS.values()))


@needs_breaker(clock="injected")
@given(seconds=st.integers(1, 5))
def test_stays_open_until_recovery_time_is_over(new_breaker: NewBreaker, seconds: int) -> None:
    """A call made less than recovery_time after the circuit opened is refused."""
    breaker = refusing(new_breaker(recovery_time=seconds))
    breaker.advance(seconds - MARGIN)
    assert not breaker.ask().called


@given(seconds=st.integers(1, 3))
def test_admits_a_probe_once_recovery_time_is_over(new_breaker: NewBreaker, seconds: int) -> None:
    """The first call made recovery_time after the circuit opened, and a moment, reaches the function."""
    breaker = tripped(new_breaker(recovery_time=seconds))
    breaker.advance(seconds + MARGIN)
    assert breaker.ask().called


def test_a_probe_is_called_once(new_breaker: NewBreaker) -> None:
    """The call that finds the time over, and is the probe, reaches the function once and not twice."""
    assert due(new_breaker()).ask().called <= 1


def test_a_successful_probe_closes(new_breaker: NewBreaker) -> None:
    """After a probe has succeeded the circuit is closed."""
    assert probed(new_breaker(), "success").state == "closed"


def test_after_recovery_the_count_starts_at_zero(new_breaker: NewBreaker) -> None:
    """A circuit that has closed again takes as many failures to open as a new one."""
    threshold = failures_to_open(new_breaker(failure_threshold=3))
    assert failures_to_open(recovered(new_breaker(failure_threshold=3))) == threshold


@needs_breaker(clock="injected")
def test_a_failed_probe_opens(new_breaker: NewBreaker) -> None:
    """One failure while half-open is enough, whatever the threshold: the circuit is open again."""
    assert probed(new_breaker(failure_threshold=3), "failure").state == "open"


@needs_breaker(clock="injected")
@given(late=st.integers(1, 3))
def test_a_failed_probe_starts_a_new_deadline(new_breaker: NewBreaker, late: int) -> None:
    """After a failed probe the circuit stays open for recovery_time, counted from that failure."""
    breaker = refusing(new_breaker(recovery_time=2.0))
    breaker.advance(2 + late)
    breaker.ask("failure")
    in_state(breaker, "open")
    breaker.advance(1)
    assert not breaker.ask().called, "the deadline is the old one"


@needs_breaker(successes="yes")
@given(successes=st.integers(2, 4))
def test_closes_at_exactly_the_nth_success(new_breaker: NewBreaker, successes: int) -> None:
    """Half-open, the circuit closes with the successes-th success, and not one earlier."""
    breaker = due(new_breaker(successes=successes))
    for _ in range(successes):
        assert breaker.state != "closed"
        if not breaker.ask("success").called:
            unreached("it admits no probe")
    assert breaker.state == "closed"


@needs_breaker(successes="yes", clock="injected")
def test_successes_before_a_failed_probe_do_not_count_after_it(new_breaker: NewBreaker) -> None:
    """Each time the circuit turns half-open it asks for all its successes anew."""
    breaker = in_state(probed(new_breaker(successes=2), "success"), "half-open")
    breaker.ask("failure")
    in_state(breaker, "open").advance(breaker.recovery_time + 1)
    breaker.ask("success")
    assert breaker.state != "closed"


@needs_breaker(retry_after="yes", clock="injected")
@given(seconds=st.integers(1, 5), sixteenths=st.integers(0, 8))
def test_a_refusal_tells_how_long_it_will_last(new_breaker: NewBreaker, seconds: int, sixteenths: int) -> None:
    """retry_after is what is left of recovery_time, in seconds."""
    breaker = refusing(new_breaker(recovery_time=seconds))
    breaker.advance(seconds * sixteenths / 16)
    answer = breaker.ask()
    if answer.called:
        unreached("its recovery_time is over too early")
    assert getattr(answer.error, "retry_after", None) == seconds * (16 - sixteenths) / 16


def test_reset_closes(new_breaker: NewBreaker) -> None:
    """reset() closes an open circuit, at once and for good: the time it was to stay open does not matter any more."""
    breaker = tripped(new_breaker(failure_threshold=3))
    breaker.reset()
    assert breaker.state == "closed"
    assert breaker.ask().called
    breaker.advance(breaker.recovery_time + 1)
    breaker.ask("failure")
    assert breaker.state == "closed", "one failure opens it, as if it were half-open"


def test_reset_starts_the_count_at_zero(new_breaker: NewBreaker) -> None:
    """Failures from before reset() do not count after it."""
    threshold = failures_to_open(new_breaker(failure_threshold=3, recovery_time=LONG))
    breaker = new_breaker(failure_threshold=3, recovery_time=LONG)
    for _ in range(threshold - 1):
        breaker.ask("failure")
    breaker.reset()
    assert failures_to_open(breaker) == threshold


@needs_breaker(admin="yes")
def test_forced_open_refuses_until_reset(new_breaker: NewBreaker) -> None:
    """Forced open, the circuit makes no call, however much time passes; reset() closes it."""
    breaker = tripped(new_breaker())
    breaker.force_open()
    breaker.advance(10 * breaker.recovery_time)
    assert (breaker.ask().called, breaker.state) == (0, "forced-open")
    breaker.reset()
    assert breaker.ask().called


@needs_breaker(admin="yes")
def test_disabled_admits_all_and_counts_nothing(new_breaker: NewBreaker) -> None:
    """Disabled, the circuit makes every call and changes its state for nothing, until reset()."""
    breaker = tripped(new_breaker())
    breaker.disable()
    breaker.advance(10 * breaker.recovery_time)
    assert [breaker.ask("failure").called for _ in range(5)] == [1] * 5
    assert breaker.state == "disabled"
    breaker.reset()
    assert breaker.state == "closed"


def test_a_wall_clock_that_jumps_changes_nothing(new_breaker: NewBreaker) -> None:
    """The breaker's own clock is a monotonic one: a wall clock set two hours ahead ends no recovery_time."""
    with WallClock(new_breaker.subject) as wall:
        breaker = refusing(new_breaker.on_its_own_clock(failure_threshold=1, recovery_time=LONG))
        breaker.note("wall_clock(7200.0)")
        wall.ahead = 7200.0
        assert not breaker.ask().called
