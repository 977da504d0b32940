"""One compute per key: whoever asks while it is under way waits for its answer."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Hashable
from contextvars import ContextVar
from threading import RLock, get_ident
from types import TracebackType
from typing import TYPE_CHECKING, Any

from .basics import MISSING
from .errors import Recursion
from .forks import after_fork_in_child
from .waiting import await_, here

if TYPE_CHECKING:
    from asyncio import AbstractEventLoop
    from concurrent.futures import Future

_within: ContextVar[Flight | None] = ContextVar("cache_impl.flight", default=None)  # the compute this code is part of
_lock = RLock()  # held to look at or change who waits for whom, never while anyone computes


class Flights:
    """The computes under way in one cache, for threads and tasks alike. Nothing stays once a flight has landed.

    - An exception of the compute reaches everyone who waits, and nothing is stored.
    - When the one who computes is cancelled or interrupted, one of those who wait takes over. When its event loop
      is closed, the next one who asks does, and they go on with that one.
    - Whoever would have to wait for itself, over any number of keys, threads and tasks, gets ``Recursion``.
    - Whoever changes a key calls ``overtake``. Those who asked before it get the late result, which is not
      stored; those who ask after it start a flight of their own.
    """

    def __init__(self) -> None:
        self.under_way: dict[Hashable, Flight] = {}

    def run(
        self,
        key: Hashable,
        look: Callable[[], Any],
        compute: Callable[[], Any],
        store: Callable[[Any, Flight], object],
    ) -> Any:
        """What ``look()`` finds, else what ``compute()`` returns; each is called by one of all who ask at a time.

        ``look()`` returns ``MISSING`` where there is nothing. ``store(value, flight)`` stores unless
        ``flight.overtaken``: asking that and storing are one step to whoever changes the key.
        """
        while True:
            flight = own = Flight(key, self.under_way, None if here.task is None else _running_loop())
            try:
                flight, landed = self._board(key, own)
                if landed is None:
                    with flight:
                        value = look()
                        if value is MISSING:
                            value = compute()
                            store(value, flight)
                        flight.value = value
                else:
                    flight.wait(landed)
                if flight.answered:
                    return flight.answer()
            finally:
                own.land()  # also where a signal came just before or after all of this
                flight.leave()
                del flight, own  # else the frame in an error's traceback would hold the error

    async def arun(
        self,
        key: Hashable,
        look: Callable[[], Awaitable[Any]],
        compute: Callable[[], Awaitable[Any]],
        store: Callable[[Any, Flight], Awaitable[object]],
    ) -> Any:
        """``run`` for coroutine functions; the two share their flights."""
        from asyncio import wrap_future  # noqa: PLC0415  # a program without asyncio need not load it

        while True:
            flight = own = Flight(key, self.under_way, _running_loop())
            try:
                flight, landed = self._board(key, own)
                if landed is None:
                    with flight:
                        value = await look()
                        if value is MISSING:
                            value = await compute()
                            await store(value, flight)
                        flight.value = value
                else:
                    await wrap_future(landed)
                if flight.answered:
                    return flight.answer()
            finally:
                own.land()
                flight.leave()
                del flight, own

    def overtake(self, key: Hashable) -> None:
        """``key`` is set or deleted: a compute of it that is under way comes too late to be stored."""
        if self.under_way:
            with _lock:
                flight = self.under_way.pop(key, None)
                if flight is not None:
                    flight.overtaken = True

    def overtake_all(self) -> None:
        """Every key is deleted."""
        for key in list(self.under_way):
            self.overtake(key)

    def _board(self, key: Hashable, own: Flight) -> tuple[Flight, Future[None] | None]:
        """The flight of ``key``, and what tells that it has landed; ``own`` and None for the one who is to compute."""
        outer, landed = _within.get(), None
        with _lock:
            flight = self.under_way.get(key)
            if flight is not None and flight.is_stranded:
                flight.overtaken = True
                flight.land()
                flight = None
            if flight is None:
                flight = self.under_way[key] = own
            elif outer is not None and flight.needs(outer):
                raise flight.recursion()
            else:
                landed = flight.landed = flight.landed or _future()
            if outer is not None:
                outer.awaits.append(flight)
        return flight, landed


class Flight:
    """One compute under way. As a context manager, it is what the code inside computes."""

    def __init__(self, key: Hashable, flights: dict[Hashable, Flight], loop: AbstractEventLoop | None) -> None:
        self.overtaken = False  # its key was changed meanwhile
        self.answered = False  # with a value or an error; not when it was cancelled
        self.value: Any = MISSING
        self.landed: Future[None] | None = None  # made by the first who waits
        self.awaits: list[Flight] = []  # what its compute is waiting for
        self._key, self._flights, self._thread = key, flights, get_ident()
        self._loop, self._outer = loop, _within.get()
        self._error: Exception | None = None
        self._trace: TracebackType | None = None

    def __enter__(self) -> None:
        _within.set(self)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        _within.set(self._outer)  # no reset(): a coroutine may be closed in another context than it ran in
        if isinstance(error, Exception):
            self._error, self._trace = error, trace
        self.answered = error is None or isinstance(error, Exception)
        self.land()

    def land(self) -> None:
        """Let go whoever waits for it, if it is under way; without an answer, one of them takes over."""
        if _within.get() is self:
            _within.set(self._outer)
        with _lock:
            if self._flights.get(self._key) is self:
                del self._flights[self._key]
            if self.landed is not None and not self.landed.done():
                self.landed.set_result(None)

    @property
    def is_stranded(self) -> bool:
        """Whether its event loop has ended: nobody goes on with it."""
        return self._loop is not None and self._loop.is_closed()

    def answer(self) -> Any:
        """The value, or the error raised."""
        try:
            if self._error is not None:
                raise self._error.with_traceback(self._trace)
            return self.value
        finally:
            del self

    def needs(self, other: Flight) -> bool:
        """Whether this flight cannot land before ``other`` has."""
        reached, ahead = set(), [self]
        while ahead:
            flight = ahead.pop()
            if flight not in reached:
                reached.add(flight)
                ahead += flight.awaits
        return other in reached

    def wait(self, landed: Future[None]) -> None:
        """Wait until it has landed. A thread that blocks to wait for what it computes itself would wait for ever."""
        if here.task is not None:
            from asyncio import wrap_future  # noqa: PLC0415

            await_(wrap_future(landed))
        elif self._thread == get_ident() and not landed.done():
            raise self.recursion()
        else:
            landed.result()

    def leave(self) -> None:
        """Whoever boarded no longer waits for this flight."""
        with _lock:
            outer = _within.get()
            if outer is not None and self in outer.awaits:
                outer.awaits.remove(self)

    def recursion(self) -> Recursion:
        return Recursion(f"the compute for {self._key!r} waits for {self._key!r}; it can only ask for other keys")


def _running_loop() -> AbstractEventLoop | None:
    from asyncio import _get_running_loop  # noqa: PLC0415  # the public one raises where there is none

    return _get_running_loop()


def _future() -> Future[None]:
    from concurrent.futures import Future  # noqa: PLC0415  # it loads logging; most computes have nobody who waits

    future: Future[None] = Future()
    future.set_running_or_notify_cancel()  # one who waits and is cancelled cancels nobody else
    return future


def _renew() -> None:
    global _lock  # noqa: PLW0603  # in a forked child, where whoever held it is not
    _lock = RLock()


after_fork_in_child(_renew)
