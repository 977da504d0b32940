"""Circuit breakers: what becomes of an exception, for its caller and for the circuit."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from .breakers.calls import Answer, Failure, Ignored
from .breakers.contract import needs_breaker
from .breakers.drive import due, failures_to_open, probed, refusing, tripped
from .breakers.factory import NewBreaker
from .breakers.judged import Judged
from .breakers.model import Outcome

LONG = 1000.0  # a recovery time that is not over before the test is


@given(threshold=st.integers(1, 3))
def test_the_caller_gets_the_original_exception(new_breaker: NewBreaker, threshold: int) -> None:
    """What the function raises is what its caller gets, the very object, also where that opens the circuit."""
    breaker = new_breaker(failure_threshold=threshold)
    answers = [breaker.ask("failure") for _ in range(threshold)]
    breaker.advance(breaker.recovery_time)
    answers.append(breaker.ask("failure"))
    assert all(answer.error is answer.raised for answer in answers if answer.called), answers


def test_the_traceback_of_an_error_does_not_grow(new_breaker: NewBreaker) -> None:
    """The function's twentieth exception has as many frames and forerunners as its second."""
    breaker = new_breaker(failure_threshold=100, recovery_time=LONG)
    lengths = [_frames(breaker, "failure") for _ in range(20)]
    assert len(set(lengths[1:])) == 1, lengths


def test_the_traceback_of_a_refusal_does_not_grow(new_breaker: NewBreaker) -> None:
    """The twentieth refusal has as many frames and forerunners as the second."""
    breaker = tripped(new_breaker(recovery_time=LONG))
    lengths = [_frames(breaker, "success") for _ in range(20)]
    assert len(set(lengths[1:])) == 1, lengths


def _frames(breaker: Judged, outcome: Outcome) -> int:
    frames = _length(breaker.ask(outcome).error)
    breaker.remark(f"{frames} frames")
    return frames


def _length(error: BaseException | None) -> int:
    """Frames of all tracebacks that hang on ``error``."""
    if error is None:
        return 0
    frames, traceback = 1, error.__traceback__
    while traceback is not None:
        frames, traceback = frames + 1, traceback.tb_next
    return frames + _length(error.__cause__ or error.__context__)


@needs_breaker(ignored="yes")
@given(threshold=st.integers(1, 3))
def test_an_ignored_error_is_no_failure(new_breaker: NewBreaker, threshold: int) -> None:
    """Ignored errors never open the circuit."""
    _is_no_failure(new_breaker(failure_threshold=threshold, recovery_time=LONG, ignored=(Ignored,)), "ignored")


@given(threshold=st.integers(1, 3))
def test_a_cancelled_call_is_no_failure(new_breaker: NewBreaker, threshold: int) -> None:
    """A call that ends in a cancellation says nothing about the server: it never opens the circuit."""
    _is_no_failure(new_breaker(failure_threshold=threshold, recovery_time=LONG), "cancelled")


def _is_no_failure(breaker: Judged, outcome: Outcome) -> None:
    for _ in range(5):
        breaker.ask(outcome)
    assert breaker.state == "closed"


@needs_breaker(ignored="yes")
def test_an_ignored_error_is_no_success(new_breaker: NewBreaker) -> None:
    """An ignored error between failures leaves their count as it is."""
    _is_no_success(lambda: new_breaker(failure_threshold=3, recovery_time=LONG, ignored=(Ignored,)), "ignored")


def test_a_cancelled_call_is_no_success(new_breaker: NewBreaker) -> None:
    """A cancellation between failures leaves their count as it is."""
    _is_no_success(lambda: new_breaker(failure_threshold=3, recovery_time=LONG), "cancelled")


def _is_no_success(make: Callable[[], Judged], outcome: Outcome) -> None:
    threshold = failures_to_open(make())
    breaker = make()
    for _ in range(threshold - 1):
        breaker.ask("failure")
    breaker.ask(outcome)
    breaker.ask("failure")
    assert breaker.state == "open"


@needs_breaker(ignored="yes")
def test_an_ignored_probe_gives_its_permit_back(new_breaker: NewBreaker) -> None:
    """A probe that ends in an ignored error decides nothing, and the next caller may probe."""
    assert probed(new_breaker(ignored=(Ignored,)), "ignored").ask().called


def test_a_cancelled_probe_gives_its_permit_back(new_breaker: NewBreaker) -> None:
    """A probe that is cancelled decides nothing, and the next caller may probe."""
    assert probed(new_breaker(), "cancelled").ask().called


@needs_breaker(ignored="yes")
def test_an_ignored_probe_does_not_close(new_breaker: NewBreaker) -> None:
    """A probe that ends in an ignored error has not shown that the server is back."""
    assert probed(new_breaker(ignored=(Ignored,)), "ignored").state != "closed"


def test_a_cancelled_probe_does_not_close(new_breaker: NewBreaker) -> None:
    """A probe that is cancelled has not shown that the server is back."""
    assert probed(new_breaker(), "cancelled").state != "closed"


@needs_breaker("acall")
def test_awaited_calls_count_as_others_do(new_breaker: NewBreaker) -> None:
    """Acall opens the circuit after as many failures as call does."""
    threshold = failures_to_open(new_breaker(failure_threshold=3, recovery_time=LONG))
    breaker = new_breaker(failure_threshold=3, recovery_time=LONG)
    for _ in range(threshold):
        assert breaker.state == "closed"
        breaker.do("acall(failure)", lambda: asyncio.run(_settled(breaker.subject.acall, _fail)))
    assert breaker.state == "open"


@needs_breaker("acall")
def test_awaited_calls_are_refused_as_others_are(new_breaker: NewBreaker) -> None:
    """While the circuit is open no acall reaches the function."""
    breaker = refusing(new_breaker(recovery_time=LONG))
    answer = breaker.do("acall(success)", lambda: asyncio.run(_settled(breaker.subject.acall, _succeed)))
    assert not answer.called


@needs_breaker("acall")
def test_a_task_cancelled_in_its_probe_gives_the_permit_back(new_breaker: NewBreaker) -> None:
    """A task that is cancelled while it probes leaves the circuit half-open, with room for the next probe."""
    probed(new_breaker(), "success")
    breaker = due(new_breaker())
    breaker.do("acall(cancelled)", lambda: asyncio.run(_cancelled_inside(breaker.subject.acall)))
    assert breaker.state != "closed"
    assert breaker.ask().called


async def _fail() -> str:
    raise Failure


async def _succeed() -> str:
    return "success"


async def _settled(acall: Callable[..., Any], fn: Callable[[], Awaitable[str]]) -> Answer:
    answer = Answer()

    async def guarded() -> str:
        answer.called += 1
        return await fn()

    with suppress(Exception):
        answer.value = await _noting(answer, acall(guarded))
    return answer


async def _cancelled_inside(acall: Callable[..., Any]) -> Answer:
    inside, answer = asyncio.Event(), Answer(called=1)

    async def wait() -> None:
        inside.set()
        await asyncio.Event().wait()

    task = asyncio.create_task(_noting(answer, acall(wait)))
    await inside.wait()
    task.cancel()
    await asyncio.wait([task])
    return answer


async def _noting(answer: Answer, call: Awaitable[object]) -> object:
    """What ``call`` returns, or raises into the answer, too."""
    try:
        return await call
    except BaseException as error:
        answer.error = error
        raise
