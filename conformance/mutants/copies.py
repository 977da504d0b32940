"""Wrong about whose objects they are: values, keys and mappings that are handed in, and out."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from .makes import Alone


class EmptiesWhatItIsGiven(Alone):
    """Pops the contents of the dict that it is handed.
    sqlalchemy/dogpile.cache#273
    """

    caught_by = ("test_entries.py::test_set_does_not_change_what_it_is_given",)

    def taken(self, value: Any) -> Any:
        kept = super().taken(value)
        if isinstance(value, dict):
            value.clear()
        return kept


class SharesOnTheWayIn(Alone):
    """Copies on get, and keeps the caller's own object on set.
    ZiggyCreatures/FusionCache#454
    """

    caught_by = ("test_entries.py::test_changing_an_object_after_set_changes_no_entry",)

    def set(self, key: Any, value: Any, ttl: float | None = None) -> None:
        now = self.now()
        self.check_key(key)
        self.store(key, value, self.expiry(now, ttl), now)


class SharesOnTheWayOut(Alone):
    """Copies on set, and hands its own object out on get.
    rails/rails#36956
    """

    caught_by = ("test_entries.py::test_changing_an_answer_changes_no_entry",)

    def get(self, key: Any, default: Any = None) -> Any:
        value = super().get(key, default)
        return self.entries[key].value if key in self.entries else value


class RewritesTheKeys(Alone):
    """delete_many turns the caller's list of keys into its own.
    rails/rails@32d9437
    """

    caught_by = ("test_bulk.py::test_bulk_does_not_change_its_arguments",)

    def delete_many(self, keys: Iterable[Any]) -> int:
        count = super().delete_many(given := list(keys))
        if isinstance(keys, list):
            keys[:] = [f"prefix:{key}" for key in given]
        return count


class KeepsTheCallersObject(Alone):
    """Whatever comes in is kept as it is, on all ways in.
    rails/rails#37587
    """

    caught_by = (
        "test_entries.py::test_changing_an_object_after_set_changes_no_entry",
        "test_bulk.py::test_bulk_copies_values_on_the_way_in",
        "test_single_flight.py::test_changing_a_computed_answer_changes_no_entry",
    )

    def taken(self, value: Any) -> Any:
        super().taken(value)
        return value


class HandsOutItsOwn(Alone):
    """Whatever is asked for is the cache's own object, on all ways out.
    groupon/node-cached#28
    """

    caught_by = (
        "test_entries.py::test_changing_an_answer_changes_no_entry",
        "test_bulk.py::test_bulk_copies_values_on_the_way_out",
        "test_single_flight.py::test_changing_a_computed_answer_changes_no_entry",
    )

    def given(self, value: Any) -> Any:
        return value
