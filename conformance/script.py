"""A failing history as a script of some ten lines that replays it with the cache alone."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import groupby, pairwise

from .columns import Column
from .contract import Location
from .history import History, Step

_OPERATORS = {"__contains__": "{1} in {0}", "__len__": "len({0})", "__iter__": "list({0})"}
_URL = "redis://127.0.0.1:6379"
_MANY = 4  # calls of one method in a row that are written as a loop
_AT_ONCE = "# made while another call was under way: one after the other they need not go wrong"
_CANCELLED = "# a call was cancelled while it ran: one that runs to its end need not go wrong"
_HUNG = "Hung: "


def write(column: Column, history: History) -> str:
    """Python that makes the cache, repeats every step, and stops where the answer is not the promised one.

    Where no step is known to be wrong by itself, it prints the last answer. Calls that waited for a compute meet it
    again, on threads; those that met each other anywhere else only say so.
    """
    made = _made(column, history)
    steps = list(_lines(history.steps, f"other = {made}", awaited=column.offered.asynchronous == "yes"))
    making = [*_making(column, made), *_advance(column, history)]
    subject = f"from {column.subject.__module__} import {column.subject.__qualname__}"
    return "\n".join([subject, *_imports(making + steps), "", *making, *steps]) + "\n"


def _made(column: Column, history: History) -> str:
    """The call that makes the cache."""
    options = [f"{key}={value!r}" for key, value in history.options.items()]
    if column.offered.clock == "injected":
        options.append("clock=lambda: now")
    if column.offered.scope != "instance":
        options.append("location=location")
    call = f"{column.subject.__qualname__}({', '.join(options)})"
    return f"run(made(lambda: {call}))" if column.offered.asynchronous == "yes" else call


def _making(column: Column, made: str) -> Iterator[str]:
    """The lines that make the cache."""
    if column.offered.asynchronous == "yes":
        yield "run = asyncio.Runner().run"
        yield "async def made(make): return make()"
    if column.offered.clock == "injected":
        yield "now = 0.0"
    if hasattr(column.subject, "running"):
        yield f"place = ExitStack().enter_context({column.subject.__qualname__}.running())"
        yield "location = Location(place or '', 'replay:')"
    elif column.offered.scope == "host":
        yield "location = tempfile.mkdtemp()"
    elif column.offered.scope == "network":
        yield f'location = Location("{_URL}", "replay:", partial(redis.Redis.from_url, "{_URL}"))'
    yield f"cache = {made}"


def _advance(column: Column, history: History) -> Iterator[str]:
    """``advance`` for the script, where the history has it."""
    if not any(step.name == "advance" for step in history.steps):
        return
    yield "def advance(seconds):"
    if column.offered.clock == "injected":
        yield "    global now; now += seconds"
    elif column.server is not None:
        yield "    server = location.connect()"
        yield "    for key in server.scan_iter('replay:*'):"
        yield "        if (left := server.pttl(key)) > 0: server.pexpire(key, max(0, left - int(seconds * 1000)))"
    else:
        yield "    time.sleep(seconds)"


def _lines(steps: Sequence[Step], other: str, *, awaited: bool) -> Iterator[str]:
    """The steps, those that a compute waited for inside of its thread's life."""
    flight = next((place for place, step in enumerate(steps) if step.waits_for(steps[place + 1 :])), None)
    if flight is not None:
        yield from _flight(steps, flight, other)
        return
    last = steps[-1] if steps and not any(step.expected or step.answer.startswith(_HUNG) for step in steps) else None
    changes = {id(step): after.arguments for step, after in pairwise(steps) if after.name == "change"}
    for alike, run in groupby(steps, lambda step: step.alike if step is not last else None):
        together = list(run)
        if id(together[-1]) in changes:
            yield from _changed(together[-1], changes[id(together[-1])], awaited=awaited)
        elif alike and len(together) >= _MANY:
            calls = ", ".join(f"({step.arguments},)" for step in together)
            yield f"for arguments in [{calls}]: {_call(alike, '*arguments', awaited=awaited)}"
        else:
            plain = (step for step in together if step.name != "change")
            yield from (_line(step, other, shown=step is last, awaited=awaited) for step in plain)
    if any(step.met and step.by is None for step in steps):
        yield _AT_ONCE
    if any(step.answer.startswith("CancelledError") for step in steps):
        yield _CANCELLED


def _changed(step: Step, change: str, *, awaited: bool) -> Iterator[str]:
    """A call, and then a change of what it was given or answered."""
    if change.startswith("answer"):
        yield f"answer = {_call(step.name, _given(step, awaited=awaited), awaited=awaited)}"
    else:
        before, comma, given = step.arguments.rpartition(", ")
        yield f"given = {given}"
        yield _call(step.name, f"{before}{comma}given", awaited=awaited)
    yield change


def _flight(steps: Sequence[Step], first: int, other: str) -> Iterator[str]:
    """A compute that is held until what was asked meanwhile is asked; who waits for it has a thread, too."""
    leader = steps[first]
    yield from _lines(steps[:first], other, awaited=False)
    yield "calls, entered, release = [], Event(), Event()"
    yield "def held():"
    yield "    calls.append(1); entered.set(); release.wait(9)"
    yield f"    {leader.outcome}"
    yield "answers, callers = [], []"
    yield "def ask(*arguments):"
    yield "    try: answers.append(cache.get_or_set(*arguments))"
    yield "    except Exception as error: answers.append(error)"
    yield from _caller(leader)
    yield "entered.wait(9)"
    for step in steps[first + 1 : leader.met]:
        yield from _caller(step) if step.operation == "get_or_set" and "compute" in step.arguments else _aside(step)
    yield "release.set()"
    yield "for caller in callers: caller.join(2)"
    yield "print(len(calls), 'computes:', *answers)"
    yield from _lines(steps[leader.met :], other, awaited=False)


def _caller(step: Step) -> Iterator[str]:
    arguments = step.arguments.replace("compute", "held")
    yield f"callers.append(Thread(target=ask, args=({arguments},), daemon=True)); callers[-1].start()"


def _aside(step: Step) -> Iterator[str]:
    """On a thread of its own, as it may be held up."""
    call = _call(step.name, step.arguments)
    yield f"aside = Thread(target=lambda: {call}, daemon=True); aside.start(); aside.join(2)"


def _line(step: Step, other: str, *, shown: bool, awaited: bool) -> str:
    if step.name in ("advance", "sibling"):
        return step.call if step.name == "advance" else other
    call = _call(step.name, _given(step, awaited=awaited), awaited=awaited)
    said = step.answer.partition("\n")[0]
    if step.by is not None:  # others were at work meanwhile, so here it may be answered otherwise
        return f"{call}  # {step.by}, from {step.at:.6f} s on, answered {said}"
    if step.raised:
        return (
            f"{call}  # raised {said}"
            if shown or said.startswith(_HUNG)
            else f"with suppress(Exception): {call}  # raised {said}"
        )
    if shown:
        return f"print({call})  # answered {said}"
    if step.expected is not None and step.equal:
        return f"assert repr({call}) == {step.expected!r}  # answered {said}"
    return call if step.expected is None else f"assert {call} == {step.expected}  # answered {said}"


def _given(step: Step, *, awaited: bool) -> str:
    """The arguments; where calls are awaited, so is what computes."""
    computed = f"lambda: {step.answer}"
    return step.computing.replace(computed, f"lambda: made({computed})") if awaited else step.computing


def _call(name: str, arguments: str, *, awaited: bool = False) -> str:
    operation = name.removeprefix("other.")
    place = "cache" if operation == name else "other"
    call = _OPERATORS.get(operation, "{0}." + operation + "({1})").format(place, arguments)
    return f"run({call})" if awaited and operation not in _OPERATORS else call


def _imports(body: list[str]) -> Iterator[str]:
    """Only what the rest of the script uses."""
    text = "\n".join(body)
    known = {
        "asyncio.": "import asyncio",
        "ExitStack(": "from contextlib import ExitStack",
        "suppress(": "from contextlib import suppress",
        "partial(": "from functools import partial",
        "tempfile.": "import tempfile",
        "time.sleep": "import time",
        "Thread(": "from threading import Event, Thread",
        "redis.": "import redis",
        "Location(": f"from {Location.__module__} import Location",
        "compute": "compute = lambda: 'computed'",
        "datetime": "import datetime",
        "Decimal(": "from decimal import Decimal",
        "UUID(": "from uuid import UUID",
        "inf": "from math import inf",
        "nan": "from math import nan",
        "MISSING": "MISSING = object()",
    }
    return (line for use, line in known.items() if re.search(rf"(?<!\w){re.escape(use)}", text))
