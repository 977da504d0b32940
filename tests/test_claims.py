"""Claims of tasks: one owner at a time, for as long as its lease lasts."""

from __future__ import annotations

from itertools import count, cycle
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tool_places import HOUR, TASK, Backend, across, backend, everywhere, servers

from cache_impl import StillRunning, digest
from cache_impl.basics import MISSING
from cache_impl.claims import Claim

__all__ = ["backend", "servers"]  # fixtures


@across
def test_the_claim_of_a_dead_owner_ends_with_its_lease(backend: Backend) -> None:
    """Until then nobody runs its task."""
    key = f"idempotency:{digest(list(TASK))}"
    assert backend.claims().claim(key, 60) is not None
    for seconds in (0, 59):
        backend.advance(seconds)
        with pytest.raises(StillRunning):
            backend.tools().run_once(*TASK, pytest.fail, wait=0)
    backend.advance(1)
    assert backend.tools().run_once(*TASK, lambda: 1, wait=0) == 1


@everywhere
def test_no_claim_is_granted_over_a_result(backend: Backend) -> None:
    """Not even to who looked just before it came."""
    key, claims = f"idempotency:{digest(list(TASK))}", backend.claims()
    backend.tools().run_once(*TASK, lambda: 1)
    assert claims.claim(key, 60) is None


@across
def test_a_late_result_replaces_nothing(backend: Backend) -> None:
    """Neither another's claim nor its result; its caller gets it all the same."""
    late, other = backend.tools(), backend.tools()

    def outlived() -> str:
        backend.advance(60)
        assert other.run_once(*TASK, late_meanwhile) == "other"
        return "late"

    def late_meanwhile() -> str:
        return "other"

    assert late.run_once(*TASK, outlived, lease=60) == "late"
    assert other.run_once(*TASK, pytest.fail) == late.run_once(*TASK, pytest.fail) == "other"


class History:
    """What becomes of the claims of one task, asked for by two dispatchers in turn; each step asserts what it may.

    Time is counted in minutes, and passes only when it is told to.
    """

    def __init__(self, backend: Backend) -> None:
        self._backend, self._key = backend, f"idempotency:{uuid4()}"
        self._claims, self._numbers = cycle([backend.claims(), backend.claims()]), count()
        self._now, self._result = 0, MISSING
        self._owner: int | None = None  # which of those that were granted, with the end of its lease
        self._granted: list[tuple[Claim, int]] = []

    def found(self) -> bool:
        """Whether the result that was stored is there, and no other."""
        return bool(next(self._claims).find(self._key) == self._result)

    def advance(self, minutes: int) -> None:
        self._backend.advance(minutes * 60)
        self._now += minutes

    def claim(self, minutes: int) -> None:
        claim = next(self._claims).claim(self._key, minutes * 60)
        held = self._owner is not None and self._granted[self._owner][1] > self._now
        assert (claim is not None) == (self._result is MISSING and not held)
        if claim is not None:
            self._owner = len(self._granted)
            self._granted.append((claim, self._now + minutes))

    def finish(self, which: int) -> None:
        number = next(self._numbers)
        claim, end = self._granted[which]
        assert claim.run(lambda: number, HOUR) == number
        stored = next(self._claims).find(self._key) == number
        assert stored <= (self._owner == which), "a result has replaced what was another's"
        assert stored or self._owner != which or end <= self._now, "the result of its owner, in time, is lost"
        self._result = number if stored else self._result
        self._end(which)

    def fail(self, which: int) -> None:
        with pytest.raises(ZeroDivisionError):
            self._granted[which][0].run(lambda: 1 / 0, HOUR)
        self._end(which)

    def granted(self, which: int) -> bool:
        return which < len(self._granted)

    def _end(self, which: int) -> None:
        self._owner = None if self._owner == which else self._owner


steps = st.one_of(
    st.tuples(st.sampled_from(["claim", "advance"]), st.integers(1, 3)),
    st.tuples(st.sampled_from(["finish", "fail"]), st.integers(0, 3)),
)


@pytest.mark.parametrize("backend", ["file", "fakeredis", "layers"], indirect=True)
@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(steps=st.lists(steps, max_size=15))
def test_there_is_one_owner_at_a_time_in_every_history(backend: Backend, steps: list[tuple[str, int]]) -> None:
    """A claim is granted when there is none whose lease lasts, and no result; a result never gives way to another.

    Only what comes late and finds nobody else's claim may be stored or not.
    """
    history = History(backend)
    for step, amount in steps:
        if step in ("claim", "advance") or history.granted(amount):
            getattr(history, step)(amount)
        assert history.found()
