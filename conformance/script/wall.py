"""A wall clock that can be set, for a script: whatever its subject reads is ``ahead`` seconds fast."""

from __future__ import annotations

import datetime as dates  # noqa: ICN001  # as in the script
import time
from collections.abc import Iterator, Sequence
from itertools import chain
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
_OF_THE_SYSTEM = "lambda clock, of=time.{0}: time.{1}() if clock == time.CLOCK_REALTIME else of(clock)"
_SPELLED_OUT = "lambda seconds=None, of=time.{0}: of(time.time() if seconds is None else seconds)"
_RARE = {
    "clock_gettime": _OF_THE_SYSTEM.format("clock_gettime", "time"),
    "clock_gettime_ns": _OF_THE_SYSTEM.format("clock_gettime_ns", "time_ns"),
    **{name: _SPELLED_OUT.format(name) for name in ("gmtime", "localtime", "ctime")},
}


def lines(subject: Instance) -> list[str]:
    """What comes before the subject is made: the least that it needs."""
    own = {base.__module__ for base in subject.subject.__mro__} if subject.imported else set()
    modules = [each for each in modules_of(subject.subject) if each.__name__ in own or not is_ours(each.__name__)]
    known = {module.__name__: module for module in modules}
    times, in_nanoseconds = _places(modules, time.time), _places(modules, time.time_ns)
    days, defaults = _places(modules, dates.datetime), dict(_defaults(modules))
    rare = {name: places for name in _RARE if (places := _places_of_rare(modules, name))}
    replaced = (*times, *in_nanoseconds, *days, *chain.from_iterable(rare.values()))
    held = {place.rpartition(".")[0] for place in replaced} | {*defaults.values()}
    subject.brought.imports |= {("", name) for name in held & known.keys()}
    days += ["dates.datetime"] * bool(_places(modules, dates))
    subject.brought.imports |= {("", "datetime as dates")} if days else set()
    return [
        "ahead, real = 0, time.time",
        f"{' = '.join(['time.time', *times])} = lambda: real() + ahead",
        f"{' = '.join(['time.time_ns', *in_nanoseconds])} = lambda: int(time.time() * 10**9)",
        *(f"{' = '.join(places)} = {_RARE[name]}" for name, places in rare.items()),
        *([*_DAYS, f"{' = '.join(days)} = Wall"] if days else []),
        *defaults,
    ]


def _places(modules: Sequence[ModuleType], held: object) -> list[str]:
    return [f"{each.__name__}.{name}" for each in modules for name, value in vars(each).items() if value is held]


def _places_of_rare(modules: Sequence[ModuleType], name: str) -> list[str]:
    """None where no function has that name in it."""
    called = any(name in function.__code__.co_names for function in functions_of(modules))
    return [f"time.{name}", *_places(modules, getattr(time, name))] if called else []


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
