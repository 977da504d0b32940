"""Stacks that ordinary functions run on for a task, and may be left in the middle of."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from greenlet import GreenletExit, getcurrent, greenlet

from .basics import T
from .waiting import here

_KEPT = 100  # idle ones of each thread: to make one takes ten times as long as to use it


class Stack(greenlet):
    """Runs one function after the other. What ``begin``, ``switch`` and ``throw`` return is to be awaited.

    They return None when the function has ended.
    """

    _function: Callable[[], Any] | None = None
    _caller: greenlet
    _answer: Any = None
    _error: BaseException | None = None

    def begin(self, function: Callable[[], Any]) -> Awaitable[Any] | None:
        """Run ``function``, in the context of the task that calls."""
        self._caller = getcurrent()
        self.gr_context = self._caller.gr_context
        self._function = function
        awaited: Awaitable[Any] | None = self.switch()
        return awaited

    def wait(self, awaitable: Awaitable[T]) -> T:
        """What ``awaitable`` returns; for the function that runs."""
        here.task = None
        try:
            answer: T = self._caller.switch(awaitable)
            return answer
        finally:
            here.task = self

    def end(self) -> Any:
        """What the function has returned, or raised."""
        answer, error, self._answer, self._error = self._answer, self._error, None, None
        self.gr_context = None
        if len(here.idle) < _KEPT:
            here.idle.append(self)
        if error is None:
            return answer
        try:
            raise error
        finally:
            del error  # else the frame in its traceback would hold it

    def abandon(self) -> None:
        """End the function, which gets no more answers."""
        while (awaited := self.throw(GeneratorExit())) is not None:
            getattr(awaited, "close", bool)()

    def run(self) -> None:
        while True:
            self._work()
            self._caller.switch(None)

    def _work(self) -> None:
        function, self._function = self._function, None
        here.task = self
        try:
            self._answer = function() if function else None
        except GreenletExit:  # the thread has gone
            raise
        except BaseException as error:  # noqa: BLE001  # the task's, as ``end`` raises it
            self._error = error
        finally:
            here.task = None
