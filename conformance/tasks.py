"""Tasks that share a cache: they ask it, wait for one compute, and are cancelled."""

from __future__ import annotations

import asyncio
from typing import Any

from .interleaving import PATIENCE, SAFETY
from .judged import Judged


class Origin:
    """An expensive coroutine function that is held until it is released, and counts."""

    def __init__(self, answer: str = "computed", *, held: bool = True) -> None:
        self.calls = 0
        self.entered, self.release = asyncio.Event(), asyncio.Event()
        self._answer, self._held = answer, held

    async def compute(self) -> str:
        self.calls += 1
        self.entered.set()
        if self._held:
            await asyncio.wait_for(self.release.wait(), SAFETY)
        return self._answer


async def asked(cache: Judged, name: str, *arguments: Any) -> Any:
    """An operation of the subject itself, awaited here, and written down."""
    plain = [each.compute if isinstance(each, Origin) else each for each in arguments]
    step = cache.history.begin(name, tuple(plain), {}, cache.timeline.now())
    step.thread = id(asyncio.current_task())
    try:
        answer = await getattr(cache.subject.plain, name)(*plain)
    except BaseException as error:
        step.answer, step.raised = f"{type(error).__name__}: {error}", True
        raise
    finally:
        if cache.history.steps[-1] is not step:
            step.met = len(cache.history.steps)
    step.answer = repr(answer)
    return answer


async def computing(cache: Judged, origin: Origin, callers: int) -> list[asyncio.Future[Any]]:
    """So many tasks that ask for one key, of which the first computes and the others wait."""
    tasks: list[asyncio.Future[Any]] = [asyncio.ensure_future(asked(cache, "get_or_set", "a", origin))]
    await asyncio.wait_for(origin.entered.wait(), SAFETY)
    tasks += [asyncio.ensure_future(asked(cache, "get_or_set", "a", origin)) for _ in range(callers - 1)]
    await turn(100)  # one that comes later still finds what the others have, and accuses nobody
    return tasks


async def answers(tasks: list[asyncio.Future[Any]]) -> list[Any]:
    """What each was answered, errors included."""
    if hanging := (await asyncio.wait(tasks, timeout=PATIENCE))[1]:
        await end(*hanging)
    return await asyncio.gather(*tasks, return_exceptions=True)


async def cancelled(cache: Judged, turns: int, name: str, *arguments: Any) -> bool:
    """Cancel an operation after so many turns of the event loop; whether it was over before."""
    task = asyncio.ensure_future(asked(cache, name, *arguments))
    await turn(turns)
    over = task.done()
    await end(task)
    return over


async def turn(times: int) -> None:
    """Let the event loop go round."""
    for _ in range(times):
        await asyncio.sleep(0)


async def end(*tasks: asyncio.Future[Any]) -> None:
    """Cancel what has not ended, and wait until it has."""
    for task in tasks:
        task.cancel()
    await asyncio.wait(tasks, timeout=SAFETY)
