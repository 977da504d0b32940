"""The way to one Redis server: a few connections, and for each operation one deadline over everything it needs."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from sys import exception
from threading import Condition
from time import monotonic
from typing import Any

import redis

from .address import Address
from .errors import CacheClosed, Overloaded
from .forks import renew_after_fork
from .latency import Waits
from .link import Command, Link
from .refusals import explained

Say = Callable[..., list[Any]]


class Wire:
    """Sends commands to the server at ``address``, over at most ``size`` connections.

    An operation ends within ``deadline`` seconds: waiting for a connection, connecting and logging in,
    sending, and reading the replies. Nothing is tried a second time. (A host's name is looked up by the
    operating system, in its own time.)

    Raises:
        Overloaded: no connection came free in time.
        DeadlineExceeded: the server did not answer in time.
        Unavailable: it cannot be reached, or cannot serve now.
        AccessDenied: a wrong password or certificate, or a command the user may not use.
    """

    def __init__(self, address: Address, size: int, deadline: float) -> None:
        self._place, self._size, self._deadline = address.shown, size, deadline
        self._address = address
        self.waits = Waits()
        self._closed = False
        self._renew()
        renew_after_fork(self, Wire._renew)

    def ask(self, *commands: Command) -> list[Any]:
        """The replies to ``commands``, sent together. A key that holds no string is answered None."""
        ends, outer = monotonic() + self._deadline, exception()
        link = self._borrow(ends)
        try:
            return link.ask(commands, ends)
        except (redis.RedisError, OSError) as error:
            raise explained(error, outer, self._place, self._deadline) from error
        finally:
            self._give_back(link)
            self.waits.note(monotonic() - ends + self._deadline)

    @contextmanager
    def talk(self) -> Iterator[Say]:
        """``ask`` several times on one connection, within one deadline."""
        ends, outer = monotonic() + self._deadline, exception()
        link = self._borrow(ends)
        try:
            yield lambda *commands: link.ask(commands, ends)
        except BaseException as error:
            link.close()
            if isinstance(error, (redis.RedisError, OSError)):
                raise explained(error, outer, self._place, self._deadline) from error
            raise
        finally:
            self._give_back(link)
            self.waits.note(monotonic() - ends + self._deadline)

    def close(self) -> None:
        self._closed = True
        self._hang_up()
        with self._change:
            self._change.notify_all()

    def _borrow(self, ends: float) -> Link:
        try:
            link = self._idle.pop()
        except IndexError:
            link = self._wait_for_link(ends)
        link.freshen()
        return link

    def _wait_for_link(self, ends: float) -> Link:
        with self._change:
            self._waiting += 1
            try:
                while True:
                    if self._closed:
                        raise CacheClosed(f"the connections to {self._place} are closed")
                    with suppress(IndexError):
                        return self._idle.pop()
                    if self._open < self._size:
                        link = Link(self._address)
                        self._open += 1
                        return link
                    if not self._change.wait(ends - monotonic()):
                        raise Overloaded(f"all {self._size} connections to {self._place} are in use; see pool_size")
            finally:
                self._waiting -= 1

    def _give_back(self, link: Link) -> None:
        self._idle.append(link)
        if self._closed:
            self._hang_up()
        elif self._waiting:
            with self._change:
                self._change.notify()

    def _hang_up(self) -> None:
        with suppress(IndexError):
            while True:
                self._idle.pop().close()

    def _renew(self) -> None:
        """Begin with no connection, as in a new object or process."""
        self._idle: deque[Link] = deque()  # the one used last is used next
        self._open = self._waiting = 0
        self._change = Condition()
