"""What can go wrong, as one small tree; each error is also the builtin that it is a kind of."""

from __future__ import annotations


class CacheError(Exception):
    """Any error of this package's own."""


class BadKey(CacheError, TypeError):
    """A key, or data to make a key of, that has no canonical form."""


class BadValue(CacheError, TypeError):
    """A value that cannot be stored so that it comes back equal and of the same type."""


class BadSetting(CacheError, ValueError):
    """A setting or argument outside what it may be."""


class CacheClosed(CacheError, RuntimeError):
    """An operation after ``close()``."""


class Recursion(CacheError, RuntimeError):
    """A compute function that asks the cache for the key it is computing."""


class AccessDenied(CacheError, PermissionError):
    """A password, certificate, permission or owner that is not right; waiting will not change it."""


class StorageError(CacheError, OSError):
    """A directory or file that cannot be used: full, read only, damaged, or something else altogether."""


class Unavailable(CacheError, ConnectionError):
    """The server cannot be reached, or cannot serve now."""


class DeadlineExceeded(Unavailable, TimeoutError):
    """The operation did not end within its deadline."""


class Overloaded(CacheError, RuntimeError):
    """No connection of the local pool came free in time; the server may be well."""


class StillRunning(CacheError, TimeoutError):
    """Somebody else runs the task, and its result did not come in time."""


class CircuitOpen(Unavailable):
    """The circuit breaker refused the call; ``retry_after`` is the seconds until it may admit one."""

    def __init__(self, message: str, retry_after: float) -> None:
        super().__init__(message)
        self.retry_after = retry_after

    def __reduce__(self) -> tuple[type[CircuitOpen], tuple[object, ...]]:
        return type(self), (*self.args, self.retry_after)  # else a process pool breaks on it
