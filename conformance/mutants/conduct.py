"""Wrong in what it does to others in its process."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from functools import partial
from typing import Any

from .makes import Plain

LONG = 60.0  # seconds: a thread without end would outlive its tests for nothing


class PrintsMisses(Plain):
    """A miss is written to standard output.
    iron-io/iron_cache_ruby#10
    """

    caught_by = ("test_conduct.py::test_nothing_is_printed",)

    def get(self, key: Any, default: Any = None) -> Any:
        if key not in self.entries:
            print(f"GET response: {key!r} not found")  # noqa: T201 - the bug
        return super().get(key, default)


class PatchesTheClock(Plain):
    """Replaces what everybody sleeps by.
    Lawouach/WebSocket-for-Python#90
    """

    apart = True  # as it is everybody's
    caught_by = ("test_conduct.py::test_the_clock_is_left_alone",)

    def __init__(self) -> None:
        super().__init__()
        time.sleep = partial(time.sleep)


class LeavesItsThread(Plain):
    """Each cache has a thread, which stays when the cache is gone.
    Yiling-J/theine#18
    """

    caught_by = ("test_conduct.py::test_no_thread_is_left_behind",)
    declares = {**Plain.declares, "clock": "injected"}  # the wait for the thread is then taken for no stall

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:  # noqa: ARG002 - none is asked here
        super().__init__()
        threading.Thread(target=threading.Event().wait, args=(LONG,), daemon=True).start()
