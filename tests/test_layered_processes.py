"""LayeredCache in processes that are killed or forked in an outage."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

from layered_machines import CONVERGED, await_, layered, server

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
