"""What an outage costs: beyond the deadline, with the breaker open, and how little a hit in memory costs."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from time import perf_counter
from typing import Any

import pytest

from .beside import KEYS, beside
from .pace import Pace

TRIES = {"quick": 1, "standard": 3, "thorough": 10}  # of each operation, of which the slowest counts
OPERATIONS: dict[str, Callable[[Any], Any]] = {
    "get": lambda cache: cache.get("a"),
    "set": lambda cache: cache.set("a", 1),
    "get_or_set": lambda cache: cache.get_or_set("b", lambda: 1),
}
Record = Callable[..., None]


@pytest.mark.parametrize("situation", ["frozen", "gone", "packets lost"])
def test_an_operation_ends_with_its_deadline(
    new_cache: Any, situation: str, black_hole: str, pytestconfig: pytest.Config, record_figure: Record
) -> None:
    """How much later than its deadline the slowest operation of a new cache ends."""
    deadline = getattr(new_cache.column.subject, "usual", {}).get("deadline")
    if deadline is None or new_cache.capabilities.asynchronous == "yes":
        pytest.skip("it has no deadline")
    worst = 0.0
    for operate in OPERATIONS.values():
        for _ in range(TRIES[pytestconfig.getoption("profile")]):
            with _broken(new_cache, situation, black_hole) as cache:
                began = perf_counter()
                with suppress(OSError):  # what it has instead of an answer is its own affair
                    operate(cache)
                worst = max(worst, perf_counter() - began)
    record_figure("overshoot", f"{new_cache.name}, {situation}", value=max(0.0, worst - deadline))


@pytest.mark.parametrize("operation", ["get", "set", "set_and_delete", "get_or_set", "set_many"])
def test_a_call_with_the_breaker_open(
    new_cache: Any, operation: str, pace: Pace, tmp_path: Path, record_figure: Record
) -> None:
    """Beside the fallback tier alone."""
    alone = getattr(new_cache.column.subject, "alone", None)
    if alone is None:
        pytest.skip("it has no fallback tier")
    with _broken(new_cache, "gone", "") as cache:
        other = alone(location=str(tmp_path))
        for key in KEYS:
            cache.set(key, 0)  # by now it has noticed
            other.set(key, 0)
        ratio = beside(cache.subject, other, operation, pace)  # what records a history has a cost of its own
        other.close()
    record_figure("breaker-open", f"{new_cache.name}, {operation}", **ratio)


def test_a_hit_in_the_memory_tier(new_cache: Any, pace: Pace, record_figure: Record) -> None:
    """Beside a cache that is nothing but memory."""
    memory = getattr(new_cache.column.subject, "memory", None)
    if memory is None:
        pytest.skip("it has no memory tier")
    cache, other = new_cache.bare(memory=memory(capacity=1000)), memory(capacity=1000)
    for each in (cache, other):
        for key in KEYS:
            each.set(key, 0)
            each.get(key)
    ratio = beside(cache, other, "get", pace)
    cache.close()
    record_figure("memory-hit", new_cache.name, **ratio)


@contextmanager
def _broken(new_cache: Any, situation: str, black_hole: str) -> Iterator[Any]:
    """A cache whose server has got into that situation."""
    server = new_cache.column.server
    if not hasattr(server, "freeze"):
        pytest.skip("this server cannot be broken; --backend=embedded can")
    if situation == "packets lost":
        cache = new_cache.at(black_hole)
        yield cache
        cache.close()
        return
    cache = new_cache.shipped()
    cache.get("a")
    server.freeze() if situation == "frozen" else server.kill()
    try:
        yield cache
    finally:
        server.thaw() if situation == "frozen" else server.restart()
        cache.close()
