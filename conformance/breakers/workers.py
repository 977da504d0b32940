"""Threads to run an operation in that may never end. Starting one is dear, so those that are done are used again."""

from __future__ import annotations

import threading
from collections.abc import Callable
from queue import SimpleQueue

_idle: list[SimpleQueue[Callable[[], None]]] = []


def run(operation: Callable[[], None]) -> None:
    """Run ``operation`` in a thread of its own. It must not raise."""
    try:
        jobs = _idle.pop()
    except IndexError:
        jobs = SimpleQueue()
        threading.Thread(target=_work, args=(jobs,), daemon=True).start()
    jobs.put(operation)


def _work(jobs: SimpleQueue[Callable[[], None]]) -> None:
    while True:
        jobs.get()()
        _idle.append(jobs)
