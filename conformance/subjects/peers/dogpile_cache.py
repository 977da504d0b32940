"""dogpile.cache: regions over backends, with a lock against stampedes."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from dogpile.cache import make_region
from dogpile.cache.api import NO_VALUE

from ...contract import Location
from ._servers import whole

_CODE = "https://github.com/sqlalchemy/dogpile.cache/blob/rel_1_5_0/dogpile"

_LOCAL = (
    "documented: invalidate() is 'local to this instance of CacheRegion', "
    "https://dogpilecache.sqlalchemy.org/en/latest/api.html#dogpile.cache.region.CacheRegion.invalidate"
)
_NOTHING = (
    "delete_multi([]) is a ResponseError, where in memory it is nothing, and so is get_multi([]) on both, "
    f"{_CODE}/cache/backends/redis.py#L291-L292"
)


class DogpileMemory:
    """dogpile.cache.memory: a dict with one ttl for all entries, in this process."""

    declares = {
        # https://dogpilecache.sqlalchemy.org/en/latest/api.html#dogpile.cache.region.CacheRegion
        "ttl": "fixed",  # `expiration_time` of `configure`
        "ttl_zero": "expired",  # "the creation time ... versus the current time", of `get`: it is over at once
        "keys": "hashable",  # "can be of any type recognized by the backend", of `get`
        "types": "any",  # https://dogpilecache.sqlalchemy.org/en/latest/api.html#memory-backends
        "get_or_set": "single-flight",  # `get_or_create`
        "bulk": "plain",  # `get_multi`, `set_multi`, `delete_multi`
    }
    deviations = {
        "test_single_flight.py::test_a_change_during_a_compute_wins": (
            f"a result is stored whatever was set meanwhile, {_CODE}/cache/region.py#L1048-L1068"
        ),
        "test_single_flight.py::test_a_compute_that_asks_for_its_own_key_raises": (
            f"it waits for itself, for ever, {_CODE}/lock.py"
        ),
        "test_ttl.py::test_a_default_ttl_below_zero_is_refused": f"NaN is for ever, {_CODE}/cache/region.py#L842-L843",
        "test_expiry.py::test_a_wall_clock_that_jumps_changes_nothing": (
            f"it goes by time.time(), {_CODE}/cache/region.py#L836"
        ),
    }
    distribution = "dogpile.cache"

    def __init__(self, ttl: float | None = None) -> None:
        self._region = make_region().configure("dogpile.cache.memory", expiration_time=ttl)
        self.clear = self._region.invalidate

    def get(self, key: Any, default: Any = None) -> Any:
        value = self._region.get(key)
        return default if value is NO_VALUE else value

    def set(self, key: Any, value: Any) -> None:
        self._region.set(key, value)

    def delete(self, key: Any) -> bool:
        there = self._region.get(key) is not NO_VALUE  # its own delete answers nothing
        self._region.delete(key)
        return there

    def get_or_set(self, key: Any, compute: Callable[[], Any]) -> Any:
        return self._region.get_or_create(key, compute)

    def get_many(self, keys: Sequence[Any]) -> dict[Any, Any]:
        answers = zip(keys, self._region.get_multi(keys), strict=True)
        return {key: value for key, value in answers if value is not NO_VALUE}

    def set_many(self, mapping: Mapping[Any, Any]) -> None:
        self._region.set_multi(mapping)

    def delete_many(self, keys: Sequence[Any]) -> None:
        self._region.delete_multi(keys)


class DogpileRedis(DogpileMemory):
    """dogpile.cache.redis: pickled, with one ttl for all entries in whole seconds, on a Redis or Valkey server."""

    declares = {
        **DogpileMemory.declares,
        # https://dogpilecache.sqlalchemy.org/en/latest/api.html#redis-backends
        "granularity": 1.0,  # `redis_expiration_time`, an integer
        "keys": "text",
        "values": "copied",  # pickled
        "scope": "network",
        "durable": "yes",
    }
    deviations = {
        **{each: why for each, why in DogpileMemory.deviations.items() if not each.startswith("test_ttl")},
        "test_sharing.py::test_another_instance_sees_a_delete": _LOCAL,
        "test_concurrency.py::test_processes_see_one_order": _LOCAL,
        "test_bulk.py::test_delete_many_takes_these_entries": _NOTHING,
        "test_bulk.py::test_delete_many_counts_those_that_were_there": _NOTHING,
    }

    def __init__(self, location: Location, ttl: float | None = None) -> None:
        self._client = location.connect()
        arguments = {"connection_pool": self._client.connection_pool, "redis_expiration_time": whole(ttl or 0)}
        region = make_region(key_mangler=lambda key: location.namespace + key)
        self._region = region.configure("dogpile.cache.redis", arguments=arguments)
        self.clear = self._region.invalidate
