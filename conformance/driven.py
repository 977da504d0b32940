"""Asynchronous subjects, driven: every method can be called as that of any other subject, from any thread."""

from __future__ import annotations

import asyncio
import inspect
import threading
from collections.abc import Awaitable, Callable, Coroutine
from functools import partial
from typing import Any, Protocol, TypeVar

T = TypeVar("T")
SAFETY = 5.0  # seconds that the loop may take to end


class Runs(Protocol):
    """What carries a coroutine to its end: ``asyncio.Runner``, ``Loop``."""

    def run(self, coroutine: Coroutine[Any, Any, T], /) -> T: ...


class Loop:
    """One event loop that runs all the time, on a thread of its own: timers and tasks go on between two calls."""

    def __init__(self) -> None:
        self._loops: list[asyncio.AbstractEventLoop] = []
        begun = threading.Event()
        self._thread = threading.Thread(target=self._serve, args=(begun,), name="cacheproof-loop", daemon=True)
        self._thread.start()
        begun.wait()

    def run(self, coroutine: Coroutine[Any, Any, T], /) -> T:
        """What ``coroutine`` returns or raises; several threads may wait for several at once."""
        future = asyncio.run_coroutine_threadsafe(coroutine, self._loops[0])
        try:
            return future.result()
        finally:
            future.cancel()  # whoever gave up waiting leaves nothing running; else it is too late for that

    def close(self) -> None:
        """Cancel what still runs, and end; one that a subject blocks for ever is left to end with the process."""
        self._loops[0].call_soon_threadsafe(self._loops[0].stop)
        self._thread.join(SAFETY)

    def _serve(self, begun: threading.Event) -> None:
        with asyncio.Runner() as runner:
            self._loops.append(runner.get_loop())
            self._loops[0].call_soon(begun.set)
            self._loops[0].run_forever()


class Driven:
    """``plain``, an asynchronous subject whose coroutines are carried to their end.

    A compute of ``get_or_set`` may wait, as it may for any other: the subject gets a coroutine function for it.
    """

    def __init__(self, plain: Any, runs: Runs) -> None:
        self.plain, self._runs = plain, runs

    def __getattr__(self, name: str) -> Callable[..., Any]:
        operation = getattr(self.plain, name)
        if name == "get_or_set":
            return lambda key, compute, **kwargs: self._settle(operation(key, partial(_on_a_thread, compute), **kwargs))
        return lambda *args, **kwargs: self._settle(operation(*args, **kwargs))

    def _settle(self, answer: Any) -> Any:
        return self._runs.run(_await(answer)) if inspect.isawaitable(answer) else answer


async def _on_a_thread(compute: Callable[[], T]) -> T:
    return await asyncio.to_thread(compute)


async def _await(answer: Awaitable[T]) -> T:
    return await answer
