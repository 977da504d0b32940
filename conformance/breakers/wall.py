"""A wall clock that can be set, for the code of one breaker."""

from __future__ import annotations

import datetime as dates  # noqa: ICN001  # the whole module, not one of its names
import sys
import time
from collections.abc import Sequence
from contextlib import ExitStack
from types import ModuleType
from typing import Any, Self
from unittest import mock

from ..script.inlining import Instance
from ..script.sources import is_ours


class WallClock(ExitStack):
    """As a context: whatever wall clock the code of ``subject`` reads is ``ahead`` seconds fast."""

    def __init__(self, subject: type) -> None:
        super().__init__()
        self.ahead = 0.0
        self._modules = [time, dates, *_modules_of(subject)]

    def __enter__(self) -> Self:
        real, real_ns = time.time, time.time_ns
        fakes = {
            id(real): lambda: real() + self.ahead,
            id(real_ns): lambda: real_ns() + int(self.ahead * 10**9),
            id(dates.datetime): self._shifted(),
        }
        for module in self._modules:
            for name, value in list(vars(module).items()):
                if id(value) in fakes:
                    self.enter_context(mock.patch.object(module, name, fakes[id(value)]))
        return super().__enter__()

    def _shifted(self) -> type[dates.datetime]:
        wall, day = self, dates.datetime

        class Shifted(day):  # type: ignore[valid-type, misc]  # the class as it is, while nothing is replaced yet
            @classmethod
            def now(cls, tz: dates.tzinfo | None = None) -> Any:
                return day.now(tz) + dates.timedelta(seconds=wall.ahead)

            @classmethod
            def utcnow(cls) -> Any:
                return cls.now(dates.UTC).replace(tzinfo=None)

        return Shifted


def lines(breaker: Instance) -> list[str]:
    """The same in a script, with the least that this breaker needs: its clocks are ``ahead`` seconds fast."""
    modules = [each for each in _modules_of(breaker.subject) if not is_ours(each.__name__)]
    times, days = _places(modules, time.time), _places(modules, dates.datetime)
    days += ["dates.datetime"] * bool(_places(modules, dates))
    breaker.brought.imports |= {("", place.rpartition(".")[0]) for place in (*times, *days)} - {("", "dates")}
    breaker.brought.imports |= {("", "datetime as dates")} if days else set()
    told = ["ahead, real = 0, time.time", f"{' = '.join(['time.time', *times])} = lambda: real() + ahead"]
    return told + ([*_DAYS, f"{' = '.join(days)} = Wall"] if days else [])


_DAYS = """\
day = dates.datetime
class Wall(day):
    now = classmethod(lambda cls, tz=None: day.now(tz) + dates.timedelta(seconds=ahead))
    utcnow = classmethod(lambda cls: cls.now(dates.UTC).replace(tzinfo=None))
""".splitlines()


def _places(modules: Sequence[ModuleType], held: object) -> list[str]:
    return [f"{each.__name__}.{name}" for each in modules for name, value in vars(each).items() if value is held]


def _modules_of(subject: type) -> list[ModuleType]:
    """Those of the packages that the subject's module is in, or takes something from."""
    homes = {base.__module__ for base in subject.__mro__}
    for value in vars(sys.modules[subject.__module__]).values():
        homes.add(value.__name__ if isinstance(value, ModuleType) else getattr(value, "__module__", None) or "")
    packages = {home.partition(".")[0] for home in homes} - set(sys.stdlib_module_names)
    return [module for name, module in list(sys.modules.items()) if name.partition(".")[0] in packages]
