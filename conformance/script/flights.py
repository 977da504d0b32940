"""Calls that meet in one compute, as lines of a script: on threads, or as tasks."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ..history import Step
from .replica import Replica, as_python, block


def flight(cache: Replica, leader: Step, meanwhile: Sequence[Step]) -> Iterator[str]:
    """A compute that is held until what was asked ``meanwhile`` is asked, too."""
    return _of_tasks(cache, leader, meanwhile) if cache.awaited else _of_threads(cache, leader, meanwhile)


def _of_threads(cache: Replica, leader: Step, meanwhile: Sequence[Step]) -> Iterator[str]:
    yield "calls, entered, release = [], Event(), Event()"
    yield "def held():"
    yield "    calls.append(1); entered.set(); release.wait(9)"
    yield f"    {_outcome(leader)}"
    yield "answers, callers = [], []"
    yield "def ask(call):"
    yield "    try: answers.append(call())"
    yield "    except Exception as error: answers.append(error)"
    yield _caller(cache, leader)
    yield "entered.wait(9)"
    for step in meanwhile:
        if step.name == "sibling":
            yield from cache.another(step.arguments or "other")
        else:
            yield _caller(cache, step) if step.computes else _aside(cache, step)
    yield "time.sleep(0.1)"
    yield "release.set()"
    yield "for caller in callers: caller.join(2)"
    yield "print(len(calls), 'computes:', *map(repr, answers))"


def _caller(cache: Replica, step: Step) -> str:
    call = cache.expression(step.name, _held(step))
    return f"callers.append(Thread(target=ask, args=(lambda: {call},), daemon=True)); callers[-1].start()"


def _aside(cache: Replica, step: Step) -> str:
    """On a thread of its own, as it may be held up."""
    call = cache.expression(step.name, step.arguments)
    started = f"aside = Thread(target=lambda: {call}, daemon=True); aside.start(); aside.join(2)"
    return f"{started}; print('held up:', aside.is_alive())"


def _of_tasks(cache: Replica, leader: Step, meanwhile: Sequence[Step]) -> Iterator[str]:
    yield "calls, callers, entered, release = [], [], asyncio.Event(), asyncio.Event()"
    yield "async def held():"
    yield "    calls.append(1); entered.set(); await asyncio.wait_for(release.wait(), 9)"
    yield f"    {_outcome(leader)}"
    yield from _task(cache, leader)
    yield "callers.append(asyncio.ensure_future(call())); await asyncio.wait_for(entered.wait(), 9)"
    for step in meanwhile:
        if step.name == "sibling":
            yield from cache.another(step.arguments or "other")
            continue
        yield from _task(cache, step)
        if step.computes:
            yield "callers.append(asyncio.ensure_future(call())); await asyncio.sleep(0.1)"
        else:
            yield "aside = asyncio.ensure_future(call()); await asyncio.wait([aside], timeout=2)"
            yield "print('held up:', not aside.done())"
    yield "release.set()"
    yield "await asyncio.wait(callers, timeout=2)"
    yield "print(len(calls), 'computes:', *callers)"


def _task(cache: Replica, step: Step) -> list[str]:
    said, value = cache.call(step.name, _held(step))
    return block("async def call():", [*said, f"return {value}"])


def _outcome(step: Step) -> str:
    """The end of the compute that gave this answer."""
    error = step.answer.partition(":")[0]
    return (
        f"raise {error if error.isidentifier() else 'Exception'}" if step.raised else f"return {as_python(step.answer)}"
    )


def _held(step: Step) -> str:
    return step.arguments.replace("compute", "held")
