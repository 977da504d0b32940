"""Entries: what is stored comes back, and what is not stored is absent."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

from hypothesis import given

from .contract import needs
from .factory import NewCache
from .interleaving import interleaved
from .judged import Judged, takes
from .model import MISSING
from .strategies import FALSY, HELD, beyond_json, examples, filled, refused, same, timed_too, truthy_json, with_each


@given(value=truthy_json)
@examples(True, -1, 2**63, 1.0, [-0.0], 1e300, "\x00", "\U0001f600", {"a": {"b": [None]}}, [True, 1])
def test_a_stored_value_comes_back_equal_and_of_the_same_type(new_cache: NewCache, value: object) -> None:
    """What was set is what get answers, equal and of equal type all the way down."""
    cache = new_cache()
    cache.set("a", copy.deepcopy(value))
    answer = cache.get("a", MISSING)
    assert same(answer, value), f"{value!r} came back as {answer!r}"


@timed_too
@with_each(value=FALSY)
def test_a_stored_falsy_value_is_a_hit(new_cache: NewCache, value: object) -> None:
    """A stored None, False, 0, "" or [] is a hit, and what is not stored none; look for `is None` in get."""
    cache = new_cache()
    if takes(cache, value) or not isinstance(value, (list, dict)):  # of these the promise above tells
        assert cache.get("a", MISSING) is not MISSING, f"{value!r} is not there"
    assert cache.get("b", MISSING) is MISSING


@given(value=beyond_json.map(lambda value: value or b"\0"))
@examples((1, 2), [(1,)], {1: "x"}, {"a": {True: 1}}, {1}, frozenset({1}), b"a", bytearray(b"a"), 1 + 2j)
def test_what_cannot_be_kept_is_refused(new_cache: NewCache, value: object) -> None:
    """A value comes back equal and of the same type, or set raises: it never comes back as another one."""
    cache = new_cache()
    if refused(lambda: cache.set("a", copy.deepcopy(value))):
        return
    answer = cache.get("a", MISSING)
    assert same(answer, value), f"{value!r} was accepted and came back as {answer!r}"


def test_a_refused_value_leaves_what_was_there(new_cache: NewCache) -> None:
    """A set that raises has changed nothing: what can go wrong goes wrong before the old entry goes."""
    cache = new_cache()
    cache.set("a", "before")
    if refused(lambda: cache.set("a", (each for each in "a generator can neither be copied nor encoded"))):
        assert cache.get("a", MISSING) == "before"


@with_each(default=(*FALSY, "default", ["default"]))
def test_an_absent_key_answers_the_default_itself(new_cache: NewCache, default: object) -> None:
    """A miss answers the very default it was given, None without one."""
    cache = new_cache()
    assert cache.get("a", default) is default
    assert cache.get("b") is None


def test_get_never_stores(new_cache: NewCache) -> None:
    """A default answered once is not an entry: the next get with another default answers that one."""
    cache = new_cache()
    cache.get("a", "first")
    assert cache.get("a", MISSING) is MISSING


def test_the_last_set_wins(new_cache: NewCache) -> None:
    """Overwriting replaces the value."""
    cache = new_cache()
    cache.set("a", 1)
    cache.set("a", 2)
    assert cache.get("a", MISSING) == 2


@with_each(value=(1, *FALSY))
def test_delete_answers_whether_there_was_an_entry(new_cache: NewCache, value: object) -> None:
    """Delete is True for an entry, whatever its value, and False when there is none any more."""
    cache = new_cache()
    if takes(cache, value):
        assert cache.delete("a") is True
    assert cache.delete("a") is False


@with_each(held=HELD, key="ad")
def test_delete_takes_one_entry(new_cache: NewCache, held: dict[str, int], key: str) -> None:
    """After delete the key is absent and every other one is as it was."""
    cache = filled(new_cache, held)
    cache.delete(key)
    assert found(cache) == {each: value for each, value in held.items() if each != key}


@with_each(key=("a", "*", "a*", "?", "[a]", "a|b", ".", "%", "_"))
def test_delete_takes_its_key_for_no_pattern(new_cache: NewCache, key: str) -> None:
    """Delete takes the one key that it is given: others that begin with it, or match it as a pattern, stay."""
    held = {"aa": 1, "ab": 2, "b": 3}
    cache = new_cache()
    for each, value in held.items():
        cache.set(each, value)
    cache.delete(key)
    assert {each: cache.get(each, MISSING) for each in held} == held


@with_each(held=HELD)
def test_clear_takes_all_entries(new_cache: NewCache, held: dict[str, int]) -> None:
    """After clear nothing is there, and the cache goes on working."""
    cache = filled(new_cache, held)
    cache.clear()
    assert found(cache) == {}
    cache.set("a", 1)
    assert cache.get("a", MISSING) == 1


@with_each(held=HELD)
def test_delete_finds_nothing_after_clear(new_cache: NewCache, held: dict[str, int]) -> None:
    """Of what clear has taken delete answers what it does of a key that was never there."""
    cache = filled(new_cache, held)
    cache.clear()
    never = cache.delete("z")
    assert all(cache.delete(key) == never for key in held if cache.get(key, MISSING) is MISSING)


def test_set_does_not_change_what_it_is_given(new_cache: NewCache) -> None:
    """The object handed to set is the caller's: it is as it was afterwards."""
    value = {"b": [3, 1, 2], "a": {"c": None}}
    before, cache = repr(value), new_cache()
    takes(cache, value)
    cache.change("print(given)", given=value)
    assert repr(value) == before


@needs(values="copied")
def test_changing_an_object_after_set_changes_no_entry(new_cache: NewCache) -> None:
    """values: copied holds on the way in, all the way down."""
    cache, value = new_cache(), [[1]]
    cache.set("a", value)
    cache.change("given[0].append(2)", given=value)
    assert cache.get("a", MISSING) == [[1]]


@needs(values="copied")
def test_changing_an_answer_changes_no_entry(new_cache: NewCache) -> None:
    """values: copied holds on the way out: the second get is not the object the first one answered."""
    cache = new_cache()
    cache.set("a", [[1]])
    cache.change("answer[0].append(2)", answer=cache.get("a"))
    assert cache.get("a", MISSING) == [[1]]


@needs("__contains__")
@with_each(value=FALSY)
def test_in_tells_what_is_there(new_cache: NewCache, value: object) -> None:
    """`in` is true for exactly the keys that are stored, those of falsy values included."""
    cache = new_cache()
    cache.set("a", value)
    assert ("a" in cache, "b" in cache) == (True, False)


@needs("__len__")
@with_each(held=HELD, gone="ad")
def test_len_counts_the_entries(new_cache: NewCache, held: dict[str, int], gone: str) -> None:
    """Len is the number of entries, and follows set, overwrite and delete."""
    cache = filled(new_cache, held)
    for key in held:
        cache.set(key, "again")
    cache.delete(gone)
    assert len(cache) == len(held.keys() - {gone})


@needs("__iter__")
@with_each(held=HELD)
def test_iteration_gives_each_key_once(new_cache: NewCache, held: dict[str, int]) -> None:
    """Iterating a cache gives its keys, each once, as they were set."""
    cache = filled(new_cache, held)
    for key in held:
        cache.set(key, "again")
    assert sorted(iter(cache)) == sorted(held)  # sorted alone would end with a question for its length


@needs("close")
def test_a_closed_cache_refuses_every_operation(new_cache: NewCache) -> None:
    """After close every operation raises; closing twice is fine."""
    cache = new_cache()
    cache.set("a", 1)
    cache.close()
    cache.close()
    for operation in operations(cache):
        assert refused(operation), f"{cache.history.steps[-1].call} is answered"


@needs(threads="safe", asynchronous={"no"}, scope={"instance"})
def test_two_operations_at_once_are_as_one_after_the_other(new_cache: NewCache) -> None:
    """threads: safe: two threads that meet at one key are answered, and leave it, as in one of the two orders.

    The second comes into the first at every place; look for what is read there, and written without a lock.
    """
    for first, second in ((get, delete), (get, put), (delete, delete), (put, delete)):
        lawful = [one_by_one(new_cache, first, second), one_by_one(new_cache, second, first, swapped=True)]
        for cache, *answers in interleaved(lambda: filled(new_cache, {"a": 1}), first, second):
            assert [*answers, cache.get("a")] in lawful, f"not one of {lawful}"


def get(cache: Judged) -> Any:
    return cache.get("a")


def put(cache: Judged) -> Any:
    return cache.set("a", 2)


def delete(cache: Judged) -> Any:
    return cache.delete("a")


def found(cache: Judged) -> dict[str, Any]:
    """What the cache holds."""
    answers = {key: cache.get(key, MISSING) for key in "abcd"}
    return {key: value for key, value in answers.items() if value is not MISSING}


def operations(cache: Judged) -> list[Callable[[], Any]]:
    """Every operation that the subject has, but ``close``."""
    optional: dict[str, Callable[[], Any]] = {
        "__contains__": lambda: "a" in cache,
        "__len__": lambda: len(cache),
        "__iter__": lambda: list(cache),
        "get_many": lambda: cache.get_many(["a"]),
        "set_many": lambda: cache.set_many({"a": 1}),
        "delete_many": lambda: cache.delete_many(["a"]),
        "get_or_set": lambda: cache.get_or_set("a", lambda: 1),
        "stats": lambda: cache.stats().size,
    }
    sets = [lambda: cache.set("a", 1), lambda: cache.set("a", 1, ttl=cache.unit)]  # which some refuse at any time
    always = [*sets, lambda: cache.get("a"), lambda: cache.delete("a"), cache.clear]
    return always + [each for name, each in optional.items() if hasattr(cache.subject, name)]


def one_by_one(
    new_cache: NewCache, first: Callable[[Judged], Any], second: Callable[[Judged], Any], *, swapped: bool = False
) -> list[Any]:
    """What both answer, and what is found after them."""
    cache = filled(new_cache, {"a": 1})
    answers = [first(cache), second(cache)]
    return [*(reversed(answers) if swapped else answers), cache.get("a")]
