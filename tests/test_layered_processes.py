"""LayeredCache in processes that are killed or forked in an outage."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import pytest
from children import ended_well, forked
from layered_machines import CONVERGED, SAFETY, await_, layered, server

from cache_impl import CircuitBreaker

__all__ = ["layered", "server"]  # fixtures


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
    assert ended_well(forked(lambda: cache.set("child", 2) or cache.get("parent") == 1))
    server.restart()
    await_(lambda: other.get_many(["parent", "child"]) == {"parent": 1, "child": 2}, CONVERGED)


def test_a_forked_child_that_only_reads_finds_redis_again(server: Any, layered: Any) -> None:
    """It was forked in an outage, with a breaker that is open, and without the thread that looks for Redis."""
    cache = layered("one")
    server.kill()
    for key in "abc":
        cache.get(key)
    assert cache.health().serving == "file"
    hears, tells = os.pipe()

    def finds_it() -> bool:
        cache.get("a")
        os.read(hears, 1)
        await_(lambda: cache.get("a") == 1, CONVERGED)
        return True

    child = forked(finds_it)
    server.restart()
    other = layered("two")
    await_(lambda: other.set("a", 1) or other.get("a") == 1)
    os.write(tells, b"!")
    assert ended_well(child)


def test_a_forked_child_does_not_wait_for_a_probe_of_its_parent() -> None:
    """Forked while another thread finds out whether the server is back, it may ask itself, at once."""
    now = [0.0]
    breaker = CircuitBreaker(failure_threshold=1, recovery_time=1.0, clock=lambda: now[0])
    with pytest.raises(ZeroDivisionError):
        breaker.call(lambda: 1 / 0)
    now[0] = 1.0
    asked, answered = threading.Event(), threading.Event()
    probing = threading.Thread(target=breaker.call, args=(lambda: asked.set() or answered.wait(SAFETY),))
    probing.start()
    asked.wait(SAFETY)
    assert (breaker.state, breaker.admit()) == ("half-open", None)
    assert ended_well(forked(lambda: breaker.call(lambda: 1) == 1 and breaker.state == "closed"))
    assert breaker.state == "half-open"
    answered.set()
    probing.join()
    assert breaker.state == "closed"


def test_a_forked_child_has_a_breaker_that_it_can_use() -> None:
    """Another thread of the parent held its lock."""
    breaker = CircuitBreaker(failure_threshold=1)

    def opens() -> bool:
        pool = threading.Thread(target=breaker.force_open)
        pool.start()
        pool.join(CONVERGED)
        return breaker.state == "forced-open"

    with breaker._circuit.lock:  # noqa: SLF001  # to be in the middle of a change, for sure
        busy = threading.Thread(target=breaker.reset, daemon=True)
        busy.start()
        child = forked(opens)
    busy.join()
    assert ended_well(child)
