"""A failing history of a breaker as a script that replays it with the breaker alone."""

from __future__ import annotations

import ast

from ..history import History
from ..script import wall
from ..script.assembly import assembled
from ..script.inlining import Instance
from ..script.rewriting import UnwrittenError
from ..script.sources import Brought, is_adapter, stored
from . import helpers
from .steps import Steps, asked


def write(subject: type, history: History, *, waits: bool) -> str:
    """Python that makes the breaker, repeats every step, and shows its answers beside those of the run.

    An adapter of ours is written out as what it does with its library; any other is the breaker itself.
    ``waits``: the breaker is on the system's clock, so that time is slept through.
    """
    try:
        return _written(_breaker(subject, imported=not is_adapter(subject)), history, waits=waits)
    except (UnwrittenError, OSError):  # an OSError is a source that is not there
        return _written(_breaker(subject, imported=True), history, waits=waits)


def _breaker(subject: type, *, imported: bool) -> Instance:
    return Instance(subject, "breaker", Brought(), imported=imported)


def _written(breaker: Instance, history: History, *, waits: bool) -> str:
    known, answers = {step.name for step in history.steps}, [step.answer for step in history.steps]
    clock = "" if waits else "clock" if "meet" in known else "lambda: now"
    made = [*(wall.lines(breaker) if "wall_clock" in known else []), *_made(breaker, history, clock)]
    steps = list(Steps(breaker, waits=waits).lines(history.steps))
    given = helpers.given([*made, *steps], called=any(", called " in each for each in answers))
    frames = any(each.endswith(" frames") for each in answers)
    calls = helpers.call(asked(breaker, "self.call(fn)"), [*given, *steps], frames=frames)
    calls += helpers.acall(asked(breaker, "await self.acall(fn)")) if "acall" in known else []
    functions = [line for text in breaker.functions.values() for line in text.splitlines()]
    return assembled(breaker.brought, [*helpers.clock(clock), *given, *functions, *calls, *made, *steps])


def _made(breaker: Instance, history: History, clock: str) -> list[str]:
    """The lines that make it, on the ``clock`` of the script.

    Raises:
        UnwrittenError: its adapter's variables are called as something of the script.
    """
    given = [f"{name}={_value(value)}" for name, value in history.options.items()]
    call = ast.parse(f"made({', '.join([*given, *([f'clock={clock}'] if clock else [])])})", mode="eval").body
    made = breaker.make([], call.keywords if isinstance(call, ast.Call) else [])
    if taken := helpers.TAKEN & set().union(*map(stored, made)):
        raise UnwrittenError(f"{breaker.subject.__qualname__} has variables called {', '.join(taken)}")
    return breaker.texts(made)


def _value(value: object) -> str:
    return "(Ignored,)" if isinstance(value, tuple) else repr(value)
