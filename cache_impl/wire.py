"""The way to one Redis server: a few connections, and for each operation one deadline over everything it needs."""

from __future__ import annotations

from asyncio import get_running_loop
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from sys import exception
from time import monotonic
from typing import Any

import redis

from .address import Address
from .errors import CacheClosed
from .forks import renew_after_fork
from .latency import Waits
from .link import Command, Link
from .pools import LoopPool, Pool, ThreadPool
from .refusals import explained
from .waiting import here, run

Say = Callable[..., list[Any]]


class Wire:
    """Sends commands to the server at ``address``, over at most ``size`` connections for all threads.

    The tasks of an event loop have as many of their own; see ``waiting.run``.

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
        pool = self._pool if here.task is None else self._pool_of_loop()
        link = pool.borrow(ends)
        try:
            replies: list[Any] = link.ask(commands, ends)
        except (redis.RedisError, OSError) as error:
            raise explained(error, outer, self._place, self._deadline) from error
        finally:
            pool.give_back(link)
            self.waits.note(monotonic() - ends + self._deadline)
        return replies

    async def aget(self, key: bytes) -> bytes | None:
        """The reply to a GET, for a task. With a connection at hand it needs no stack, nor its time."""
        ends, outer = monotonic() + self._deadline, exception()
        pool = self._loops.get(get_running_loop())
        link = pool.at_hand() if pool is not None else None
        if pool is None or link is None:
            found: list[bytes | None] = await run(self.ask, (b"GET", key))
            return found[0]
        try:
            reply: bytes | None = await link.aget(key, ends)
        except (redis.RedisError, OSError) as error:
            raise explained(error, outer, self._place, self._deadline) from error
        finally:
            pool.give_back(link)
            self.waits.note(monotonic() - ends + self._deadline)
        return reply

    @contextmanager
    def talk(self) -> Iterator[Say]:
        """``ask`` several times on one connection, within one deadline."""
        ends, outer = monotonic() + self._deadline, exception()
        pool = self._pool if here.task is None else self._pool_of_loop()
        link = pool.borrow(ends)
        try:
            yield lambda *commands: link.ask(commands, ends)
        except BaseException as error:
            link.close()
            if isinstance(error, (redis.RedisError, OSError)):
                raise explained(error, outer, self._place, self._deadline) from error
            raise
        finally:
            pool.give_back(link)
            self.waits.note(monotonic() - ends + self._deadline)

    def close(self) -> None:
        self._closed = True
        for pool in (self._pool, *list(self._loops.values())):
            pool.close()

    def _pool_of_loop(self) -> Pool:
        loop = get_running_loop()
        pool = self._loops.get(loop)
        if pool is None:
            if self._closed:
                raise CacheClosed(f"the connections to {self._place} are closed")
            self._leave_stranded()
            pool = self._loops[loop] = self._new_loop_pool()
        return pool

    def _new_loop_pool(self) -> LoopPool:
        from .streams import link_for_tasks  # noqa: PLC0415  # of no use to threads

        return LoopPool(link_for_tasks(self._address), self._size, self._place)

    def _leave_stranded(self) -> None:
        """Let go of connections whose event loop has ended."""
        for loop, pool in list(self._loops.items()):
            if pool.is_stranded:
                del self._loops[loop]
                pool.close()

    def _renew(self) -> None:
        """Begin with no connection, as in a new object or process."""
        self._pool: Pool = ThreadPool(lambda: Link(self._address), self._size, self._place)
        self._loops: dict[Any, LoopPool] = {}
