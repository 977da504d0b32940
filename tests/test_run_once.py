"""ToolCache.run_once: a task runs once, its result is kept, and whoever asks meanwhile waits or is told."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from tool_places import HOUR, SAFETY, TASK, Backend, across, backend, everywhere, servers

from cache_impl import BadSetting, BadValue, FileCache, MemoryCache, StillRunning, ToolCache

__all__ = ["backend", "servers"]  # fixtures


@everywhere
@pytest.mark.parametrize("result", [None, False, [], {"plan": [1, 2.5, "x"]}])
def test_a_task_runs_once_and_its_result_is_kept(backend: Backend, result: Any) -> None:
    """For an hour, for every dispatcher; another agent, template or argument is another task."""
    ran: list[str] = []

    def fn(name: str) -> Any:
        ran.append(name)
        return result

    for _ in range(2):
        assert backend.tools().run_once(*TASK, lambda: fn("first")) == result
    agent, template, arguments = TASK
    for other in (
        (agent, template, {}),
        (agent, "", arguments),
        ("", template, arguments),
        (template, agent, arguments),
    ):
        backend.tools().run_once(*other, lambda: fn("other"))
    assert ran == ["first"] + ["other"] * 4
    backend.advance(HOUR)
    backend.tools().run_once(*TASK, lambda: fn("again"))
    assert ran[5:] == ["again"]


@everywhere
@pytest.mark.parametrize("error", [ValueError("no"), KeyboardInterrupt()], ids=["error", "interrupt"])
def test_a_task_that_fails_gives_its_claim_up(backend: Backend, error: BaseException) -> None:
    """The error reaches its caller as it is, and the next one may run at once."""

    def fail() -> Any:
        raise error

    with pytest.raises(type(error)) as raised:
        backend.tools().run_once(*TASK, fail)
    assert raised.value is error
    assert backend.tools().run_once(*TASK, lambda: 1, wait=0) == 1


@across
def test_a_result_that_cannot_be_stored_is_an_error(backend: Backend) -> None:
    """As if the task had failed."""
    with pytest.raises(BadValue):
        backend.tools().run_once(*TASK, object)
    assert backend.tools().run_once(*TASK, lambda: 1, wait=0) == 1


@everywhere
def test_who_asks_meanwhile_waits_for_the_result_or_is_told(backend: Backend) -> None:
    """With no patience: StillRunning, at once. With some: the result. Never a second run."""
    entered, go_on = threading.Event(), threading.Event()

    def slow() -> str:
        entered.set()
        assert go_on.wait(SAFETY)
        return "done"

    with ThreadPoolExecutor() as pool:
        owner = pool.submit(backend.tools().run_once, *TASK, slow)
        assert entered.wait(SAFETY)
        with pytest.raises(StillRunning, match="planner"):
            backend.tools().run_once(*TASK, pytest.fail, wait=0)
        waiters = [pool.submit(backend.tools().run_once, *TASK, pytest.fail, wait=SAFETY) for _ in range(2)]
        go_on.set()
        assert [each.result(SAFETY) for each in (owner, *waiters)] == ["done"] * 3


@everywhere
def test_of_many_dispatchers_one_runs_each_task(backend: Backend) -> None:
    """Whoever comes first."""
    ran: list[int] = []
    dispatchers = [backend.tools() for _ in range(4)]

    def dispatch(tools: ToolCache) -> list[int]:
        return [tools.run_once("a", "t", task, lambda task=task: ran.append(task) or task) for task in range(8)]

    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(dispatch, dispatchers)) == [list(range(8))] * 4
    assert sorted(ran) == list(range(8))


def test_a_cache_of_one_host_has_to_be_told_that_it_is_alone(tmp_path: Path) -> None:
    """All but run_once works without."""
    with closing(FileCache(tmp_path)) as file:
        for cache in (file, MemoryCache()):
            ToolCache(cache).set_tool("a", "1", 1)
            with pytest.raises(BadSetting, match="single_host=True"):
                ToolCache(cache).run_once(*TASK, pytest.fail)


def test_what_keeps_no_claims_is_refused() -> None:
    """It is named."""
    other: Any = {}
    with pytest.raises(BadSetting, match="dict"):
        ToolCache(other, single_host=True).run_once(*TASK, pytest.fail)


@pytest.mark.parametrize("options", [{"lease": 0}, {"lease": None}, {"wait": -1}, {"wait": "1"}])
def test_a_wrong_lease_or_wait_is_refused_by_name(options: dict[str, Any]) -> None:
    """Before anything runs."""
    with pytest.raises(BadSetting, match=next(iter(options))):
        ToolCache(MemoryCache(), single_host=True).run_once(*TASK, pytest.fail, **options)
