"""How an operation waits: a thread blocks, a task lets its event loop go on. The operation itself is written once."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from functools import cache, partial, wraps
from threading import local
from typing import TYPE_CHECKING, Any, ParamSpec, cast

from .basics import T
from .forks import after_fork_in_child

if TYPE_CHECKING:
    from concurrent.futures import Executor, Future

    from .stacks import Stack

P = ParamSpec("P")

_THREADS = 8  # for what would block an event loop, of all caches of this process


class _Here(local):
    """What runs this code."""

    task: Stack | None = None  # one that can await; without it, this code is to block

    def __init__(self) -> None:
        self.idle: list[Stack] = []


here = _Here()


async def run(function: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> T:
    """What ``function``, which is no coroutine function, returns or raises; the task awaits wherever it waits.

    It runs on a stack of its own, which is left as it is meanwhile (SQLAlchemy's sessions await in the same way).
    Whoever cancels the task finds the function cancelled at the place where it waits.
    """
    stack = here.idle.pop() if here.idle else _new_stack()
    awaited = stack.begin(partial(function, *args, **kwargs))
    while awaited is not None:
        try:
            answer = await awaited
        except GeneratorExit:  # the loop has gone; nothing can be awaited any more
            stack.abandon()
            raise
        except BaseException as error:  # noqa: BLE001  # it is the function's to handle
            awaited = stack.throw(error)
        else:
            awaited = stack.switch(answer)
    return cast(T, stack.end())


def await_(awaitable: Awaitable[T]) -> T:
    """The answer of ``awaitable``, for a function that ``run`` runs."""
    return cast("Stack", here.task).wait(awaitable)


def sleep(seconds: float) -> None:
    """Wait for so long."""
    if here.task is None:
        time.sleep(seconds)
    else:
        from asyncio import sleep as pause  # noqa: PLC0415  # who has a task has loaded it

        await_(pause(seconds))


def off_loop(function: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> T:
    """What ``function`` returns, which blocks: of a task, in another thread, of which there are ``_THREADS``."""
    if here.task is None:
        return function(*args, **kwargs)
    return await_(_ended(_threads().submit(function, *args, **kwargs)))


def blocks(kind: type[T]) -> type[T]:
    """Have each public method of ``kind`` called by ``off_loop``."""
    for name, method in list(vars(kind).items()):
        if callable(method) and not name.startswith("_"):
            setattr(kind, name, _off_loop(method))
    return kind


def _off_loop(method: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(method)
    def call(*args: Any, **kwargs: Any) -> Any:
        if here.task is None:  # asked here already, as it costs a thread less than to call and ask
            return method(*args, **kwargs)
        return off_loop(method, *args, **kwargs)

    return call


async def _ended(job: Future[T]) -> T:
    """What ``job`` returns. Who is cancelled goes on when it is certain what has been done, and what never will be."""
    from asyncio import CancelledError, wrap_future  # noqa: PLC0415

    try:
        return await wrap_future(job)
    except CancelledError:
        job.cancel()
        while not job.done():
            with suppress(CancelledError, Exception):
                await wrap_future(job)
        raise


@cache
def _threads() -> Executor:
    from concurrent.futures import ThreadPoolExecutor  # noqa: PLC0415  # for programs with tasks

    return ThreadPoolExecutor(_THREADS, "cache_impl")


def _new_stack() -> Stack:
    from .stacks import Stack  # noqa: PLC0415

    return Stack()


after_fork_in_child(_threads.cache_clear)
