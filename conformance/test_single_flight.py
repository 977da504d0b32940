"""One compute per key: get_or_set, alone and with many callers at once."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from .contract import absent, needs
from .factory import NewCache
from .model import MISSING
from .strategies import SHORT, falsy

SAFETY = 20.0  # seconds until a thread that ought to come is given up on


class Origin:
    """An expensive call that is held until it is released, and counts."""

    def __init__(self, answer: Any = "computed") -> None:
        self.calls = 0
        self.entered, self.second, self.release = threading.Event(), threading.Event(), threading.Event()
        self._answer, self._counting = answer, threading.Lock()

    def __call__(self) -> Any:
        with self._counting:
            self.calls += 1
            (self.entered if self.calls == 1 else self.second).set()
        assert self.release.wait(SAFETY), "the test never released its origin"
        if isinstance(self._answer, BaseException):
            raise self._answer
        return self._answer


def while_computing(cache: Any, origin: Origin, meanwhile: Callable[[], Any], callers: int = 1) -> list[Any]:
    """Run ``meanwhile`` while ``callers`` threads wait for one origin; their answers or errors."""
    with ThreadPoolExecutor(callers) as pool:
        waiting = [pool.submit(cache.get_or_set, "a", origin) for _ in range(callers)]
        assert origin.entered.wait(SAFETY), "no caller reached the origin"
        try:
            meanwhile()
        finally:
            origin.release.set()
        return [each.exception(SAFETY) or each.result(SAFETY) for each in waiting]


@needs(get_or_set="plain")
@given(key=SHORT)
def test_a_miss_computes_and_stores(new_cache: NewCache, key: str) -> None:
    """get_or_set answers what compute answers, once, and then what is stored."""
    cache = new_cache()
    answers = iter(["computed", "computed twice"])
    assert cache.get_or_set(key, lambda: next(answers)) == "computed"
    assert cache.get(key, MISSING) == "computed"


@needs(get_or_set="plain")
@given(key=SHORT, value=falsy)
def test_a_falsy_result_is_computed_once(new_cache: NewCache, key: str, value: object) -> None:
    """None, False, 0, "" and [] are results: the second call finds them."""
    cache = new_cache()
    answers = iter([value, "computed twice"])
    assert cache.get_or_set(key, lambda: next(answers)) == value
    assert cache.get_or_set(key, lambda: next(answers)) == value


@needs(get_or_set="plain")
@given(key=SHORT)
def test_a_hit_does_not_compute(new_cache: NewCache, key: str) -> None:
    """What is there is answered, and compute is not called."""
    cache = new_cache()
    cache.set(key, 1)
    assert cache.get_or_set(key, lambda: pytest.fail("compute was called for a hit")) == 1


@needs(get_or_set="plain", ttl="per-entry")
def test_what_is_computed_lives_its_ttl(new_cache: NewCache) -> None:
    """The ttl of get_or_set is that of the entry it makes."""
    cache = new_cache()
    cache.get_or_set("a", lambda: 1, ttl=cache.unit)
    cache.advance(cache.unit / 2)
    assert cache.get("a", MISSING) == 1
    cache.advance(cache.unit + cache.late)
    assert cache.get("a", MISSING) is MISSING


@needs(get_or_set="plain")
@given(key=SHORT)
def test_an_exception_is_not_cached(new_cache: NewCache, key: str) -> None:
    """Compute's own exception reaches the caller, nothing is stored, and the next call computes again."""
    cache = new_cache()
    with pytest.raises(ZeroDivisionError):
        cache.get_or_set(key, lambda: 1 / 0)
    assert cache.get(key, MISSING) is MISSING
    assert cache.get_or_set(key, lambda: "again") == "again"


@needs(get_or_set="single-flight")
@settings(max_examples=5)
@given(callers=st.integers(2, 6))
def test_many_callers_make_one_compute(new_cache: NewCache, callers: int) -> None:
    """N callers of one absent key make one compute and get N equal answers."""
    cache, origin = new_cache(), Origin()
    answers = while_computing(cache, origin, lambda: origin.second.wait(0.02), callers)
    assert (origin.calls, answers) == (1, ["computed"] * callers)


@needs(get_or_set="single-flight")
def test_an_exception_reaches_every_waiter(new_cache: NewCache) -> None:
    """Whoever waits for a compute that fails gets an error, and the next call computes again."""
    cache, origin = new_cache(), Origin(ZeroDivisionError("origin"))
    answers = while_computing(cache, origin, lambda: origin.second.wait(0.02), callers=3)
    assert [type(each) for each in answers] == [ZeroDivisionError] * 3
    assert cache.get_or_set("a", lambda: "again") == "again"


@needs(get_or_set="single-flight")
def test_other_keys_are_not_held_up(new_cache: NewCache) -> None:
    """While one key is computed, every other operation goes on: no lock is held."""
    cache, origin = new_cache(), Origin()
    answers: list[Any] = []

    def meanwhile() -> None:
        worker = threading.Thread(target=lambda: answers.append(cache.get_or_set("b", lambda: "other")), daemon=True)
        worker.start()
        worker.join(2.0)

    while_computing(cache, origin, meanwhile)
    assert answers == ["other"], "another key waited for this one"


@needs(get_or_set="single-flight")
@given(change=st.sampled_from(("set", "delete", "clear")))
@settings(max_examples=10)
def test_a_change_during_a_compute_wins(new_cache: NewCache, change: str) -> None:
    """After set, delete or clear during a compute, its late result goes to its caller and is not stored."""
    cache, origin = new_cache(), Origin()
    changes = {"set": lambda: cache.set("a", "newer"), "delete": lambda: cache.delete("a"), "clear": cache.clear}
    answers = while_computing(cache, origin, changes[change])
    assert answers == ["computed"]
    assert cache.get("a", MISSING) == ("newer" if change == "set" else MISSING)


@needs(get_or_set="single-flight")
def test_a_compute_that_asks_for_its_own_key_raises(new_cache: NewCache) -> None:
    """A compute that needs its own result cannot have it: an error at once, not a deadlock."""
    cache = new_cache()
    errors: list[BaseException] = []

    def ask() -> None:
        try:
            cache.get_or_set("a", lambda: cache.get_or_set("a", lambda: 1))
        except BaseException as error:  # noqa: BLE001 - any error is an answer here
            errors.append(error)

    asking = threading.Thread(target=ask, daemon=True)
    asking.start()
    asking.join(2.0)
    assert not asking.is_alive(), "the compute waits for itself"
    assert errors, "the inner call computed the key a second time"


@absent("get_or_set")
def test_get_or_set_that_is_not_offered_is_refused(new_cache: NewCache) -> None:
    """get_or_set that is not declared is not there, or raises."""
    cache = new_cache()
    with pytest.raises((AttributeError, TypeError, NotImplementedError)):
        cache.get_or_set("a", lambda: 1)
