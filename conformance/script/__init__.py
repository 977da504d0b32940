"""A failing history as a script of some ten lines that replays it with the cache alone."""

from __future__ import annotations

import symtable
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby

from ..columns import Column
from ..history import History
from .replica import Replica
from .rewriting import UnwrittenError
from .sources import is_adapter
from .steps import lines

_NO_STEPS = "# no call of it is written down: it goes wrong when it is made, or in processes of its own"
#: What a script may use, and the module that it is from; empty for a module itself.
_KNOWN = {
    "asyncio": "",
    "datetime": "",
    "tempfile": "",
    "time": "",
    "ExitStack": "contextlib",
    "suppress": "contextlib",
    "Decimal": "decimal",
    "partial": "functools",
    "Path": "pathlib",
    "inf": "math",
    "nan": "math",
    "Redis": "redis",
    "Event": "threading",
    "Thread": "threading",
    "UUID": "uuid",
}


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
    made, steps = cache.make(), list(lines(cache, history.steps)) or [_NO_STEPS]
    advance = cache.advance() if any(step.name == "advance" for step in history.steps) else ()
    body = [*made, *advance, *cache.functions(), *steps]
    if cache.awaited:
        body = ["async def main():", *(f"    {line}" for line in body), "asyncio.run(main())"]
    given = [*cache.brought.definitions, *_given(body, awaited=cache.awaited)]
    used = {(_KNOWN[name], name) for name in _names([*given, *body]) & _KNOWN.keys()}
    return "\n".join([*cache.notes(), *_imports(cache.brought.imports | used), *given, "", *body]) + "\n"


def _imports(imports: Iterable[tuple[str, str]]) -> Iterator[str]:
    """Modules first; what is of one module in one line."""
    for module, found in groupby(sorted(imports), lambda each: each[0]):
        names = [name for _, name in found]
        yield from [f"from {module} import {', '.join(names)}"] if module else (f"import {name}" for name in names)


def _given(body: Sequence[str], *, awaited: bool) -> Iterator[str]:
    """What the arguments of a history are called."""
    used = _names(body)
    if "MISSING" in used:
        yield "MISSING = object()"
    if "compute" in used:
        yield "compute = partial(asyncio.sleep, 0, 'computed')" if awaited else "compute = lambda: 'computed'"


def _names(body: Sequence[str]) -> set[str]:
    """What it looks up beyond any function of its own."""
    top = symtable.symtable("\n".join(body), "script", "exec")
    tables = [top]
    for each in tables:
        tables += each.get_children()
    return {name.get_name() for each in tables for name in each.get_symbols() if each is top or name.is_global()}
