"""Values made anew before they expire: on the side, while everybody is still answered with the old one."""

from __future__ import annotations

from collections.abc import Callable
from contextvars import Context
from math import inf, log
from random import random
from threading import RLock, Thread
from typing import TYPE_CHECKING, Any

from .basics import checked_amount
from .forks import renew_after_fork
from .waiting import here, run

if TYPE_CHECKING:
    from asyncio import AbstractEventLoop

_tasks: set[Any] = set()  # the event loop itself holds none of them


class Renewal:
    """When a value is due, and that each is made anew once at a time in this process.

    It is due in the last ``stale`` seconds of its ttl (stale-while-revalidate: what is before them is how long it is
    fresh); and with ``early`` above 0, at random before: the likelier, the longer it took to make, and the sooner it
    expires. ``early`` is the beta of XFetch (Vattani, Chierichetti, Lowenstein, "Optimal Probabilistic Cache Stampede
    Prevention", VLDB 2015), of which 1 is best for most. ``draw`` returns numbers from 0 to below 1.
    """

    def __init__(self, early: float, stale: float, draw: Callable[[], float] = random) -> None:
        self._early, self._stale = checked_amount("early_refresh", early), checked_amount("stale", stale)
        self._draw = draw
        self._renew()
        renew_after_fork(self, Renewal._renew)

    def __bool__(self) -> bool:
        return self._early > 0 or self._stale > 0

    def due(self, left: float, took: float) -> bool:
        """Whether a value that lives ``left`` seconds more, and took so many to make, is to be made anew now."""
        if left == inf:
            return False
        return left <= self._stale or left <= -took * self._early * log(1.0 - self._draw())

    def start(self, key: bytes, make: Callable[[], object]) -> None:
        """Have ``make()`` called on the side, unless it is being done for ``key``. Its errors are logged."""
        making = _Making()
        try:
            with self._change:
                if key in self._under_way and not self._under_way[key].is_stranded:
                    return
                self._under_way[key] = making
            _aside(lambda: self._make(key, make, making), lambda: self._end(key, making))
        except RuntimeError as error:  # no more threads: whoever asked has a value all the same
            self._end(key, making)
            _tell(error)
        except BaseException:  # a signal
            self._end(key, making)
            raise

    def _make(self, key: bytes, make: Callable[[], object], making: _Making) -> None:
        try:
            make()
        except Exception as error:  # noqa: BLE001  # nobody waits for it; when the old value has gone, somebody will
            _tell(error)
        finally:
            self._end(key, making)

    def _end(self, key: bytes, making: _Making) -> None:
        with self._change:
            if self._under_way.get(key) is making:
                del self._under_way[key]

    def _renew(self) -> None:
        self._change = RLock()  # re-entrant: a finalizer may ask for a value in the middle
        self._under_way: dict[bytes, _Making] = {}


class _Making:
    """That a value is being made anew: by a thread, or on an event loop."""

    def __init__(self) -> None:
        self._loop = None if here.task is None else _running_loop()

    @property
    def is_stranded(self) -> bool:
        """Whether its event loop has ended: nobody goes on with it."""
        return self._loop is not None and self._loop.is_closed()


def _aside(function: Callable[[], object], end: Callable[[], object]) -> None:
    """In a thread; for a task, in another task of its loop, with ``end()`` even where that is cancelled before."""
    if here.task is None:
        Thread(target=function, name="cache_impl.renewal", daemon=True).start()
        return
    task = _running_loop().create_task(run(function), context=Context())
    _tasks.add(task)
    task.add_done_callback(_tasks.discard)
    task.add_done_callback(lambda _: end())


def _running_loop() -> AbstractEventLoop:
    from asyncio import get_running_loop  # noqa: PLC0415  # who has a task has loaded it

    return get_running_loop()


def _tell(error: Exception) -> None:
    import logging  # noqa: PLC0415  # who has no such trouble does not pay for it

    logging.getLogger(__name__).warning("a value was not made anew: %s: %s", type(error).__name__, error)
