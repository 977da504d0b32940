"""A failing history as a script of some ten lines that replays it with the cache alone."""

from __future__ import annotations

import re
from collections.abc import Iterator

from .columns import Column
from .contract import Location
from .history import History, Step

_OPERATORS = {"__contains__": "{1} in {0}", "__len__": "len({0})", "__iter__": "list({0})"}
_URL = "redis://127.0.0.1:6379"


def write(column: Column, history: History) -> str:
    """Python that makes the cache, repeats every step, and stops where the answer is not the promised one."""
    steps = list(map(_line, history.steps))
    if not any(step.expected or step.answer.startswith("Hung: ") for step in history.steps) and history.steps:
        steps.append(f"# the last answer was {history.steps[-1].answer}")
    making = list(_making(column, history))
    subject = f"from {column.subject.__module__} import {column.subject.__qualname__}"
    return "\n".join([subject, *_imports(making + steps), "", *making, *steps]) + "\n"


def _making(column: Column, history: History) -> Iterator[str]:
    """The lines that make the cache, and what lets its time pass."""
    name = column.subject.__qualname__
    options = [f"{key}={value!r}" for key, value in history.options.items()]
    if column.offered.clock == "injected":
        yield "now = 0.0"
        options.append("clock=lambda: now")
    if column.offered.scope == "host":
        yield "location = tempfile.mkdtemp()"
    if column.offered.scope == "network":
        yield f'location = Location("{_URL}", "replay:", partial(redis.Redis.from_url, "{_URL}"))'
    if column.offered.scope != "instance":
        options.append("location=location")
    yield f"cache = {name}({', '.join(options)})"
    if any(step.name.startswith("other.") for step in history.steps):
        yield f"other = {name}({', '.join(options)})"
    yield from _advance(column, history)


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


def _line(step: Step) -> str:
    if step.name == "advance":
        return step.call
    place = "cache" if step.operation == step.name else "other"
    call = _OPERATORS.get(step.operation, "{0}." + step.operation + "({1})").format(place, step.arguments)
    if step.by is not None:  # others were at work meanwhile, so here it may be answered otherwise
        return f"{call}  # {step.by}, from {step.at:.6f} s on, answered {step.answer}"
    if step.raised and step.answer.startswith("Hung: "):
        return f"{call}  # {step.answer}"
    if step.raised:
        return f"with suppress(Exception): {call}  # raised {step.answer.partition(chr(10))[0]}"
    return call if step.expected is None else f"assert {call} == {step.expected}  # answered {step.answer}"


def _imports(body: list[str]) -> Iterator[str]:
    """Only what the rest of the script uses."""
    text = "\n".join(body)
    known = {
        "suppress(": "from contextlib import suppress",
        "partial(": "from functools import partial",
        "tempfile.": "import tempfile",
        "time.sleep": "import time",
        "redis.": "import redis",
        "Location(": f"from {Location.__module__} import Location",
        "compute": "compute = lambda: 'computed'",
        "inf": "from math import inf",
        "nan": "from math import nan",
        "MISSING": "MISSING = object()",
    }
    return (line for use, line in known.items() if re.search(rf"(?<!\w){re.escape(use)}", text))
