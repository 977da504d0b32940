"""What holds for one operation, over all of its steps: how long it waits, and what is fresh enough for it."""

from __future__ import annotations

from contextvars import ContextVar
from math import inf

#: How often the server has been waited for in vain, so far.
vain: ContextVar[int] = ContextVar("cache_impl.vain", default=0)
#: The number of times from which on the operation under way does so no more: it has several steps, and one deadline.
most_in_vain: ContextVar[float] = ContextVar("cache_impl.most_in_vain", default=inf)
#: How many seconds an entry must have left to be answered while the server is away.
least_left: ContextVar[float] = ContextVar("cache_impl.least_left", default=0.0)


class NotCounted(BaseException):
    """How a call ended that says nothing about the server: no breaker counts what is no ``Exception``."""
