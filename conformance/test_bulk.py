"""Bulk: the same as a loop of single operations, decided before anything changes."""

from __future__ import annotations

from .contract import absent, needs
from .factory import NewCache
from .judged import takes
from .model import MISSING
from .strategies import FALSY, HELD, filled, not_offered, refused, with_each, with_ttl

#: Keys asked for: none, some that are there, some that are not, one twice.
ASKED: tuple[list[str], ...] = ([], ["a"], ["a", "z"], ["b", "a", "b"], ["z", "d", "z"])


@needs(bulk="plain")
@with_each(held=HELD, asked=ASKED)
def test_get_many_answers_those_found(new_cache: NewCache, held: dict[str, int], asked: list[str]) -> None:
    """get_many is a dict of the keys that are there, and of no others."""
    cache = filled(new_cache, held)
    assert cache.get_many(asked) == {key: held[key] for key in asked if key in held}


@needs(bulk="plain")
@with_each(value=FALSY)
def test_get_many_finds_a_stored_falsy_value(new_cache: NewCache, value: object) -> None:
    """A stored None, False, 0, "" or [] is found by get_many, too."""
    cache = new_cache()
    if takes(cache, value):
        assert "a" in cache.get_many(["a"])


@needs(bulk="plain")
@with_each(given=HELD)
def test_set_many_sets_each(new_cache: NewCache, given: dict[str, int]) -> None:
    """After set_many each key has its value, and nothing else has changed."""
    cache = new_cache()
    cache.set("a", "before")
    cache.set("other", "other")
    cache.set_many(given)
    wanted = {"a": "before", "other": "other", **given}
    assert {key: cache.get(key, MISSING) for key in wanted} == wanted


@needs("delete_many", bulk="plain")
@with_each(held=HELD, asked=ASKED)
def test_delete_many_counts_those_that_were_there(new_cache: NewCache, held: dict[str, int], asked: list[str]) -> None:
    """delete_many answers how many there were, a key named twice once; where bulk is plain, it may answer None."""
    cache = filled(new_cache, held)
    assert cache.delete_many(asked) in _counts(new_cache, len(held.keys() & set(asked)))


@needs("delete_many", bulk="plain")
@with_each(held=HELD, asked=ASKED)
def test_delete_many_takes_these_entries(new_cache: NewCache, held: dict[str, int], asked: list[str]) -> None:
    """After delete_many its keys are absent, and every other is as it was."""
    cache = filled(new_cache, held)
    cache.delete_many(asked)
    left = {key: value for key, value in held.items() if key not in asked}
    assert {key: cache.get(key, MISSING) for key in held} == dict.fromkeys(held, MISSING) | left


@needs(bulk="yes")
def test_get_many_takes_any_iterable_once(new_cache: NewCache) -> None:
    """The keys may come from an iterator, which can be read only once."""
    cache = filled(new_cache, {"a": 1})
    assert cache.get_many(iter(["a"])) == {"a": 1}


@needs(bulk="yes")
def test_delete_many_takes_any_iterable_once(new_cache: NewCache) -> None:
    """The keys may come from an iterator, which can be read only once."""
    cache = filled(new_cache, {"a": 1})
    cache.delete_many(iter(["a", "b"]))
    assert cache.get("a", MISSING) is MISSING


@needs(bulk="plain", ttl="per-entry")
def test_set_many_gives_each_the_ttl(new_cache: NewCache) -> None:
    """All entries of one set_many live its ttl."""
    cache = new_cache()
    with_ttl(cache.set_many, dict.fromkeys("abcd", 1), ttl=cache.unit)
    cache.advance(cache.unit / 2)
    assert [cache.get(key, MISSING) for key in "ab"] == [1, 1], "gone before the ttl"
    cache.advance(cache.unit + cache.late)
    assert [cache.get(key, MISSING) for key in "cd"] == [MISSING, MISSING], "still there after the ttl"


@needs(bulk="plain", ttl="fixed")
def test_set_many_gives_each_the_default_ttl(new_cache: NewCache) -> None:
    """With no ttl of its own, set_many uses the cache's, as set does."""
    cache = new_cache(ttl=new_cache.unit)
    cache.set_many({"a": 1, "b": 2})
    cache.advance(1.5 * cache.unit + cache.late)
    assert [cache.get(key, MISSING) for key in "ab"] == [MISSING, MISSING]


@needs(bulk="plain", ttl="fixed")
def test_get_many_agrees_about_expiry(new_cache: NewCache) -> None:
    """get_many finds no expired entry."""
    cache = new_cache(ttl=new_cache.unit)
    cache.set("a", 1)
    cache.advance(1.5 * cache.unit + cache.late)
    assert cache.get_many(["a"]) == {}


@needs("delete_many", bulk="plain", ttl="fixed")
def test_delete_many_counts_no_expired_entry(new_cache: NewCache) -> None:
    """An expired entry was not there to delete."""
    cache = new_cache(ttl=new_cache.unit)
    cache.set("a", 1)
    cache.advance(1.5 * cache.unit + cache.late)
    assert cache.delete_many(["a"]) in _counts(new_cache, 0)


@needs(bulk="yes", ttl="per-entry")
def test_set_many_with_a_bad_ttl_changes_nothing(new_cache: NewCache) -> None:
    """A ttl that set refuses is refused here, too, before the first entry is set."""
    cache = filled(new_cache, {"a": 1})
    if refused(lambda: cache.set("z", 1, ttl=-1)):
        assert refused(lambda: cache.set_many({"a": 2, "b": 2}, ttl=-1)), "set refuses this ttl"
        assert [cache.get(key, MISSING) for key in "ab"] == [1, MISSING]


@needs(bulk="yes")
def test_set_many_with_a_value_that_cannot_be_kept_changes_nothing(new_cache: NewCache) -> None:
    """All values are checked before the first is set: it is all of them, or an error and none."""
    cache = filled(new_cache, {"a": 1})
    generator = (each for each in "a generator can neither be copied nor encoded")
    if refused(lambda: cache.set_many({"a": 2, "b": generator})):
        assert [cache.get(key, MISSING) for key in "ab"] == [1, MISSING]


@needs("delete_many", bulk="plain")
def test_bulk_does_not_change_its_arguments(new_cache: NewCache) -> None:
    """The mapping and the keys handed in are the caller's: they are as they were afterwards."""
    cache = new_cache()
    values = ([1], [2]) if takes(cache, [1]) else (1, 2)
    mapping, keys = dict(zip("ba", values, strict=True)), ["b", "z", "a", "b"]
    before = repr(mapping)
    cache.set_many(mapping)
    cache.change("print(given)", given=mapping)
    for bulk in (cache.get_many, cache.delete_many):
        bulk(keys)
        cache.change("print(given)", given=keys)
    assert (repr(mapping), keys) == (before, ["b", "z", "a", "b"])


@needs(bulk="plain", values="copied")
def test_bulk_copies_values_on_the_way_in(new_cache: NewCache) -> None:
    """values: copied holds for set_many."""
    cache, value = new_cache(), [[1]]
    cache.set_many({"a": value})
    cache.change("given['a'][0].append(2)", given={"a": value})
    assert cache.get("a", MISSING) == [[1]]


@needs(bulk="plain", values="copied")
def test_bulk_copies_values_on_the_way_out(new_cache: NewCache) -> None:
    """values: copied holds for get_many."""
    cache = new_cache()
    cache.set("a", [[1]])
    cache.change("answer['a'][0].append(2)", answer=cache.get_many(["a"]))
    assert cache.get("a", MISSING) == [[1]]


@needs(bulk="plain", eviction="approximate")
@with_each(capacity=range(1, 4))
def test_set_many_keeps_the_capacity(new_cache: NewCache, capacity: int) -> None:
    """However many set_many brings, at most `capacity` entries are held."""
    cache = new_cache(capacity=capacity)
    keys = [str(number) for number in range(6)]
    cache.set_many(dict.fromkeys(keys, 1))
    assert sum(cache.get(key, MISSING) is not MISSING for key in keys) <= capacity


@needs(bulk="plain", eviction={"lru"})
def test_get_many_refreshes(new_cache: NewCache) -> None:
    """A hit of get_many makes its entry the most recently used one, as get does."""
    cache = new_cache(capacity=2)
    cache.set("a", 1)
    cache.set("b", 1)
    cache.get_many(["a"])
    cache.set("c", 1)
    assert cache.get("a", MISSING) == 1


@absent("bulk")
def test_bulk_that_is_not_offered_is_refused(new_cache: NewCache) -> None:
    """A bulk operation that is not declared is not there, or raises; it is never quietly ignored."""
    cache = new_cache()
    not_offered(lambda: cache.get_many(["a"]), "bulk: plain, or yes,")


def _counts(new_cache: NewCache, number: int) -> tuple[int | None, ...]:
    """What delete_many may answer of so many entries."""
    return (number,) if new_cache.capabilities.bulk == "yes" else (number, None)
