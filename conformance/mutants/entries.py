"""Wrong about entries: what is stored, answered and cleared."""

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


class ClearsWhatIsOld(Plain):
    """clear leaves the entry that was set just before.
    moka-rs/moka#155
    """

    caught_by = ("test_entries.py::test_clear_takes_all_entries",)
    drawn_by = ("test_history.py::test_any_history_of_entries",)

    def clear(self) -> None:
        for key in list(self.entries)[:-1]:
            del self.entries[key]


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
