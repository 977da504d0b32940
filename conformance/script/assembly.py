"""The text of a script from its parts: it imports what it uses, and brings along what cannot be imported."""

from __future__ import annotations

import symtable
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby

from .sources import Brought

#: What a script may use, and the module that it is from; empty for a module itself.
_KNOWN = {
    "asyncio": "",
    "atexit": "",
    "datetime": "",
    "multiprocessing": "",
    "os": "",
    "random": "",
    "resource": "",
    "signal": "",
    "socket": "",
    "subprocess": "",
    "tempfile": "",
    "threading": "",
    "time": "",
    "traceback": "",
    "ExitStack": "contextlib",
    "suppress": "contextlib",
    "Decimal": "decimal",
    "partial": "functools",
    "Path": "pathlib",
    "inf": "math",
    "nan": "math",
    "Redis": "redis",
    "ConstantBackoff": "redis.backoff",
    "Retry": "redis.retry",
    "Event": "threading",
    "Thread": "threading",
    "UUID": "uuid",
}


def assembled(brought: Brought, body: Sequence[str], *, given: Iterable[str] = ()) -> str:
    """Imports, what is ``brought``, what the body is ``given`` beside it, and the ``body``."""
    given = [*brought.definitions, *given]
    used = {(_KNOWN[name], name) for name in names([*given, *body]) & _KNOWN.keys()}
    return "\n".join([*_imports(brought.imports | used), *given, "", *body]) + "\n"


def names(body: Sequence[str]) -> set[str]:
    """What it looks up beyond any function of its own."""
    top = symtable.symtable("\n".join(body), "script", "exec")
    tables = [top]
    for each in tables:
        tables += each.get_children()
    return {name.get_name() for each in tables for name in each.get_symbols() if each is top or name.is_global()}


def _imports(imports: Iterable[tuple[str, str]]) -> Iterator[str]:
    """Modules first; what is of one module in one line."""
    for module, found in groupby(sorted(imports), lambda each: each[0]):
        names = [name for _, name in found]
        yield from [f"from {module} import {', '.join(names)}"] if module else (f"import {name}" for name in names)
