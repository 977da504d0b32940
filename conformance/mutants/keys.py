"""Wrong about keys: what may be one, which are the same, and how one is made of data."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from .makes import Alone, Hashing, Named, Plain


class CutsLongKeys(Named):
    """A key is cut to the length that the store has for it.
    webisters/cache#43
    """

    caught_by = ("test_keys.py::test_different_texts_are_different_keys",)

    def name(self, key: Any) -> Any:
        return super().name(key)[:255]


class CutsKeysAtADot(Named):
    """What comes after the last dot of a key is taken for the ending of a file.
    acarteas/FileCache#13
    """

    caught_by = ("test_keys.py::test_different_texts_are_different_keys",)

    def name(self, key: Any) -> Any:
        return super().name(key).rpartition(".")[0] or key


class LeavesSpacesOut(Named):
    """White space in a key is left out.
    vanilla/vanilla#5155
    """

    caught_by = ("test_keys.py::test_different_texts_are_different_keys",)

    def name(self, key: Any) -> Any:
        return "".join(super().name(key).split())


class MakesFileNamesOfKeys(Named):
    """What a file name cannot hold is replaced.
    TruCopilot/phpfastcache#153
    """

    caught_by = ("test_keys.py::test_different_texts_are_different_keys",)

    def name(self, key: Any) -> Any:
        return "".join(each if each.isalnum() else "_" for each in super().name(key))


class RefusesSpaces(Named):
    """A key with white space in it is refused.
    linsomniac/python-memcached@c520315
    """

    caught_by = ("test_keys.py::test_any_text_is_a_key",)

    def name(self, key: Any) -> Any:
        if any(map(str.isspace, super().name(key))):
            raise ValueError(f"key {key!r} has white space in it")
        return key


class RefusesTheEmptyKey(Named):
    """The empty key is refused.
    linsomniac/python-memcached@a4baa53
    """

    caught_by = ("test_keys.py::test_any_text_is_a_key",)

    def name(self, key: Any) -> Any:
        if not super().name(key):
            raise ValueError("the key is empty")
        return key


class MakesTextOfKeys(Named):
    """None is the key 'None', and so on.
    linsomniac/python-memcached@a4baa53
    """

    caught_by = ("test_keys.py::test_a_key_that_is_no_text_is_refused",)

    def name(self, key: Any) -> Any:
        return str(key)


class FindsBadKeysHalfway(Alone):
    """A bulk operation meets the bad key when it has done half of its work.
    ben-manes/caffeine@3cf896a
    """

    caught_by = ("test_keys.py::test_bulk_refuses_a_key_that_is_no_text_before_anything_changes",)

    def checked_keys(self, keys: Iterable[Any]) -> list[Any]:
        return list(keys)


class RefusesTuples(Hashing):
    """Hashable objects are keys, but not tuples.
    linsomniac/python-memcached#154
    """

    caught_by = ("test_keys.py::test_any_hashable_object_is_a_key",)

    def check_key(self, key: Any) -> None:
        if isinstance(key, tuple):
            raise TypeError(f"key {key!r} is a tuple")
        super().check_key(key)


class TakesHashesForKeys(Plain):
    """Keys with one hash are one: -1 and -2 are in CPython.
    dgraph-io/ristretto#30
    """

    caught_by = ("test_keys.py::test_unequal_objects_are_different_keys",)

    def get(self, key: Any, default: Any = None) -> Any:
        return super().get(hash(key), default)

    def set(self, key: Any, value: Any) -> None:
        super().set(hash(key), value)

    def delete(self, key: Any) -> bool:
        return super().delete(hash(key))


class TakesTextForKeys(Plain):
    """Keys that read alike are one: 1 and '1'.
    lodash/lodash#1192
    """

    caught_by = ("test_keys.py::test_unequal_objects_are_different_keys",)

    def get(self, key: Any, default: Any = None) -> Any:
        return super().get(str(key), default)

    def set(self, key: Any, value: Any) -> None:
        super().set(str(key), value)

    def delete(self, key: Any) -> bool:
        return super().delete(str(key))
