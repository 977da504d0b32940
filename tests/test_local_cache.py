"""LocalCache: memory in front of a file, which other processes may change."""

from __future__ import annotations

import threading
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from intrusions import everywhere, interrupt

from cache_impl import LocalCache, MemoryCache, front

SAFETY = 20.0  # seconds after which a thread is given up on


def test_a_local_cache_keeps_its_entries_and_sees_those_of_others(tmp_path: Path) -> None:
    """What is set survives; another process's write shows when memory has forgotten; one's own shows at once."""
    now = [1000.0]

    def machine() -> LocalCache:
        return LocalCache(tmp_path / "x", memory=MemoryCache(clock=lambda: now[0]), memory_ttl=5, clock=lambda: now[0])

    with machine() as one, machine() as two:
        one.set("a", 1, ttl=3)
        assert two.get("a") == 1
        assert one.get("a") == 1
        one.set("a", 0)
        assert one.get("a") == 0
        one.set_many({"a": 2, "b": 3})
        assert (one.get("a"), two.get("a"), two.get_many("abc")) == (2, 1, {"a": 1, "b": 3})
        now[0] += 3
        assert (two.get("a"), one.get("a")) == (2, 2)
        one.set("c", 4, ttl=2)
        assert one.get("c") == 4
        now[0] += 2
        assert one.get("c") is None
        assert (two.delete_many("ab"), two.get_many("ab"), len(two)) == (2, {}, 0)
        one.clear()
        assert (one.get("a"), one.get_many("ab")) == (None, {})
    with machine() as cache:
        cache.set("a", 1)
    with machine() as cache:
        assert cache.get("a") == 1
        assert str(cache.health()).startswith("file serves since ")


def test_what_a_slow_read_has_found_ends_in_time(tmp_path: Path) -> None:
    """Memory shows nothing after its end, however long a get takes between the two tiers."""
    now, held_up = [1000.0], [0.0]

    def clock() -> float:
        now[0] += held_up[0]
        return now[0]

    with LocalCache(tmp_path, memory=MemoryCache(clock=clock), clock=clock) as cache:
        cache.set("a", 1, ttl=1)
        held_up[0] = 0.3
        assert cache.get("a") == 1
        now[0], held_up[0] = 1001.0, 0.0
        assert cache.get("a") is None


@pytest.mark.parametrize("value", [None, 2])
def test_a_finalizer_that_writes_while_a_read_fills_memory_wins(tmp_path: Path, value: int | None) -> None:
    """In whichever line of it the garbage collector comes; and nothing hangs."""
    seen: list[Any] = []

    def write() -> None:
        cache.delete("a") if value is None else cache.set("a", value)

    def work() -> None:
        cache.set("a", 1)
        for _ in everywhere(front, write, lambda: cache.get("a")):
            seen.append(cache.get("a"))
            cache.set("a", 1)

    with LocalCache(tmp_path, memory=MemoryCache()) as cache:
        thread = threading.Thread(target=work, daemon=True)
        thread.start()
        thread.join(SAFETY)
        assert len(seen) > 5
        assert set(seen) == {value}


def test_memory_keeps_what_is_read_whatever_interrupted_a_write(tmp_path: Path) -> None:
    """No write counts as under way when it is not."""

    def write() -> None:
        with suppress(KeyboardInterrupt):
            cache.set("a", 1)

    with LocalCache(tmp_path, memory=MemoryCache()) as cache:
        cache.set("a", 1)
        for _ in everywhere(front, interrupt, write, {"_writing"}):
            cache.get("a")
            assert cache._front.memory.get("a") == 1  # type: ignore[union-attr]  # noqa: SLF001  # nothing else tells
