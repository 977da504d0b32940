"""Where another thread is."""

from __future__ import annotations

import gc
import sys
from threading import Lock
from types import FrameType

_looking = Lock()


def frame_of(thread: int | None) -> FrameType | None:
    """The frame in which the thread of that identifier is now; None where it has ended.

    No garbage is collected meanwhile: in CPython before 3.11.9 a collection that begins there may wait for ever for a
    thread that waits for it, https://github.com/python/cpython/issues/106883.
    """
    with _looking:
        collects = gc.isenabled()
        try:
            gc.disable()
            return sys._current_frames().get(thread or 0)  # noqa: SLF001 - the only way to ask
        finally:
            if collects:
                gc.enable()
