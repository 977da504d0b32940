"""Gives up on a subject that hangs: the test that waits for it fails, naming the operation, and the run goes on."""

from __future__ import annotations

import faulthandler
import signal
import threading
from collections.abc import Generator
from pathlib import Path
from types import FrameType
from typing import Any

import pytest

from . import driven, factory, judged
from .breakers import factory as breakers
from .breakers import judged as calls
from .columns import Column, column_of
from .crashes import Crashes
from .frames import frame_of

GRACE = 5.0  # seconds at most until a subject that cannot be interrupted takes the process with it
_HERE = str(Path(__file__).parent)
_OTHERS = {
    "_make": "making it",
    "_discard": "closing the cache",
    "__init__": "running()",
    "_has_one_store": "set or get",
}
_ASKING = {judged.__file__, factory.__file__, breakers.__file__}
_WAITING = {calls.__file__}  # for another thread, with a patience of its own


class Hung(BaseException):
    """No ``Exception``: a test that expects a refusal must not take it for one."""


class Watchdog:
    """A plugin that looks, from a thread of its own, whether the main thread still waits for the same operation.

    One that takes ``patience`` seconds is given up on; a sixth of that, once the column has hung before.
    """

    def __init__(self, crashes: Crashes, patience: float) -> None:
        self._crashes = crashes
        self._patience, self._grace = patience, min(patience, GRACE)
        self._hung: set[str] = set()
        self._message = ""
        self._waiting: FrameType | None = None

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Generator[None, Any, Any]:
        column = column_of(item)
        if (
            column is None
            or not hasattr(signal, "SIGALRM")
            or threading.current_thread() is not threading.main_thread()
        ):
            return (yield)
        over = threading.Event()
        watcher = threading.Thread(target=self._watch, args=(item, column, over), name="watchdog", daemon=True)
        before = signal.signal(signal.SIGALRM, self._interrupt)
        watcher.start()
        try:
            return (yield)
        finally:
            over.set()
            watcher.join()
            faulthandler.cancel_dump_traceback_later()
            signal.signal(signal.SIGALRM, before)

    def _watch(self, item: pytest.Item, column: Column, over: threading.Event) -> None:
        main = threading.main_thread().ident or 0
        patience = self._patience / 6 if column.name in self._hung else self._patience
        self._crashes.end_unless_told_again(2 * patience + self._grace)
        seen: tuple[FrameType | None, int] = (None, 0)
        while not over.wait(patience):
            self._crashes.end_unless_told_again(2 * patience + self._grace)
            asking = _asking(frame_of(main))
            place = (asking, asking.f_lasti if asking else 0)
            if asking is not None and place == seen:
                self._hung.add(column.name)
                self._waiting, message = asking, f"{_operation(asking)} has not ended after {patience:g} s"
                self._message = message
                signal.pthread_kill(main, signal.SIGALRM)
                if over.wait(self._grace):
                    return
                if asking is _asking(frame_of(main)):
                    self._crashes.give_up(item.nodeid, f"{message}, and cannot be interrupted")
            seen = place

    def _interrupt(self, _number: int, frame: FrameType | None) -> None:
        """Called in the main thread; where the operation has ended after all, there is nothing to give up on."""
        while frame is not None:
            if frame is self._waiting:
                raise Hung(self._message)
            frame = frame.f_back


def _asking(frame: FrameType | None) -> FrameType | None:
    """The frame in which the suite waits for the subject; None where it is the suite itself that takes long."""
    while frame is not None and not _ours(frame.f_code.co_filename):
        frame = frame.f_back
    return frame if frame is not None and frame.f_code.co_filename in _ASKING else None


def _ours(file: str) -> bool:
    """What carries the subject's coroutines to their end waits for the subject."""
    return file in _ASKING | _WAITING or (str(Path(file).parent) == _HERE and file != driven.__file__)


def _operation(frame: FrameType) -> str:
    step = frame.f_locals.get("step")
    return str(step.call) if step is not None else _OTHERS.get(frame.f_code.co_name, frame.f_code.co_name)
