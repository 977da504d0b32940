"""Sharing: who else sees an entry, and for how long."""

from __future__ import annotations

from .contract import needs
from .factory import NewCache
from .model import MISSING
from .strategies import same, with_each

#: Values that a way through a file or a server may change.
VALUES = (1, 1.0, True, "a", "\U0001f600", [1, [None]], {"a": {"b": -0.0}})


@needs(scope={"instance"})
def test_two_instances_share_nothing(new_cache: NewCache) -> None:
    """scope: instance is just that: another instance of the same class sees no entry."""
    cache = new_cache()
    other = cache.sibling()
    cache.set("a", 1)
    assert other.get("a", MISSING) is MISSING


@needs(scope="host")
@with_each(value=VALUES)
def test_another_instance_sees_an_entry(new_cache: NewCache, value: object) -> None:
    """What one instance sets, another at the same location gets, equal and of the same type."""
    cache = new_cache()
    other = cache.sibling()
    cache.set("a", value)
    assert same(other.get("a", MISSING), value)


@needs(scope="host")
def test_another_instance_sees_an_overwrite(new_cache: NewCache) -> None:
    """What one instance sets anew is new for all, also for who has read it before."""
    cache = new_cache()
    other = cache.sibling()
    cache.set("a", 1)
    other.get("a")
    cache.set("a", 2)
    assert other.get("a", MISSING) == 2


@needs(scope="host")
@with_each(change=("delete", "clear"))
def test_another_instance_sees_a_delete(new_cache: NewCache, change: str) -> None:
    """What one instance deletes or clears is gone for all, also for who has read it before."""
    cache = new_cache()
    other = cache.sibling()
    cache.set("a", 1)
    other.get("a")
    cache.delete("a") if change == "delete" else cache.clear()
    assert other.get("a", MISSING) is MISSING


@needs(scope="host", ttl="per-entry")
def test_another_instance_agrees_about_expiry(new_cache: NewCache) -> None:
    """An entry's ttl is its own, whichever instance looks."""
    cache = new_cache()
    other = cache.sibling()
    cache.set("a", 1, ttl=cache.unit)
    cache.set("b", 1, ttl=cache.unit)
    cache.advance(cache.unit / 2)
    assert other.get("a", MISSING) == 1, "gone before its ttl"
    cache.advance(cache.unit + cache.late)
    assert other.get("b", MISSING) is MISSING, "still there after its ttl"


@needs("close", scope="host", durable="yes")
@with_each(value=VALUES)
def test_entries_outlive_the_instance_that_set_them(new_cache: NewCache, value: object) -> None:
    """durable: yes keeps entries when the instance that wrote them is closed."""
    cache = new_cache()
    cache.set("a", value)
    cache.close()
    assert same(cache.sibling().get("a", MISSING), value)
