"""Time: an entry lives its ttl, not less, and at the longest one granularity more."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from .clocks import ManualClock
from .contract import needs
from .factory import NewCache
from .judged import Judged
from .model import MISSING
from .script import scenes
from .strategies import HELD, with_each
from .wall import WallClock

UNITS = range(1, 4)
MANY = 40  # more than one operation may care to remove

# The exact boundary has two promises of its own, the first ones; the others keep half a unit away from it.


@needs(ttl="fixed")
@with_each(units=UNITS)
def test_an_entry_lives_its_whole_ttl(new_cache: NewCache, units: int) -> None:
    """Set at t with ttl d, an entry is visible while now < t + d: never gone earlier."""
    cache = new_cache(ttl=units * new_cache.unit)
    cache.set("a", 1)
    cache.advance(units * cache.unit - cache.margin)
    assert cache.get("a", MISSING) == 1


@needs(ttl="fixed")
@with_each(units_and_others=[*((units, 0) for units in UNITS), (1, MANY)])
def test_an_entry_is_gone_when_its_ttl_is_over(new_cache: NewCache, units_and_others: tuple[int, int]) -> None:
    """From t + d on an entry is gone, at the latest one granularity later, however many others go at that moment."""
    units, others = units_and_others
    cache = new_cache(ttl=units * new_cache.unit)
    for key in (*map(str, range(others)), "a"):
        cache.set(key, 1)
    cache.advance(units * cache.unit + cache.late)
    assert cache.get("a", MISSING) is MISSING


@needs(ttl="fixed")
def test_an_entry_lives_whenever_it_is_set(new_cache: NewCache) -> None:
    """Set at any moment of a second, an entry lives its ttl: look for a clock that is cut before the ttl is added."""
    cache = new_cache(ttl=new_cache.unit / 2)
    for number in range(1, 13):  # falsy values have their own promise
        began = cache.timeline.now()
        cache.set(str(number), number)
        cache.advance(cache.unit / 20)
        answer = cache.get(str(number), MISSING)
        lived = cache.timeline.now() - began
        assert answer == number or lived >= cache.unit / 2, f"gone {lived:.3f} s after it was set"


@needs(ttl="per-entry")
@with_each(own=UNITS, default=UNITS)
def test_an_own_ttl_goes_before_the_default(new_cache: NewCache, own: int, default: int) -> None:
    """Set with a ttl uses that one, shorter or longer than the cache's."""
    cache = new_cache(ttl=default * new_cache.unit)
    cache.set("a", 1, ttl=own * cache.unit)
    cache.set("b", 1, ttl=own * cache.unit)
    cache.advance((own - 0.5) * cache.unit)
    assert cache.get("a", MISSING) == 1, "gone before its own ttl"
    cache.advance(cache.unit + cache.late)
    assert cache.get("b", MISSING) is MISSING, "still there after its own ttl"


@needs(ttl="per-entry")
def test_without_any_ttl_an_entry_stays(new_cache: NewCache) -> None:
    """With no ttl given anywhere, an entry does not expire."""
    cache = new_cache()
    cache.set("a", 1)
    cache.advance(5 * cache.unit)
    assert cache.get("a", MISSING) == 1


@needs(ttl="fixed")
@with_each(units=(2, 3))
def test_overwriting_restarts_the_ttl(new_cache: NewCache, units: int) -> None:
    """A value set again lives a whole ttl from then on."""
    cache = new_cache(ttl=units * new_cache.unit)
    cache.set("a", 1)
    cache.advance((units - 1) * cache.unit)
    cache.set("a", 2)
    cache.advance((units - 1) * cache.unit)
    assert cache.get("a", MISSING) == 2


@needs(ttl="per-entry")
@with_each(units=UNITS)
def test_overwriting_without_a_ttl_removes_it(new_cache: NewCache, units: int) -> None:
    """A set without ttl leaves nothing of an earlier one behind."""
    cache = new_cache()
    cache.set("a", 1, ttl=units * cache.unit)
    cache.set("a", 2)
    cache.advance((units + 1) * cache.unit)
    assert cache.get("a", MISSING) == 2


@needs(ttl="per-entry")
@with_each(change=("delete", "clear"))
def test_a_key_set_anew_has_no_earlier_ttl(new_cache: NewCache, change: str) -> None:
    """What was deleted leaves no ttl behind that the next entry of its key would die of."""
    cache = new_cache()
    cache.set("a", 1, ttl=cache.unit)
    cache.delete("a") if change == "delete" else cache.clear()
    cache.set("a", 2)
    cache.advance(1.5 * cache.unit + cache.late)
    assert cache.get("a", MISSING) == 2


@needs(ttl="fixed")
@with_each(units=(2, 3))
def test_get_does_not_prolong(new_cache: NewCache, units: int) -> None:
    """Reading an entry does not restart its ttl."""
    cache = new_cache(ttl=units * new_cache.unit)
    cache.set("a", 1)
    cache.advance((units - 1) * cache.unit)
    cache.get("a")
    cache.advance(1.5 * cache.unit + cache.late)
    assert cache.get("a", MISSING) is MISSING


@needs(ttl="fixed")
@with_each(older=("", "b"))
def test_delete_of_an_expired_entry_answers_false(new_cache: NewCache, older: str) -> None:
    """An expired entry is not there to delete, nor where an older one that was set again lives on."""
    cache = new_cache(ttl=new_cache.unit)
    for key in older + "a":
        cache.set(key, 1)
    cache.advance(0.75 * cache.unit)
    for key in older:
        cache.set(key, 2)
    cache.advance(0.75 * cache.unit + cache.late)
    assert cache.delete("a") is False


@needs("__contains__", ttl="fixed")
def test_in_agrees_about_expiry(new_cache: NewCache) -> None:
    """An expired key is not in the cache, whether or not get was asked before."""
    cache = new_cache(ttl=new_cache.unit)
    cache.set("a", 1)
    cache.advance(1.5 * cache.unit + cache.late)
    assert "a" not in cache


@needs("__len__", ttl="fixed")
@with_each(early=HELD, late=range(3))
def test_len_agrees_about_expiry(new_cache: NewCache, early: dict[str, int], late: int) -> None:
    """Len counts no expired entry."""
    cache = new_cache(ttl=2 * new_cache.unit)
    for key in early:
        cache.set(key, 1)
    cache.advance(1.5 * cache.unit)
    for number in range(late):
        cache.set(str(number), 1)
    cache.advance(cache.unit + cache.late)
    assert len(cache) == late


@needs("__iter__", ttl="fixed")
def test_iteration_agrees_about_expiry(new_cache: NewCache) -> None:
    """Iteration gives no expired key."""
    cache = new_cache(ttl=2 * new_cache.unit)
    cache.set("a", 1)
    cache.advance(1.5 * cache.unit)
    cache.set("b", 1)
    cache.advance(cache.unit + cache.late)
    assert list(iter(cache)) == ["b"]  # list alone would end with a question for its length


@needs(ttl="per-entry", clock="injected")
@with_each(back=(2, 5))
def test_a_clock_that_steps_back_brings_nothing_back(new_cache: NewCache, back: int) -> None:
    """An entry once seen expired stays gone, whoever saw it, and whatever the clock does next."""
    for name in offered(new_cache()):
        cache = new_cache()
        cache.set("a", 1, ttl=2.0)
        cache.advance(3.0 + cache.late)
        seen = offered(cache)[name]()
        cache.advance(-back)
        assert seen or cache.get("a", MISSING) is MISSING, f"{name} saw it expired"


@needs(ttl="per-entry", clock="injected")
@with_each(back=(2, 5))
def test_an_entry_set_after_the_clock_stepped_back_lives_its_ttl(new_cache: NewCache, back: int) -> None:
    """What is set after a step back lives its ttl by the clock as it then runs."""
    cache = new_cache()
    cache.set("a", 1, ttl=2.0)
    cache.advance(3.0 + cache.late)
    cache.get("a")
    cache.advance(-back)
    cache.set("a", 2, ttl=2.0)
    cache.set("b", 2, ttl=2.0)
    cache.advance(1.5)
    assert cache.get("a", MISSING) == 2, "gone before its ttl"
    cache.advance(1.0 + cache.late)
    assert cache.get("b", MISSING) is MISSING, "still there after its ttl"


@needs(ttl="fixed", clock="injected")
def test_one_operation_reads_the_clock_once(new_cache: NewCache) -> None:
    """An operation that reads the clock twice may tell two stories about one entry."""
    cache = new_cache(ttl=2.0)
    clock = cache.timeline
    assert isinstance(clock, ManualClock)
    single = {name: each for name, each in offered(cache).items() if name != "__iter__"}
    for name, operation in {"set": lambda: cache.set("a", 1), **single}.items():
        before = clock.readings
        operation()
        if clock.readings - before > 1:
            cache.aside("# this only tells: a script's clock does not count how often it is read")
        assert clock.readings - before <= 1, f"{name} read the clock twice"


@needs(ttl="fixed", scope={"instance"})
def test_a_wall_clock_that_jumps_changes_nothing(new_cache: NewCache) -> None:
    """Within a process a ttl is told by a monotonic clock: a wall clock set two hours ahead does not end an hour."""
    with WallClock(new_cache.column.subject) as wall:
        cache = new_cache.on_its_own_clock(ttl=3600.0)
        cache.set("a", 1)
        wall.ahead = 7200.0
        cache.aside(scenes.AHEAD)
        assert cache.get("a", MISSING) == 1, "gone before its ttl"


def offered(cache: Judged) -> dict[str, Callable[[], Any]]:
    """The operations by which the subject may tell that the entry ``a`` has expired."""
    known: dict[str, Callable[[], Any]] = {
        "get": lambda: cache.get("a"),
        "__contains__": lambda: "a" in cache,
        "__len__": lambda: len(cache),
        "__iter__": lambda: list(cache),
        "stats": lambda: cache.stats().size,
        "delete": lambda: cache.delete("a"),
    }
    return {name: operation for name, operation in known.items() if hasattr(cache.subject, name)}
