"""Throughput counts what was done while all were at it, whoever does it."""

from __future__ import annotations

import os
import threading
from multiprocessing import active_children, get_context
from typing import Any

import pytest

from bench.scaling import CHUNK, _await_all, _rate, in_processes, in_threads

SAFETY = 5.0  # seconds until what ought to be ended by us ends


@pytest.mark.parametrize("measure", [in_threads, in_processes])
def test_whoever_asks_at_once_is_counted_together(measure: Any) -> None:
    """Three of them, for at least a chunk each."""
    assert measure(3, lambda _chunk: threading.Event().wait(0.001), list("abcdef"), 0.01) >= 3 * CHUNK / 5


def test_threads_ask_for_different_things_first() -> None:
    """Else the first would warm each entry for the others."""
    asked: dict[int, list[str]] = {}
    in_threads(2, lambda chunk: asked.setdefault(threading.get_ident(), chunk), list("abcdef"), 0.0)
    assert sorted(each[0] for each in asked.values()) == ["a", "d"]


def test_a_thread_that_fails_is_not_waited_for() -> None:
    """What it raised reaches whoever measures."""

    def overload(chunk: list[str]) -> None:
        if chunk[0] == "d":
            raise OverflowError(chunk[0])

    with pytest.raises(OverflowError):
        in_threads(2, overload, list("abcdef"), 0.0)


def test_a_process_that_fails_is_not_waited_for() -> None:
    """Nor is it left out of the figure without a word, which would only seem slower."""

    def overload(chunk: list[str]) -> None:
        if chunk[0] == "d":
            os._exit(3)

    with pytest.raises(ChildProcessError, match="1 of 2 processes ended with exit code 3"):
        in_processes(2, overload, list("abcdef"), 3600.0)
    assert not active_children()


def test_a_process_that_has_failed_before_anyone_looked_is_not_waited_for() -> None:
    fork = get_context("fork")
    failed, waiting = fork.Process(target=os._exit, args=(3,)), fork.Process(target=_fail_late)
    waiting.start()
    failed.start()
    failed.join()
    try:
        with pytest.raises(ChildProcessError, match="1 of 2 processes ended with exit code 3"):
            _await_all([waiting, failed])
    finally:
        waiting.kill()
        waiting.join()


def _fail_late() -> None:
    threading.Event().wait(SAFETY)
    os._exit(1)


def test_what_is_asked_for_is_put_together_beforehand() -> None:
    """And begun again when it has run out."""
    asked: list[list[int]] = []
    in_threads(1, asked.append, range(CHUNK), 0.001)
    assert asked[0] is asked[1]


def test_time_is_that_from_the_first_to_the_last() -> None:
    """The second begins a second later: three seconds in all."""
    assert _rate([(10.0, 12.0, 30), (11.0, 13.0, 30)]) == 20.0
