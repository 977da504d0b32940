"""A breaker under test. Each operation runs in a thread of its own, so that none can hang the suite.

``ask("failure")`` is one whole call of a function that fails; ``begin()`` is a call that stays inside the function,
until ``end("failure")`` has it fail.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

from ..clocks import Timeline
from ..history import History, Step
from . import workers
from .clock import MeetingClock
from .model import Outcome


class Failure(Exception):
    """What the guarded function raises, where it is to count."""


class Ignored(Exception):
    """What it raises where it is not to count, and the breaker was told so."""


#: What the guarded function raises for each outcome but success.
ERRORS: dict[str, type[BaseException]] = {
    "failure": Failure,
    "ignored": Ignored,
    "cancelled": asyncio.CancelledError,
}


class Hung(AssertionError):
    """An operation did not come back."""


class Held(pytest.skip.Exception):  # type: ignore[name-defined, misc]
    """It did not come back while another call was under way: a broken promise of its own, and not the one at hand."""


@dataclass
class Patience:
    """How long to wait for what ought to come back at once. Only a breaker that is wrong makes us wait at all."""

    seconds: float = 5.0

    def wait(self, event: threading.Event, step: Step, others: Callable[[], bool]) -> None:
        """Wait for ``event``, the end of ``step``; ``others`` says whether there are calls under way.

        Raises:
            Hung: it did not come.
            Held: it did not come, with other calls under way.
        """
        if event.wait(self.seconds):
            return
        message = f"{step.call} has not ended after {self.seconds:g} s"
        self.seconds = min(self.seconds, 0.2)  # it is known now
        if others():
            raise Held(f"not judged: {step.call} waits for another call to end")
        step.answer, step.raised = f"Hung: {message}", True
        raise Hung(message)


@dataclass
class Answer:
    """How one call ended for its caller."""

    called: int = 0
    value: object = None
    error: BaseException | None = None
    raised: BaseException | None = None  # by the function itself

    @property
    def refused(self) -> bool:
        """Whether something was raised instead of calling the function."""
        return self.error is not None and not self.called

    def __repr__(self) -> str:
        told = repr(self.value) if self.error is None else repr(self.error)
        return f"refused: {told}" if self.refused else told


class Call:
    """One call of a function through the breaker, in its own thread."""

    def __init__(self, make: Callable[[Callable[[], object]], object], outcome: Outcome | None = None) -> None:
        self.answer = Answer()
        self.inside = threading.Event()  # or never going to be
        self.over = threading.Event()
        self._told = threading.Event()
        self._make, self.outcome = make, outcome
        workers.run(self._run)

    @property
    def entered(self) -> bool:
        """Whether it was admitted."""
        return self.answer.called > 0

    def tell(self, outcome: Outcome) -> None:
        """Have the function end like this."""
        self.outcome = outcome
        self._told.set()

    def _run(self) -> None:
        try:
            self.answer.value = self._make(self._guarded)
        except BaseException as error:  # noqa: BLE001  # whatever it raises is the answer
            self.answer.error = error
        self.inside.set()
        self.over.set()

    def _guarded(self) -> object:
        self.answer.called += 1
        self.inside.set()
        if self.outcome is None:
            self._told.wait(60)
        if self.outcome in ERRORS:
            self.answer.raised = ERRORS[self.outcome]()
            raise self.answer.raised
        return self.outcome


class Judged:
    """The subject, its clock, and all that was asked of it."""

    def __init__(
        self, subject: Any, history: History, timeline: Timeline, patience: Patience, recovery_time: float
    ) -> None:
        self.subject, self.history, self.timeline = subject, history, timeline
        self.recovery_time = recovery_time
        self._patience = patience
        self.pending: dict[Call, int] = {}
        self._begun = 0

    def ask(self, outcome: Outcome = "success") -> Answer:
        """One call of a function that ends like this."""
        step = self.note(f"call({outcome})")
        call = Call(self.subject.call, outcome)
        self._wait(call.over, step)
        step.answer, step.raised = repr(call.answer), call.answer.error is not None
        return call.answer

    def begin(self) -> Call:
        """A call that is inside its function when this returns, unless it was refused."""
        return self.begin_together(1)[0]

    def begin_together(self, count: int) -> list[Call]:
        """The same for ``count`` calls that are all made before any is waited for."""
        calls = [Call(self.subject.call) for _ in range(count)]
        for call in calls:
            self._begun += 1
            step = self.note(f"begin({self._begun})")
            self._patience.wait(call.inside, step, lambda: bool(self.pending) or any(c.entered for c in calls))
            step.answer = "admitted" if call.entered else repr(call.answer)
            if call.entered:
                self.pending[call] = self._begun
        return calls

    def end(self, call: Call, outcome: Outcome) -> Answer:
        """Have the function end like this, and its caller get the answer."""
        step = self.note(f"end({self.pending.pop(call, 0)}, {outcome})")
        call.tell(outcome)
        self._wait(call.over, step)
        step.answer, step.raised = repr(call.answer), call.answer.error is not None
        return call.answer

    def release(self) -> None:
        """End what is still under way; nobody looks at it any more."""
        for call in self.pending:
            call.tell("success")

    def advance(self, seconds: float) -> None:
        """Let ``seconds`` pass for the breaker; shorter ones, where they have to be waited for."""
        self.note(f"advance({seconds * self.timeline.unit})")
        self.timeline.advance(seconds * self.timeline.unit + self.timeline.late)

    def meet(self, threads: int) -> None:
        """Have so many readings of the clock, by as many threads, wait for each other."""
        if isinstance(self.timeline, MeetingClock):
            self.timeline.meet(threads)

    @property
    def state(self) -> str:
        return str(self.do("state", lambda: self.subject.state))

    def __getattr__(self, name: str) -> Callable[..., Any]:
        operation = getattr(self.subject, name)
        return lambda *args: self.do(f"{name}({', '.join(map(repr, args))})", lambda: operation(*args))

    def do(self, text: str, operation: Callable[[], Any]) -> Any:
        """Any other operation: what it returns or raises, in time."""
        step = self.note(text)
        call = Call(lambda _guarded: operation(), "success")
        self._wait(call.over, step)
        step.answer, step.raised = repr(call.answer), call.answer.error is not None
        if call.answer.error is not None:
            raise call.answer.error
        return call.answer.value

    def _wait(self, event: threading.Event, step: Step) -> None:
        self._patience.wait(event, step, lambda: bool(self.pending))

    def note(self, text: str) -> Step:
        """Write a step down, before it is taken."""
        name, _, arguments = text.removesuffix(")").partition("(")
        self.history.add(Step(name, arguments, self.timeline.now()))
        return self.history.steps[-1]
