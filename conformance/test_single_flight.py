"""One compute per key: get_or_set, alone and with many callers at once."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest

from .contract import absent, needs
from .factory import NewCache
from .interleaving import PATIENCE, SAFETY, Call
from .judged import Judged
from .model import MISSING
from .strategies import FALSY, not_offered, refused, with_each, with_ttl


@needs(get_or_set="plain")
def test_a_miss_computes_and_stores(new_cache: NewCache) -> None:
    """get_or_set answers what compute answers, and that is what is stored."""
    cache = new_cache()
    assert cache.get_or_set("a", lambda: "computed") == "computed"
    assert cache.get("a", MISSING) == "computed"


@needs(get_or_set="plain")
@with_each(value=FALSY)
def test_a_falsy_result_is_computed_once(new_cache: NewCache, value: object) -> None:
    """None, False, 0, "" and [] are results: the second call finds them."""
    cache = new_cache()
    answers = iter([value, "computed twice"])
    assert cache.get_or_set("a", lambda: next(answers)) == value
    assert cache.get_or_set("a", lambda: next(answers)) == value


@needs(get_or_set="plain")
def test_a_hit_does_not_compute(new_cache: NewCache) -> None:
    """What is there is answered, and compute is not called."""
    cache = new_cache()
    cache.set("a", 1)
    assert cache.get_or_set("a", lambda: pytest.fail("compute was called for a hit")) == 1


@needs(get_or_set="plain", ttl="per-entry")
def test_what_is_computed_lives_its_ttl(new_cache: NewCache) -> None:
    """The ttl of get_or_set is that of the entry it makes."""
    cache = new_cache()
    for key in "ab":
        with_ttl(cache.get_or_set, key, lambda: 1, ttl=cache.unit)
    cache.advance(cache.unit / 2)
    assert cache.get("a", MISSING) == 1, "gone before its ttl"
    cache.advance(cache.unit + cache.late)
    assert cache.get("b", MISSING) is MISSING, "still there after its ttl"


@needs(get_or_set="plain", ttl="fixed")
def test_an_expired_entry_is_computed_anew(new_cache: NewCache) -> None:
    """What is computed has the default ttl, and once that is over the next call computes again."""
    cache = new_cache(ttl=new_cache.unit)
    cache.get_or_set("a", lambda: "old")
    cache.advance(1.5 * cache.unit + cache.late)
    assert cache.get_or_set("a", lambda: "new") == "new"


@needs(get_or_set="plain", ttl="per-entry")
def test_a_compute_with_a_bad_ttl_stores_nothing(new_cache: NewCache) -> None:
    """A negative ttl raises here where it does in set; and in any case nothing is kept."""
    cache = new_cache()
    if refused(lambda: cache.set("b", 1, ttl=-1)):
        assert refused(lambda: cache.get_or_set("a", lambda: 1, ttl=-1)), "set refuses this ttl"
    else:
        refused(lambda: cache.get_or_set("a", lambda: 1, ttl=-1))
    assert cache.get("a", MISSING) is MISSING


@needs(get_or_set="plain")
def test_an_exception_is_not_cached(new_cache: NewCache) -> None:
    """Compute's own exception reaches the caller, nothing is stored, and the next call computes again."""
    cache = new_cache()
    with pytest.raises(ZeroDivisionError):
        cache.get_or_set("a", lambda: 1 / 0)
    assert cache.get("a", MISSING) is MISSING
    assert cache.get_or_set("a", lambda: "again") == "again"


@needs(get_or_set="plain", values="copied")
def test_changing_a_computed_answer_changes_no_entry(new_cache: NewCache) -> None:
    """values: copied holds for what get_or_set answers, computed or found."""
    cache = new_cache()
    cache.change("answer[0].append(2)", answer=cache.get_or_set("a", lambda: [[1]]))
    cache.change("answer[0].append(2)", answer=cache.get_or_set("a", lambda: [[3]]))
    assert cache.get("a", MISSING) == [[1]]


@needs(get_or_set="plain", eviction="approximate")
@with_each(capacity=range(1, 4))
def test_what_is_computed_keeps_the_capacity(new_cache: NewCache, capacity: int) -> None:
    """However many keys are computed, at most `capacity` entries are held."""
    cache = new_cache(capacity=capacity)
    keys = [str(number) for number in range(6)]
    for key in keys:
        cache.get_or_set(key, lambda: 1)
    assert sum(cache.get(key, MISSING) is not MISSING for key in keys) <= capacity


@needs(get_or_set="plain", eviction={"lru"})
def test_a_hit_of_get_or_set_refreshes(new_cache: NewCache) -> None:
    """Where a get makes its entry the most recently used one, a hit of get_or_set does."""
    uses = (lambda cache: cache.get("a"), lambda cache: cache.get_or_set("a", lambda: 2))
    by_get, by_get_or_set = (left_after(new_cache(capacity=2), use) for use in uses)
    assert by_get is MISSING or by_get_or_set == 1


@needs(get_or_set="single-flight")
@with_each(callers=(2, 5))
def test_many_callers_make_one_compute(new_cache: NewCache, callers: int) -> None:
    """N callers of one absent key make one compute and get N equal answers."""
    cache, origin = new_cache(), Origin()
    answers = while_computing(cache, origin, lambda: None, callers)
    assert (origin.calls, answers) == (1, ["computed"] * callers)


@needs(get_or_set="single-flight")
def test_an_exception_reaches_every_waiter(new_cache: NewCache) -> None:
    """Whoever waits for a compute that fails gets its error, and nobody hangs."""
    cache, origin = new_cache(), Origin(ZeroDivisionError("origin"))
    answers = while_computing(cache, origin, lambda: None, callers=3)
    assert [type(each) for each in answers] == [ZeroDivisionError] * 3


@needs(get_or_set="single-flight")
def test_after_a_failed_flight_the_next_call_computes(new_cache: NewCache) -> None:
    """Nothing of a compute that failed with callers waiting is left behind."""
    cache, origin = new_cache(), Origin(ZeroDivisionError("origin"))
    while_computing(cache, origin, lambda: None, callers=2)
    assert Call(lambda: cache.get_or_set("a", lambda: "again")).answer(PATIENCE) == "again"


@needs(get_or_set="single-flight")
@with_each(first=range(0, 64, 8))
def test_other_keys_are_not_held_up(new_cache: NewCache, first: int) -> None:
    """While one key is computed, operations on others go on: no lock is held, be it one that a few of them share."""
    cache, answers = new_cache(), []
    numbers = range(first, first + 8)
    for number in numbers:
        cache.set(f"b{number}", "set")

    def meanwhile() -> None:
        calls = [Call(partial(cache.get, f"b{number}")) for number in numbers]
        calls += [Call(partial(cache.get_or_set, f"c{number}", lambda: "computed")) for number in numbers]
        answers.extend(answered(calls))

    while_computing(cache, Origin(), meanwhile)
    assert answers == ["set"] * 8 + ["computed"] * 8, "another key waited for this one"


@needs(get_or_set="single-flight")
@with_each(name=("set", "delete", "clear", "set_many", "delete_many"))
def test_a_change_during_a_compute_wins(new_cache: NewCache, name: str) -> None:
    """After set, delete or clear during a compute, its late result goes to its caller and is not stored."""
    cache = new_cache()
    if not hasattr(cache.subject, name):
        return
    changes = []

    def meanwhile() -> None:
        changes.append(Call(lambda: CHANGES[name](cache)))
        changes[0].settle()

    assert while_computing(cache, Origin(), meanwhile) == ["computed"]
    answered(changes)  # one that had to wait is done by now, too
    assert cache.get("a", MISSING) == ("newer" if name.startswith("set") else MISSING)


@needs(get_or_set="single-flight", asynchronous={"no"})
def test_a_compute_that_asks_for_its_own_key_raises(new_cache: NewCache) -> None:
    """A compute that needs its own result cannot have it: an error at once, not a deadlock, and no second compute."""
    cache = new_cache()
    answer = Call(lambda: cache.get_or_set("a", lambda: cache.get_or_set("a", lambda: 1))).answer(PATIENCE)
    assert isinstance(answer, Exception), "the inner call computed the key a second time"
    assert not isinstance(answer, TimeoutError), "the compute waits for itself"


@absent("get_or_set")
def test_get_or_set_that_is_not_offered_is_refused(new_cache: NewCache) -> None:
    """get_or_set that is not declared is not there, or raises."""
    cache = new_cache()
    not_offered(lambda: cache.get_or_set("a", lambda: 1), "get_or_set: plain, or single-flight,")


CHANGES: dict[str, Callable[[Judged], Any]] = {
    "set": lambda cache: cache.set("a", "newer"),
    "delete": lambda cache: cache.delete("a"),
    "clear": lambda cache: cache.clear(),
    "set_many": lambda cache: cache.set_many({"a": "newer"}),
    "delete_many": lambda cache: cache.delete_many(["a"]),
}


class Origin:
    """An expensive call that is held until it is released, and counts."""

    def __init__(self, answer: Any = "computed") -> None:
        self.calls = 0
        self.entered, self.release = threading.Event(), threading.Event()
        self._answer, self._counting = answer, threading.Lock()

    def __call__(self) -> Any:
        with self._counting:
            self.calls += 1
        self.entered.set()
        assert self.release.wait(SAFETY), "the test never released its origin"
        if isinstance(self._answer, BaseException):
            raise self._answer
        return self._answer


def while_computing(cache: Judged, origin: Origin, meanwhile: Callable[[], Any], callers: int = 1) -> list[Any]:
    """Run ``meanwhile`` while ``callers`` wait for ``origin``; what they were answered, errors included."""
    calls = [Call(lambda: cache.get_or_set("a", origin))]
    assert origin.entered.wait(SAFETY), "no caller reached the origin"
    calls += [Call(lambda: cache.get_or_set("a", origin)) for _ in range(callers - 1)]
    for call in calls:
        call.settle()
    meanwhile()
    origin.release.set()
    return answered(calls)


def left_after(cache: Judged, use: Callable[[Judged], Any]) -> Any:
    """What the older of two entries answers when it was used, and a third has pushed one out."""
    cache.set("a", 1)
    cache.set("b", 1)
    use(cache)
    cache.set("c", 1)
    return cache.get("a", MISSING)


def answered(calls: list[Call]) -> list[Any]:
    """The answers of all, for which one patience is enough."""
    end = time.monotonic() + PATIENCE
    return [call.answer(max(0.0, end - time.monotonic())) for call in calls]
