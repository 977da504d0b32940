"""Bulk: the same as a loop of single operations, decided before anything changes."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from .contract import absent, needs
from .factory import NewCache
from .model import MISSING
from .strategies import SHORT, falsy, numbers

ENTRIES = st.dictionaries(SHORT, numbers, max_size=5)
ASKED = st.lists(SHORT, max_size=8)


@needs(bulk="yes")
@given(entries=ENTRIES, asked=ASKED)
def test_get_many_answers_those_found(new_cache: NewCache, entries: dict[str, int], asked: list[str]) -> None:
    """get_many is a dict of the keys that are there, and of no others."""
    cache = new_cache()
    for key, value in entries.items():
        cache.set(key, value)
    assert cache.get_many(asked) == {key: entries[key] for key in asked if key in entries}


@needs(bulk="yes")
@given(value=falsy)
def test_get_many_finds_a_stored_falsy_value(new_cache: NewCache, value: object) -> None:
    """A stored None, False, 0, "" or [] is found by get_many, too."""
    cache = new_cache()
    cache.set("a", value)
    assert cache.get_many(["a", "b"]) == {"a": value}


@needs(bulk="yes")
@given(entries=ENTRIES)
def test_set_many_sets_each(new_cache: NewCache, entries: dict[str, int]) -> None:
    """After set_many each key has its value, and nothing else has changed."""
    cache = new_cache()
    cache.set("other", 0)
    cache.set_many(entries)
    assert {key: cache.get(key, MISSING) for key in entries} == entries
    assert cache.get("other", MISSING) == 0


@needs(bulk="yes")
@given(entries=ENTRIES, asked=ASKED)
def test_delete_many_counts_those_that_were_there(
    new_cache: NewCache, entries: dict[str, int], asked: list[str]
) -> None:
    """delete_many answers how many there were; a key named twice is deleted once."""
    cache = new_cache()
    for key, value in entries.items():
        cache.set(key, value)
    assert cache.delete_many(asked) == len(entries.keys() & set(asked))
    assert all(cache.get(key, MISSING) is MISSING for key in asked)


@needs(bulk="yes")
@given(entries=ENTRIES)
def test_bulk_takes_any_iterable_once(new_cache: NewCache, entries: dict[str, int]) -> None:
    """The keys may come from a generator, which can be read only once."""
    cache = new_cache()
    for key, value in entries.items():
        cache.set(key, value)
    assert cache.get_many(key for key in entries) == entries
    assert cache.delete_many(key for key in entries) == len(entries)


@needs(bulk="yes", ttl="per-entry")
@given(entries=ENTRIES)
def test_set_many_gives_each_the_ttl(new_cache: NewCache, entries: dict[str, int]) -> None:
    """All entries of one set_many live its ttl."""
    cache = new_cache()
    cache.set_many(entries, ttl=cache.unit)
    cache.advance(cache.unit / 2)
    assert {key: cache.get(key, MISSING) for key in entries} == entries
    cache.advance(cache.unit + cache.late)
    assert {key: cache.get(key, MISSING) for key in entries} == dict.fromkeys(entries, MISSING)


@needs(bulk="yes", ttl="fixed")
@given(entries=ENTRIES)
def test_get_many_agrees_about_expiry(new_cache: NewCache, entries: dict[str, int]) -> None:
    """get_many finds no expired entry."""
    cache = new_cache(ttl=new_cache.unit)
    for key, value in entries.items():
        cache.set(key, value)
    cache.advance(1.5 * cache.unit + cache.late)
    assert cache.get_many(entries) == {}


@needs(bulk="yes", ttl="fixed")
def test_delete_many_counts_no_expired_entry(new_cache: NewCache) -> None:
    """An expired entry was not there to delete."""
    cache = new_cache(ttl=new_cache.unit)
    cache.set("a", 1)
    cache.advance(1.5 * cache.unit + cache.late)
    assert cache.delete_many(["a"]) == 0


@needs(bulk="yes", ttl="per-entry")
def test_set_many_with_a_bad_ttl_changes_nothing(new_cache: NewCache) -> None:
    """The ttl is checked before the first entry is set."""
    cache = new_cache()
    cache.set("a", 1)
    with pytest.raises(ValueError):
        cache.set_many({"a": 2, "b": 2}, ttl=-1)
    assert cache.get("a", MISSING) == 1
    assert cache.get("b", MISSING) is MISSING


@needs(bulk="yes")
def test_set_many_with_a_value_that_cannot_be_kept_changes_nothing(new_cache: NewCache) -> None:
    """All values are checked before the first is set: it is all of them, or TypeError and none."""
    cache = new_cache()
    cache.set("a", 1)
    unusual: dict[str, Any] = {"a": 2, "b": (value for value in "generators can neither be copied nor encoded")}
    try:
        cache.set_many(unusual)
    except TypeError:
        assert cache.get("a", MISSING) == 1
    else:
        assert cache.get_many(["a", "b"]) == unusual


@needs(bulk="yes")
def test_set_many_does_not_change_its_argument(new_cache: NewCache) -> None:
    """The mapping handed in is the caller's: it is as it was afterwards."""
    entries = {"a": 1, "b": 2}
    new_cache().set_many(entries)
    assert entries == {"a": 1, "b": 2}


@absent("bulk")
def test_bulk_that_is_not_offered_is_refused(new_cache: NewCache) -> None:
    """A bulk operation that is not declared is not there, or raises; it is never quietly ignored."""
    cache = new_cache()
    with pytest.raises((AttributeError, TypeError, NotImplementedError)):
        cache.get_many(["a"])
