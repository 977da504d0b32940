"""Other processes that use the cache under test at its place, each told what to do in a line and answering in one."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from contextlib import suppress
from typing import IO, Any, Self, cast

import pytest

from . import errands
from .callers import Caller
from .factory import NewCache
from .interleaving import SAFETY, START, Call
from .linearizability import Operation

GRACE = 5.0  # seconds that it may take to end by itself
HEAD_START = 3_000_000  # nanoseconds from the word to the first call, so that all have heard it


class Elsewhere:
    """A process with caches at the places of those that ``new_cache`` makes; gone at the end, whatever it does."""

    def __init__(self, new_cache: NewCache) -> None:
        if new_cache.column.server is not None and new_cache.column.server.in_process:
            pytest.skip(f"{new_cache.name}: this server is in this process alone; --backend=embedded is in all")
        self._new_cache = new_cache
        self._patience = START
        self._process = subprocess.Popen(  # noqa: S603 - ourselves
            [sys.executable, "-m", errands.__name__, new_cache.column.path],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
        )

    def is_ready(self) -> None:
        """Wait until it has begun."""
        self.is_told("nothing")
        self.answer()

    def is_told(self, errand: str, *arguments: Any) -> None:
        """Let it carry out ``errand`` with a cache at the place of the one that was made last."""
        place = self._new_cache.location
        at = None if place is None else [str(place), place.namespace]
        options = {} if self._new_cache.last is None else self._new_cache.last.history.options
        into = cast("IO[str]", self._process.stdin)
        into.write(json.dumps([errand, at, options, arguments]) + "\n")
        into.flush()

    def answer(self) -> Any:
        """What came of it.

        Raises:
            NotImplementedError: the cache does not offer what the errand asks of it.
        """
        line = Call(cast("IO[str]", self._process.stdout).readline).answer(self._patience)
        self._patience = 3 * SAFETY
        if not isinstance(line, str) or not line:
            raise AssertionError(f"another process with the same cache has ended, or hangs: {line!r}")
        answer = json.loads(line)
        if isinstance(answer, dict) and "not offered" in answer:
            raise NotImplementedError(answer["not offered"])
        if isinstance(answer, dict) and "raised" in answer:
            raise AssertionError(f"in another process: {answer['raised']}")
        return answer

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        """It ends when it is told no more, with the processes that its caches may have begun; else it is killed.

        One of those may outlive it, with the other end of its pipes.
        """
        with suppress(subprocess.TimeoutExpired):
            self._process.communicate(timeout=GRACE)
        self._process.kill()
        self._process.wait()


def history(told: dict[str, Any], by: str) -> Caller:
    """What another process has done, as if it had been done here."""
    caller = Caller(None, [], by)
    caller.history = [Operation(*each) for each in told["history"]]
    if told["error"]:
        caller.error, caller.under_way = RuntimeError(told["error"]), told["under_way"]
    return caller
