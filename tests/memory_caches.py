"""What tests of a memory cache need: caches with and without a global interpreter lock, and odd keys."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from cache_impl import MemoryCache, unlocked


class Text:
    """A key that is compared by Python code."""

    def __init__(self, text: str) -> None:
        self.text = text

    def __hash__(self) -> int:
        return hash(self.text)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Text) and self.text == other.text


@pytest.fixture(params=[True, False], ids=["gil", "free-threaded"])
def make(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Callable[..., MemoryCache]:
    """Caches as they are with a global interpreter lock, and as they would be without one."""
    monkeypatch.setattr(unlocked, "_GIL", request.param)
    return MemoryCache
