"""One call through a breaker: how its function ends, and what its caller gets."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from dataclasses import dataclass

from . import workers
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
        often = f", called {self.called} times" if self.called > 1 else ""
        return f"refused: {told}" if self.refused else told + often


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
