"""Brings to the server what was written without it, as soon as it is back, whether or not anybody asks."""

from __future__ import annotations

import logging
from collections.abc import Callable
from threading import Event, RLock, Thread, current_thread

from .breaker import CircuitBreaker
from .circuit import Ticket
from .errors import CacheError, Overloaded, Unavailable
from .forks import renew_after_fork
from .journal import Journal
from .layers import REACHABLE
from .patience import NotCounted
from .versioned import Replay, Versioned

_BATCH = 100  # writes in one step: each step ends within the server's deadline
_PATIENCE = 1.0  # seconds, at most, until the next look at a server that was away, or at a breaker moved by hand
_SOON = 0.05


class Replayer:
    """One thread, there only while something waits to be replayed or the circuit is not closed.

    It alone sends the probes of ``breaker``: no operation waits for a server that may still be away. ``forget`` is
    called with the keys whose writes have arrived.
    """

    def __init__(
        self, server: Versioned, journal: Journal, breaker: CircuitBreaker, forget: Callable[[list[bytes]], object]
    ) -> None:
        self._server, self._journal, self._breaker, self._forget = server, journal, breaker, forget
        self._closed = False
        self._thread: Thread | None = None
        self._renew()
        renew_after_fork(self, Replayer._renew)

    def wake(self) -> None:
        """There is something to do."""
        self._asked = True
        if self._thread is None:
            with self._change:
                if self._thread is None and not self._closed:
                    self._start()

    def close(self, wait: float) -> None:
        """Do nothing more; wait up to ``wait`` seconds for the step under way. What is left stays in the journal."""
        with self._change:
            self._closed = True
            thread = self._thread
        self._stop.set()
        if thread is not None and thread is not current_thread():
            thread.join(wait)

    def _start(self) -> None:
        self._thread = thread = Thread(target=self._run, name="cache_impl.replay", daemon=True)
        try:
            thread.start()
        except BaseException as error:
            if thread.ident is None:  # else it runs
                self._thread = None
            if not isinstance(error, RuntimeError):  # no more threads now: whoever comes next tries again
                raise

    def _renew(self) -> None:
        self._change, self._stop = RLock(), Event()  # re-entrant: a finalizer may close us from our own thread
        self._thread = None
        self._asked = False

    def _run(self) -> None:
        try:
            self._work()
        finally:
            with self._change:
                if self._thread is current_thread():
                    self._thread = None

    def _work(self) -> None:
        pause = 0.0
        while not self._stop.wait(pause):
            self._asked = False
            pause = self._round()
            if pause < 0:
                with self._change:
                    if not self._asked:
                        self._thread = None
                        return
                pause = 0.0

    def _round(self) -> float:
        """Probe, and replay all; seconds until the next try, or a negative number when there is nothing left to do."""
        try:
            while not self._stop.is_set():
                ticket = self._breaker.admit()
                if ticket is None:
                    return min(max(self._breaker.retry_after, _SOON), _PATIENCE)
                if writes := self._sent(ticket):
                    self._journal.replayed(writes)
                    self._forget([each.key for each in writes])
                elif self._breaker.state in REACHABLE:
                    return -1.0
        except CacheError as error:
            logging.getLogger(__name__).info("not replayed yet: %s", error)
        return min(max(self._breaker.retry_after, 2 * _SOON), _PATIENCE)

    def _sent(self, ticket: Ticket) -> list[Replay]:
        """What has waited, and the server has now; ``ticket`` is told of the server, and not of the file."""
        try:
            writes = self._journal.waiting(_BATCH)
        except BaseException:
            ticket.failure(NotCounted())
            raise
        try:
            self._server.replay(writes) if writes else self._server.ping()
        except Unavailable as error:
            ticket.failure(error)
            raise
        except Overloaded:
            ticket.failure(NotCounted())
            raise
        except BaseException:
            ticket.success()  # it answers; that it lets us not in, whoever asks next is to hear
            raise
        ticket.success()
        return writes
