"""A wall clock that can be set, for the code of one subject."""

from __future__ import annotations

import copyreg
import datetime as dates  # noqa: ICN001  # the whole module, not one of its names
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack
from functools import partial
from importlib.machinery import EXTENSION_SUFFIXES
from types import BuiltinFunctionType, FunctionType, ModuleType, TracebackType
from typing import Any, Self
from unittest import mock

import pytest


class WallClock(ExitStack):
    """As a context: whatever wall clock the code of ``subject`` reads is ``ahead`` seconds fast.

    Compiled code asks the system, and sees nothing of it: where all was well, and there is some, the test is skipped.
    """

    def __init__(self, subject: type) -> None:
        super().__init__()
        self.ahead = 0.0
        self._modules = [time, dates, *modules_of(subject)]
        self._functions = [*functions_of(self._modules)]

    def __enter__(self) -> Self:
        day, shifted = dates.datetime, self._shifted()
        fakes = {**self._fakes(), id(day): shifted}
        for module in self._modules:
            for name, value in list(vars(module).items()):
                if id(value) in fakes:
                    self.enter_context(mock.patch.object(module, name, fakes[id(value)]))
        for function in self._functions:
            self._enter_defaults(function, fakes)
        self.enter_context(mock.patch.dict(copyreg.dispatch_table, dict.fromkeys((day, shifted), _reduced)))
        return super().__enter__()

    def _fakes(self) -> dict[int, Any]:
        """By the identity of each function that tells the time, one that tells it ``ahead``."""
        real, real_ns, of, of_ns = time.time, time.time_ns, time.clock_gettime, time.clock_gettime_ns
        spelled = (time.gmtime, time.localtime, time.ctime)

        def now() -> float:
            return real() + self.ahead

        return {
            id(real): now,
            id(real_ns): lambda: real_ns() + int(self.ahead * 10**9),
            id(of): lambda clock: of(clock) + self.ahead * (clock == time.CLOCK_REALTIME),
            id(of_ns): lambda clock: of_ns(clock) + int(self.ahead * 10**9) * (clock == time.CLOCK_REALTIME),
            **{id(each): partial(_spelled, each, now) for each in spelled},
        }

    def _enter_defaults(self, function: FunctionType, fakes: dict[int, Any]) -> None:
        """What an argument is where it is not given was looked up when the function was made."""
        plain, named = function.__defaults__ or (), function.__kwdefaults__ or {}
        if any(id(each) in fakes for each in (*plain, *named.values())):
            told = tuple(fakes.get(id(each), each) for each in plain)
            told_by_name = {name: fakes.get(id(each), each) for name, each in named.items()}
            self.enter_context(mock.patch.object(function, "__defaults__", told))
            self.enter_context(mock.patch.object(function, "__kwdefaults__", told_by_name))

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, where: TracebackType | None
    ) -> bool | None:
        suppressed = super().__exit__(kind, error, where)
        if kind is None and (compiled := next(filter(_is_compiled, self._modules), None)):
            pytest.skip(f"{compiled.__name__} is compiled: which clock it looks at cannot be seen from Python")
        return suppressed

    def _shifted(self) -> type[dates.datetime]:
        wall, day = self, dates.datetime

        class Days(type):
            def __instancecheck__(cls, value: object) -> bool:
                return isinstance(value, day)

        class Shifted(day, metaclass=Days):  # type: ignore[valid-type, misc]  # as it is while nothing is replaced yet
            @classmethod
            def now(cls, tz: dates.tzinfo | None = None) -> Any:
                return day.now(tz) + dates.timedelta(seconds=wall.ahead)

            @classmethod
            def utcnow(cls) -> Any:
                return cls.now(dates.UTC).replace(tzinfo=None)

        return Shifted


def _spelled(spell: Callable[[float], Any], now: Callable[[], float], seconds: float | None = None) -> Any:
    return spell(now() if seconds is None else seconds)


def _reduced(moment: dates.datetime) -> tuple[Any, ...]:
    """For ``pickle``, which would look for the class by its name and find another one there."""
    return (_made, dates.datetime.__reduce_ex__(moment, 4)[1])


def _made(*state: Any) -> dates.datetime:
    return dates.datetime(*state)  # noqa: DTZ001 - with a zone where it had one


# Below no value is asked for its attributes, unless it is a module, a class or a function: some, such as Django's
# settings, are made when they are asked for anything.


def modules_of(subject: type) -> list[ModuleType]:
    """Those of the packages that the subject's module is in, or takes something from."""
    taken = vars(sys.modules[subject.__module__]).values()
    homes = {base.__module__ for base in subject.__mro__} | {*map(_home, taken)}
    packages = {home.partition(".")[0] for home in homes} - set(sys.stdlib_module_names)
    return [module for name, module in list(sys.modules.items()) if name.partition(".")[0] in packages]


def _home(value: Any) -> str:
    """The module that it is, or is from."""
    kind = type(value)
    if issubclass(kind, ModuleType):
        return str(value.__name__)
    tells = issubclass(kind, type) or kind in (FunctionType, BuiltinFunctionType)
    return str((value if tells else kind).__module__)


def _is_compiled(module: ModuleType) -> bool:
    return (getattr(module, "__file__", None) or "").endswith(tuple(EXTENSION_SUFFIXES))


def functions_of(modules: Iterable[ModuleType]) -> Iterator[FunctionType]:
    """Those that are defined in them, in a class or not."""
    for module in modules:
        for value in list(vars(module).values()):
            inside = vars(value).values() if issubclass(type(value), type) else ()
            known = [each for each in (value, *inside) if type(each) is FunctionType]
            yield from (each for each in known if each.__module__ == module.__name__)
