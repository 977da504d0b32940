"""A wall clock that can be set, for a script: whatever its subject reads is ``ahead`` seconds fast."""

from __future__ import annotations

import datetime as dates  # noqa: ICN001  # as in the script
import time
from collections.abc import Iterator, Sequence
from types import ModuleType

from ..wall import functions_of, modules_of
from .inlining import Instance
from .sources import is_ours

_DAYS = """\
day = dates.datetime
class Wall(day):
    now = classmethod(lambda cls, tz=None: day.now(tz) + dates.timedelta(seconds=ahead))
    utcnow = classmethod(lambda cls: cls.now(dates.UTC).replace(tzinfo=None))
""".splitlines()


def lines(subject: Instance) -> list[str]:
    """What comes before the subject is made: the least that it needs."""
    own = {base.__module__ for base in subject.subject.__mro__} if subject.imported else set()
    modules = [each for each in modules_of(subject.subject) if each.__name__ in own or not is_ours(each.__name__)]
    known = {module.__name__: module for module in modules}
    times, in_nanoseconds = _places(modules, time.time), _places(modules, time.time_ns)
    days, defaults = _places(modules, dates.datetime), dict(_defaults(modules))
    held = {place.rpartition(".")[0] for place in (*times, *in_nanoseconds, *days)} | {*defaults.values()}
    subject.brought.imports |= {("", name) for name in held & known.keys()}
    days += ["dates.datetime"] * bool(_places(modules, dates))
    subject.brought.imports |= {("", "datetime as dates")} if days else set()
    return [
        "ahead, real = 0, time.time",
        f"{' = '.join(['time.time', *times])} = lambda: real() + ahead",
        f"{' = '.join(['time.time_ns', *in_nanoseconds])} = lambda: int(time.time() * 10**9)",
        *([*_DAYS, f"{' = '.join(days)} = Wall"] if days else []),
        *defaults,
    ]


def _places(modules: Sequence[ModuleType], held: object) -> list[str]:
    return [f"{each.__name__}.{name}" for each in modules for name, value in vars(each).items() if value is held]


def _defaults(modules: Sequence[ModuleType]) -> Iterator[tuple[str, str]]:
    """Lines that replace the arguments of functions where they are not given, each with its module."""
    for function in functions_of(modules):
        name = f"{function.__module__}.{function.__qualname__}"
        if any(each is time.time for each in function.__defaults__ or ()):  # some refuse to be compared
            replaced = f"tuple(time.time if each is real else each for each in {name}.__defaults__)"
            yield f"{name}.__defaults__ = {replaced}", function.__module__
        for argument, value in (function.__kwdefaults__ or {}).items():
            if value is time.time:
                yield f"{name}.__kwdefaults__[{argument!r}] = time.time", function.__module__
