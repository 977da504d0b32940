"""ToolCache.run_once by several processes, one of which is killed."""

from __future__ import annotations

import multiprocessing
import os
import signal
import time
from pathlib import Path
from typing import Any, NamedTuple
from uuid import uuid4

import pytest
from tool_places import SAFETY, TASK, servers

from cache_impl import FileCache, RedisCache, StillRunning, ToolCache
from conformance.servers import Server

__all__ = ["servers"]  # a fixture


class Place(NamedTuple):
    """A cache that another process can open."""

    kind: str
    where: str
    prefix: str

    def tools(self) -> ToolCache:
        if self.kind == "file":
            return ToolCache(FileCache(self.where, deadline=SAFETY), single_host=True)
        return ToolCache(RedisCache(self.where, prefix=self.prefix, deadline=SAFETY))


@pytest.fixture(params=["file", "embedded"])
def place(request: pytest.FixtureRequest, servers: dict[str, Server], tmp_path: Path) -> Place:
    where = str(tmp_path / "cache") if request.param == "file" else servers["embedded"].url
    return Place(request.param, where, f"{uuid4()}:")


def dispatch(place: Place, ready: Any, log: Path, tasks: int) -> None:
    """One of several processes that all run the same tasks."""
    tools = place.tools()

    def run(task: int) -> int:
        with log.open("a") as lines:
            lines.write(f"{task}\n")
        return task

    ready.wait(SAFETY)
    assert [tools.run_once("a", "t", task, lambda task=task: run(task)) for task in range(tasks)] == [*range(tasks)]


def stall(place: Place, entered: Any) -> None:
    """One that claims a task and never comes back."""

    def run() -> None:
        entered.set()
        time.sleep(SAFETY)

    place.tools().run_once(*TASK, run)


def test_two_processes_run_each_task_once(place: Place, tmp_path: Path) -> None:
    """However closely they race."""
    spawn, log = multiprocessing.get_context("spawn"), tmp_path / "log"
    ready = spawn.Barrier(2)
    processes = [spawn.Process(target=dispatch, args=(place, ready, log, 25)) for _ in range(2)]
    for process in processes:
        process.start()
    try:
        for process in processes:
            process.join(SAFETY)
        assert [process.exitcode for process in processes] == [0, 0]
    finally:
        for process in processes:
            process.kill()
    assert sorted(map(int, log.read_text().split())) == [*range(25)]


def test_a_process_that_is_killed_leaves_its_claim(place: Place) -> None:
    """Nobody runs its task again before the lease has ended: it may have done half of it."""
    spawn = multiprocessing.get_context("spawn")
    entered = spawn.Event()
    process = spawn.Process(target=stall, args=(place, entered))
    process.start()
    try:
        assert entered.wait(SAFETY)
    finally:
        assert process.pid is not None
        os.kill(process.pid, signal.SIGKILL)
        process.join(SAFETY)
    with pytest.raises(StillRunning):
        place.tools().run_once(*TASK, pytest.fail, wait=0)
