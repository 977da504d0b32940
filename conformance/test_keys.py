"""Keys: what may be one, and how one is made of data."""

from __future__ import annotations

import copy
import hashlib
import json
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from .contract import needs
from .factory import NewCache
from .judged import Judged
from .model import MISSING
from .strategies import AWKWARD, PAIRS, any_values, examples, json_values, keys, refused, same, with_each

NO_TEXT: tuple[Any, ...] = (None, 0, 1.5, True, b"a", ("a",))

OPERATIONS: dict[str, Callable[[Judged, Any], Any]] = {
    "get": lambda cache, key: cache.get(key),
    "set": lambda cache, key: cache.set(key, 1),
    "delete": lambda cache, key: cache.delete(key),
    "__contains__": lambda cache, key: key in cache,
    "get_or_set": lambda cache, key: cache.get_or_set(key, lambda: 1),
}
BULK: dict[str, Callable[[Judged, Any], Any]] = {
    "get_many": lambda cache, key: cache.get_many(["a", key]),
    "set_many": lambda cache, key: cache.set_many({"a": 2, key: 2}),
    "delete_many": lambda cache, key: cache.delete_many(["a", key]),
}

#: Objects that are different keys, and read alike or have one hash.
UNEQUAL: tuple[tuple[Any, Any], ...] = (
    (1, "1"), (None, "None"), (b"a", "a"), (b"a", "b'a'"), (1.5, "1.5"), (True, "True"), ((1,), "(1,)"), ((), ""),
    ((1, 2), (12,)), (("a", "b"), ("ab",)), ((1,), 1), (-1, -2), (0, 2**61 - 1), ((1,), frozenset({1})),
)  # fmt: skip

#: Keys and members in no order that Python knows.
MIXED: tuple[Any, ...] = (None, 2, 1.5, "b", "a", b"c", ("d", 1), (), frozenset({"e"}), 10**30, "\u00e9")

#: Data that must not meet: each makes a key of its own.
APART: tuple[Any, ...] = (
    1, 1.0, True, "1", b"1", 0, -0.0, 0.0, False, None, "", "null", "é", "e\u0301",
    [1], (1,), {1}, frozenset({1}), [[1]], [1, [2]], [[1], 2], [1, 2], ["1", "2"], ["1,2"],
    {1: "x"}, {"1": "x"}, {1.0: "y"}, {True: "z"}, {"a": 1}, {"a": {"b": 1}}, {"a": None}, {}, [], (),
    ("a:b", "c"), ("a", "b:c"), ["a:b", "c"], ["a", "b:c"],
)  # fmt: skip

VECTORS = json.loads(Path(__file__).with_name("data").joinpath("keys.json").read_text(encoding="utf-8"))


@given(key=keys)
@examples(*AWKWARD)
def test_any_text_is_a_key(new_cache: NewCache, key: str) -> None:
    """Empty, long, with white space, NUL, line ends, in any script: an entry under it is set, got and deleted."""
    cache = new_cache()
    cache.set(key, 1)
    assert cache.get(key, MISSING) == 1
    cache.delete(key)
    assert cache.get(key, MISSING) is MISSING


@given(pair=st.tuples(keys, keys).filter(lambda pair: pair[0] != pair[1]))
@examples(*PAIRS)
def test_different_texts_are_different_keys(new_cache: NewCache, pair: tuple[str, str]) -> None:
    """In case, white space, NUL, Unicode form, or past a long common prefix; what is refused is another promise."""
    cache = new_cache()
    assert not met(cache, pair)


@needs(keys={"text"})
@with_each(key=NO_TEXT)
def test_a_key_that_is_no_text_is_refused(new_cache: NewCache, key: Any) -> None:
    """Where keys are text, any other raises in every operation and nothing changes."""
    cache = new_cache()
    cache.set("a", 1)
    for name in (name for name in OPERATIONS if hasattr(cache.subject, name)):
        took = f"{name} took {key!r}; who takes any hashable key declares keys: hashable"
        assert refused(partial(OPERATIONS[name], cache, key)), took
    assert cache.get("a", MISSING) == 1


@needs(keys={"text"}, bulk="yes")
@with_each(key=NO_TEXT)
def test_bulk_refuses_a_key_that_is_no_text_before_anything_changes(new_cache: NewCache, key: Any) -> None:
    """A bulk operation with one bad key raises, and none of its other keys was touched."""
    cache = new_cache()
    cache.set("a", 1)
    for name, ask in BULK.items():
        assert refused(partial(ask, cache, key)), f"{name} took {key!r}"
        assert cache.get("a", MISSING) == 1


@needs(keys="hashable")
@given(key=st.integers() | st.binary() | st.tuples(st.integers(), st.text()))
@examples(None, True, 1.5, -1, b"a", (1, ("a", None)), frozenset({1}))
def test_any_hashable_object_is_a_key(new_cache: NewCache, key: Any) -> None:
    """Where keys are hashable, None, numbers, bytes and tuples are keys, too."""
    cache = new_cache()
    cache.set(key, "value")
    assert cache.get(key, MISSING) == "value"
    cache.delete(key)
    assert cache.get(key, MISSING) is MISSING


@needs(keys="hashable")
@with_each(pair=UNEQUAL)
def test_unequal_objects_are_different_keys(new_cache: NewCache, pair: tuple[Any, Any]) -> None:
    """Objects that only read alike, or hash alike, are keys of their own: look for keys made with str, repr or hash."""
    cache = new_cache()
    assert not met(cache, pair)


@needs("make_key")
@given(data=json_values)
@examples({"b": 1, "a": 2})
def test_plain_data_makes_the_well_known_key(new_cache: NewCache, data: Any) -> None:
    """For JSON data with text keys the digest is SHA-256 of json.dumps(data, sort_keys=True)."""
    expected = hashlib.sha256(json.dumps(data, sort_keys=True).encode()).hexdigest()
    assert expected.startswith(new_cache().make_key(data))


@needs("make_key")
@with_each(seed=range(10))
def test_the_order_of_a_dict_or_set_makes_no_difference(new_cache: NewCache, seed: int) -> None:
    """Same data, same key: in any dict order and any set order, whatever types the keys are of."""
    cache = new_cache()
    shuffled = list(MIXED)
    Random(seed).shuffle(shuffled)
    assert cache.make_key(dict.fromkeys(shuffled, 1)) == cache.make_key(dict.fromkeys(MIXED, 1))
    assert cache.make_key({*shuffled}) == cache.make_key({*MIXED})
    texts = Random(seed).sample("abcdefgh", 8)  # what JSON can say may be encoded in another way
    assert cache.make_key(dict.fromkeys(texts, 1)) == cache.make_key(dict.fromkeys("abcdefgh", 1))


@needs("make_key")
@given(data=any_values)
@examples(["a"])
def test_the_same_data_makes_the_same_key(new_cache: NewCache, data: Any) -> None:
    """An object and its equal copy have one key: neither identity nor addresses count."""
    cache = new_cache()
    assert cache.make_key([data, data]) == cache.make_key([data, copy.deepcopy(data)])


@needs("make_key")
@with_each(where=range(3))
def test_data_without_a_canonical_form_is_refused(new_cache: NewCache, where: int) -> None:
    """What would be another in each process raises, and the error names where in the data it stands."""
    for form in (object(), lambda: None, iter(())):
        data = (form, [form], {"tools": [1, form]})[where]
        with pytest.raises(Exception) as raised:
            new_cache().make_key(data)
        assert ("", "0", "tools")[where] in str(raised.value)


@needs("make_key")
def test_different_data_makes_different_keys(new_cache: NewCache) -> None:
    """Numbers, text, bytes, containers and Unicode forms that Python or JSON take for equal are kept apart."""
    cache = new_cache()
    made: dict[str, Any] = {}
    for data in (each for plain in APART for each in (plain, [plain], {"nested": (plain,)})):
        key = cache.make_key(data)
        assert key not in made or same(data, made[key]), f"{data!r} and {made[key]!r} make one key"
        made[key] = data


@needs("make_key")
@given(left=any_values, right=any_values)
def test_keys_are_equal_where_data_is_the_same(new_cache: NewCache, left: Any, right: Any) -> None:
    """Two drawn pieces of data have one key exactly where they are equal, with equal types all the way down."""
    cache = new_cache()
    try:
        keys = cache.make_key(left), cache.make_key(right)
    except TypeError:
        return  # refused: the other promise of this kind
    assert (keys[0] == keys[1]) == same(left, right)


@needs("make_key")
def test_golden_vectors_keep_their_keys(new_cache: NewCache) -> None:
    """Keys made today are found by every later version, on every machine."""
    cache = new_cache()
    for vector in VECTORS:
        data = eval(vector["data"])  # noqa: S307 - our own file of literals
        assert cache.make_key(data) == vector["key"], vector["data"]


def met(cache: Judged, pair: tuple[Any, Any]) -> bool:
    """Whether one of the two gives the value of the other; whether both can be keys is another promise."""
    found = []
    for ask in (cache.set, cache.get):
        for key, value in zip(pair, ("first", "second"), strict=True):
            with suppress(Exception):
                found.append((value, ask(key, value)))
    return any(answer not in (None, value) for value, answer in found)
