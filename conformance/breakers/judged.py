"""A breaker under test. Each operation runs in a thread of its own, so that none can hang the suite.

``ask("failure")`` is one whole call of a function that fails; ``begin()`` is a call that stays inside the function,
until ``end("failure")`` has it fail.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any

import pytest

from ..clocks import Timeline
from ..history import History, Step
from .calls import Answer, Call
from .clock import MeetingClock
from .model import Outcome

#: What a listener does that only listens.
LISTENS = "heard.append((event.before, event.after))"


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
        step.answer, step.raised = f"Hung: {message}", True
        if others():
            raise Held(f"not judged: {step.call} waits for another call to end")
        raise Hung(message)


class Judged:
    """The subject, its clock, and all that was asked of it."""

    def __init__(
        self, subject: Any, history: History, timeline: Timeline, patience: Patience, recovery_time: float
    ) -> None:
        self.subject, self.history, self.timeline = subject, history, timeline
        self.recovery_time = recovery_time
        self._patience = patience
        self.pending: dict[Call, int] = {}
        self.heard: list[tuple[str, str]] | None = None
        self._begun = 0
        self._started: list[Call] = []

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
            self.note(f"meet({threads})")
            self.timeline.meet(threads)

    def listen(self) -> list[tuple[str, str]]:
        """What a new listener is going to hear: the states before and after."""
        self.heard = []
        self.subscribe(LISTENS, heard=self.heard)
        return self.heard

    def subscribe(self, does: str, **held: Any) -> None:
        """Subscribe a listener that ``does`` this about each ``event``, and write that down.

        It is one line of Python about the ``breaker``, ``call(fn)``, which raises nothing, and what is ``held``.
        """
        scope = {"breaker": self.subject, "call": self._settled, **held}
        exec(f"def listener(event): {does}", scope)  # noqa: S102  # a line of a test of ours
        self.do(f"subscribe({does})", lambda: self.subject.subscribe(scope["listener"]))

    def start(self, text: str, make: Callable[[Callable[[], object]], object], outcome: Outcome | None = None) -> Call:
        """A call, or something else as ``text`` says it, that may have to wait for what is done before ``join``."""
        self.note(f"start({text})")
        self._started.append(Call(make, outcome))
        return self._started[-1]

    def join(self, call: Call) -> bool:
        """Whether it has ended, in time."""
        step = self.note(f"join({self._started.index(call) + 1})")
        ended = call.over.wait(5)
        step.answer = "ended" if ended else "Hung: it has not ended"
        return ended

    def aside(self, code: str, **held: Any) -> None:
        """Carry out ``code``, Python about ``held`` that is no call of the breaker, and write that down."""
        self.note(f"aside({code})")
        exec(code, held)  # noqa: S102  # a line of a test of ours

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

    def _settled(self, fn: Callable[[], object]) -> None:
        with suppress(Exception):  # a refusal, while it is open
            self.subject.call(fn)

    def _wait(self, event: threading.Event, step: Step) -> None:
        self._patience.wait(event, step, lambda: bool(self.pending))

    def remark(self, text: str) -> None:
        """Write down beside the last answer what else was seen of it."""
        self.history.steps[-1].answer += f", {text}"

    def told(self) -> History:
        """The history, and at its end what was heard."""
        if self.heard is None:
            return self.history
        heard = Step("heard", "", self.timeline.now(), repr(self.heard))
        return replace(self.history, steps=[*self.history.steps, heard])

    def note(self, text: str) -> Step:
        """Write a step down, before it is taken."""
        name, _, arguments = text.removesuffix(")").partition("(")
        self.history.add(Step(name, arguments, self.timeline.now()))
        return self.history.steps[-1]
