"""A server taken away in the middle of a test, and brought back."""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from .factory import NewCache
from .judged import Judged
from .script import scenes
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
    _tell(new_cache, scenes.TAKEN)
    try:
        yield
    finally:
        server.restart()
    _tell(new_cache, scenes.BACK)


@contextmanager
def frozen(new_cache: NewCache) -> Iterator[None]:
    """The server answers nothing, and has kept all that it held at the end."""
    server = new_cache.column.server
    if not isinstance(server, Freezable):
        pytest.skip(f"{new_cache.name}: this server cannot be frozen; --backend=embedded can")
    gc.collect()
    server.freeze()
    _tell(new_cache, scenes.FROZEN)
    try:
        yield
    finally:
        server.thaw()
    _tell(new_cache, scenes.THAWED)


def await_(cache: Judged, read: Callable[[], Any], expected: Any, never: Any = None) -> None:
    """Wait until ``read()``, which asks ``cache``, answers ``expected``, and does not answer ``never`` before."""
    seen = cache.until(read, (expected,) if never is None else (expected, never), SAFETY)
    again = never is not None and seen == never
    if seen != expected:
        raise AssertionError(f"{seen!r} was seen again" if again else f"still {seen!r}, not {expected!r}")


def _tell(new_cache: NewCache, what: str) -> None:
    """Write it down with the calls; where one of them has raised, that is the end of it."""
    if new_cache.last is not None:
        new_cache.last.aside(what)
