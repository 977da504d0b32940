"""What a finalizer or a signal does: something that comes in between two lines of a module."""

from __future__ import annotations

import sys
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from linecache import getline
from types import FrameType, ModuleType
from typing import Any


def everywhere(
    module: ModuleType,
    intrude: Callable[[], object],
    scene: Callable[[], Any],
    spared: Collection[str] = (),
    before: str = "line",
) -> Iterator[Any]:
    """What ``scene()`` returns, again and again: with ``intrude()`` before its first line in ``module``, its second...

    Functions that are ``spared`` by their name do not count. Or ``before`` each "call" of a function there.
    """
    moment = 1
    while True:
        with intruding(module, intrude, moment, spared, before) as seen:
            answer = scene()
        if len(seen) < moment:
            return
        yield answer
        moment += 1


def interrupt() -> None:
    raise KeyboardInterrupt


@contextmanager
def intruding(
    module: ModuleType,
    intrude: Callable[[], object],
    moment: int,
    spared: Collection[str] = (),
    before: str = "line",
) -> Iterator[list[int]]:
    """Once, at that ``moment`` of what is inside; the lines that were seen."""
    seen: list[int] = []

    def trace(frame: FrameType, event: str, _: Any) -> Any:
        if frame.f_code.co_filename != module.__file__ or frame.f_code.co_name in spared:
            return None
        if event == before and not _ends_with_a_lock(frame):
            seen.append(frame.f_lineno)
            if len(seen) == moment:
                intrude()
        return trace

    traced = sys.gettrace()
    sys.settrace(trace)
    try:
        yield seen
    finally:
        sys.settrace(traced)


def _ends_with_a_lock(frame: FrameType) -> bool:
    """Whether it may be at the end of a ``with lock``: there the interpreter lets nothing come in between."""
    return getline(frame.f_code.co_filename, frame.f_lineno).lstrip().startswith("with ")
