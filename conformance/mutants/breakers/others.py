"""Right breakers of other makes, which the suite must not accuse."""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Callable
from typing import Any

from .right import Event, Right


class TurnsWhenAsked(Right):
    """Turns half-open when its state is read, before there is a caller to probe, as gobreaker does."""

    def __init__(self, *args: Any, **options: Any) -> None:
        self._state = "closed"
        super().__init__(*args, **options)

    @property
    def state(self) -> str:
        if self._state == "open" and self.clock() >= self.until:
            self._state = "half-open"  # ends no epoch: nothing runs while it is open
            self.untold.append(Event("open", "half-open"))
        return self._state

    @state.setter
    def state(self, state: str) -> None:
        self._state = state


class Smallest:
    """Nothing optional, on the system's clock: its state is worked out from the time it opened at."""

    declares: dict[str, str] = {}

    def __init__(self, failure_threshold: int, recovery_time: float) -> None:
        self.failure_threshold, self.recovery_time = failure_threshold, recovery_time
        self.lock = threading.RLock()
        self.reset()

    def reset(self) -> None:
        with self.lock:
            self.failed, self.opened, self.probing, self.epoch = 0, math.inf, False, object()

    @property
    def state(self) -> str:
        if self.opened == math.inf:
            return "closed"
        return "open" if time.monotonic() < self.opened + self.recovery_time else "half-open"

    def call(self, fn: Callable[[], Any]) -> Any:
        epoch = self.admit()
        try:
            answer = fn()
        except Exception:
            self.end(epoch, failed=True)
            raise
        except BaseException:
            self.give_up(epoch)
            raise
        self.end(epoch, failed=False)
        return answer

    def admit(self) -> object:
        with self.lock:
            if self.state == "open" or self.probing:
                raise RuntimeError("the call was not made")
            if self.state == "half-open":
                self.probing, self.epoch = True, object()
            return self.epoch

    def end(self, epoch: object, *, failed: bool) -> None:
        with self.lock:
            if epoch is not self.epoch:
                return
            self.failed = self.failed + 1 if failed else 0
            if failed and (self.probing or self.failed >= self.failure_threshold):
                self.reset()
                self.opened = time.monotonic()
            elif self.probing:
                self.reset()

    def give_up(self, epoch: object) -> None:
        with self.lock:
            self.probing = self.probing and epoch is not self.epoch
