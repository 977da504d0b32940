"""The cache of one host: memory before a file, and no server."""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping
from os import PathLike
from typing import Any

from .file import FileCache
from .fronted import Fronted
from .layered import Health
from .memory import MemoryCache


class LocalCache(Fronted, FileCache):
    """A ``FileCache`` in ``directory`` with ``memory`` before it: what an application has where it has no Redis.

    ``memory`` answers what was read less than ``memory_ttl`` seconds ago; so long, what other processes of this host
    have set or deleted since may not be seen here. What this object wrote is seen at once. Values from it are shared
    between readers, if it does not copy. ``options`` are those of ``FileCache``.

    Raises:
        BadSetting, AccessDenied, StorageError: as its parts do.
    """

    def __init__(
        self,
        directory: str | PathLike[str],
        *,
        memory: MemoryCache | None = None,
        memory_ttl: float = 5.0,
        **options: Any,
    ) -> None:
        super().__init__(directory, **options)
        self._put_before(memory, memory_ttl)
        self._since = time.time()

    def health(self) -> Health:
        """As of a ``LayeredCache`` that has no Redis, and misses none."""
        return Health("file", self._since, "none", 0)

    async def ahealth(self) -> Health:
        """``health``."""
        return self.health()

    def _put(self, keys: Iterable[str], payloads: Mapping[bytes, bytes], ttl: float | None) -> None:
        with self._writing(keys):
            super()._put(keys, payloads, ttl)
