"""Who is told of the transitions of a circuit: of each once, one at a time, in order."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from threading import RLock, get_ident
from typing import NamedTuple

from .forks import renew_after_fork


class Transition(NamedTuple):
    """One change of state; ``at`` is the breaker's clock, in seconds."""

    breaker: str
    before: str
    after: str
    at: float


Listener = Callable[[Transition], object]


class Listeners:
    """``untold`` are the transitions to tell, in order; whoever changes the circuit appends to them."""

    _all: tuple[Listener, ...] = ()
    _teller = 0  # the thread that tells, while one does

    def __init__(self) -> None:
        self.untold: deque[Transition] = deque()
        self._renew()
        renew_after_fork(self, Listeners._renew)

    def add(self, listener: Listener) -> None:
        with self._lock:
            self._all = (*self._all, listener)

    def tell(self) -> None:
        """One thread tells, with no lock held; a change made meanwhile, by a listener too, waits for its turn."""
        me = get_ident()
        if self._teller == me:  # through a listener
            return
        try:
            while (event := self._next(me)) is not None:
                for listener in self._all:
                    _call(listener, event)
        finally:
            if self._teller == me:
                self._teller = 0

    def _next(self, me: int) -> Transition | None:
        with self._lock:
            if self._teller not in {0, me}:
                return None
            self._teller = me if self.untold else 0
            return self.untold.popleft() if self.untold else None

    def _renew(self) -> None:
        self._lock = RLock()  # re-entrant: a signal handler or finalizer may call in from the same thread
        self._teller = 0


def _call(listener: Listener, event: Transition) -> None:
    try:
        listener(event)
    except Exception:
        import logging  # noqa: PLC0415  # who has no failing listener does not pay for it

        logging.getLogger(__name__).exception("a listener of the circuit breaker failed at %s", event)
