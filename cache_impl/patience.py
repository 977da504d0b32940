"""Waiting in vain once, in an operation of several steps, and not again at each of them."""

from __future__ import annotations

from contextvars import ContextVar

#: Whether the operation under way has waited in vain; None where there is none of several steps.
gave_up: ContextVar[bool | None] = ContextVar("cache_impl.patience", default=None)


class Patience:
    """Sets ``gave_up`` for what is within. A generator as a context manager would cost as much as a look at a row."""

    def __init__(self, inside: bool | None) -> None:  # noqa: FBT001  # it is a value, and switches nothing
        self._inside = inside

    def __enter__(self) -> None:
        self._outside = gave_up.get()
        gave_up.set(self._inside)

    def __exit__(self, *_error: object) -> None:
        gave_up.set(self._outside)
