"""Claims of tasks: one owner at a time, for as long as its lease lasts."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tool_places import HOUR, TASK, Backend, across, backend, everywhere, servers

from cache_impl import StillRunning, digest
from cache_impl.basics import MISSING

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


steps = st.one_of(
    st.tuples(st.just("claim"), st.integers(1, 3)),
    st.tuples(st.just("advance"), st.integers(1, 3)),
    st.tuples(st.sampled_from(["finish", "fail"]), st.integers(0, 3)),
)


@pytest.mark.parametrize("backend", ["file", "fakeredis", "layers"], indirect=True)
@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(history=st.lists(steps, max_size=15))
def test_there_is_one_owner_at_a_time_in_every_history(backend: Backend, history: list[tuple[str, int]]) -> None:
    """A claim is granted when there is none whose lease lasts, and no result; a result never gives way to another.

    Only what comes late and finds nobody else's claim may be stored or not.
    """
    key, now, result, owner = f"idempotency:{uuid4()}", 0, MISSING, None
    granted: list[tuple[Any, int]] = []  # with the end of the lease
    claims = [backend.claims() for _ in range(2)]
    for number, (step, amount) in enumerate(history):
        if step == "advance":
            backend.advance(amount * 60)  # time that passes by itself must not matter
            now += amount
        elif step == "claim":
            claim = claims[number % 2].claim(key, amount * 60)
            free = result is MISSING and (owner is None or granted[owner][1] <= now)
            assert (claim is not None) == free
            if claim is not None:
                granted.append((claim, now + amount))
                owner = len(granted) - 1
        elif amount < len(granted):
            claim, end = granted[amount]
            if step == "fail":
                with pytest.raises(ZeroDivisionError):
                    claim.run(lambda: 1 / 0, HOUR)
                owner = None if owner == amount else owner
            else:
                assert claim.run(lambda value=number: value, HOUR) == number
                stored = claims[0].find(key) == number
                assert stored <= (owner == amount)
                assert stored or owner != amount or end <= now
                result = number if stored else result
                owner = None if owner == amount else owner
        assert claims[number % 2].find(key) == result
