"""The wall clock of one subject, set ahead: whatever Python of it asks for the time, and nothing else."""

from __future__ import annotations

import datetime as dt
import pickle
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from types import ModuleType

import pytest
from ormsgpack import packb

from conformance import script
from conformance.columns import Column
from conformance.contract import capabilities
from conformance.history import History, Step
from conformance.script import scenes
from conformance.wall import WallClock

HOURS, REAL, DATE = 7200.0, time.time, dt.datetime
#: Every way to come by the time, and one object that is made when it is asked for anything.
ASKS = """
import time as clocks
from calendar import timegm
from datetime import datetime, timezone
from time import clock_gettime, gmtime, time, time_ns

class Lazy:
    def __getattribute__(self, name):
        raise RuntimeError(f"asked for its {name}")

    def __eq__(self, other):
        raise RuntimeError("compared")

settings = Lazy()

def plain(settings=settings, clock=time):
    return clock()

def named(*, clock=clocks.time):
    return clock()

class Dict:
    declares = {"ttl": "fixed", "keys": "hashable", "types": "any"}

    def __init__(self, ttl=None, clock=clocks.time):
        self._ttl, self._clock, self._entries = ttl, clock, {}
        self.clear = self._entries.clear

    def get(self, key, default=None):
        value, end = self._entries.get(key, (default, 0))
        return value if self._ttl is None or end > self._clock() else default

    def set(self, key, value):
        self._entries[key] = value, self._clock() + (self._ttl or 0)

    def delete(self, key):
        return self._entries.pop(key, self) is not self

def of_the_system():
    return clock_gettime(clocks.CLOCK_REALTIME)

def spelled_out():
    return timegm(gmtime())

class OfTheSystem(Dict):
    def __init__(self, ttl=None):
        super().__init__(ttl, of_the_system)

class SpelledOut(Dict):
    def __init__(self, ttl=None):
        super().__init__(ttl, spelled_out)

WAYS = {
    "module": lambda: clocks.time(),
    "name": lambda: time(),
    "nanoseconds": lambda: time_ns() / 10**9,
    "of the system": of_the_system,
    "of the system, in nanoseconds": lambda: clocks.clock_gettime_ns(clocks.CLOCK_REALTIME) / 10**9,
    "spelled out": spelled_out,
    "here": lambda: clocks.mktime(clocks.localtime()),
    "date": lambda: datetime.now(timezone.utc).timestamp(),
    "default": plain,
    "default by name": named,
    "default of a method": lambda: Dict()._clock(),
}
"""
WAYS = re.findall(r'^    "(.*?)":', ASKS, re.MULTILINE)


@pytest.fixture(scope="module")
def asks(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ModuleType]:
    folder = tmp_path_factory.mktemp("asks")
    folder.joinpath("asks_for_the_time.py").write_text(ASKS, encoding="utf-8")
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(folder)
        yield import_module("asks_for_the_time")


@pytest.mark.parametrize("way", WAYS)
def test_whoever_asks_is_told_the_time_that_was_set(asks: ModuleType, way: str) -> None:
    ask = asks.WAYS[way]
    with WallClock(asks.Dict) as wall:
        assert ask() < time.time() + 1
        wall.ahead = HOURS
        assert ask() > REAL() + HOURS - 1
    assert ask() < REAL() + 1


def test_a_moment_is_what_it_is_and_can_be_pickled(asks: ModuleType) -> None:
    before = dt.datetime(2024, 2, 29, fold=1, tzinfo=dt.UTC)
    with WallClock(asks.Dict) as wall:
        wall.ahead = HOURS
        for moment in (before, asks.datetime.now(), dt.datetime(2024, 2, 29)):  # noqa: DTZ001
            assert isinstance(moment, asks.datetime)
            kept = pickle.loads(pickle.dumps(moment))  # noqa: S301
            assert (kept, kept.fold, kept.tzinfo) == (moment, moment.fold, moment.tzinfo)
    assert type(pickle.loads(pickle.dumps(before))) is dt.datetime  # noqa: S301


def test_all_is_as_before_at_the_end(asks: ModuleType) -> None:
    with pytest.raises(ZeroDivisionError), WallClock(asks.Dict):
        1 / 0  # noqa: B018
    assert (time.time, asks.plain.__defaults__) == (REAL, (asks.settings, REAL))
    assert asks.named.__kwdefaults__ == {"clock": REAL}
    assert dt.datetime is DATE


def test_what_is_compiled_is_not_said_to_keep_it(asks: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where it is seen to fail, it fails."""
    monkeypatch.setattr(asks, "packb", packb, raising=False)
    with pytest.raises(pytest.skip.Exception, match=r"ormsgpack.ormsgpack is compiled"), WallClock(asks.Dict):
        pass
    with pytest.raises(ZeroDivisionError), WallClock(asks.Dict):
        1 / 0  # noqa: B018


@pytest.mark.parametrize("name", ["Dict", "OfTheSystem", "SpelledOut"])
def test_a_script_sets_it_for_a_cache_of_the_users_own(asks: ModuleType, name: str) -> None:
    """Whose clock is the default of an argument, or rarely asked for."""
    subject = getattr(asks, name)
    said = [("set", "'a', 1", "None"), ("aside", scenes.AHEAD, "done"), ("get", "'a'", "None")]
    steps = [Step(name, arguments, 0.0, answer) for name, arguments, answer in said]
    text = script.write(Column("mine", subject, capabilities(subject)), History({"ttl": 3600.0}, steps))
    assert run(text, asks) == "None\n"
    assert run(text.replace("ahead = 7200.0", "ahead = 60.0"), asks) == "1\n"


def run(text: str, beside: ModuleType) -> str:
    place = Path(str(beside.__file__)).parent
    command = (sys.executable, "-c", text)
    return subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True, cwd=place).stdout
