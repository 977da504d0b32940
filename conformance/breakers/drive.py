"""How a test gets a breaker to where its promise begins, or gives up: what goes wrong on the way is another promise."""

from __future__ import annotations

from typing import NoReturn

import pytest

from .calls import Call
from .judged import Judged
from .model import Outcome

ENOUGH = 20


def failures_to_open(breaker: Judged) -> int:
    """How many failures in a row that takes: its threshold as it is, whatever it ought to be."""
    for count in range(1, ENOUGH):
        breaker.ask("failure")
        if breaker.state == "open":
            return count
    return unreached("it does not open")


def tripped(breaker: Judged) -> Judged:
    """Open, after as many failures as that takes."""
    failures_to_open(breaker)
    return breaker


def refusing(breaker: Judged) -> Judged:
    """Open, and seen to refuse a call."""
    if tripped(breaker).ask().called:
        unreached("it makes calls while open")
    return breaker


def due(breaker: Judged) -> Judged:
    """Open, and its recovery time over, with some to spare."""
    tripped(breaker).advance(breaker.recovery_time + 1)
    return breaker


def probed(breaker: Judged, outcome: Outcome) -> Judged:
    """Open, its time over, and one call made that ended like this."""
    if not due(breaker).ask(outcome).called:
        unreached("it admits no probe")
    return breaker


def in_state(breaker: Judged, state: str) -> Judged:
    """The breaker, in the state that the test took it to."""
    if breaker.state != state:
        unreached(f"it is not {state}")
    return breaker


def half_open(breaker: Judged) -> tuple[Judged, Call]:
    """Half-open, with one probe under way."""
    probe = due(breaker).begin()
    if not probe.entered:
        unreached("it admits no probe")
    return breaker, probe


def unlocked(breaker: Judged) -> None:
    """A breaker that lets one call be made while another is under way; Held is raised by one that does not."""
    first = breaker.begin()
    breaker.ask()
    breaker.end(first, "success")


def full(breaker: Judged) -> tuple[Judged, Call]:
    """Half-open, with its one probe under way, and seen to refuse another."""
    _breaker, probe = half_open(breaker)
    if breaker.begin().entered:
        unreached("it admits more than one probe")
    return breaker, probe


def recovered(breaker: Judged) -> Judged:
    """Closed, after having been open."""
    if probed(breaker, "success").state != "closed":
        unreached("it does not close")
    return breaker


def unreached(what: str) -> NoReturn:
    """End the test: ``what`` is wrong with the breaker, and another promise says so."""
    pytest.skip(f"not judged: {what}, so it never gets to where this promise begins")
