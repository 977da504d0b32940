"""What an error of redis-py, of the network or of the server means to a caller."""

from __future__ import annotations

import ssl
from collections.abc import Iterator

import redis
from redis import exceptions

from .errors import AccessDenied, CacheError, DeadlineExceeded, Unavailable

#: The server is there, and cannot serve now.
_NOT_NOW = (
    exceptions.ReadOnlyError,
    exceptions.ClusterDownError,  # and MASTERDOWN
    exceptions.TryAgainError,
    exceptions.OutOfMemoryError,
)
_NOT_NOW_CODES = (
    *("LOADING", "READONLY", "CLUSTERDOWN", "MASTERDOWN", "TRYAGAIN", "OOM", "BUSY", "MISCONF", "NOREPLICAS"),
    "ERR max number of clients",
)
_NO_ENTRY = (exceptions.AuthenticationError, exceptions.AuthorizationError, exceptions.NoPermissionError)
_NO_ENTRY_CODES = ("NOAUTH", "WRONGPASS", "NOPERM", "DENIED")
_CUT_OFF = (ssl.SSLEOFError, ssl.SSLZeroReturnError, ssl.SSLSyscallError, ssl.SSLWantReadError, ssl.SSLWantWriteError)


def explained(error: Exception, outer: BaseException | None, place: str, deadline: float) -> CacheError:
    """``error``, met at ``place`` in an operation that had ``deadline`` seconds, as one of our own.

    ``outer`` is what the caller was dealing with when the operation began: it is behind ``error``, and not its cause.
    """
    if isinstance(error, CacheError):
        return error
    said = str(error)
    if isinstance(error, (redis.TimeoutError, TimeoutError)):
        return DeadlineExceeded(f"{place} did not answer within {deadline} s")
    if isinstance(error, _NO_ENTRY) or said.startswith(_NO_ENTRY_CODES) or _is_denied(error, outer):
        return AccessDenied(f"{place} does not let us in, or not do this: {error}")
    if isinstance(error, (redis.ConnectionError, OSError, *_NOT_NOW)) or said.startswith(_NOT_NOW_CODES):
        return Unavailable(f"{place} cannot serve now: {error}")
    return CacheError(f"{place} refuses: {error}")


def _is_denied(error: Exception, outer: BaseException | None) -> bool:
    """Whether a certificate, or a file that is to hold one, is behind it."""
    return any(
        isinstance(each, PermissionError) or (isinstance(each, ssl.SSLError) and not isinstance(each, _CUT_OFF))
        for each in _chain(error, outer)
    )


def _chain(error: BaseException | None, outer: BaseException | None) -> Iterator[BaseException]:
    while error is not None and error is not outer:
        yield error
        error = error.__cause__ or error.__context__
