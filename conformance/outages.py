"""A server taken away in the middle of a test, and brought back."""

from __future__ import annotations

import gc
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from .factory import NewCache
from .serving import Breakable, Freezable

SAFETY = 20.0  # seconds until what ought to arrive is given up on


def breakable(new_cache: NewCache) -> Any:
    """The server of ``new_cache``, which can be frozen, killed and restarted."""
    server = new_cache.column.server
    if not (isinstance(server, Breakable) and isinstance(server, Freezable)):
        pytest.skip(f"{new_cache.name}: this server cannot be frozen; --backend=embedded can")
    gc.collect()  # what earlier tests have left is cleared away while the server can be asked to
    return server


@contextmanager
def gone(new_cache: NewCache) -> Iterator[None]:
    """The server is killed, and back, empty, at the end."""
    server = new_cache.column.server
    if not isinstance(server, Breakable):
        pytest.skip(f"{new_cache.name}: this server cannot be taken away; --backend=embedded can")
    gc.collect()  # what earlier tests have left is cleared away while the server can be asked to
    server.kill()
    _tell(new_cache, "# the server is taken away")
    try:
        yield
    finally:
        server.restart()
    _tell(new_cache, "# the server is back, and empty")


@contextmanager
def frozen(new_cache: NewCache) -> Iterator[None]:
    """The server answers nothing, and has kept all that it held at the end."""
    server = new_cache.column.server
    if not isinstance(server, Freezable):
        pytest.skip(f"{new_cache.name}: this server cannot be frozen; --backend=embedded can")
    gc.collect()
    server.freeze()
    _tell(new_cache, "# the server is frozen")
    try:
        yield
    finally:
        server.thaw()
    _tell(new_cache, "# the server goes on")


def await_(read: Callable[[], Any], expected: Any, never: Any = None) -> None:
    """Wait until ``read()`` answers ``expected``, and does not answer ``never`` before."""
    deadline = time.monotonic() + SAFETY
    while (seen := read()) != expected:
        if never is not None and seen == never:
            raise AssertionError(f"{seen!r} was seen again")
        if time.monotonic() > deadline:
            raise AssertionError(f"still {seen!r} after {SAFETY:g} s, not {expected!r}")
        time.sleep(0.005)


def _tell(new_cache: NewCache, what: str) -> None:
    """Write it down with the calls; where one of them has raised, that is the end of it."""
    if new_cache.last is not None:
        new_cache.last.aside(what)
