"""Django's cache framework."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any
from uuid import uuid4

from django.core.cache.backends.filebased import FileBasedCache
from django.core.cache.backends.locmem import LocMemCache
from django.core.cache.backends.redis import RedisCache

from ...contract import Location
from ._servers import refuse_to_flush

_CODE = "https://github.com/django/django/blob/5.2.19/django/core/cache/backends"
_KEYS = {
    "test_keys.py::test_a_key_that_is_no_text_is_refused": (
        f"documented: 'key should be a str'; any other is made one, so that 1 is '1', {_CODE}/base.py#L41"
    ),
}
_CULLED = f"a third of the entries is culled: of two, none, {_CODE}/locmem.py#L97, {_CODE}/filebased.py#L114"
_CULL = {
    "test_capacity.py::test_the_bound_does_not_drift": _CULLED,
    "test_single_flight.py::test_what_is_computed_keeps_the_capacity": _CULLED,
    "test_capacity.py::test_never_more_entries_than_the_capacity": _CULLED,
    "test_bulk.py::test_set_many_keeps_the_capacity": _CULLED,
    "test_capacity.py::test_a_capacity_below_one_is_refused": (
        f"with a MAX_ENTRIES of 0 there is no bound, as a third of nothing is none, {_CODE}/locmem.py#L97"
    ),
}
_EXPIRY = {
    "test_ttl.py::test_a_ttl_below_zero_is_refused": f"NaN is for ever, {_CODE}/base.py#L86-L98",
    "test_ttl.py::test_a_default_ttl_below_zero_is_refused": f"NaN is for ever, {_CODE}/base.py#L86-L98",
    "test_expiry.py::test_delete_of_an_expired_entry_answers_false": (
        f"delete() looks at no expiry, {_CODE}/locmem.py#L102-L108, {_CODE}/filebased.py#L83-L91"
    ),
}


class DjangoLocmem:
    """Django's LocMemCache: pickled, with a ttl per entry, in this process."""

    declares = {
        "ttl": "per-entry",  # https://docs.djangoproject.com/en/stable/topics/cache/#basic-usage
        "ttl_zero": "expired",  # "A timeout of 0 won't cache the value", the same place
        "eviction": "approximate",  # CULL_FREQUENCY: https://docs.djangoproject.com/en/stable/topics/cache/#cache-arguments
        "values": "copied",  # "any picklable Python object", of basic usage
        "types": "any",  # the same place
        "threads": "safe",  # https://docs.djangoproject.com/en/stable/topics/cache/#local-memory-caching
        "get_or_set": "plain",  # of basic usage
        "bulk": "plain",  # the same place
    }
    deviations = {
        **_KEYS,
        **_CULL,
        **_EXPIRY,
        "test_capacity.py::test_the_bound_holds_when_two_set_at_once": _CULLED,
        "test_expiry.py::test_a_wall_clock_that_jumps_changes_nothing": (
            f"it goes by time.time(), {_CODE}/locmem.py#L88-L90"
        ),
        "test_ttl.py::test_a_huge_ttl_is_kept_or_refused": (
            f"it stores the value, and then fails to add the ttl to the clock, {_CODE}/locmem.py#L45-L50"
        ),
    }
    distribution = "Django"

    def __init__(self, capacity: int, ttl: float | None = None) -> None:
        self._use(LocMemCache(uuid4().hex, {"OPTIONS": {"MAX_ENTRIES": capacity}}), ttl)

    def _use(self, backend: Any, ttl: float | None) -> None:
        self._entries, self._ttl = backend, ttl

    def get(self, key: str, default: Any = None) -> Any:
        return self._entries.get(key, default)

    def set(self, key: str, value: Any, ttl: float | None = None) -> None:
        self._entries.set(key, value, self._ttl if ttl is None else ttl)

    def delete(self, key: str) -> bool:
        return bool(self._entries.delete(key))

    def clear(self) -> None:
        self._entries.clear()

    def get_or_set(self, key: str, compute: Callable[[], Any], ttl: float | None = None) -> Any:
        return self._entries.get_or_set(key, compute, self._ttl if ttl is None else ttl)

    def __contains__(self, key: str) -> bool:
        return key in self._entries

    def get_many(self, keys: Sequence[str]) -> dict[str, Any]:
        return dict(self._entries.get_many(keys))

    def set_many(self, mapping: Mapping[str, Any], ttl: float | None = None) -> None:
        self._entries.set_many(mapping, self._ttl if ttl is None else ttl)

    def delete_many(self, keys: Sequence[str]) -> None:
        self._entries.delete_many(keys)


class DjangoFile(DjangoLocmem):
    """Django's FileBasedCache: a file for each entry, with a ttl per entry, for the processes of one host."""

    declares = {
        **DjangoLocmem.declares,
        "scope": "host",  # https://docs.djangoproject.com/en/stable/topics/cache/#filesystem-caching
        "durable": "yes",
        "threads": "unsafe",  # nothing is said
    }
    deviations = {**_KEYS, **_CULL, **_EXPIRY}

    def __init__(self, capacity: int, location: Location, ttl: float | None = None) -> None:
        self._use(FileBasedCache(str(location), {"OPTIONS": {"MAX_ENTRIES": capacity}}), ttl)


class DjangoRedis(DjangoLocmem):
    """Django's RedisCache: pickled, with a ttl per entry in whole seconds, on a Redis or Valkey server."""

    declares = {
        **DjangoLocmem.declares,
        "granularity": 1.0,  # "timeout ... an integer": https://docs.djangoproject.com/en/stable/topics/cache/#redis
        "eviction": "none",  # the server's
        "scope": "network",
        "durable": "yes",
        "threads": "unsafe",  # nothing is said
    }
    deviations = _KEYS

    def __init__(self, location: Location, ttl: float | None = None) -> None:
        self._client = location.connect()
        refuse_to_flush(self._client)
        pools = type("Pools", (), {"from_url": staticmethod(lambda *_args, **_options: self._client.connection_pool)})
        self._use(RedisCache(str(location), {"KEY_PREFIX": location.namespace, "OPTIONS": {"pool_class": pools}}), ttl)
