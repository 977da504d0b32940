"""Writers that come to their end: no file may grow beyond a limit, as on a full disk, or on the spot where one dies."""

from __future__ import annotations

import os
import random
import resource
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

SIZE = 200_000  # bytes of a value, and by far more than anything else that a cache writes for it
PATIENCE = 20  # seconds until a writer that neither dies nor ends is ended


def bulky(number: int) -> str:
    """A text that takes up about ``SIZE`` bytes in whatever form."""
    return f"{number} {random.Random(number).randbytes(SIZE // 2).hex()}"


def dies(make: Callable[[], Any], key: str, number: int, limit: int) -> int:
    """Set ``key`` in a process that is killed where a file would grow beyond ``limit`` bytes; how it ended.

    Returns:
        A signal's number, or 0 where it has written all.
    """
    child = os.fork()
    if child == 0:
        try:
            signal.alarm(PATIENCE)
            resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
            signal.signal(signal.SIGXFSZ, signal.SIG_DFL)
            resource.setrlimit(resource.RLIMIT_FSIZE, (limit, resource.getrlimit(resource.RLIMIT_FSIZE)[1]))
            make().set(key, bulky(number))
        finally:
            os._exit(0)
    return os.WTERMSIG(os.waitpid(child, 0)[1])


def fills_up(make: Callable[[], Any], key: str, number: int, limit: int) -> list[Any]:
    """Set ``key`` where no file may grow beyond ``limit`` bytes, and again when there is room; see what is there.

    Returns:
        Whether the first set was refused, the numbers of the values then and afterwards; None for a miss or an error.
    """
    cache = make()
    with _full(limit):
        refused = not _done(lambda: cache.set(key, bulky(number)))
        then = _seen(cache, key)
    cache.set(key, bulky(number + 1))
    return [refused, then, _seen(cache, key)]


@contextmanager
def _full(limit: int) -> Iterator[None]:
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (limit, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def _done(act: Callable[[], Any]) -> bool:
    try:
        act()
    except Exception:  # noqa: BLE001 - any refusal will do
        return False
    return True


def _seen(cache: Any, key: str) -> int | str | None:
    """The number of the value, ``"torn"`` where it is not whole."""
    try:
        value = cache.get(key)
    except Exception:  # noqa: BLE001 - it is no value
        return None
    if value is None:
        return None
    number = int(value.partition(" ")[0])
    return number if value == bulky(number) else "torn"
