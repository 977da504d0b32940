"""A script about a breaker of others does what its adapter does, with the library alone."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest
from adapters import adapted, imports, run_alone
from sample_fuses import ADAPTER, FUSES

import cache_impl.breaker
from conformance import subjects
from conformance.breakers import peers, script
from conformance.breakers.calls import Ignored
from conformance.breakers.contract import breaker_capabilities
from conformance.breakers.judged import LISTENS
from conformance.history import History, Step

WRITTEN = """\
import fuses
from types import SimpleNamespace
def _reading(clock):
    return lambda: round(clock(), 3)
_STATES = {True: 'closed', False: 'open'}
class _Wire:

    def __init__(self, listener):
        self._listener = listener

    def lit(self, _on):
        self._listener(SimpleNamespace(before='closed', after='open'))

now = 1000.0
def success(): return "success"
def failure(): raise ConnectionError("failure")
class Ignored(Exception): pass
def ignored(): raise Ignored
heard = []
def breaker_call(fn):
    with fuse:
        return fn()
def call(fn):
    try: return breaker_call(fn)
    except BaseException as error: return repr(error)
read = _reading(lambda: now)
fuse = fuses.Fuse(1, 1.0, (Ignored,), read)
print(_STATES[fuse.since is None])  # 'closed'
def listener(event): heard.append((event.before, event.after))
fuse.wire(_Wire(listener))
print(call(ignored))  # Ignored()
print(call(failure))  # Failure()
now += 2.0
print(call(success))  # refused: Burnt()
print(_STATES[fuse.since is None])  # 'open'
print(fuse.mend())  # None
print(heard)  # [('closed', 'open')]
"""

STEPS = (
    Step("state", "", 0.0, "'closed'"),
    Step("subscribe", LISTENS, 0.0, "None"),
    Step("call", "ignored", 0.0, "Ignored()"),
    Step("call", "failure", 0.0, "Failure()"),
    Step("advance", "2.0", 0.0),
    Step("call", "success", 2.0, "refused: Burnt()"),
    Step("state", "", 2.0, "'open'"),
    Step("reset", "", 2.0, "None"),
    Step("heard", "", 2.0, "[('closed', 'open')]"),
)


@pytest.fixture(scope="module")
def adapter(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ModuleType]:
    """A module of peers, beside its library."""
    folder = tmp_path_factory.mktemp("fuses")
    with adapted(folder, peers, "fuses", FUSES, ADAPTER) as module:
        yield module


def written(subject: type, *steps: Step, waits: bool = False, **more: object) -> str:
    options = {"failure_threshold": 1, "recovery_time": 1.0, **more}
    return script.write(subject, History(options, list(steps)), waits=waits)


def test_each_call_is_what_the_adapter_does_with_the_library(adapter: ModuleType) -> None:
    """Options, helpers and properties in their places; a method that returns in a block stays a function."""
    assert written(adapter.Fuse, *STEPS, ignored=(Ignored,)) == WRITTEN


def test_it_runs_without_the_suite(adapter: ModuleType, tmp_path: Path) -> None:
    """It prints what the library answers, and what its listener is told."""
    answers = ["closed", "Ignored()", "ConnectionError('failure')", "Burnt()", "open", "None", "[('closed', 'open')]"]
    assert run_alone(WRITTEN, adapter, tmp_path).stdout.splitlines() == answers


def test_a_clock_that_is_not_replaced_is_slept_through(adapter: ModuleType) -> None:
    text = written(adapter.Fuse, *STEPS, waits=True)
    assert "\nfuse = fuses.Fuse(1, 1.0, (), None)\n" in text
    assert "\ntime.sleep(2.0)\n" in text
    assert "now" not in text


def test_what_each_call_has_of_its_own_stays_in_a_function(adapter: ModuleType) -> None:
    """Two listeners do not share what is remembered for one of them; a property may be a function, too."""
    text = written(adapter.Told, *STEPS, STEPS[1])
    assert text.count("def breaker_subscribe(listener):\n    told = ['closed']\n") == 1
    assert text.count("\nbreaker_subscribe(listener)\n") == 2
    assert "\ndef breaker_state():\n" in text
    assert "print(breaker_state())  # 'open'\n" in text


@pytest.mark.parametrize("name", ["Called", "Later"])
def test_what_cannot_be_written_out_is_imported(adapter: ModuleType, name: str) -> None:
    """A variable that is called as something of the script, and one that is set by a call."""
    text = written(getattr(adapter, name), *STEPS)
    assert f"from {adapter.__name__} import {name}\n" in text
    assert f"\nbreaker = {name}(failure_threshold=1, recovery_time=1.0, clock=lambda: now)\n" in text
    assert "    try: return breaker.call(fn)\n" in text


def test_what_is_no_adapter_is_the_breaker_itself() -> None:
    """One of the user's own, and a mutant."""
    mutant = type("Mutant", (cache_impl.breaker.CircuitBreaker,), {"__module__": "conformance.mutants.breakers"})
    text = written(mutant, *STEPS)
    assert text.startswith("from conformance.mutants.breakers import Mutant\n")
    assert "\nbreaker.subscribe(listener)\n" in text


@pytest.mark.parametrize("name", [name for name, each in subjects.known_breakers().items() if isinstance(each, type)])
def test_no_script_needs_the_suite(name: str) -> None:
    """Every breaker that is installed here, with all that it offers."""
    subject = subjects.known_breakers()[name]
    assert isinstance(subject, type)
    offered = breaker_capabilities(subject)
    steps = [step for step in STEPS if step.name not in ("subscribe", "heard") or offered.listeners == "yes"]
    steps += [Step("begin", "1", 2.0, "admitted"), Step("end", "1, success", 2.0, "'success'")]
    text = written(subject, *steps, waits=offered.clock == "system")
    assert imports(text)
    assert not [line for line in imports(text) if "conformance" in line]
