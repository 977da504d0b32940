"""A decorator that remembers what a function answered, as a cache: by its calls alone."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any


class Memoizing:
    """The methods of a subject, for a decorated function with ``cache_clear`` whose entries nobody else can reach.

    A call stores what is computed, and a compute that raises stores nothing: that is how ``get`` looks. What such a
    decorator cannot do, no call of it can stand for.
    """

    def __init__(self, decorate: Callable[[Any], Any]) -> None:
        self._asked = threading.local()  # so that the key alone is the argument
        self._remembered = decorate(lambda _key: self._asked.compute())
        self.clear: Callable[[], None] = self._remembered.cache_clear

    def get_or_set(self, key: Any, compute: Callable[[], Any]) -> Any:
        self._asked.compute = compute
        return self._remembered(key)

    def get(self, key: Any, default: Any = None) -> Any:
        try:
            return self.get_or_set(key, _absent)
        except _AbsentError:
            return default

    def set(self, key: Any, value: Any) -> None:
        """Store what is not there.

        Raises:
            NotImplementedError: the key is there.
        """
        computed = []
        self.get_or_set(key, lambda: computed.append(value) or value)
        if not computed:
            raise NotImplementedError("it replaces no entry")

    def delete(self, _key: Any) -> bool:
        """Refuse.

        Raises:
            NotImplementedError: always.
        """
        raise NotImplementedError("it takes out no entry but all of them")


class _AbsentError(Exception):
    pass


def _absent() -> Any:
    raise _AbsentError
