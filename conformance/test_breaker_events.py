"""Circuit breakers: what listeners are told, and what they may do."""

from __future__ import annotations

import threading
from itertools import pairwise

from .breakers.calls import Call
from .breakers.contract import needs_breaker
from .breakers.drive import failures_to_open, tripped, unlocked, unreached
from .breakers.factory import NewBreaker
from .breakers.judged import Judged

LONG = 1000.0  # a recovery time that is not over before the test is


@needs_breaker(listeners="yes")
def test_one_event_per_transition(new_breaker: NewBreaker) -> None:
    """Every change of state is told once, with the state before and after, and what is no change is not told."""
    breaker = new_breaker(failure_threshold=2)
    heard = breaker.listen()
    seen = [breaker.state]
    for step in (tripped, _begun, _ended, _reset, tripped, _reset):
        step(breaker)
        seen += [breaker.state] * (breaker.state != seen[-1])
    assert heard == list(pairwise(seen))


def _begun(breaker: Judged) -> None:
    breaker.advance(breaker.recovery_time)
    breaker.begin()


def _ended(breaker: Judged) -> None:
    for call in list(breaker.pending):
        breaker.end(call, "success")


def _reset(breaker: Judged) -> None:
    breaker.reset()


@needs_breaker(listeners="yes")
def test_late_results_cause_no_event(new_breaker: NewBreaker) -> None:
    """Calls that fail after the circuit has opened do not open it again."""
    breaker = new_breaker(recovery_time=LONG)
    heard = breaker.listen()
    late = breaker.begin_together(3)
    tripped(breaker)
    before = list(heard)
    for call in late:
        breaker.end(call, "failure")
    assert heard == before


@needs_breaker(listeners="yes")
def test_a_listener_that_raises_does_not_reach_the_caller(new_breaker: NewBreaker) -> None:
    """The call whose failure opens the circuit ends as it would without listeners."""
    breaker = new_breaker(failure_threshold=1, recovery_time=LONG)
    breaker.subscribe("raise raised", raised=_RAISED)
    answer = breaker.ask("failure")
    assert answer.error is not _RAISED
    assert answer.error is None or answer.error.__context__ is not _RAISED


@needs_breaker(listeners="yes")
def test_a_listener_that_raises_keeps_no_other_from_hearing(new_breaker: NewBreaker) -> None:
    """Each listener is told, whatever those before it do."""
    breaker = new_breaker(failure_threshold=1, recovery_time=LONG)
    breaker.subscribe("raise raised", raised=_RAISED)
    heard = breaker.listen()
    tripped(breaker)
    assert heard


@needs_breaker(listeners="yes")
def test_a_listener_may_call_back_in(new_breaker: NewBreaker) -> None:
    """A listener may read the state, make a call and reset the circuit, from inside its event, and nothing hangs."""
    breaker = new_breaker(failure_threshold=1, recovery_time=LONG)
    breaker.subscribe("breaker.state, call(int), event.after == 'open' and breaker.reset()")
    breaker.ask("failure")
    assert breaker.state == "closed"


@needs_breaker(listeners="yes")
def test_events_that_a_listener_causes_come_in_order(new_breaker: NewBreaker) -> None:
    """What a listener changes is told to every listener after the event that it is just being told."""
    breaker = _one_short(new_breaker)
    breaker.subscribe("event.after == 'open' and breaker.reset()")
    heard = breaker.listen()
    breaker.ask("failure")
    assert heard == [("closed", "open"), ("open", "closed")]


@needs_breaker(listeners="yes")
def test_a_busy_listener_keeps_no_other_thread_waiting(new_breaker: NewBreaker) -> None:
    """While a listener takes its time, other threads use the breaker as ever."""
    unlocked(new_breaker())
    breaker = _one_short(new_breaker)
    busy = _Busy(breaker)
    first = busy.opened()
    assert breaker.state
    breaker.reset()
    assert breaker.ask("failure").called
    busy.end()
    assert breaker.join(first)


@needs_breaker(listeners="yes")
def test_events_of_two_threads_come_in_order(new_breaker: NewBreaker) -> None:
    """While one thread is still telling its transition, another's is not told before it."""
    breaker = _one_short(new_breaker)
    busy, heard = _Busy(breaker), breaker.listen()
    first = busy.opened()
    second = breaker.start("reset()", lambda _fn: breaker.subject.reset())
    second.over.wait(1)  # one that tells under its lock does not get there before the first
    busy.end()
    assert breaker.join(first)
    assert breaker.join(second)
    assert heard == [("closed", "open"), ("open", "closed")]


def _one_short(new_breaker: NewBreaker) -> Judged:
    """A breaker that opens with the next failure."""
    threshold = failures_to_open(new_breaker(recovery_time=LONG))
    breaker = new_breaker(recovery_time=LONG)
    for _ in range(threshold - 1):
        breaker.ask("failure")
    return breaker


class _Busy:
    """A listener that takes its time over its first event, until it is told that it is done."""

    def __init__(self, breaker: Judged) -> None:
        self._breaker, self._begun, self._done = breaker, threading.Event(), threading.Event()
        breaker.subscribe("busy.is_set() or (busy.set(), done.wait(20))", busy=self._begun, done=self._done)

    def opened(self) -> Call:
        """The failure that opens the circuit, and whose caller is telling it."""
        call = self._breaker.start("call(failure)", self._breaker.subject.call, "failure")
        if not self._begun.wait(5):
            unreached("its listeners are not told")
        return call

    def end(self) -> None:
        """It has had its time."""
        self._breaker.aside("done.set()", done=self._done)


_RAISED = RuntimeError("raised by a listener")
