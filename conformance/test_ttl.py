"""What a ttl may be: any length of time above zero that the clock can add, and nothing else."""

from __future__ import annotations

from math import inf, nan

from .clocks import WaitedClock
from .contract import absent, needs
from .factory import NewCache
from .model import MISSING
from .strategies import refused, with_each

ACCEPTED = "a ttl of {} was accepted; who takes one declares ttl_zero: expired, or forever"


@needs(ttl="per-entry")
def test_a_ttl_need_not_be_whole(new_cache: NewCache) -> None:
    """A ttl with a fraction is neither cut nor rounded."""
    cache = new_cache()
    cache.set("a", 1, ttl=1.5 * cache.unit)
    cache.set("b", 1, ttl=1.5 * cache.unit)
    cache.advance(1.5 * cache.unit - max(cache.margin, cache.unit / 4))
    assert cache.get("a", MISSING) == 1, "gone before its ttl"
    cache.advance(max(cache.margin, cache.unit / 4) + cache.unit / 4 + cache.late)
    assert cache.get("b", MISSING) is MISSING, "still there after its ttl"


@needs(ttl="per-entry")
@with_each(ttl=(-1, -0.5, -inf, nan))
def test_a_ttl_below_zero_is_refused(new_cache: NewCache, ttl: float) -> None:
    """A negative ttl, or NaN, raises and what was there stays; it is never forever.

    Where zero is no error, a negative ttl need be none, either: then it is over at once.
    """
    cache = new_cache()
    cache.set("a", 1)
    if refused(lambda: cache.set("a", 2, ttl=ttl)):
        assert cache.get("a", MISSING) == 1, f"a refused ttl of {ttl} took the entry that was there"
    else:
        assert new_cache.capabilities.ttl_zero != "rejected", ACCEPTED.format(ttl)
        assert cache.get("a", MISSING) is MISSING, f"a ttl of {ttl} is not over at once"


@needs(ttl="fixed")
@with_each(ttl=(-1, -0.5, -inf, nan))
def test_a_default_ttl_below_zero_is_refused(new_cache: NewCache, ttl: float) -> None:
    """The same for the ttl that the cache is made with: refused then, or at the latest when it is to be used."""
    if refused(lambda: new_cache(ttl=ttl).set("a", 1)):
        return
    assert new_cache.capabilities.ttl_zero != "rejected", ACCEPTED.format(ttl)
    cache = new_cache(ttl=ttl)
    cache.set("a", 1)
    assert cache.get("a", MISSING) is MISSING, f"a ttl of {ttl} is not over at once"


@needs(ttl="per-entry", ttl_zero={"rejected"})
def test_a_ttl_of_zero_is_refused(new_cache: NewCache) -> None:
    """ttl_zero: rejected raises, and what was there stays."""
    cache = new_cache()
    cache.set("a", 1)
    assert refused(lambda: cache.set("a", 2, ttl=0)), ACCEPTED.format(0)
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
@with_each(ttl=(2**31, 2**32, 2**63, 2**64, 1e30, 1e300, inf, 10**400))
def test_a_huge_ttl_is_kept_or_refused(new_cache: NewCache, ttl: float) -> None:
    """A ttl of centuries, or past what the clock can add, is kept, or raises and what was there stays.

    No figure on the way overflows into the past, and none fails once the old entry is gone.
    """
    cache = new_cache()
    cache.set("a", 1)
    answer = 1 if refused(lambda: cache.set("a", 2, ttl=ttl)) else 2
    assert cache.get("a", MISSING) == answer


@absent("ttl")
def test_a_ttl_that_is_not_offered_is_refused(new_cache: NewCache) -> None:
    """A ttl given to a cache without one raises; it is never quietly ignored."""
    cache = new_cache()
    assert refused(lambda: cache.set("a", 1, ttl=1.0)), "a ttl was accepted, and none is offered"


@needs(ttl={"fixed"})
def test_an_own_ttl_that_is_not_offered_is_refused(new_cache: NewCache) -> None:
    """Where the ttl is the cache's, one given to set raises; it is never quietly ignored."""
    cache = new_cache(ttl=new_cache.unit)
    assert refused(lambda: cache.set("a", 1, ttl=1.0)), "a ttl of the entry was accepted, and none is offered"
