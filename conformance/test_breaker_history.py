"""Circuit breakers: drawn histories of everything at once, against the model."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from .breakers.calls import Call, Ignored
from .breakers.contract import needs_breaker
from .breakers.factory import NewBreaker
from .breakers.model import Admission, Model

ENDLESS = 2.0**40  # seconds; the model lets a probe take as long as it likes

RECOVERY = 2.0
MOMENT = 2.0**-10  # no steps add up to RECOVERY: at that very moment both answers are right

outcomes = st.sampled_from(("failure", "failure", "failure", "success", "ignored", "cancelled"))
steps = st.one_of(
    st.just(("nothing",)),  # what shrinking leaves of a step; a list of a length that is drawn would be too short
    st.tuples(st.just("call"), outcomes),
    st.tuples(st.just("call"), outcomes),
    st.tuples(st.just("call"), outcomes),
    st.tuples(st.just("begin")),
    st.tuples(st.just("end"), st.integers(0, 2), outcomes),
    st.tuples(st.just("advance"), st.just(RECOVERY + MOMENT)),
    st.tuples(st.just("advance"), st.sampled_from((0.75, RECOVERY - MOMENT, 7200.0))),
    st.tuples(st.just("operate"), st.sampled_from(("reset", "force_open", "disable")), outcomes),
)


@pytest.mark.drawn
@needs_breaker(clock="injected")
@given(
    settings=st.fixed_dictionaries(
        {"failure_threshold": st.integers(1, 3), "probes": st.integers(1, 2), "successes": st.integers(1, 2)}
    ),
    history=st.lists(steps, min_size=30, max_size=30),
)
def test_every_history_agrees_with_the_transition_table(
    new_breaker: NewBreaker, settings: dict[str, int], history: list[tuple[Any, ...]]
) -> None:
    """Calls that overlap, late results, cancellations, a clock that jumps: every answer is the transition table's."""
    pair = Pair(new_breaker, settings)
    for name, *arguments in history:
        getattr(pair, name)(*arguments)
        pair.compare()


class Pair:
    """A breaker and the model, to which the same happens."""

    def __init__(self, new_breaker: NewBreaker, settings: dict[str, int]) -> None:
        self.offered = offered = new_breaker.capabilities
        taken: dict[str, Any] = {"recovery_time": RECOVERY}
        taken |= {name: value for name, value in settings.items() if getattr(offered, name, "yes") == "yes"}
        self.model = Model(**taken)
        taken |= {"ignored": (Ignored,)} if offered.ignored == "yes" else {}
        taken |= {"probe_limit": ENDLESS} if offered.probe_limit == "yes" else {}
        self.breaker = new_breaker(**taken)
        self.under_way: list[tuple[Call, Admission]] = []
        self.heard = self.breaker.listen() if offered.listeners == "yes" else []

    @property
    def now(self) -> float:
        return self.breaker.timeline.now()

    def nothing(self) -> None:
        """No step at all."""

    def call(self, outcome: Any) -> None:
        if not self._offers(outcome):
            return
        admission = self.model.admit(self.now)
        answer = self.breaker.ask(outcome)
        assert answer.called == (admission is not None), f"{answer}; expected {_words(admission)}"
        assert answer.refused or answer.error is answer.raised
        if admission is not None:
            self.model.end(admission, outcome, self.now)

    def begin(self) -> None:
        admission = self.model.admit(self.now)
        call = self.breaker.begin()
        assert call.entered == (admission is not None), f"{call.answer}; expected {_words(admission)}"
        if admission is not None:
            self.under_way.append((call, admission))

    def end(self, index: int, outcome: Any) -> None:
        if not self.under_way or not self._offers(outcome):
            return
        call, admission = self.under_way.pop(index % len(self.under_way))
        answer = self.breaker.end(call, outcome)
        self.model.end(admission, outcome, self.now)
        assert answer.error is answer.raised

    def advance(self, seconds: float) -> None:
        self.breaker.advance(seconds)

    def operate(self, name: str, outcome: Any) -> None:
        """What an operator does, a while of it, and back to normal."""
        if name != "reset" and self.offered.admin == "yes":
            self._become(name, {"force_open": "forced-open", "disable": "disabled"}[name])
            self.call(outcome)
            self.advance(RECOVERY + MOMENT)
            self.call(outcome)
        self._become("reset", "closed")

    def _become(self, name: str, state: str) -> None:
        if self.breaker.state == "half-open" and self.model.state == "open":  # it need not wait for a caller
            self.model.become("half-open", self.now)
        getattr(self.breaker, name)()
        self.model.become(state, self.now)
        self.compare()

    def compare(self) -> None:
        """State and events, where the table leaves no choice."""
        allowed = self.model.shows(self.now)
        assert self.breaker.state in allowed
        if self.offered.listeners == "yes" and len(allowed) == 1:
            assert self.heard == self.model.transitions

    def _offers(self, outcome: str) -> bool:
        return outcome != "ignored" or self.offered.ignored == "yes"


def _words(admission: Admission | None) -> str:
    return "a refusal" if admission is None else "the call to be made"
