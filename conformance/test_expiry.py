"""Time: an entry lives its ttl, not less, and at the longest one granularity more."""

from __future__ import annotations

from collections.abc import Callable
from math import inf, nan
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from .clocks import ManualClock
from .contract import absent, needs
from .factory import NewCache
from .model import MISSING
from .strategies import SHORT

UNITS = st.integers(1, 4)

# The exact boundary has two promises of its own, the first ones; the others keep half a unit away from it.


@needs(ttl="fixed")
@given(units=UNITS)
def test_an_entry_lives_its_whole_ttl(new_cache: NewCache, units: int) -> None:
    """Set at t with ttl d, an entry is visible while now < t + d: never gone earlier."""
    cache = new_cache(ttl=units * new_cache.unit)
    cache.set("a", 1)
    cache.advance(units * cache.unit - cache.margin)
    assert cache.get("a", MISSING) == 1


@needs(ttl="fixed")
@given(units=UNITS)
def test_an_entry_is_gone_when_its_ttl_is_over(new_cache: NewCache, units: int) -> None:
    """From t + d on an entry is gone, at the latest one granularity later."""
    cache = new_cache(ttl=units * new_cache.unit)
    cache.set("a", 1)
    cache.advance(units * cache.unit + cache.late)
    assert cache.get("a", MISSING) is MISSING


@needs(ttl="per-entry")
@given(own=UNITS, default=UNITS)
def test_an_own_ttl_goes_before_the_default(new_cache: NewCache, own: int, default: int) -> None:
    """Set with a ttl uses that one, shorter or longer than the cache's."""
    cache = new_cache(ttl=default * new_cache.unit)
    cache.set("a", 1, ttl=own * cache.unit)
    cache.advance((own - 0.5) * cache.unit)
    assert cache.get("a", MISSING) == 1, "gone before its own ttl"
    cache.advance(cache.unit + cache.late)
    assert cache.get("a", MISSING) is MISSING, "still there after its own ttl"


@needs(ttl="per-entry")
def test_without_any_ttl_an_entry_stays(new_cache: NewCache) -> None:
    """With no ttl given anywhere, an entry does not expire."""
    cache = new_cache()
    cache.set("a", 1)
    cache.advance(5 * cache.unit)
    assert cache.get("a", MISSING) == 1


@needs(ttl="fixed")
@given(units=st.integers(2, 4))
def test_overwriting_restarts_the_ttl(new_cache: NewCache, units: int) -> None:
    """A value set again lives a whole ttl from then on."""
    cache = new_cache(ttl=units * new_cache.unit)
    cache.set("a", 1)
    cache.advance((units - 1) * cache.unit)
    cache.set("a", 2)
    cache.advance((units - 1) * cache.unit)
    assert cache.get("a", MISSING) == 2


@needs(ttl="per-entry")
@given(units=UNITS)
def test_overwriting_without_a_ttl_removes_it(new_cache: NewCache, units: int) -> None:
    """A set without ttl leaves nothing of an earlier one behind."""
    cache = new_cache()
    cache.set("a", 1, ttl=units * cache.unit)
    cache.set("a", 2)
    cache.advance((units + 1) * cache.unit)
    assert cache.get("a", MISSING) == 2


@needs(ttl="fixed")
@given(units=st.integers(2, 4))
def test_get_does_not_prolong(new_cache: NewCache, units: int) -> None:
    """Reading an entry does not restart its ttl."""
    cache = new_cache(ttl=units * new_cache.unit)
    cache.set("a", 1)
    cache.advance((units - 1) * cache.unit)
    cache.get("a")
    cache.advance(1.5 * cache.unit + cache.late)
    assert cache.get("a", MISSING) is MISSING


@needs(ttl="fixed")
def test_delete_of_an_expired_entry_answers_false(new_cache: NewCache) -> None:
    """An expired entry is not there to delete."""
    cache = new_cache(ttl=new_cache.unit)
    cache.set("a", 1)
    cache.advance(1.5 * cache.unit + cache.late)
    assert cache.delete("a") is False


@needs("__contains__", ttl="fixed")
def test_in_agrees_about_expiry(new_cache: NewCache) -> None:
    """An expired key is not in the cache, whether or not get was asked before."""
    cache = new_cache(ttl=new_cache.unit)
    cache.set("a", 1)
    cache.advance(1.5 * cache.unit + cache.late)
    assert "a" not in cache


@needs("__len__", ttl="fixed")
@given(early=st.sets(SHORT, max_size=3), late=st.sets(st.sampled_from("uvw"), max_size=3))
def test_len_agrees_about_expiry(new_cache: NewCache, early: set[str], late: set[str]) -> None:
    """Len counts no expired entry."""
    cache = new_cache(ttl=2 * new_cache.unit)
    for key in early:
        cache.set(key, 1)
    cache.advance(1.5 * cache.unit)
    for key in late:
        cache.set(key, 1)
    cache.advance(cache.unit + cache.late)
    assert len(cache) == len(late)


@needs("__iter__", ttl="fixed")
def test_iteration_agrees_about_expiry(new_cache: NewCache) -> None:
    """Iteration gives no expired key."""
    cache = new_cache(ttl=2 * new_cache.unit)
    cache.set("a", 1)
    cache.advance(1.5 * cache.unit)
    cache.set("b", 1)
    cache.advance(cache.unit + cache.late)
    assert list(cache) == ["b"]


@needs(ttl="per-entry")
@given(ttl=st.sampled_from((-1, -0.5, -inf, nan)))
def test_a_ttl_below_zero_is_refused(new_cache: NewCache, ttl: float) -> None:
    """A negative ttl, or NaN, raises ValueError and what was there stays; it is never forever."""
    cache = new_cache()
    cache.set("a", 1)
    with pytest.raises(ValueError):
        cache.set("a", 2, ttl=ttl)
    assert cache.get("a", MISSING) == 1


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
@given(ttl=st.sampled_from((inf, 10**400)))
def test_a_ttl_past_what_the_clock_can_add_is_refused(new_cache: NewCache, ttl: float) -> None:
    """A ttl too large to add raises ValueError and what was there stays; it does not overflow into the past."""
    cache = new_cache()
    cache.set("a", 1)
    with pytest.raises(ValueError):
        cache.set("a", 2, ttl=ttl)
    assert cache.get("a", MISSING) == 1


@needs(ttl="per-entry")
@given(days=st.sampled_from((29, 30, 31, 365, 3650)))
def test_a_long_ttl_is_a_ttl(new_cache: NewCache, days: int) -> None:
    """A ttl of more than 30 days is a length of time, not a date: the entry is there after it was set."""
    cache = new_cache()
    cache.set("a", 1, ttl=days * 86400)
    assert cache.get("a", MISSING) == 1


@needs(ttl="per-entry")
@given(ttl=st.sampled_from((2**31, 2**32, 2**63, 2**64, 1e30, 1e300)))
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


@needs(ttl="per-entry", clock="injected")
@given(back=st.integers(2, 5))
def test_a_clock_that_steps_back_brings_nothing_back(new_cache: NewCache, back: int) -> None:
    """An entry once seen expired stays gone, whatever the clock does next."""
    cache = new_cache()
    cache.set("a", 1, ttl=2.0)
    cache.advance(3.0 + cache.late)
    cache.get("a")
    cache.advance(-back)
    assert cache.get("a", MISSING) is MISSING


@needs(ttl="per-entry", clock="injected")
@given(back=st.integers(2, 5))
def test_an_entry_set_after_the_clock_stepped_back_lives_its_ttl(new_cache: NewCache, back: int) -> None:
    """What is set after a step back lives its ttl by the clock as it then runs."""
    cache = new_cache()
    cache.set("a", 1, ttl=2.0)
    cache.advance(3.0 + cache.late)
    cache.get("a")
    cache.advance(-back)
    cache.set("a", 2, ttl=2.0)
    cache.advance(1.5)
    assert cache.get("a", MISSING) == 2, "gone before its ttl"
    cache.advance(1.0 + cache.late)
    assert cache.get("a", MISSING) is MISSING, "still there after its ttl"


@needs(ttl="fixed", clock="injected")
def test_one_operation_reads_the_clock_once(new_cache: NewCache) -> None:
    """An operation that reads the clock twice may tell two stories about one entry."""
    cache = new_cache(ttl=2.0)
    clock = cache.timeline
    assert isinstance(clock, ManualClock)
    operations: tuple[Callable[[], Any], ...] = (
        lambda: cache.set("a", 1),
        lambda: cache.get("a"),
        lambda: cache.delete("a"),
    )
    for operation in operations:
        before = clock.readings
        operation()
        assert clock.readings - before <= 1, f"{cache.history.steps[-1].call} read the clock twice"


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
