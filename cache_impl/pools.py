"""A few connections to one server: for the threads of this process, or for the tasks of one event loop."""

from __future__ import annotations

from asyncio import Future, get_running_loop, timeout
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from threading import Lock, RLock
from time import monotonic
from typing import Any, Protocol
from weakref import WeakSet

from .errors import CacheClosed, Overloaded
from .waiting import await_

MakeLink = Callable[[], Any]


class Pool(Protocol):
    """At most so many links; the one used last is used next.

    Raises:
        Overloaded: none came free in time.
        CacheClosed: they are closed.
    """

    def borrow(self, ends: float) -> Any:
        """A link that nobody else uses, before ``ends``."""

    def give_back(self, link: Any) -> None:
        """It may be used by others."""

    def close(self) -> None:
        """Close those that are not in use, and the others as soon as they are given back."""


class ThreadPool:
    """See ``Pool``. Who waits for a link gets it before any who comes later."""

    def __init__(self, make: MakeLink, size: int, place: str) -> None:
        self._make, self._size, self._place = make, size, place
        self._idle: deque[Any] = deque()
        self._waiting: deque[_Turn] = deque()  # in order
        self._all: WeakSet[Any] = WeakSet()  # one that is neither idle nor in use is lost, and makes room
        self._change = RLock()  # re-entrant: a finalizer may give back in the middle
        self._closed = False

    def borrow(self, ends: float) -> Any:
        try:
            link = None if self._waiting else self._idle.pop()
        except IndexError:
            link = None
        if link is None:
            link = self._wait_for_link(ends)
        link.freshen()
        return link

    def give_back(self, link: Any) -> None:
        self._idle.append(link)
        if self._closed:
            self._hang_up()
        elif self._waiting:
            with self._change:
                self._hand_out()

    def close(self) -> None:
        self._closed = True
        self._hang_up()
        with self._change:
            while self._waiting:
                self._waiting.popleft().came.release()

    def _wait_for_link(self, ends: float) -> Any:
        turn = _Turn()
        try:
            self._queue_up(turn)
            turn.came.acquire(timeout=max(0.0, ends - monotonic()))
            self._leave(turn)
        except BaseException:  # a signal
            self._leave(turn)
            if turn.link is not None:
                self.give_back(turn.link)
            raise
        if turn.link is None:
            raise _closed(self._place) if self._closed else _overloaded(self._place, self._size)
        return turn.link

    def _queue_up(self, turn: _Turn) -> None:
        with self._change:
            if self._closed:
                raise _closed(self._place)
            self._waiting.append(turn)
            if len(self._all) < self._size and not self._idle:
                self._all.add(link := self._make())
                self._idle.append(link)
            self._hand_out()  # also what was given back just before

    def _hand_out(self) -> None:
        with suppress(IndexError):  # nobody waits, or one who came when nobody did was faster
            while self._waiting:
                link = self._idle.pop()
                turn = self._waiting.popleft()
                turn.link = link
                turn.came.release()

    def _leave(self, turn: _Turn) -> None:
        with self._change:
            try:  # noqa: SIM105  # near the recursion limit there is no room for suppress()
                self._waiting.remove(turn)
            except ValueError:  # its turn has come
                pass

    def _hang_up(self) -> None:
        with suppress(IndexError):
            while True:
                self._idle.pop().close()


class _Turn:
    """One who waits, and the link that came."""

    def __init__(self) -> None:
        self.link: Any = None
        self.came = Lock()
        self.came.acquire()


class LoopPool:
    """See ``Pool``. It belongs to the event loop that runs when it is made."""

    def __init__(self, make: MakeLink, size: int, place: str) -> None:
        self._size, self._place, self._loop = size, place, get_running_loop()
        self._idle = deque(make() for _ in range(size))
        self._turns: deque[Future[Any]] = deque()  # those who wait for a link, in order
        self._closed = False

    def borrow(self, ends: float) -> Any:
        if self._closed:
            raise _closed(self._place)
        link = self._idle.pop() if self._idle else await_(self._turn(ends))
        try:
            link.freshen()
        except BaseException:  # near the recursion limit
            self.give_back(link)
            raise
        return link

    def at_hand(self) -> Any:
        """A link that need not be waited for, nor opened; None where there is none."""
        return self._idle.pop() if self._idle and not self._closed and self._idle[-1].is_ready() else None

    def give_back(self, link: Any) -> None:
        if self._closed:
            link.close()
            return
        while self._turns:
            turn = self._turns.popleft()
            if not turn.done():  # else it waits no more
                turn.set_result(link)
                return
        self._idle.append(link)

    def close(self) -> None:
        self._closed = True
        if self._loop.is_closed() or _running() is self._loop:
            self._hang_up()
        else:
            self._loop.call_soon_threadsafe(self._hang_up)

    @property
    def is_stranded(self) -> bool:
        """Whether its event loop has ended."""
        return self._loop.is_closed()

    async def _turn(self, ends: float) -> Any:
        turn: Future[Any] = self._loop.create_future()
        self._turns.append(turn)
        try:
            async with timeout(ends - monotonic()):
                return await turn
        except BaseException as error:
            if turn.done() and not turn.cancelled() and turn.exception() is None:  # it came, and is not wanted
                self.give_back(turn.result())
            if isinstance(error, TimeoutError):
                raise _overloaded(self._place, self._size) from None
            raise

    def _hang_up(self) -> None:
        while self._idle:
            self._idle.pop().close()
        while self._turns:
            turn = self._turns.popleft()
            if not turn.done():
                turn.set_exception(_closed(self._place))


def _running() -> Any:
    try:
        return get_running_loop()
    except RuntimeError:
        return None


def _closed(place: str) -> CacheClosed:
    return CacheClosed(f"the connections to {place} are closed")


def _overloaded(place: str, size: int) -> Overloaded:
    return Overloaded(f"all {size} connections to {place} are in use; see pool_size")
