"""LocalCache: memory in front of a file, which other processes may change."""

from __future__ import annotations

from pathlib import Path

from cache_impl import LocalCache, MemoryCache


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
