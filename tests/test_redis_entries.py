"""Entries of a Redis cache as they lie on the server: prefix, ttl, damage, and what others keep there."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import redis
from redis_servers import Make, client, make, process, server

from cache_impl import BadSetting, RedisCache

__all__ = ["client", "make", "process", "server"]  # fixtures


@pytest.mark.parametrize("prefix", ["", "cache:", "a*", "a?", "[ab]", "a\\", "\u00e9", "{x}"])
def test_clear_removes_its_own_prefix_alone(client: redis.Redis, make: Make, prefix: str) -> None:
    """No character in a prefix stands for others; iteration keeps to it as well."""
    cache, keys = make(prefix=prefix), ["a", "*", "\ud800", "x" * 300]
    others = [b"ab", b"aaa", b"b", b"acache:", b"x", b"a", b"\xc3"]
    client.mset(dict.fromkeys(others, b"kept"))
    cache.set_many(dict.fromkeys(keys, 1))
    assert (sorted(cache), len(cache), cache.stats().size) == (sorted(keys), len(keys), len(keys))
    cache.clear()
    assert {*client.keys()} == {key for key in others if not key.startswith(prefix.encode())}


def test_what_others_keep_under_our_keys_is_a_miss(client: redis.Redis, make: Make) -> None:
    """A list, or text of somebody else's: no value, not counted, not deleted by a look, and set takes its place."""
    cache = make()
    client.rpush("cache:list", "x")
    client.set("cache:text", "x")
    assert cache.get_many(["list", "text"]) == {}
    assert [cache.get("list"), cache.get("text"), "list" in cache, len(cache), list(cache)] == [
        None,
        None,
        False,
        0,
        [],
    ]
    assert cache.delete("list") is False
    assert client.exists("cache:list", "cache:text") == 2
    assert cache.get_or_set("text", lambda: 1) == cache.get("text") == 1
    cache.set("list", 2)
    assert cache.get("list") == 2


def test_a_flipped_bit_is_a_counted_miss(client: redis.Redis, make: Make) -> None:
    """As is an entry moved under another key, or one that was written with another signing key."""
    cache = make()
    cache.set("a", {"b": 1})
    client.set("cache:moved", client.get("cache:a"))  # type: ignore[arg-type]
    client.setbit("cache:a", 77, 1 - client.getbit("cache:a", 77))
    make(signing_key=b"one key of 16 by").set("signed", 1)
    assert [cache.get(key) for key in ("a", "moved", "signed")] == [None] * 3
    assert (cache.damaged, cache.stats().misses) == (3, 3)


def test_the_server_cleans_up(client: redis.Redis, make: Make) -> None:
    """Each entry is kept there for its ttl, rounded up, and for ever where it has none."""
    cache = make(ttl=100)
    cache.set("a", 1)
    cache.set_many({"b": 1, "c": 1}, ttl=0.0001)
    make().set("d", 1)
    assert 90_000 < client.pttl("cache:a") <= 100_000
    assert client.pttl("cache:d") == -1
    cache.set("b", 1, ttl=2.0**43 - 2e9)
    with pytest.raises(BadSetting):
        cache.set("a", 2, ttl=2.0**43)
    assert cache.get("a") == 1


@pytest.mark.parametrize(
    "look", [lambda cache: cache.get("a"), lambda cache: "a" in cache, lambda cache: cache.get_many("a")]
)
def test_what_was_seen_expired_stays_away(make: Make, look: Callable[[RedisCache], object]) -> None:
    """By a reader whose clock is ahead of the server's: its entry is gone for all, also when the clock steps back."""
    now = [1e9]
    cache = make(clock=lambda: now[0])
    cache.set("a", 1, ttl=50)
    now[0] += 50
    assert (len(cache), list(cache)) == (0, [])
    look(cache)
    now[0] -= 50
    assert (cache.get("a"), cache.stats().expirations) == (None, 1)


def test_an_expired_entry_is_not_there_to_delete(make: Make) -> None:
    """Though the server has it still."""
    now = [1e9]
    cache = make(clock=lambda: now[0])
    cache.set_many({"a": 1, "b": 1}, ttl=50)
    now[0] += 50
    assert (cache.delete("a"), cache.delete_many("ab"), cache.stats().expirations) == (False, 0, 2)


def test_bulk_operations_know_no_size(make: Make) -> None:
    """More keys than go into one command."""
    cache, entries = make(), {f"key {number}": number for number in range(2500)}
    cache.set_many(entries)
    assert cache.get_many([*entries, "absent"]) == entries
    assert len(cache) == 2500
    assert cache.delete_many([*entries, "absent"]) == 2500
    cache.set_many({})
    assert (cache.get_many([]), cache.delete_many([])) == ({}, 0)
