"""The cache under test in another process, which can be killed while it computes."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import IO, Self, cast

import pytest

from . import visitor
from .factory import NewCache
from .interleaving import START, Call


class Stranger:
    """Another process, with a cache at the place of the one that ``new_cache`` made last; gone at the end.

    What it says, a line each: ``asking`` before it calls ``get_or_set``, ``computing`` when its compute begins, and
    ``answered ...`` with what it was answered.
    """

    def __init__(self, new_cache: NewCache) -> None:
        if not new_cache.location:
            pytest.skip(f"{new_cache.name}: this server is in this process alone; --backend=embedded is in all")
        arguments = [new_cache.column.path, new_cache.location, new_cache.location.namespace]
        self._process = subprocess.Popen(  # noqa: S603 - ourselves
            [sys.executable, "-m", visitor.__name__, *arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
        )
        self.says("ready", START)

    @property
    def pid(self) -> str:
        return str(self._process.pid)

    def says(self, expected: str, patience: float | None = None) -> None:
        """Wait for its next line, which is ``expected``."""
        said = Call(cast("IO[str]", self._process.stdout).readline).answer(patience)
        if said != f"{expected}\n":
            raise AssertionError(f"the other process says {said!r}, not {expected!r}")

    def asks(self, key: str) -> None:
        """Let it call ``get_or_set``, with a compute that answers with the process's id when it is let go."""
        self._tell(key)
        self.says("asking")

    def lets_go(self) -> None:
        """Let its compute end."""
        self._tell("")

    def kill(self) -> None:
        self._process.kill()
        self._process.communicate()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        if self._process.returncode is None:
            self.kill()

    def _tell(self, line: str) -> None:
        into = cast("IO[str]", self._process.stdin)
        into.write(f"{line}\n")
        into.flush()
