"""Tasks: run_once runs each task once, whoever asks, and keeps its result."""

from __future__ import annotations

import threading
from typing import Any

import pytest

from .clocks import WaitedClock
from .contract import needs
from .factory import NewCache
from .interleaving import PATIENCE, SAFETY, Call
from .judged import Judged
from .outages import await_, gone
from .strategies import FALSY, refused, with_each

TASK = ("planner", "plan the trip to {city}", {"city": "Porto", "days": 2})
SAME_TASK = ("planner", "plan the trip to {city}", {"days": 2, "city": "Porto"})
OTHERS = (("booker", *TASK[1:]), (TASK[0], "book {city}", TASK[2]), (*TASK[:2], {"city": "Porto"}))
TTL = 3600.0  # seconds that a result is kept


@needs("run_once")
@with_each(result=("done", *FALSY))
def test_a_task_runs_once(new_cache: NewCache, result: object) -> None:
    """The second who asks, by the same data in whatever order, gets the result of the first; None is one, too."""
    cache = new_cache()
    assert cache.run_once(*TASK, lambda: result) == result
    assert cache.run_once(*SAME_TASK, runs_again) == result


@needs("run_once")
@with_each(other=OTHERS)
def test_another_agent_template_or_argument_is_another_task(new_cache: NewCache, other: tuple[Any, ...]) -> None:
    """Which is run, though a task that differs in one of the three has a result."""
    cache = new_cache()
    cache.run_once(*TASK, lambda: "done")
    assert cache.run_once(*other, lambda: "another") == "another"


@needs("run_once")
def test_a_result_is_kept_for_an_hour(new_cache: NewCache) -> None:
    """Then the task may run again."""
    cache = new_cache()
    if isinstance(cache.timeline, WaitedClock):
        pytest.skip(f"{new_cache.name}: its time can only be waited for, and a result is kept for an hour")
    cache.run_once(*TASK, lambda: "done")
    cache.advance(TTL - cache.margin)
    assert cache.run_once(*TASK, runs_again) == "done"
    cache.advance(cache.margin * 2 + cache.late)
    assert cache.run_once(*TASK, lambda: "again") == "again"


@needs("run_once")
def test_a_task_that_fails_may_run_again(new_cache: NewCache) -> None:
    """Its error reaches the one who ran it, as it is, and keeps nobody from the next attempt."""
    cache, error = new_cache(), ZeroDivisionError()

    def fail() -> None:
        raise error

    with pytest.raises(ZeroDivisionError) as raised:
        cache.run_once(*TASK, fail)
    assert raised.value is error
    again = Call(lambda: cache.run_once(*TASK, lambda: "done"))
    assert again.answer(PATIENCE) == "done"


@needs("run_once")
def test_who_asks_while_a_task_runs_does_not_run_it(new_cache: NewCache) -> None:
    """On another thread, and with another instance where instances share what they keep: it waits for the result."""
    cache = new_cache()
    other = cache if new_cache.capabilities.scope == "instance" else cache.sibling()
    running, go_on = threading.Event(), threading.Event()

    def held() -> str:
        running.set()
        go_on.wait(SAFETY)
        return "done"

    first = Call(lambda: cache.run_once(*TASK, held))
    assert running.wait(SAFETY)
    second = Call(lambda: other.run_once(*TASK, runs_again))
    second.settle()
    go_on.set()
    assert (first.answer(), second.answer()) == ("done", "done")


@needs("run_once", scope="network")
def test_no_task_runs_while_the_server_is_gone(new_cache: NewCache) -> None:
    """Nobody could tell whether it has run elsewhere: it is refused, and runs when the server is back."""
    cache = new_cache()
    with gone(new_cache):
        assert isinstance(Call(lambda: cache.run_once(*TASK, lambda: "done")).answer(), Exception)
    assert is_run(cache) == "done"


def runs_again() -> str:
    """What no one may see."""
    return "run again"


def is_run(cache: Judged) -> Any:
    """What comes of it as soon as it is not refused."""
    await_(cache, lambda: not refused(lambda: cache.run_once(*TASK, lambda: "done")), expected=True)
    return cache.run_once(*TASK, runs_again)
