"""Fixtures: LayeredCaches as on several machines, and a Redis that can be taken away from them."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from cache_impl import CircuitBreaker, LayeredCache, RedisCache
from conformance.servers import named

CONVERGED = 5.0  # seconds from the server's return until all is where it belongs
SAFETY = 30.0


@pytest.fixture
def server() -> Iterator[Any]:
    """A Valkey of this test's own, to be broken."""
    embedded = named("embedded")
    if reasons := embedded.missing():
        pytest.skip("; ".join(reasons))
    with embedded.running():
        yield embedded


@pytest.fixture
def layered(server: Any, tmp_path: Path) -> Iterator[Callable[..., LayeredCache]]:
    """``layered("one")``: the cache of the machine of that name."""
    opened: list[LayeredCache] = []

    def open_(machine: str, **options: Any) -> LayeredCache:
        redis = RedisCache(server.url, prefix="p:", **options.pop("redis", {}))
        options.setdefault("breaker", CircuitBreaker(recovery_time=0.2))
        opened.append(LayeredCache(redis, tmp_path / machine, **options))
        return opened[-1]

    yield open_
    for cache in opened:
        cache.close()


def await_(reached: Callable[[], bool], seconds: float = SAFETY) -> None:
    """Wait until ``reached()``."""
    deadline = time.monotonic() + seconds
    while not reached():
        if time.monotonic() > deadline:
            raise AssertionError(f"not reached within {seconds:g} s")
        time.sleep(0.005)


def settled(cache: LayeredCache) -> bool:
    """Whether Redis serves again and has all."""
    health = cache.health()
    return (health.serving, health.breaker, health.pending) == ("redis", "closed", 0)
