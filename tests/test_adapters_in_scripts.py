"""A script about a peer does what its adapter does, with the library alone."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from adapters import adapted, imports, run_alone

from conformance import contract, script, subjects
from conformance.columns import Column
from conformance.history import History, Step
from conformance.mutants.sharing import SharesAmongInstances
from conformance.subjects import peers

LARDER = '''
class Empty(Exception):
    pass


class Shelf:
    """The last entry put down goes bad a second too late."""

    def __init__(self, clock, name="", port=0):
        self.clock, self.entries = clock, {}
        self.clear = self.entries.clear

    def put(self, key, value, lasts):
        self.entries[key] = value, self.clock() + lasts.total_seconds() + 1

    def find(self, key):
        value, ends = self.entries.get(key, (None, 0))
        return value if self.clock() < ends else None

    def take(self, key):
        if self.entries.pop(key, None) is None:
            raise Empty
'''

ADAPTER = '''
from __future__ import annotations

import time
from datetime import timedelta
from typing import Any

import larder

from ...contract import Location
from ._servers import address

_FOREVER = 1e6


def _lasts(seconds: float | None) -> timedelta:
    """As a larder takes it."""
    return timedelta(seconds=_FOREVER if seconds is None else seconds)


class Larder:
    """larder.Shelf."""

    declares = {"ttl": "per-entry", "clock": "injected", "get_or_set": "plain"}

    def __init__(self, ttl: float | None = None, clock: Any = time.monotonic) -> None:
        self._use(ttl, clock)

    def _use(self, ttl: float | None, clock: Any, **options: Any) -> None:
        self._ttl = ttl
        self._shelf: Any = larder.Shelf(clock, **options)

    def clear(self) -> None:
        self._shelf.clear()

    def get(self, key: str, default: Any = None) -> Any:
        found = self._shelf.find(key)
        return default if found is None else found

    def set(self, key: str, value: Any, ttl: float | None = None) -> None:
        self._shelf.put(key, value, _lasts(self._ttl if ttl is None else ttl))

    def delete(self, key: str) -> bool:
        try:
            self._shelf.take(key)
        except larder.Empty:
            return False
        return True

    def get_or_set(self, key: str, compute: Any) -> Any:
        if self.get(key) is None:
            self.set(key, compute())
        return self.get(key)


class Distant(Larder):
    """The same, as if it were on a server."""

    declares = {"ttl": "per-entry", "scope": "network"}

    def __init__(self, location: Location, ttl: float | None = None) -> None:
        self._client = location.connect()
        self._use(ttl, time.monotonic, name=f"{location.namespace}shelf", port=address(location).port)
'''

WRITTEN = """\
import datetime
import larder
MISSING = object()

now = 1048576.0
shelf = larder.Shelf(lambda: now)
def cache_delete(key):
    try:
        shelf.take(key)
    except larder.Empty:
        return False
    return True
def cache_get_or_set(key, compute):
    found = shelf.find(key)
    if (None if found is None else found) is None:
        shelf.put(key, compute(), datetime.timedelta(seconds=5))
    found = shelf.find(key)
    return None if found is None else found
cache_delete('b')
shelf.put('a', [1], datetime.timedelta(seconds=5))
shelf.put('b', 2, datetime.timedelta(seconds=2))
cache_get_or_set('a', lambda: 3)
now += 2.5
found = shelf.find('b')
assert (MISSING if found is None else found) == MISSING  # answered 2
"""


@pytest.fixture(scope="module")
def adapter(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ModuleType]:
    """A module of peers, beside its library."""
    folder = tmp_path_factory.mktemp("larder")
    with adapted(folder, peers, "larder", LARDER, ADAPTER) as module:
        yield module


def written(subject: type, options: dict[str, Any], *steps: Step) -> str:
    return script.write(Column("larder", subject, contract.capabilities(subject)), History(options, list(steps)))


def test_each_call_is_what_the_adapter_does_with_the_library(adapter: ModuleType) -> None:
    """Arguments, options and helpers in their places; a method that returns in the middle stays a function."""
    steps = [
        Step("delete", "'b'", 0.0, "False"),
        Step("set", "'a', [1]", 0.0, "None"),
        Step("set", "'b', 2, ttl=2", 0.0, "None"),
        Step("get_or_set", "'a', compute", 0.0, "3"),
        Step("advance", "2.5", 0.0, "None"),
        Step("get", "'b', MISSING", 2.5, "2", expected="MISSING"),
    ]
    assert written(adapter.Larder, {"ttl": 5}, *steps) == WRITTEN


def test_it_runs_without_the_suite(adapter: ModuleType, tmp_path: Path) -> None:
    """It stops where the library is wrong."""
    run = run_alone(WRITTEN, adapter, tmp_path)
    assert run.stderr.splitlines()[-1] == "AssertionError"


def test_two_instances_are_told_apart(adapter: ModuleType) -> None:
    """What is known of a server stands where it is used."""
    steps = Step("sibling", "", 0.0), Step("set", "'a', 1", 0.0, "None"), Step("other.get", "'a'", 0.0, "None")
    text = written(adapter.Distant, {}, *steps)
    url = "redis://127.0.0.1:6379"
    assert f"# it needs an empty server at {url}" in text
    assert f"client = Redis.from_url('{url}')\n" in text
    assert "shelf = larder.Shelf(time.monotonic, name='cacheproof:shelf', port=6379)\n" in text
    assert "other_shelf = larder.Shelf(time.monotonic, name='cacheproof:shelf', port=6379)\n" in text
    assert (
        "shelf.put('a', 1, datetime.timedelta(days=11, seconds=49600))\nother_found = other_shelf.find('a')\n" in text
    )


def test_two_instances_have_one_clock() -> None:
    """As in the run, where something may be shared by all that have the same."""
    text = written(SharesAmongInstances, {}, Step("sibling", "", 0.0))
    assert "\nclock = lambda: now\ncache = SharesAmongInstances(clock=clock)\nother = " in text


def test_a_call_that_never_ends_is_given_up_on(adapter: ModuleType) -> None:
    """A compute that asks for its own key, and waits for itself."""
    asks = [Step("get_or_set", "'a', compute", 0.0), Step("get_or_set", "'a', compute", 0.0)]
    text = written(adapter.Larder, {}, *asks)
    assert "Thread(target=lambda: cache_get_or_set('a', lambda: cache_get_or_set('a', compute)), daemon=True)" in text
    assert text.endswith("assert not waiting.is_alive()  # it has not ended\n")


@pytest.mark.parametrize("error", ["ZeroDivisionError: ", "Failed: compute was called for a hit"])
def test_a_compute_that_raised_does_so_again(adapter: ModuleType, error: str) -> None:
    """Also one that was not to be called at all: its error says that it was."""
    text = written(adapter.Larder, {}, Step("get_or_set", "'a', compute", 0.0, error, raised=True))
    assert "cache_get_or_set('a', lambda: 1 / 0)" in text


def test_who_is_held_up_by_a_compute_is_said(adapter: ModuleType) -> None:
    steps = Step("get_or_set", "'a', compute", 0.0, "1", met=2), Step("delete", "'b'", 0.0, "False", thread=0)
    text = written(adapter.Larder, {}, *steps)
    assert "Thread(target=lambda: cache_delete('b'), daemon=True)" in text
    assert "; print('held up:', aside.is_alive())\n" in text


def test_what_was_asked_again_and_again_is_short(adapter: ModuleType) -> None:
    steps = [Step("delete", key, 0.0, "False") for key in ["'b'"] * 2 + ["'a'"] * 300]
    assert "for key in ['b'] * 2 + ['a'] * 300: " in written(adapter.Larder, {}, *steps)


def test_what_has_no_text_is_any_object(adapter: ModuleType) -> None:
    assert ".put('a', object(), " in written(adapter.Larder, {}, Step("set", "'a', <lock at 0x7f>", 0.0, "None"))
    generator = "'a', [<generator object <genexpr> at 0x7f>]"
    assert "put('a', [(each for each in '')], " in written(adapter.Larder, {}, Step("set", generator, 0.0, "None"))


def test_no_answer_breaks_a_script(adapter: ModuleType) -> None:
    """Neither an object without a text, nor an error that says more than a comment may."""
    steps = [
        Step("set", "'a', 1", 0.0, "Odd: one\r\x00two\nthree", raised=True),
        Step("get_or_set", "'a', compute", 0.0, "<object at 0x7f>", met=3),
        Step("get_or_set", "'a', compute", 0.0, "<object at 0x7f>", thread=0),
        Step("get", "'a'", 0.0, "<object at 0x7f>"),
    ]
    text = written(adapter.Larder, {}, *steps)
    assert compile(text, "script", "exec")
    assert "# raised Odd: one\n" in text
    assert "    return object()\n" in text


@pytest.mark.parametrize("name", [name for name, each in subjects.known().items() if isinstance(each, type)])
def test_no_script_needs_the_suite(name: str) -> None:
    """Every method of every subject that is installed here."""
    subject = subjects.known()[name]
    assert isinstance(subject, type)
    calls = {"get": "'a', MISSING", "set": "'a', 1", "delete": "'a'", "get_or_set": "'a', compute"}
    calls |= {"get_many": "['a']", "set_many": "{'a': 1}", "delete_many": "['a']", "clear": "", "__contains__": "'a'"}
    steps = [Step(each, calls[each], 0.0, "None") for each in calls if hasattr(subject, each)]
    options = {} if contract.capabilities(subject).eviction == "none" else {"capacity": 2}
    text = written(subject, options, *steps, Step("sibling", "", 0.0, ""))
    assert imports(text)
    assert not [line for line in imports(text) if "conformance" in line or "cacheproof" in line]
