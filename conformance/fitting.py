"""Whether caches can be made, and have what they declare: asked once, before every promise would go by it."""

from __future__ import annotations

import inspect
import signal
import threading
import time
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from types import FrameType
from typing import Any

from .columns import Column
from .contract import Capabilities, ContractError
from .factory import ROOMY, NewCache
from .processes import ServerError

#: Capability -> its value -> the methods that are promised with it.
_PROMISED: dict[str, dict[str, tuple[str, ...]]] = {
    "bulk": {"plain": ("get_many", "set_many"), "yes": ("get_many", "set_many", "delete_many")},
    "stats": {"yes": ("stats",)},
    "get_or_set": {"plain": ("get_or_set",), "single-flight": ("get_or_set",)},
}


class _TakesLong(BaseException):
    """Nothing is known of it then: the watchdog tells where it hangs."""


def check(columns: Iterable[Column], seconds: float) -> None:
    """Make one cache of each that needs no server, and look at it for so many ``seconds`` at most.

    Raises:
        ContractError: it cannot be made as the contract says, is asynchronous and does not say so, or the other way
            round, or lacks a method that it declares.
    """
    for column in columns:
        if column.role != "breaker" and _needs_nothing(column):
            with _at_most(seconds), ExitStack() as session:
                new_cache = NewCache(column, session)
                cache = _made(column, new_cache)
                if cache is not None:
                    _check(column, new_cache, cache)


def _needs_nothing(column: Column) -> bool:
    return column.missing is None and column.server is None and not hasattr(column.subject, "running")


def _made(column: Column, new_cache: NewCache) -> Any:
    """None where it says that it cannot do this at all, or not here."""
    clock: dict[str, Any] = {"clock": time.monotonic} if column.offered.clock == "injected" else {}
    try:
        return new_cache.bare(**clock)
    except (NotImplementedError, ServerError):
        return None
    except (Exception, SystemExit) as error:
        told = f"{type(error).__name__}: {error}"
        raise ContractError(f"{column.path} cannot be made{_given(column.offered)}: {told}") from error


def _given(offered: Capabilities) -> str:
    """What its constructor is given by what it declares, in words."""
    given = [f"capacity={ROOMY}"] if offered.eviction != "none" else []
    given += ["location=..."] if offered.scope != "instance" else []
    given += ["clock=..."] if offered.clock == "injected" else []
    return f" with {', '.join(given)}" if given else " without arguments"


def _check(column: Column, new_cache: NewCache, cache: Any) -> None:
    try:
        _check_methods(column, cache)
        _check_asynchronous(column, new_cache, cache)
    finally:
        with suppress(Exception):
            getattr(new_cache.driven(cache), "close", bool)()


def _check_methods(column: Column, cache: Any) -> None:
    for name, methods in _PROMISED.items():
        declared = getattr(column.offered, name)
        missing = [each for each in methods.get(declared, ()) if not hasattr(cache, each)]
        if missing:
            raise ContractError(f"{column.path} declares {name}={declared!r} and lacks {', '.join(missing)}")


def _check_asynchronous(column: Column, new_cache: NewCache, cache: Any) -> None:
    if new_cache.runner is None and inspect.iscoroutinefunction(cache.get):
        raise ContractError(
            f"{column.path} has coroutine functions and does not say so: its get has to be awaited; "
            "it declares {'asynchronous': 'yes'} then"
        )
    if new_cache.runner is not None and not new_cache.runner.run(_answers_later(cache)):
        raise ContractError(f"{column.path} declares asynchronous='yes', and what its get answers cannot be awaited")


async def _answers_later(cache: Any) -> bool:
    """Asked where it can be seen from nothing else, as a wrapper of a coroutine function need not be one."""
    if inspect.iscoroutinefunction(cache.get):
        return True
    with suppress(Exception):  # what goes wrong is told by the promises
        answer = cache.get("a")
        if inspect.iscoroutine(answer):
            answer.close()  # else Python says that it was never awaited
        return inspect.isawaitable(answer)
    return True


@contextmanager
def _at_most(seconds: float) -> Iterator[None]:
    """Give up after so long, where that can be done."""
    if not hasattr(signal, "setitimer") or threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGALRM, _give_up)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        with suppress(_TakesLong):
            yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def _give_up(_number: int, _frame: FrameType | None) -> None:
    raise _TakesLong
