"""LayeredCache in an outage: what serves meanwhile, and what it may not change."""

from __future__ import annotations

import time
from typing import Any

import pytest
from layered_machines import await_, layered, server, settled

from cache_impl import CircuitBreaker, MemoryCache
from cache_impl.errors import AccessDenied, DeadlineExceeded, StorageError
from cache_impl.journal import Journal
from cache_impl.replay import Replayer

__all__ = ["layered", "server"]  # fixtures


def test_a_wrong_password_is_raised_and_never_a_reason_to_fall_back(server: Any, layered: Any) -> None:
    """Also when it turns out to be wrong only after an outage."""
    cache = layered("one", redis={"password": "wrong"})
    with pytest.raises(AccessDenied):
        cache.get("a")
    with pytest.raises(AccessDenied):
        cache.set("a", 1)
    server.kill()
    for _ in range(3):
        cache.set("a", 1)
    assert cache.health().serving == "file"
    server.restart()
    await_(lambda: cache.health().serving == "redis")
    with pytest.raises(AccessDenied):
        cache.get("b")


def test_a_mirror_starts_an_outage_warm(server: Any, layered: Any) -> None:
    """What this machine has set is there, what it has deleted or cleared is not; without a mirror, nothing is."""
    cache, cold = layered("one", mirror=True), layered("two")
    cache.set("cleared", 1)
    cache.clear()
    cache.set_many({"a": 1, "b": 2, "deleted": 3})
    cache.delete("deleted")
    cold.set("c", 4)
    server.kill()
    assert cache.get_many(["a", "b", "deleted", "cleared", "c"]) == {"a": 1, "b": 2}
    assert cold.get_many(["a", "b", "c"]) == {}
    assert sorted(cache) == ["a", "b"]


def test_a_mirror_replays_only_what_the_outage_wrote(server: Any, layered: Any) -> None:
    """What was mirrored before is not brought back to a server that has lost it: others may have deleted it."""
    cache, other = layered("one", mirror=True), layered("two")
    cache.set("before", 1)
    server.kill()
    cache.set("meanwhile", 2)
    assert cache.health().pending == 1
    server.restart()
    await_(lambda: settled(cache))
    assert other.get_many(["before", "meanwhile"]) == {"meanwhile": 2}
    assert cache.get("before") is None


def test_no_copy_restarts_a_ttl(server: Any, layered: Any) -> None:
    """An entry from the file has on the server what remains of its ttl, and so it has in memory."""
    now = [1e9]
    memory = MemoryCache(clock=lambda: now[0])
    cache = layered("one", memory=memory, memory_ttl=1000, redis={"clock": lambda: now[0]})
    server.kill()
    cache.set("a", 1, ttl=100)
    now[0] += 60
    server.restart()
    await_(lambda: settled(cache))
    with server.connect() as client:
        assert client.pttl("p:a") <= 40_000
    assert cache.get("a") == memory.get("a") == 1
    now[0] += 40
    assert memory.get("a") is None


def test_what_expired_in_an_outage_does_not_uncover_what_was_there_before(server: Any, layered: Any) -> None:
    """The server still has the older value; the newer one overwrote it and has expired."""
    now = [1e9]
    cache, other = (layered(each, redis={"clock": lambda: now[0]}) for each in ("one", "two"))
    cache.set("a", "older")
    server.freeze()
    cache.set("a", "newer", ttl=5)
    now[0] += 10
    server.thaw()
    assert cache.get("a") is None
    await_(lambda: settled(cache))
    assert (cache.get("a"), other.get("a")) == (None, None)


def test_a_key_that_waits_is_not_read_from_redis(server: Any, layered: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Redis answers again, the breaker never opened, and nothing has been replayed yet."""
    monkeypatch.setattr(Replayer, "wake", lambda _self: None)
    cache = layered("one")
    cache.set_many({"set": "older", "deleted": "older", "other": 1})
    server.freeze()
    cache.set("set", "newer")
    cache.delete("deleted")
    server.thaw()
    assert cache.health().breaker == "closed"
    assert cache.get_many(["set", "deleted", "other"]) == {"set": "newer", "other": 1}
    assert sorted(cache) == ["other", "set"]
    cache.set("set", "newest")
    assert (cache.get("set"), cache.delete("deleted"), cache.health().pending) == ("newest", False, 0)


def test_a_clear_that_waits_holds_for_every_key(server: Any, layered: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Redis answers again, and still has all that was cleared."""
    other = layered("two")
    with monkeypatch.context() as patch:
        patch.setattr(Replayer, "wake", lambda _self: None)
        cache = layered("one")
    other.set_many({"a": 1, "b": 2})
    server.freeze()
    cache.clear()
    server.thaw()
    assert (cache.get("a"), cache.get_many("ab"), list(cache), len(cache)) == (None, {}, [], 0)
    cache.set("b", 3)
    assert (cache.get_many("ab"), list(cache)) == ({"b": 3}, ["b"])
    again = layered("one")
    await_(lambda: settled(again))
    assert cache.get_many("ab") == other.get_many("ab") == {"b": 3}


@pytest.mark.parametrize("operation", ["waiting", "replayed"])
def test_a_file_that_others_hold_is_no_outage_of_redis(
    server: Any, layered: Any, monkeypatch: pytest.MonkeyPatch, operation: str
) -> None:
    """What waits is replayed when the file is free; the breaker counts nothing."""
    server.kill()
    layered("one").set("a", 1)
    server.restart()
    breaker, changes, held = CircuitBreaker(failure_threshold=1, recovery_time=0.2), [], [True]
    breaker.subscribe(changes.append)
    original = getattr(Journal, operation)

    def busy(*arguments: Any) -> Any:
        if held:
            raise DeadlineExceeded(f"held {held.pop()}")
        return original(*arguments)

    monkeypatch.setattr(Journal, operation, busy)
    cache = layered("one", breaker=breaker)
    await_(lambda: settled(cache))
    assert (changes, held) == ([], [])


def test_a_file_that_cannot_be_read_tells_nothing_about_redis(
    server: Any, layered: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The circuit does not close while Redis is away."""
    asked, changes = [], []

    def damaged(*_arguments: Any) -> Any:
        asked.append(1)
        raise StorageError("damaged")

    monkeypatch.setattr(Journal, "waiting", damaged)
    breaker = CircuitBreaker(failure_threshold=1, recovery_time=0.05)
    breaker.subscribe(changes.append)
    server.kill()
    layered("one", breaker=breaker).set("a", 1)
    await_(lambda: len(asked) > 2)
    assert "closed" not in {each.after for each in changes}


def test_health_tells_which_tier_serves_since_when(server: Any, layered: Any) -> None:
    """As data, and as one line."""
    cache = layered("one")
    before = time.time()
    assert cache.health()[:1] + cache.health()[2:] == ("redis", "closed", 0)
    server.kill()
    for key in "abc":
        cache.set(key, 1)
    health = cache.health()
    assert (health.serving, health.breaker != "closed", health.pending) == ("file", True, 3)
    assert before <= health.since <= time.time()
    assert str(health).startswith("file serves since 2")
    assert str(health).endswith("3 writes to replay")
