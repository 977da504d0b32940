"""What our caches raise when they refuse. The suite leaves the choice of an error to each cache; this is ours."""

from __future__ import annotations

import re
from collections.abc import Callable
from math import inf, nan
from pathlib import Path
from typing import Any

import fakeredis
import pytest

from cache_impl import (
    BadKey,
    BadSetting,
    BadValue,
    CircuitBreaker,
    FileCache,
    LayeredCache,
    LocalCache,
    MemoryCache,
    RedisCache,
    ToolCache,
    cached,
    digest,
    figures,
)
from cache_impl.codec import encode

BAD_TTLS = (0, -1, -0.5, -inf, nan, inf, 10**400, True, False)
HUGE, TOLD = 10**5000, "an int of 16,610 bits"  # more digits than Python writes out
BAD_KEYS = (None, 0, 1.5, True, b"a", ("a",))
Make = Callable[..., Any]


@pytest.fixture(params=["memory", "file", "redis"])
def make(request: pytest.FixtureRequest, tmp_path: Path) -> Make:
    """Makes caches of one kind."""
    kinds: dict[str, Make] = {
        "memory": MemoryCache,
        "file": lambda **options: FileCache(str(tmp_path), **options),
        "redis": lambda **options: RedisCache(fakeredis.FakeRedis(), **options),
    }
    return kinds[request.param]


WRITTEN_DOWN = pytest.mark.parametrize("make", ["file", "redis"], indirect=True)


@pytest.mark.parametrize("ttl", BAD_TTLS)
def test_a_bad_ttl_is_a_bad_setting(make: Make, ttl: float) -> None:
    """A ttl that is no length of time the clock can add: BadSetting, which is a ValueError, and nothing changes."""
    cache = make()
    cache.set("a", 1)
    for operation in (
        lambda: cache.set("a", 2, ttl=ttl),
        lambda: cache.set_many({"a": 2, "b": 2}, ttl=ttl),
        lambda: cache.get_or_set("b", lambda: 2, ttl=ttl),
        lambda: make(ttl=ttl),
    ):
        with pytest.raises(BadSetting):
            operation()
    assert cache.get_many("ab") == {"a": 1}
    assert issubclass(BadSetting, ValueError)


def test_what_is_wrong_is_told_in_a_line() -> None:
    """However long it is; Python itself refuses to write out 5,000 digits."""
    for wrong, told in ((10**400, "an int of 1,329 bits"), (10**5000, "an int of 16,610 bits"), ("1" * 99, "'111")):
        with pytest.raises(BadSetting, match=f"^ttl is {told}.{{0,150}}$"):
            MemoryCache(ttl=wrong)  # type: ignore[arg-type]


def test_where_a_value_is_wrong_is_told_in_a_line() -> None:
    """Also below a key that Python refuses to write out."""
    with pytest.raises(BadValue, match=r"value\[an int of 16,610 bits\] is of type"):
        encode({10**5000: print})


@pytest.mark.parametrize("wrong", [[("a", 1)], [["a", 1]], "a", 5, None])
def test_what_is_no_mapping_is_a_bad_value(make: Make, wrong: Any) -> None:
    """BadValue, which is a TypeError, from set_many, before anything is stored."""
    cache = make()
    with pytest.raises(BadValue, match=f"^{re.escape(repr(wrong))} is of type {type(wrong).__name__}; set_many takes"):
        cache.set_many(wrong)
    assert list(cache) == []


def test_what_is_no_mapping_is_refused_with_memory_before_it(tmp_path: Path) -> None:
    """Where keys are asked for before values."""
    with pytest.raises(BadValue, match="set_many takes a mapping"):
        LocalCache(tmp_path, memory=MemoryCache()).set_many([["a", 1]])  # type: ignore[arg-type]


@pytest.mark.parametrize("capacity", [0, -1])
def test_a_capacity_below_one_is_a_bad_setting(capacity: int) -> None:
    """A cache that can hold nothing is refused when it is made."""
    with pytest.raises(BadSetting):
        MemoryCache(capacity)


@WRITTEN_DOWN
@pytest.mark.parametrize("key", BAD_KEYS)
def test_a_key_that_is_no_text_is_a_bad_key(make: Make, key: Any) -> None:
    """BadKey, which is a TypeError, from every operation; of a bulk no part is done."""
    cache = make()
    cache.set("a", 1)
    for operation in (
        lambda: cache.get(key),
        lambda: cache.set(key, 1),
        lambda: cache.delete(key),
        lambda: key in cache,
        lambda: cache.get_or_set(key, lambda: 1),
        lambda: cache.get_many(["a", key]),
        lambda: cache.set_many({"a": 2, key: 2}),
        lambda: cache.delete_many(["a", key]),
    ):
        with pytest.raises(BadKey):
            operation()
    assert cache.get("a") == 1
    assert issubclass(BadKey, TypeError)


@WRITTEN_DOWN
def test_a_value_that_cannot_be_kept_is_a_bad_value(make: Make) -> None:
    """BadValue, which is a TypeError, and what was there stays."""
    cache = make()
    cache.set("a", 1)
    for operation in (lambda: cache.set("a", object()), lambda: cache.set_many({"a": 2, "b": object()})):
        with pytest.raises(BadValue):
            operation()
    assert cache.get_many("ab") == {"a": 1}
    assert issubclass(BadValue, TypeError)


@pytest.mark.parametrize(
    ("refused", "said"),
    [
        (lambda: cached(print), "cache is of type builtin_function_or_method"),  # as @cached without parentheses
        (lambda: ToolCache("redis://localhost"), "cache is of type str"),  # type: ignore[arg-type]
        (lambda: figures(ToolCache(MemoryCache())), "cache is of type ToolCache.* that it was made with"),
        (lambda: CircuitBreaker(ignored=[KeyError]), r"ignored is \[<class 'KeyError'>\]"),  # type: ignore[arg-type]
        (lambda: digest([], "32"), "length is '32'"),  # type: ignore[arg-type]
        (lambda: digest([], 15), "length is 15"),
        (lambda: RedisCache("redis://localhost", lease=1e6), "lease is 1000000.0.* below 1,000,000"),
        (lambda: RedisCache("redis://localhost", pool_size=True), "pool_size is True; .* number of connections, 1 or"),
        (lambda: RedisCache("redis://localhost", early_refresh=HUGE), f"early_refresh is {TOLD}; .* number, 0 or more"),
        (lambda: RedisCache("redis://localhost", deadline=HUGE), f"deadline is {TOLD}; .* below 1,000,000"),
        (lambda: CircuitBreaker(recovery_time=HUGE), f"recovery_time is {TOLD}; .* above 0"),
        (lambda: CircuitBreaker(probes=-HUGE), f"probes is {TOLD}; .* number of probes, 1 or more"),
        (lambda: ToolCache(MemoryCache(), prices={"tool": HUGE}), f"prices.'tool'. is {TOLD}; .* number, 0 or more"),
        (lambda: MemoryCache((HUGE,)), rf"capacity is \({TOLD},\); .* number of entries, 1 or more"),  # type: ignore[arg-type]
    ],
)
def test_an_argument_that_cannot_be_is_named_at_once(refused: Callable[[], object], said: str) -> None:
    """Where it is given, and not by the first call that stumbles over it."""
    with pytest.raises(BadSetting, match=said):
        refused()


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"memory": 1000}, "memory is of type int"),
        ({"memory": MemoryCache(), "memory_ttl": None}, "memory_ttl is None"),
        ({"memory": MemoryCache(), "memory_ttl": 0}, "memory_ttl is 0"),
        ({"memory_ttl": -1}, "memory_ttl is -1"),
    ],
    ids=["memory", "None", "0", "no memory"],
)
def test_a_memory_that_cannot_be_is_refused_by_name(tmp_path: Path, options: dict[str, Any], said: str) -> None:
    """As it is for layers, which have the same."""
    with pytest.raises(BadSetting, match=said):
        LocalCache(tmp_path, **options)
    with pytest.raises(BadSetting, match=said):
        LayeredCache(RedisCache(fakeredis.FakeRedis()), tmp_path / "layers", **options)


def test_layers_refuse_what_is_no_breaker(tmp_path: Path) -> None:
    breaker: Any = "redis"
    with pytest.raises(BadSetting, match="breaker is of type str; it is a CircuitBreaker"):
        LayeredCache(RedisCache(fakeredis.FakeRedis()), tmp_path, breaker=breaker)
