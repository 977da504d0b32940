"""How functions are run for tasks: what they are answered, what a cancellation does, and what stays behind."""

from __future__ import annotations

import asyncio
import gc
import threading
import traceback
from contextvars import ContextVar
from typing import Any

import pytest

from cache_impl.waiting import await_, here, off_loop, run, sleep

SAFETY = 20.0
_seen: ContextVar[str] = ContextVar("seen", default="nothing")


async def answered(answer: Any, turns: int = 1) -> Any:
    for _ in range(turns):
        await asyncio.sleep(0)
    return answer


def test_a_function_waits_for_what_it_is_answered() -> None:
    """Any number of times; each task has a stack of its own."""

    def add(*numbers: int) -> int:
        return sum(await_(answered(number, turns=number)) for number in numbers)

    async def main() -> list[int]:
        return [*await asyncio.gather(run(add, 1, 2, 3), run(add, 5), run(add), run(add, 2, 1))]

    assert asyncio.run(main()) == [6, 5, 0, 3]
    assert here.task is None


def test_an_error_goes_where_it_belongs() -> None:
    """What is awaited raises in the function; what the function raises, in the task, with a traceback of both."""

    async def fail() -> None:
        raise KeyError("awaited")

    def function() -> None:
        try:
            await_(fail())
        except KeyError:
            raise ValueError("of the function") from None

    with pytest.raises(ValueError, match="of the function") as raised:
        asyncio.run(run(function))
    assert "await_(fail())" not in traceback.format_exc()
    assert [each.name for each in raised.traceback][-1] == "function"


def test_the_context_is_that_of_the_task() -> None:
    """What the function sets is seen by what it awaits, and by its task afterwards."""

    async def look() -> str:
        return _seen.get()

    def function() -> str:
        _seen.set(_seen.get() + ", something")
        return await_(look())

    async def main() -> tuple[str, str]:
        _seen.set("before")
        return await run(function), _seen.get()

    assert asyncio.run(main()) == ("before, something",) * 2
    assert _seen.get() == "nothing"


def test_a_cancelled_task_cancels_its_function_where_it_waits() -> None:
    """It may clear up, and wait for that; then the task is cancelled."""
    done: list[str] = []

    def function() -> None:
        try:
            sleep(SAFETY)
        finally:
            done.append(await_(answered("cleared up")))

    async def main() -> None:
        task = asyncio.ensure_future(run(function))
        await asyncio.sleep(0)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    asyncio.run(main())
    assert done == ["cleared up"]


def test_a_coroutine_that_is_closed_ends_its_function() -> None:
    """As where a loop has gone: the function gets no more answers, however often it asks."""
    done: list[str] = []

    def function() -> None:
        try:
            await_(answered(1))
        finally:
            try:
                await_(answered(2))
            finally:
                done.append("ended")

    coroutine = run(function)
    coroutine.send(None)
    coroutine.close()
    assert done == ["ended"]


def test_nothing_of_a_function_is_kept() -> None:
    """Neither its arguments nor its answer nor its error, though its stack is used again."""

    class Large:
        """Something to look for."""

    def fail(_argument: Large) -> None:
        raise ValueError(Large())

    async def main() -> int:
        await run(lambda _argument: Large(), Large())
        with pytest.raises(ValueError, match="Large"):
            await run(fail, Large())
        gc.collect()
        return sum(type(each) is Large for each in gc.get_objects())  # a lazy object of another library is not woken

    assert asyncio.run(main()) == 0


def test_who_is_cancelled_goes_on_when_a_thread_has_ended() -> None:
    """So nothing that was begun is done later, over what others have done since; what was not begun never is."""
    begun, release, ended = threading.Event(), threading.Event(), threading.Event()

    def work() -> None:
        begun.set()
        release.wait(SAFETY)
        ended.set()

    async def main() -> bool:
        task = asyncio.ensure_future(run(off_loop, work))
        await asyncio.to_thread(begun.wait, SAFETY)
        task.cancel()
        await asyncio.wait([task], timeout=0.01)
        waits = not task.done()
        task.cancel()
        release.set()
        with pytest.raises(asyncio.CancelledError):
            await task
        return waits and ended.is_set()

    assert asyncio.run(main())


def test_a_thread_runs_it_as_it_is() -> None:
    """Without a task there is no other thread, and no stack."""
    assert off_loop(threading.get_ident) == threading.get_ident()
