"""A failing history as a script of some ten lines that replays it with the cache alone."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ..columns import Column
from ..history import History, Step
from .assembly import assembled, names
from .replica import Replica
from .rewriting import UnwrittenError
from .scenes import closes
from .sources import is_adapter
from .steps import lines

_NO_STEPS = "# no call of it is written down: it goes wrong when it is made, or in processes of its own"


def write(column: Column, history: History) -> str:
    """Python that makes the cache, repeats every step, and stops where the answer is not the promised one.

    Where no step is known to be wrong by itself, it prints the last answer. Calls that waited for a compute meet it
    again, on threads; those that met each other anywhere else only say so. A subject of ours is written out as what
    it does with its library; any other is the cache itself.
    """
    try:
        return _written(Replica(column, history, imported=not is_adapter(column.subject)), history)
    except (UnwrittenError, OSError):  # an OSError is a source that is not there
        return _written(Replica(column, history, imported=True), history)


def _written(cache: Replica, history: History) -> str:
    made, steps = cache.make(), list(lines(cache, _needed(history.steps))) or [_NO_STEPS]
    advance = cache.advance() if any(step.name == "advance" for step in history.steps) else ()
    body = [*made, *advance, *cache.functions(), *steps]
    if cache.awaited:
        body = ["async def main():", *(f"    {line}" for line in body), "asyncio.run(main())"]
    given = _given(body, awaited=cache.awaited)
    return "".join(f"{note}\n" for note in cache.notes()) + assembled(cache.brought, body, given=given)


def _needed(steps: Sequence[Step]) -> Sequence[Step]:
    """Up to a scene that goes on for itself."""
    ends = (number for number, step in enumerate(steps, 1) if step.name == "aside" and closes(step.arguments))
    return steps[: next(ends, len(steps))]


def _given(body: Sequence[str], *, awaited: bool) -> Iterator[str]:
    """What the arguments of a history are called."""
    used = names(body)
    if "MISSING" in used:
        yield "MISSING = object()"
    if "compute" in used:
        yield "compute = partial(asyncio.sleep, 0, 'computed')" if awaited else "compute = lambda: 'computed'"
