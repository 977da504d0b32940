"""Tasks of which one runs at a time, under a LayeredCache: claimed on its server, and nowhere while that is away."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from .claims import Claims, TierClaims
from .errors import BadSetting, CircuitOpen, Unavailable
from .file import _FileStore
from .layered import LayeredCache
from .layers import _AWAY
from .tier import Tier

_TURN = 5.0  # seconds that an operation waits while other processes write to the file


def claims_on_layers(cache: Any, *, single_host: bool) -> Claims:
    """The tasks of ``cache``: on its server; for a ``single_host``, in a file, and there alone.

    Whoever claims in one place while the server is there, and in the other while it is away, sees half of all claims.

    Raises:
        BadSetting: it is no LayeredCache, and so no cache that keeps claims.
    """
    if not isinstance(cache, LayeredCache):
        raise BadSetting(f"a {type(cache).__name__} keeps no claims; for run_once, use a cache of this package")
    return TierClaims(_beside(cache)) if single_host else _ServerClaims(cache)


class _ServerClaims(TierClaims):
    """Claims that the server itself has confirmed."""

    def __init__(self, cache: LayeredCache) -> None:
        super().__init__(cache)
        self._layers, self._breaker = cache._layers, cache._breaker  # noqa: SLF001  # layers are what we extend

    def _look(self, raw: bytes) -> bytes | None:
        frame: bytes | None = self._ask(raw, self._layers._server.find, raw)  # noqa: SLF001
        return frame

    def _claim(self, raw: bytes, token: bytes, ends: float, now: float) -> bytes | None:
        frame = self._ask(raw, self._layers._server.lease, raw, ends, token, now)  # noqa: SLF001
        return frame if frame is not None and frame.endswith(token) else None

    def _ask(self, raw: bytes, operation: Callable[..., Any], *arguments: Any) -> Any:
        layers = self._layers
        if layers._waiting(layers._journal.find(raw)).pending:  # noqa: SLF001
            raise Unavailable("the server has not heard of the latest deletes yet; no task is run until it has")
        answer = layers._ask(operation, *arguments)  # noqa: SLF001
        if answer is not _AWAY:
            return answer
        refused = "no task is run while the server is away, as nobody can tell who else runs it"
        if layers.reachable:
            raise Unavailable(refused)
        raise CircuitOpen(refused, self._breaker.retry_after)


def _beside(cache: LayeredCache) -> Tier:
    """A file beside that of ``cache``, for this host's own tasks."""
    directory = cache._journal._database._path.parent / "tasks"  # noqa: SLF001
    return Tier(_FileStore(directory, _TURN), cache._frames, None, cache._clock, cache._prefix)  # noqa: SLF001
