"""Wrong about what delete takes, and what it answers."""

from __future__ import annotations

from typing import Any

from .makes import Alone, Plain


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


class CountsTheDeleted(Plain):
    """delete answers how many it took, 1 or 0.
    rails/rails#48638
    """

    caught_by = ("test_entries.py::test_delete_answers_whether_there_was_an_entry",)

    def delete(self, key: Any) -> int:  # type: ignore[override]
        return int(super().delete(key))


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
