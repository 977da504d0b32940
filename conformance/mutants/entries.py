"""Wrong about entries: what is stored, answered, deleted and cleared."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from .makes import Alone, Plain


class TakesFalsyForAbsent(Alone):
    """get answers the default where the stored value is falsy.
    aio-libs/aiocache#282
    """

    caught_by = ("test_entries.py::test_a_stored_falsy_value_is_a_hit",)

    def get(self, key: Any, default: Any = None) -> Any:
        return super().get(key, default) or default


class TurnsTrueIntoOne(Alone):
    """Stores True as an integer.
    linsomniac/python-memcached@664bd3e
    """

    caught_by = ("test_entries.py::test_a_stored_value_comes_back_equal_and_of_the_same_type",)

    def taken(self, value: Any) -> Any:
        return 1 if value is True else super().taken(value)


class EmptiesTuples(Alone):
    """A tuple comes back as an empty dict.
    ZiggyCreatures/FusionCache#465
    """

    caught_by = ("test_entries.py::test_what_cannot_be_kept_is_refused",)

    def taken(self, value: Any) -> Any:
        return {} if type(value) is tuple else super().taken(value)


class StoresMisses(Plain):
    """A miss is written down, and found by the next who asks.
    rails/rails@230a435
    """

    caught_by = ("test_entries.py::test_get_never_stores", "test_entries.py::test_delete_finds_nothing_after_clear")

    def get(self, key: Any, default: Any = None) -> Any:
        return self.entries.setdefault(key, default)


class KeepsTheFirst(Plain):
    """A set of a key that is there does nothing.
    tusharf5/runtime-memcache#23
    """

    caught_by = ("test_entries.py::test_the_last_set_wins",)

    def set(self, key: Any, value: Any) -> None:
        self.entries.setdefault(key, value)


class SaysThatItDeleted(Plain):
    """delete is True for what was not there.
    linsomniac/python-memcached@c9a1626
    """

    caught_by = ("test_entries.py::test_delete_answers_whether_there_was_an_entry",)

    def delete(self, key: Any) -> bool:
        super().delete(key)
        return True


class SaysNothingOfDeletes(Plain):
    """delete answers None.
    grantjenks/python-diskcache@f3836f9
    """

    caught_by = ("test_entries.py::test_delete_answers_whether_there_was_an_entry",)

    def delete(self, key: Any) -> None:  # type: ignore[override]
        super().delete(key)


class JudgesTheDeletedByTruth(Plain):
    """delete is False for a falsy value that was there.
    aio-libs/aiocache#508
    """

    caught_by = ("test_entries.py::test_delete_answers_whether_there_was_an_entry",)

    def delete(self, key: Any) -> bool:
        return bool(self.entries.pop(key, None))


class DeletesTheNewest(Plain):
    """delete takes another entry away beside its own.
    coocood/freecache@a955dc1
    """

    caught_by = ("test_entries.py::test_delete_takes_one_entry",)

    def delete(self, key: Any) -> bool:
        deleted = super().delete(key)
        if deleted and self.entries:
            self.entries.popitem()
        return deleted


class DeletesByPrefix(Alone):
    """delete takes every key that begins with its own.
    cli/cli#10624
    """

    caught_by = ("test_entries.py::test_delete_takes_its_key_for_no_pattern",)

    def delete(self, key: Any) -> bool:
        for each in [each for each in self.entries if each.startswith(str(key)) and each != key]:
            super().delete(each)
        return super().delete(key)


class ClearsWhatIsOld(Plain):
    """clear leaves the entry that was set just before.
    moka-rs/moka#155
    """

    caught_by = ("test_entries.py::test_clear_takes_all_entries",)
    drawn_by = ("test_history.py::test_any_history_of_entries",)

    def clear(self) -> None:
        for key in list(self.entries)[:-1]:
            del self.entries[key]


class DeletesWhatWasCleared(Plain):
    """delete is True for what clear has taken, and get no longer finds.
    moka-rs/moka#258
    """

    caught_by = ("test_entries.py::test_delete_finds_nothing_after_clear",)

    def __init__(self) -> None:
        super().__init__()
        self.cleared: set[Any] = set()

    def clear(self) -> None:
        self.cleared |= self.entries.keys()
        super().clear()

    def set(self, key: Any, value: Any) -> None:
        self.cleared.discard(key)
        super().set(key, value)

    def delete(self, key: Any) -> bool:
        cleared = key in self.cleared
        self.cleared.discard(key)
        return super().delete(key) or cleared


class LooksForTruth(Alone):
    """`in` is false for a stored falsy value.
    desarrolla2/Cache#21
    """

    caught_by = ("test_entries.py::test_in_tells_what_is_there",)

    def __contains__(self, key: Any) -> bool:
        entry = self.find(key, self.now())
        return entry is not None and bool(entry.value)


class CountsOverwrites(Alone):
    """len counts an overwrite as one more entry.
    pallets-eco/cachelib#15
    """

    caught_by = ("test_entries.py::test_len_counts_the_entries",)
    overwritten = 0

    def store(self, key: Any, value: Any, expires: float, now: float) -> None:
        self.overwritten += key in self.entries
        super().store(key, value, expires, now)

    def __len__(self) -> int:
        return super().__len__() + self.overwritten


class IteratesTwice(Alone):
    """Iteration gives a key that was overwritten once more.
    sindresorhus/quick-lru#3
    """

    caught_by = ("test_entries.py::test_iteration_gives_each_key_once",)

    def store(self, key: Any, value: Any, expires: float, now: float) -> None:
        if key in self.entries:
            self.twice = key
        super().store(key, value, expires, now)

    def __iter__(self) -> Iterator[Any]:
        keys = list(super().__iter__())
        return iter(keys + [key for key in keys if key == getattr(self, "twice", None)])


class AnswersWhenClosed(Alone):
    """One operation does not ask whether the cache is closed.
    cache2k/cache2k@b198d05
    """

    caught_by = ("test_entries.py::test_a_closed_cache_refuses_every_operation",)

    def stats(self) -> Any:
        closed, self.closed = self.closed, False
        try:
            return super().stats()
        finally:
            self.closed = closed


class LosesFalsyDefaults(Plain):
    """A miss answers None where the default is falsy.
    django-commons/django-prometheus#78
    """

    caught_by = ("test_entries.py::test_an_absent_key_answers_the_default_itself",)

    def get(self, key: Any, default: Any = None) -> Any:
        return super().get(key, default or None)


class DropsWhatItCannotReplace(Alone):
    """A set that fails takes the old entry with it.
    twitter/pelikan#124
    """

    caught_by = ("test_entries.py::test_a_refused_value_leaves_what_was_there",)

    def set(self, key: Any, value: Any, ttl: float | None = None) -> None:
        try:
            super().set(key, value, ttl)
        except TypeError:
            self.entries.pop(key, None)
            raise
