"""What holds for one operation, over all of its steps: how long it waits, and what is fresh enough for it."""

from __future__ import annotations

from contextvars import ContextVar
from typing import Any

#: Whether it has waited for the server in vain, and is not to do so again; None where it has but one step.
gave_up: ContextVar[bool | None] = ContextVar("cache_impl.gave_up", default=None)
#: How many seconds an entry must have left to be answered while the server is away.
least_left: ContextVar[float] = ContextVar("cache_impl.least_left", default=0.0)


class Within:
    """Sets ``rule`` for what is inside. A generator as a context manager would cost as much as a look at a row."""

    def __init__(self, rule: ContextVar[Any], value: Any) -> None:
        self._rule, self._inside = rule, value

    def __enter__(self) -> None:
        self._outside = self._rule.get()
        self._rule.set(self._inside)

    def __exit__(self, *_error: object) -> None:
        self._rule.set(self._outside)


class NotCounted(BaseException):
    """How a call ended that says nothing about the server: no breaker counts what is no ``Exception``."""
