"""Wrong about bulk operations: where they are something else than a loop of single ones."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from .makes import Alone
from .right import Entry


class AnswersMisses(Alone):
    """get_many gives False for a key that is not there.
    pinterest/pymemcache#291
    """

    caught_by = ("test_bulk.py::test_get_many_answers_those_found",)

    def get_many(self, keys: Iterable[Any]) -> dict[Any, Any]:
        keys = list(keys)
        absent = dict.fromkeys((key for key in keys if key not in self.entries), False)
        return super().get_many(keys) | absent


class LosesFalsy(Alone):
    """get_many leaves out what is falsy.
    doctrine/cache@b36c68a
    """

    caught_by = ("test_bulk.py::test_get_many_finds_a_stored_falsy_value",)

    def get_many(self, keys: Iterable[Any]) -> dict[Any, Any]:
        return {key: value for key, value in super().get_many(keys).items() if value}


class MixesKeysUp(Alone):
    """A bulk operation stores each value under the key before its own.
    Shopify/identity_cache#12
    """

    caught_by = ("test_bulk.py::test_set_many_sets_each",)

    def set_many(self, mapping: Mapping[Any, Any], ttl: float | None = None) -> None:
        values = list(mapping.values())
        super().set_many(dict(zip(mapping, values[1:] + values[:1], strict=True)), ttl)


class CountsWhatWasAsked(Alone):
    """delete_many answers how many keys it was given.
    pallets-eco/cachelib#443
    """

    caught_by = (
        "test_bulk.py::test_delete_many_counts_those_that_were_there",
        "test_bulk.py::test_delete_many_counts_no_expired_entry",
    )

    def delete_many(self, keys: Iterable[Any]) -> int:
        keys = list(keys)
        super().delete_many(keys)
        return len(keys)


class DeletesOne(Alone):
    """delete_many reaches the first of its keys.
    pallets-eco/flask-caching#634
    """

    caught_by = ("test_bulk.py::test_delete_many_takes_these_entries",)

    def delete_many(self, keys: Iterable[Any]) -> int:
        keys = self.checked_keys(keys)
        now = self.now()
        there = {key for key in keys if self.find(key, now) is not None}
        super().delete_many(keys[:1])
        return len(there)


class ReadsKeysTwice(Alone):
    """get_many goes over its keys once to check them, and once more to look.
    django/django#10136
    """

    caught_by = ("test_bulk.py::test_get_many_takes_any_iterable_once",)

    def get_many(self, keys: Iterable[Any]) -> dict[Any, Any]:
        self.checked_keys(keys)
        return super().get_many(keys)


class DeletesKeysTwice(Alone):
    """delete_many goes over its keys once to check them, and once more to delete.
    dgilland/cacheout@0e46b4f
    """

    caught_by = ("test_bulk.py::test_delete_many_takes_any_iterable_once",)

    def delete_many(self, keys: Iterable[Any]) -> int:
        self.checked_keys(keys)
        return super().delete_many(keys)


class IgnoresTheTtl(Alone):
    """set_many takes a ttl and does nothing with it.
    rails/rails@096201f
    """

    caught_by = (
        "test_bulk.py::test_set_many_gives_each_the_ttl",
        "test_bulk.py::test_set_many_with_a_bad_ttl_changes_nothing",
    )

    def set_many(self, mapping: Mapping[Any, Any], ttl: float | None = None) -> None:  # noqa: ARG002 - the bug
        super().set_many(mapping)


class IgnoresTheDefaultTtl(Alone):
    """What set_many sets has no ttl but its own.
    doctrine/cache@b894aef
    """

    caught_by = ("test_bulk.py::test_set_many_gives_each_the_default_ttl",)

    def set_many(self, mapping: Mapping[Any, Any], ttl: float | None = None) -> None:
        default, self.ttl = self.ttl, None
        try:
            super().set_many(mapping, ttl)
        finally:
            self.ttl = default


class GetsTheExpired(Alone):
    """get_many gives values that have expired.
    rails/rails@167f262
    """

    caught_by = ("test_bulk.py::test_get_many_agrees_about_expiry",)

    def get_many(self, keys: Iterable[Any]) -> dict[Any, Any]:
        keys = list(keys)
        held = {key: self.given(self.entries[key].value) for key in keys if key in self.entries}
        return held | super().get_many(keys)


class CountsExpiredDeletes(Alone):
    """delete_many counts entries that have expired.
    redis/redis#1648
    """

    caught_by = ("test_bulk.py::test_delete_many_counts_no_expired_entry",)

    def delete_many(self, keys: Iterable[Any]) -> int:
        keys = list(keys)
        there = self.entries.keys() & set(keys)
        super().delete_many(keys)
        return len(there)


class OverfillsInBulk(Alone):
    """set_many asks nobody whether there is room.
    awolverp/cachebox@9ec7983
    """

    caught_by = ("test_bulk.py::test_set_many_keeps_the_capacity",)

    def set_many(self, mapping: Mapping[Any, Any], ttl: float | None = None) -> None:
        super().set_many(mapping, ttl)
        expires = self.expiry(self.now(), ttl)
        for key in mapping.keys() - self.entries.keys():
            self.entries[key] = Entry(self.taken(mapping[key]), expires)


class SetsOneAfterTheOther(Alone):
    """set_many is a loop of sets: what it set before the one that fails stays.
    oat-sa/generis#791
    """

    caught_by = (
        "test_bulk.py::test_set_many_with_a_value_that_cannot_be_kept_changes_nothing",
        "test_keys.py::test_bulk_refuses_a_key_that_is_no_text_before_anything_changes",
    )

    def set_many(self, mapping: Mapping[Any, Any], ttl: float | None = None) -> None:
        for key, value in mapping.items():
            self.set(key, value, ttl)
