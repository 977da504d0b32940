"""Wrong about keys made of data: what meets, what differs, and what is refused."""

from __future__ import annotations

from typing import Any

from .makes import Digesting


class CutsTheDigest(Digesting):
    """A later version cuts the digest shorter, and finds nothing of what an earlier one stored.
    joblib/joblib#1136
    """

    caught_by = ("test_keys.py::test_golden_vectors_keep_their_keys",)

    def make_key(self, data: Any) -> str:
        return super().make_key(data)[:16]


class GoesByTheOrderOfADict(Digesting):
    """A dict with the same items in another order makes another key.
    codeinthehole/django-cacheback#77
    """

    caught_by = (
        "test_keys.py::test_the_order_of_a_dict_or_set_makes_no_difference",
        "test_keys.py::test_golden_vectors_keep_their_keys",
    )

    def make_key(self, data: Any) -> str:
        return super().make_key(list(data.items()) if isinstance(data, dict) and None in data else data)


class GoesByIdentity(Digesting):
    """A list that has one object twice makes another key than one that has two equal objects.
    joblib/joblib@ce69cf6
    """

    caught_by = ("test_keys.py::test_the_same_data_makes_the_same_key",)

    def make_key(self, data: Any) -> str:
        shared = isinstance(data, list) and len({id(each) for each in data if isinstance(each, list)}) < len(
            [each for each in data if isinstance(each, list)]
        )
        return super().make_key([data, "shared"] if shared else data)


class MeetsAcrossTypes(Digesting):
    """A tuple makes the key of a list.
    python-cachier/cachier#183
    """

    caught_by = (
        "test_keys.py::test_different_data_makes_different_keys",
        "test_keys.py::test_golden_vectors_keep_their_keys",
    )

    def make_key(self, data: Any) -> str:
        return super().make_key(list(data) if isinstance(data, tuple) else data)
