"""A circuit breaker: stops calling what keeps failing, and lets a few probes find out when it is back."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable
from typing import ParamSpec

from .basics import T, checked_count, checked_seconds
from .circuit import Circuit, Closed, Disabled, ForcedOpen, Rules, Ticket
from .errors import BadSetting, CircuitOpen
from .listeners import Listener

P = ParamSpec("P")


class CircuitBreaker:
    """Closed until ``failure_threshold`` calls in a row fail, then open for ``recovery_time`` seconds.

    After that, ``probes`` calls at a time are let through (half-open) until ``successes`` of them have succeeded,
    which closes it, or one has failed, which opens it anew. A probe that takes ``probe_limit`` seconds has to give
    its place to the next caller. An error is a failure if it is an ``Exception``, none of ``ignored``, and
    ``is_failure(error)``; any other, a cancellation above all, counts neither way.

    Safe for threads and for tasks; no lock is held while a guarded call or a listener runs.

    Raises:
        BadSetting: a number outside what it may be, or ``ignored`` is no tuple of exception classes.
    """

    def __init__(  # noqa: PLR0913  # each has a default that stands
        self,
        *,
        failure_threshold: int = 3,
        recovery_time: float = 30.0,
        probes: int = 1,
        successes: int = 1,
        probe_limit: float = 30.0,
        ignored: tuple[type[BaseException], ...] = (),
        is_failure: Callable[[Exception], bool] | None = None,
        clock: Callable[[], float] = time.monotonic,
        name: str = "",
    ) -> None:
        self.name = name
        rules = Rules(
            checked_count("failure_threshold", failure_threshold, "failures"),
            checked_seconds("recovery_time", recovery_time),
            checked_count("probes", probes, "probes"),
            checked_count("successes", successes, "successes"),
            checked_seconds("probe_limit", probe_limit),
            _classes("ignored", ignored),
            is_failure,
        )
        self._circuit = Circuit(name, rules, clock)

    def call(self, fn: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> T:
        """What ``fn(*args, **kwargs)`` returns or raises.

        Raises:
            CircuitOpen: ``fn`` was not called; ``retry_after`` says how long that may last.
        """
        ticket = self._circuit.state.admit()
        if ticket is None:
            raise self._refusal()
        try:
            result = fn(*args, **kwargs)
        except BaseException as error:
            ticket.failure(error)
            raise
        ticket.success()
        return result

    async def acall(self, fn: Callable[P, Awaitable[T]], /, *args: P.args, **kwargs: P.kwargs) -> T:
        """``call`` for what is awaited, such as a coroutine function."""
        ticket = self._circuit.state.admit()
        if ticket is None:
            raise self._refusal()
        try:
            result = await fn(*args, **kwargs)
        except BaseException as error:
            ticket.failure(error)
            raise
        ticket.success()
        return result

    def admit(self) -> Ticket | None:
        """Leave to make one call, for who makes it elsewhere, or None: what ``call`` does, without an exception.

        The ticket is to be told, once, how the call ended.
        """
        return self._circuit.state.admit()

    @property
    def state(self) -> str:
        """``closed``, ``open``, ``half-open``, ``forced-open`` or ``disabled``.

        Open turns half-open with the first call after ``recovery_time``, not by itself.
        """
        return self._circuit.state.name

    @property
    def retry_after(self) -> float:
        """Seconds until a call is admitted, at the latest: 0 if one would be now, infinite while forced open."""
        return max(0.0, self._circuit.state.free_at() - self._circuit.clock())

    def reset(self) -> None:
        """Close, with all counts at zero; calls under way now count no more."""
        with self._circuit as circuit, circuit.lock:
            circuit.become(Closed)

    def force_open(self) -> None:
        """Refuse every call until ``reset``."""
        with self._circuit as circuit, circuit.lock:
            circuit.become(ForcedOpen)

    def disable(self) -> None:
        """Admit every call and count nothing until ``reset``."""
        with self._circuit as circuit, circuit.lock:
            circuit.become(Disabled)

    def subscribe(self, listener: Listener) -> None:
        """Have ``listener`` called with every transition from now on: once each, one at a time, in order.

        It is called by a thread that uses the breaker, after the change, and may use the breaker itself. What it
        raises is logged, and reaches neither that thread nor the other listeners.
        """
        self._circuit.listeners.add(listener)

    def _refusal(self) -> CircuitOpen:
        wait = self.retry_after
        return CircuitOpen(f"circuit {self.name!r} is {self.state}, the call was not made; retry in {wait:.3g} s", wait)

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.name!r} {self.state}>"


def _classes(setting: str, value: tuple[type[BaseException], ...]) -> tuple[type[BaseException], ...]:
    if isinstance(value, tuple) and all(isinstance(each, type) and issubclass(each, BaseException) for each in value):
        return value
    raise BadSetting(f"{setting} is {value!r}; it is a tuple of exception classes, such as (KeyError,)")
