"""What a ttl may be: any length of time above zero that the clock can add, and nothing else."""

from __future__ import annotations

from math import inf, nan

import pytest

from .clocks import WaitedClock
from .contract import absent, needs
from .factory import NewCache
from .model import MISSING
from .strategies import with_each


@needs(ttl="per-entry")
def test_a_ttl_need_not_be_whole(new_cache: NewCache) -> None:
    """A ttl with a fraction is neither cut nor rounded."""
    cache = new_cache()
    cache.set("a", 1, ttl=1.5 * cache.unit)
    cache.advance(1.5 * cache.unit - max(cache.margin, cache.unit / 4))
    assert cache.get("a", MISSING) == 1, "gone before its ttl"
    cache.advance(max(cache.margin, cache.unit / 4) + cache.unit / 4 + cache.late)
    assert cache.get("a", MISSING) is MISSING, "still there after its ttl"


@needs(ttl="per-entry")
@with_each(ttl=(-1, -0.5, -inf, nan))
def test_a_ttl_below_zero_is_refused(new_cache: NewCache, ttl: float) -> None:
    """A negative ttl, or NaN, raises ValueError and what was there stays; it is never forever."""
    cache = new_cache()
    cache.set("a", 1)
    with pytest.raises(ValueError):
        cache.set("a", 2, ttl=ttl)
    assert cache.get("a", MISSING) == 1


@needs(ttl="fixed")
@with_each(ttl=(-1, -0.5, -inf, nan))
def test_a_default_ttl_below_zero_is_refused(new_cache: NewCache, ttl: float) -> None:
    """The same for the ttl that the cache is made with."""
    with pytest.raises(ValueError):
        new_cache(ttl=ttl)


@needs(ttl="per-entry", ttl_zero={"rejected"})
def test_a_ttl_of_zero_is_refused(new_cache: NewCache) -> None:
    """ttl_zero: rejected raises ValueError, and what was there stays."""
    cache = new_cache()
    cache.set("a", 1)
    with pytest.raises(ValueError):
        cache.set("a", 2, ttl=0)
    assert cache.get("a", MISSING) == 1


@needs(ttl="per-entry", ttl_zero={"expired"})
def test_a_ttl_of_zero_is_expired_at_once(new_cache: NewCache) -> None:
    """ttl_zero: expired leaves no entry, not even the one before."""
    cache = new_cache()
    cache.set("a", 1)
    cache.set("a", 2, ttl=0)
    assert cache.get("a", MISSING) is MISSING


@needs(ttl="per-entry", ttl_zero={"forever"})
def test_a_ttl_of_zero_is_forever(new_cache: NewCache) -> None:
    """ttl_zero: forever does not expire."""
    cache = new_cache(ttl=new_cache.unit)
    cache.set("a", 1, ttl=0)
    cache.advance(3 * cache.unit)
    assert cache.get("a", MISSING) == 1


@needs(ttl="per-entry")
@with_each(ttl=(inf, 10**400))
def test_a_ttl_past_what_the_clock_can_add_is_refused(new_cache: NewCache, ttl: float) -> None:
    """A ttl too large to add raises ValueError and what was there stays; it does not overflow into the past."""
    cache = new_cache()
    cache.set("a", 1)
    with pytest.raises(ValueError):
        cache.set("a", 2, ttl=ttl)
    assert cache.get("a", MISSING) == 1


@needs(ttl="per-entry")
@with_each(days=(29, 30, 31, 365, 3650))
def test_a_long_ttl_is_a_ttl(new_cache: NewCache, days: int) -> None:
    """A ttl of more than 30 days is a length of time, not a date: the entry is there that long."""
    cache = new_cache()
    cache.set("a", 1, ttl=days * 86400)
    assert cache.get("a", MISSING) == 1
    if not isinstance(cache.timeline, WaitedClock):
        cache.advance(days * 86400 - cache.unit / 2)
        assert cache.get("a", MISSING) == 1


@needs(ttl="per-entry")
@with_each(ttl=(2**31, 2**32, 2**63, 2**64, 1e30, 1e300))
def test_a_huge_ttl_is_kept_or_refused(new_cache: NewCache, ttl: float) -> None:
    """A ttl of centuries is taken for what it is or refused with ValueError: no figure on the way overflows."""
    cache = new_cache()
    cache.set("a", 1)
    try:
        cache.set("a", 2, ttl=ttl)
    except ValueError:
        assert cache.get("a", MISSING) == 1
    else:
        assert cache.get("a", MISSING) == 2


@absent("ttl")
def test_a_ttl_that_is_not_offered_is_refused(new_cache: NewCache) -> None:
    """A ttl given to a cache without one raises TypeError; it is never quietly ignored."""
    cache = new_cache()
    with pytest.raises(TypeError):
        cache.set("a", 1, ttl=1.0)


@needs(ttl={"fixed"})
def test_an_own_ttl_that_is_not_offered_is_refused(new_cache: NewCache) -> None:
    """Where the ttl is the cache's, one given to set raises TypeError; it is never quietly ignored."""
    cache = new_cache(ttl=new_cache.unit)
    with pytest.raises(TypeError):
        cache.set("a", 1, ttl=1.0)
