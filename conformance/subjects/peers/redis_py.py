"""redis-py itself, with pickle for the values, as it is used where there is no cache library."""

from __future__ import annotations

import pickle
from collections.abc import Iterable, Mapping
from typing import Any

import redis
from redis.cache import CacheConfig

from ...contract import Location
from ...processes import ServerError

_CODE = "https://github.com/redis/redis-py/blob/v8.1.0"


class RedisPy:
    """redis-py and pickle: one command for each operation, on a Redis or Valkey server."""

    declares = {
        "ttl": "per-entry",  # `px`: https://redis.io/docs/latest/commands/set/
        "values": "copied",  # pickled
        "types": "any",  # pickled
        "scope": "network",
        "durable": "yes",  # entries outlive the client
        "threads": "safe",  # https://redis.readthedocs.io/en/stable/advanced_features.html#thread-safety
        "bulk": "yes",  # MGET, DEL, and a transaction: https://redis.readthedocs.io/en/stable/advanced_features.html#pipelines
    }
    distribution = "redis"

    def __init__(self, location: Location, ttl: float | None = None, **options: Any) -> None:
        self._ttl = ttl
        self._prefix = location.namespace
        self._client = location.connect(**options)

    def get(self, key: str, default: Any = None) -> Any:
        stored = self._client.get(self._prefix + key)
        return default if stored is None else pickle.loads(stored)  # noqa: S301 - what peers do

    def set(self, key: str, value: Any, ttl: float | None = None) -> None:
        seconds = self._ttl if ttl is None else ttl
        milliseconds = None if seconds is None else int(seconds * 1000)
        self._client.set(self._prefix + key, pickle.dumps(value), px=milliseconds)

    def delete(self, key: str) -> bool:
        return bool(self._client.delete(self._prefix + key))

    def clear(self) -> None:
        for key in self._client.scan_iter(match=self._prefix + "*"):
            self._client.delete(key)

    def get_many(self, keys: Iterable[str]) -> dict[str, Any]:
        asked = {key: self._prefix + key for key in keys}
        stored = zip(asked, self._client.mget(asked.values()), strict=True)
        return {key: pickle.loads(value) for key, value in stored if value is not None}  # noqa: S301 - as above

    def set_many(self, mapping: Mapping[str, Any], ttl: float | None = None) -> None:
        seconds = self._ttl if ttl is None else ttl
        milliseconds = None if seconds is None else int(seconds * 1000)
        with self._client.pipeline() as transaction:
            for key, value in mapping.items():
                transaction.set(self._prefix + key, pickle.dumps(value), px=milliseconds)
            transaction.execute()

    def delete_many(self, keys: Iterable[str]) -> int:
        asked = [self._prefix + key for key in keys]
        return self._client.delete(*asked) if asked else 0  # DEL wants one at least


class RedisPyTracking(RedisPy):
    """redis-py with client-side caching: reads come from this process until the server says that a key changed."""

    deviations = {
        "test_concurrency.py::test_threads_see_one_order": (
            "a get that another thread is about to answer is not sent, and its answer waited for until time is out; a "
            f"thread reads what another's connection is about to, {_CODE}/redis/connection.py#L1778-L1787; or an entry "
            f"is dropped between two steps, and that is a ValueError, {_CODE}/redis/cache.py#L194-L199: each "
            f"connection locks the cache they share with a lock of its own, {_CODE}/redis/connection.py#L1653, "
            "https://github.com/redis/redis-py/pull/3908"
        ),
    }
    intermittent = {
        "test_sharing.py::test_another_instance_sees_an_overwrite": (
            "the server tells of a change after it has answered who made it: a read in between is of the old value, "
            "https://redis.io/docs/latest/develop/reference/client-side-caching/#the-redis-implementation-of-client-side-caching"
        ),
    }

    # https://redis.io/docs/latest/develop/clients/redis-py/connect/#connect-using-client-side-caching
    def __init__(self, location: Location, ttl: float | None = None) -> None:
        super().__init__(location, ttl, protocol=3, cache_config=CacheConfig())
        try:
            self._client.ping()
        except redis.ConnectionError as error:  # it does not take Valkey's version for a Redis of 7.4 or later
            raise ServerError(f"{error}; use --backend=redis-server") from error
