"""Entries that are made anew when they are due."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from .basics import MISSING
from .codec import encode
from .entries import Entries
from .renewal import Renewal


class Renewing(Entries):
    """What ``get_or_set`` looks at where there is a ``Renewal``."""

    _renewal: Renewal | None = None

    def _fresh(self, key: str, compute: Callable[[], Any], ttl: float | None) -> Any:
        """``get``; a value that is due is made anew on the side."""
        raw = self._raw(key)
        frame = self._store.find(raw)
        value = self._value(raw, frame, self._clock())
        if value is not MISSING:
            self._renew_if_due(key, frame, compute, ttl)
        return self._counted(value, MISSING)

    def _renew_if_due(self, key: str, frame: bytes | None, compute: Callable[[], Any], ttl: float | None) -> None:
        raw, known = self._raw(key), self._frames.peek(frame)
        if frame is None or known is None or self._renewal is None:
            return
        if self._renewal.due(known.expires - self._clock(), self._frames.took(raw, frame)):
            self._renewal.start(raw, lambda: self._make_anew(key, frame, compute, ttl))

    def _make_anew(self, key: str, old: bytes, compute: Callable[[], Any], ttl: float | None) -> bool:
        """Store what ``compute()`` returns in exchange for ``old``; whether that was still there."""
        raw, began = self._raw(key), self._clock()
        payload = encode(compute())
        now, expires = self._lifetime(ttl)
        frame = self._frames.pack(raw, payload, expires, time.time_ns(), took=max(0.0, now - began))
        return self._store.swap(raw, old, frame, expires, now)
