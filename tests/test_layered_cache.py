"""LayeredCache: what passes between memory, server and file, and what an outage may not change."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

import pytest
from layered_machines import CONVERGED, await_, layered, server, settled

from cache_impl import BadSetting, CircuitBreaker, LayeredCache, MemoryCache
from cache_impl.errors import AccessDenied
from cache_impl.replay import Replayer
from cache_impl.versions import Versions

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


def test_a_write_of_an_outage_survives_the_kill_of_its_process(server: Any, layered: Any, tmp_path: Path) -> None:
    """SIGKILL between the write and the return of Redis; the next to open the directory replays it."""
    server.kill()
    script = """if True:
        import os, signal, sys
        from cache_impl import LayeredCache, RedisCache
        cache = LayeredCache(RedisCache(sys.argv[1], prefix="p:"), sys.argv[2])
        cache.set("a", 1)
        os.kill(os.getpid(), signal.SIGKILL)
    """
    arguments = [sys.executable, "-c", script, server.url, str(tmp_path / "one")]
    assert subprocess.run(arguments, check=False).returncode == -signal.SIGKILL
    server.restart()
    other, cache = layered("two"), layered("one")
    await_(lambda: other.get("a") == 1, CONVERGED)
    assert cache.get("a") == 1


def test_a_forked_child_goes_on_and_its_writes_arrive(server: Any, layered: Any) -> None:
    """The thread that replays is not there in the child; what it wrote is replayed all the same."""
    cache, other = layered("one"), layered("two")
    server.kill()
    cache.set("parent", 1)
    child = os.fork()
    if child == 0:
        cache.set("child", 2)
        os._exit(0 if cache.get("parent") == 1 else 1)
    assert os.waitpid(child, 0)[1] == 0
    server.restart()
    await_(lambda: other.get_many(["parent", "child"]) == {"parent": 1, "child": 2}, CONVERGED)


def test_a_forked_child_that_only_reads_finds_redis_again(server: Any, layered: Any) -> None:
    """It was forked in an outage, with a breaker that is open, and without the thread that looks for Redis."""
    cache = layered("one")
    server.kill()
    for key in "abc":
        cache.get(key)
    assert cache.health().serving == "file"
    child = os.fork()
    if child == 0:
        try:
            await_(lambda: cache.get("a") == 1, CONVERGED)
        except AssertionError:
            os._exit(1)
        os._exit(0)
    server.restart()
    other = layered("two")
    await_(lambda: other.set("a", 1) or other.get("a") == 1)
    assert os.waitpid(child, 0)[1] == 0


def test_a_forked_child_has_a_breaker_that_it_can_use(layered: Any) -> None:
    """Another thread of the parent held its lock."""
    breaker = CircuitBreaker(failure_threshold=1)
    with breaker._circuit:  # noqa: SLF001  # to be in the middle of a change, for sure
        busy = threading.Thread(target=breaker.reset, daemon=True)
        busy.start()
        child = os.fork()
        if child == 0:
            pool = threading.Thread(target=breaker.force_open)
            pool.start()
            pool.join(CONVERGED)
            os._exit(0 if breaker.state == "forced-open" else 1)
    busy.join()
    assert os.waitpid(child, 0)[1] == 0
    del layered


def test_a_full_pool_is_no_outage(server: Any, layered: Any) -> None:
    """Who finds no connection free is answered by the file in time; the breaker counts nothing."""
    del server
    breaker = CircuitBreaker(failure_threshold=1, recovery_time=0.1)  # soon over, where a busy machine is one
    cache = layered("one", redis={"pool_size": 1, "deadline": 0.4}, breaker=breaker)
    cache.set("a", 1)
    with cache._layers.server._wire.talk():  # noqa: SLF001  # the only connection
        cache.set("a", 2)
        assert (cache.get("a"), cache.get("b")) == (2, None)
        assert cache.health().breaker == "closed"
    await_(lambda: settled(cache))
    assert cache.get("a") == 2


@pytest.mark.parametrize("reachable", [True, False])
def test_a_late_result_never_undoes_what_came_meanwhile(server: Any, layered: Any, reachable: bool) -> None:  # noqa: FBT001
    """A delete on another machine, or, while Redis is away, in another process of this one, wins over a compute."""
    cache = layered("one")
    other = layered("two" if reachable else "one")
    other.delete("a")
    if not reachable:
        server.kill()
    assert cache.get_or_set("a", lambda: other.delete("a") or "late") == "late"
    assert (cache.get("a"), other.get("a")) == (None, None)
    assert cache.get_or_set("a", lambda: "in time") == other.get("a") == "in time"


def test_a_failed_compute_leaves_the_memory_of_a_delete(server: Any, layered: Any) -> None:
    """Its claim lay upon the tombstone; an older write that arrives later finds it again."""
    del server
    cache = layered("one")
    cache.set("a", 1)
    cache.delete("a")
    with cache._layers.server._wire.talk() as say:  # noqa: SLF001  # what lies there is nobody else's business
        tombstone = say((b"GET", b"p:a"))[0]
        with pytest.raises(ZeroDivisionError):
            cache.get_or_set("a", lambda: 1 / 0)
        assert say((b"GET", b"p:a"))[0] == tombstone


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


def test_memory_answers_after_a_read_and_forgets_with_a_write(server: Any, layered: Any) -> None:
    """Reads fill it, writes of this object empty it, an entry of another machine shows after ``memory_ttl``."""
    del server
    now = [0.0]
    cache = layered("one", memory=MemoryCache(clock=lambda: now[0]), memory_ttl=5)
    other = layered("two")
    cache.set("a", 1)
    assert cache.get("a") == 1
    other.set("a", 2)
    assert cache.get("a") == 1
    now[0] += 5
    assert cache.get("a") == 2
    cache.set("a", 3)
    assert cache.get_many(["a", "b"]) == {"a": 3}
    cache.delete("a")
    assert cache.get("a") is None
    assert cache.stats()[:2] == (4, 2)


def test_versions_are_newer_than_all_that_was_seen() -> None:
    """Whatever the clocks say."""
    here, there = Versions(), Versions()
    ahead = there.next(after=time.time_ns() + 10**9)
    here.seen(ahead)
    assert here.next() > ahead
    assert here.next() < here.next()


def test_what_is_no_redis_cache_is_refused(tmp_path: Path) -> None:
    """An error that says what would be right."""
    with pytest.raises(BadSetting, match="RedisCache"):
        LayeredCache("redis://localhost", tmp_path)  # type: ignore[arg-type]
