"""A breaker of others, made up: the source of its library, and that of its adapter."""

from __future__ import annotations

FUSES = '''
class Burnt(Exception): ...


class Fuse:
    """It is mended five seconds too late."""

    def __init__(self, limit, seconds, spared=(), read=None):
        self.limit, self.seconds, self.spared, self.read = limit, seconds, spared, read
        self.count, self.since, self.wired = 0, None, []

    def wire(self, wire): self.wired.append(wire)
    def mend(self): self.count, self.since = 0, None

    def __enter__(self):
        if self.since is not None and self.read() < self.since + self.seconds + 5:
            raise Burnt

    def __exit__(self, kind, error, traceback):
        if kind is None or issubclass(kind, self.spared):
            return
        self.count += 1
        if self.count == self.limit:
            self.since = self.read()
            for each in self.wired:
                each.lit(True)
'''

ADAPTER = '''
from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import fuses

_STATES = {True: "closed", False: "open"}


class Fuse:
    """fuses.Fuse."""

    declares = {"clock": "injected", "ignored": "yes", "listeners": "yes"}

    def __init__(self, failure_threshold: int, recovery_time: float, ignored: Any = (), clock: Any = None) -> None:
        read = None if clock is None else _reading(clock)
        self._fuse = fuses.Fuse(failure_threshold, recovery_time, ignored if ignored else (), read)
        self.reset = self._fuse.mend

    @property
    def state(self) -> str:
        return _STATES[self._fuse.since is None]

    def call(self, fn: Callable[[], Any]) -> Any:
        with self._fuse:
            return fn()

    def subscribe(self, listener: Callable[[Any], object]) -> None:
        self._fuse.wire(_Wire(listener))


class Told(Fuse):
    """The same, with a listener that remembers."""

    def subscribe(self, listener: Callable[[Any], object]) -> None:
        told = ["closed"]

        def lit(_on: bool) -> None:
            told.append("open")
            listener(SimpleNamespace(before=told[-2], after=told[-1]))

        self._fuse.wire(SimpleNamespace(lit=lit))

    @property
    def state(self) -> str:
        since = self._fuse.since
        if since is None:
            return "closed"
        return "open"


class Called(Fuse):
    """One whose variable is called as something of the script."""

    def __init__(self, failure_threshold: int, recovery_time: float, clock: Any = None) -> None:
        self._call = fuses.Fuse(failure_threshold, recovery_time, (), clock)


class Later(Fuse):
    """One that changes when it is asked."""

    def call(self, fn: Callable[[], Any]) -> Any:
        self._asked = True
        return super().call(fn)


class _Wire:
    def __init__(self, listener: Callable[[Any], object]) -> None:
        self._listener = listener

    def lit(self, _on: bool) -> None:
        self._listener(SimpleNamespace(before="closed", after="open"))


def _reading(clock: Callable[[], float]) -> Callable[[], Any]:
    return lambda: round(clock(), 3)
'''
