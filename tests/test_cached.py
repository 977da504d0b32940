"""The decorator: which calls meet, which do not, and what is kept."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

from cache_impl import BadKey, BadSetting, MemoryCache, cached

CACHE = MemoryCache()


def one(a: int, b: int = 2, *rest: int, c: int = 3, **more: int) -> list[Any]:
    return [a, b, rest, c, more]


@dataclass(frozen=True)
class Shop:
    name: str

    @cached(CACHE)
    def price(self, item: str) -> str:
        return f"{item} at {self.name}"


class Counter:
    """Counts the calls of a function that it decorates with the cache."""

    def __init__(self, function: Callable[..., Any], **options: Any) -> None:
        self.cache, self.calls = MemoryCache(), 0

        def counted(*args: Any, **kwargs: Any) -> Any:
            self.calls += 1
            return function(*args, **kwargs)

        counted.__wrapped__ = function  # type: ignore[attr-defined]  # its signature
        self.call = cached(self.cache, **options)(counted)


def test_calls_that_mean_the_same_meet() -> None:
    """Positions, names and defaults make no difference."""
    counter = Counter(one)
    answers = [counter.call(1), counter.call(a=1), counter.call(1, 2), counter.call(1, b=2, c=3)]
    assert (counter.calls, answers) == (1, [[1, 2, (), 3, {}]] * 4)


@pytest.mark.parametrize(
    "call", [((2,), {}), ((1.0,), {}), ((True,), {}), ((1, 2, 3), {}), ((1,), {"d": 4}), ((1,), {"rest": 4})]
)
def test_calls_that_mean_something_else_do_not(call: tuple[Any, Any]) -> None:
    """Another value, type, position or name is another entry."""
    counter = Counter(one)
    counter.call(1)
    counter.call(*call[0], **call[1])
    assert counter.calls == 2


def test_none_is_kept_and_exceptions_are_not() -> None:
    """A function that returns None is called once, one that raises every time."""
    none, failing = Counter(lambda: None), Counter(lambda: 1 / 0)
    for _ in range(2):
        assert none.call() is None
        with pytest.raises(ZeroDivisionError):
            failing.call()
    assert (none.calls, failing.calls) == (1, 2)


def test_methods_share_keys_by_what_their_objects_are() -> None:
    """An object is an argument: equal objects meet, others do not, and one without a canonical form is refused."""
    assert Shop("a").price("tea") == Shop("a").price("tea") == "tea at a"
    assert Shop("b").price("tea") == "tea at b"

    class Plain:
        @cached(CACHE)
        def price(self) -> int:
            return 1

    with pytest.raises(BadKey, match=r"\$\.self: .*Plain"):
        Plain().price()


def test_functions_of_one_name_do_not_meet() -> None:
    """Two made by one function, and two lambdas, have keys of their own."""

    def maker(factor: int) -> Callable[[int], int]:
        @cached(CACHE)
        def times(number: int) -> int:
            return factor * number

        return times

    double, triple = cached(CACHE)(lambda number: 2 * number), cached(CACHE)(lambda number: 3 * number)
    assert [maker(2)(5), maker(3)(5), double(5), triple(5)] == [10, 15, 10, 15]


def test_a_key_function_makes_the_key() -> None:
    """key= gets the call's arguments, and its answer is the key in the cache."""
    counter = Counter(one, key=lambda a, **_: ("one", a))
    counter.call(1)
    counter.call(1, c=5)
    assert counter.calls == 1
    assert ("one", 1) in counter.cache


def test_an_entry_is_deleted_by_the_key_of_its_call() -> None:
    """cache_key() is the key of that call."""
    counter = Counter(one)
    counter.call(1)
    assert counter.cache.delete(counter.call.cache_key(a=1))
    counter.call(1)
    assert counter.calls == 2


def test_a_coroutine_function_is_awaited_once() -> None:
    """Tasks that call at once share one await, and later ones its answer."""
    calls = 0

    @cached(CACHE, ttl=60)
    async def fetch(url: str) -> str:
        nonlocal calls
        calls += 1
        await asyncio.sleep(0)
        return url.upper()

    async def work() -> list[str]:
        return [*await asyncio.gather(*(fetch("a") for _ in range(3))), await fetch(url="a")]

    assert asyncio.run(work()) == ["A"] * 4
    assert calls == 1


def test_an_object_that_is_called_as_a_coroutine_function_is_awaited() -> None:
    """What it returns is kept, and not the coroutine, which can be awaited once."""

    class Fetch:
        async def __call__(self, url: str) -> str:
            return url.upper()

    fetch = cached(MemoryCache())(Fetch())

    async def work() -> list[str]:
        return [await fetch("a"), await fetch("a")]

    assert asyncio.run(work()) == ["A", "A"]


def test_what_cannot_be_cached_is_refused_at_once() -> None:
    """A generator, a wrong ttl or version, a coroutine function on a cache that cannot await."""

    class Waiting:
        get_or_set = CACHE.get_or_set

    async def coroutine() -> None: ...

    with pytest.raises(BadSetting, match="generator"):
        cached(CACHE)(lambda: (yield))
    with pytest.raises(BadSetting, match="-1"):
        cached(CACHE, ttl=-1)
    with pytest.raises(BadKey, match="version"):
        cached(CACHE, version="a:b")(one)
    with pytest.raises(BadSetting, match="aget_or_set"):
        cached(Waiting())(coroutine)
