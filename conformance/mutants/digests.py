"""Wrong about keys made of data: what meets, what differs, and what is refused."""

from __future__ import annotations

import json
from contextlib import suppress
from hashlib import sha256
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


class GoesByTheOrderOfArguments(Digesting):
    """The same arguments by name, in another order, make another key.
    PrefectHQ/fastmcp#4735
    """

    caught_by = (
        "test_keys.py::test_the_order_of_a_dict_or_set_makes_no_difference",
        "test_keys.py::test_plain_data_makes_the_well_known_key",
        "test_keys.py::test_golden_vectors_keep_their_keys",
    )

    def make_key(self, data: Any) -> str:
        key = super().make_key(data)
        if isinstance(data, dict):
            with suppress(TypeError):  # what JSON cannot say has no well-known key
                if well_known(data).startswith(key):
                    return well_known(data, sort_keys=False)[: len(key)]
        return key


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


class SumsUp(Digesting):
    """A key is a checksum, which is the same for much that differs.
    python-cachier/cachier#19
    """

    caught_by = (
        "test_keys.py::test_different_data_makes_different_keys",
        "test_keys.py::test_keys_are_equal_where_data_is_the_same",
        "test_keys.py::test_plain_data_makes_the_well_known_key",
        "test_keys.py::test_golden_vectors_keep_their_keys",
    )

    def make_key(self, data: Any) -> str:
        return str(sum(super().make_key(data).encode()) % 2)


class LeavesSpacesOut(Digesting):
    """A digest of JSON without spaces is another one than that of JSON with spaces.
    boto/botocore#1787
    """

    caught_by = (
        "test_keys.py::test_plain_data_makes_the_well_known_key",
        "test_keys.py::test_golden_vectors_keep_their_keys",
    )

    def make_key(self, data: Any) -> str:
        key = super().make_key(data)
        with suppress(TypeError):  # what JSON cannot say has no well-known key
            if well_known(data).startswith(key):
                return well_known(data, separators=(",", ":"))[: len(key)]
        return key


class GoesByAddresses(Digesting):
    """An object that has no canonical form goes into the key with its address.
    aio-libs/aiocache#734
    """

    caught_by = ("test_keys.py::test_data_without_a_canonical_form_is_refused",)

    def make_key(self, data: Any) -> str:
        try:
            return super().make_key(data)
        except TypeError:
            return super().make_key(str(data))


def well_known(data: Any, **options: Any) -> str:
    return sha256(json.dumps(data, **{"sort_keys": True, **options}).encode()).hexdigest()
