"""Sharing: who else sees an entry, and for how long."""

from __future__ import annotations

from hypothesis import given

from .contract import needs
from .factory import NewCache
from .model import MISSING
from .strategies import SHORT, plain_values, same


@needs(scope={"instance"})
@given(key=SHORT)
def test_two_instances_share_nothing(new_cache: NewCache, key: str) -> None:
    """scope: instance is just that: another instance of the same class sees no entry."""
    cache = new_cache()
    other = cache.sibling()
    cache.set(key, 1)
    assert other.get(key, MISSING) is MISSING


@needs(scope="host")
@given(key=SHORT, value=plain_values)
def test_another_instance_sees_an_entry(new_cache: NewCache, key: str, value: object) -> None:
    """What one instance sets, another at the same location gets, equal and of the same type."""
    cache = new_cache()
    other = cache.sibling()
    cache.set(key, value)
    assert same(other.get(key, MISSING), value)


@needs(scope="host")
@given(key=SHORT)
def test_another_instance_sees_a_delete(new_cache: NewCache, key: str) -> None:
    """What one instance deletes is gone for all."""
    cache = new_cache()
    other = cache.sibling()
    cache.set(key, 1)
    other.get(key)
    cache.delete(key)
    assert other.get(key, MISSING) is MISSING


@needs(scope="host", ttl="per-entry")
def test_another_instance_agrees_about_expiry(new_cache: NewCache) -> None:
    """An entry's ttl is its own, whichever instance looks."""
    cache = new_cache()
    other = cache.sibling()
    cache.set("a", 1, ttl=cache.unit)
    cache.advance(cache.unit / 2)
    assert other.get("a", MISSING) == 1, "gone before its ttl"
    cache.advance(cache.unit + cache.late)
    assert other.get("a", MISSING) is MISSING, "still there after its ttl"


@needs("close", scope="host", durable="yes")
@given(key=SHORT, value=plain_values)
def test_entries_outlive_the_instance_that_set_them(new_cache: NewCache, key: str, value: object) -> None:
    """durable: yes keeps entries when the instance that wrote them is closed."""
    cache = new_cache()
    cache.set(key, value)
    cache.close()
    assert same(cache.sibling().get(key, MISSING), value)
