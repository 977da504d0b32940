"""Entries: what is stored comes back, and what is not stored is absent."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from .contract import needs
from .factory import NewCache
from .model import MISSING
from .strategies import SHORT, any_values, falsy, json_values, keys, numbers, plain_values, same


@given(key=keys, value=plain_values)
def test_a_stored_value_comes_back_equal_and_of_the_same_type(new_cache: NewCache, key: str, value: object) -> None:
    """What was set is what get answers, equal and of equal type all the way down, for any text as key."""
    cache = new_cache()
    cache.set(key, copy.deepcopy(value))
    answer = cache.get(key, MISSING)
    assert same(answer, value), f"{value!r} came back as {answer!r}"


@given(key=SHORT, value=falsy)
def test_a_stored_falsy_value_is_a_hit(new_cache: NewCache, key: str, value: object) -> None:
    """A stored None, False, 0, "" or [] is a hit; look for `if not value` and `is None` in get."""
    cache = new_cache()
    cache.set(key, value)
    assert cache.get(key, MISSING) is not MISSING


@given(value=any_values.map(lambda value: value or b"\0"))
def test_what_cannot_be_kept_is_refused(new_cache: NewCache, value: object) -> None:
    """A value comes back equal and of the same type, or set raises TypeError and what was there stays."""
    cache = new_cache()
    cache.set("a", "before")
    try:
        cache.set("a", copy.deepcopy(value))
    except TypeError:
        assert cache.get("a", MISSING) == "before", "a refused set changed the entry"
    else:
        answer = cache.get("a", MISSING)
        assert same(answer, value), f"{value!r} was accepted and came back as {answer!r}"


@given(key=SHORT, default=json_values)
def test_an_absent_key_answers_the_default_itself(new_cache: NewCache, key: str, default: object) -> None:
    """A miss answers the very default it was given, None without one."""
    cache = new_cache()
    assert cache.get(key, default) is default
    assert cache.get(key) is None


@given(key=SHORT)
def test_get_never_stores(new_cache: NewCache, key: str) -> None:
    """A default answered once is not an entry: the next get with another default answers that one."""
    cache = new_cache()
    cache.get(key, "first")
    assert cache.get(key, MISSING) is MISSING


@given(key=SHORT, first=plain_values, second=plain_values)
def test_the_last_set_wins(new_cache: NewCache, key: str, first: object, second: object) -> None:
    """Overwriting replaces the value."""
    cache = new_cache()
    cache.set(key, first)
    cache.set(key, second)
    assert same(cache.get(key, MISSING), second)


@given(entries=st.dictionaries(keys, numbers, min_size=2, max_size=6))
def test_keys_do_not_meet(new_cache: NewCache, entries: dict[str, int]) -> None:
    """Different texts are different keys: in case, white space, NUL, Unicode form, or past a long common prefix."""
    cache = new_cache()
    for key, value in entries.items():
        cache.set(key, value)
    for key, value in entries.items():
        assert cache.get(key, MISSING) == value, f"{key!r} met another key"


@given(key=SHORT)
def test_delete_answers_whether_there_was_an_entry(new_cache: NewCache, key: str) -> None:
    """Delete is True for an entry, and False when there is none any more."""
    cache = new_cache()
    cache.set(key, 1)
    answers = cache.delete(key), cache.delete(key)
    assert answers == (True, False)


@given(key=SHORT, other=SHORT)
def test_delete_takes_one_entry(new_cache: NewCache, key: str, other: str) -> None:
    """After delete the key is absent and every other one is as it was."""
    cache = new_cache()
    cache.set(other, 1)
    cache.set(key, 2)
    cache.delete(key)
    assert cache.get(key, MISSING) is MISSING
    assert key == other or cache.get(other, MISSING) == 1


@given(entries=st.dictionaries(SHORT, numbers, min_size=1))
def test_clear_takes_all_entries(new_cache: NewCache, entries: dict[str, int]) -> None:
    """After clear nothing is there, and the cache goes on working."""
    cache = new_cache()
    for key, value in entries.items():
        cache.set(key, value)
    cache.clear()
    assert {key: cache.get(key, MISSING) for key in entries} == dict.fromkeys(entries, MISSING)
    cache.set("a", 1)
    assert cache.get("a", MISSING) == 1


@given(value=st.lists(st.integers(), min_size=1))
def test_set_does_not_change_what_it_is_given(new_cache: NewCache, value: list[int]) -> None:
    """The object handed to set is the caller's: it is as it was afterwards."""
    before = list(value)
    new_cache().set("a", value)
    assert value == before


@needs(values="copied")
@given(value=st.lists(st.integers(), min_size=1))
def test_changing_an_object_after_set_changes_no_entry(new_cache: NewCache, value: list[int]) -> None:
    """values: copied holds on the way in."""
    cache = new_cache()
    before = list(value)
    cache.set("a", value)
    value.append(0)
    assert cache.get("a", MISSING) == before


@needs(values="copied")
@given(value=st.lists(st.integers(), min_size=1))
def test_changing_an_answer_changes_no_entry(new_cache: NewCache, value: list[int]) -> None:
    """values: copied holds on the way out: the second get is not the object the first one answered."""
    cache = new_cache()
    cache.set("a", list(value))
    cache.get("a").append(0)
    assert cache.get("a", MISSING) == value


@needs("__contains__")
@given(key=SHORT, other=SHORT, value=falsy)
def test_in_tells_what_is_there(new_cache: NewCache, key: str, other: str, value: object) -> None:
    """`in` is true for exactly the keys that are stored, those of falsy values included."""
    cache = new_cache()
    cache.set(key, value)
    assert key in cache
    assert (other in cache) == (other == key)


@needs("__len__")
@given(entries=st.dictionaries(SHORT, numbers), gone=SHORT)
def test_len_counts_the_entries(new_cache: NewCache, entries: dict[str, int], gone: str) -> None:
    """Len is the number of entries, and follows set, overwrite and delete."""
    cache = new_cache()
    for key, value in [*entries.items(), *entries.items()]:
        cache.set(key, value)
    cache.delete(gone)
    assert len(cache) == len(entries.keys() - {gone})


@needs("__iter__")
@given(entries=st.dictionaries(keys, numbers))
def test_iteration_gives_each_key_once(new_cache: NewCache, entries: dict[str, int]) -> None:
    """Iterating a cache gives its keys, each once, as they were set."""
    cache = new_cache()
    for key, value in entries.items():
        cache.set(key, value)
    assert sorted(cache) == sorted(entries)


@needs("close")
@given(key=SHORT)
def test_a_closed_cache_refuses_every_operation(new_cache: NewCache, key: str) -> None:
    """After close every operation raises; closing twice is fine."""
    cache = new_cache()
    cache.set(key, 1)
    cache.close()
    cache.close()
    operations: tuple[Callable[[], Any], ...] = (
        lambda: cache.get(key),
        lambda: cache.set(key, 2),
        lambda: cache.delete(key),
        cache.clear,
    )
    for operation in operations:
        with pytest.raises(Exception):  # noqa: B017 - which error is the subject's choice
            operation()
