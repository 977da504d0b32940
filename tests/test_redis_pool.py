"""Connections of a Redis cache: shared by threads, waited for within the deadline, and left behind by a fork."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from contextlib import suppress
from typing import Any

import pytest
import redis
from intrusions import everywhere, interrupt
from redis_servers import SAFETY, Make, client, hurry, make, process, refusal, server

from cache_impl import CacheClosed, Overloaded, pools
from conformance.processes import Process

__all__ = ["client", "make", "process", "server"]  # fixtures


def test_a_pool_in_use_is_overload_and_no_outage(make: Make) -> None:
    """All connections are busy for the whole deadline: Overloaded; with one back, it goes on."""
    cache = make(pool_size=2)
    cache.set("a", 1)
    wire = cache._store._wire  # type: ignore[attr-defined]  # noqa: SLF001
    with wire.talk(), wire.talk():
        assert type(refusal(lambda: hurry(cache).get("a"))) is Overloaded
    assert hurry(cache, SAFETY).get("a") == 1


def test_a_connection_that_comes_free_is_handed_on(make: Make, client: redis.Redis) -> None:
    """More threads than connections: each gets its turn, and no more connections are made."""
    cache = make(pool_size=2)
    before = len(client.client_list())
    threads = [threading.Thread(target=lambda: [cache.get("a") for _ in range(50)]) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(SAFETY)
    assert cache.stats().misses == 400
    assert len(client.client_list()) <= before + 2


def test_who_waits_for_a_connection_is_served_in_turn(make: Make) -> None:
    """Also before whoever had it, gives it back, and asks at once for one more."""
    cache, served = make(pool_size=1, deadline=SAFETY), []
    wire = cache._store._wire  # type: ignore[attr-defined]  # noqa: SLF001

    def ask(number: int) -> None:
        with wire.talk():
            served.append(number)

    threads = [threading.Thread(target=ask, args=(number,)) for number in range(4)]
    with wire.talk():
        for waiting, thread in enumerate(threads, 1):
            thread.start()
            while len(wire._pool._waiting) < waiting:  # noqa: SLF001
                time.sleep(0.001)
    ask(4)
    for thread in threads:
        thread.join(SAFETY)
    assert served == [0, 1, 2, 3, 4]


def test_closing_ends_the_wait_for_a_connection(make: Make) -> None:
    """Whoever waits is told at once, not when the deadline is over."""
    cache, told = make(pool_size=1), threading.Event()
    wire = cache._store._wire  # type: ignore[attr-defined]  # noqa: SLF001

    def wait() -> None:
        with pytest.raises(CacheClosed):
            cache.get("a")
        told.set()

    with wire.talk():
        threading.Thread(target=wait, daemon=True).start()
        while not wire._pool._waiting:  # noqa: SLF001
            time.sleep(0.001)
        cache.close()
        assert told.wait(SAFETY / 2)


class Stub:
    """Stands in for a connection."""

    def freshen(self) -> None: ...


def test_no_connection_is_lost_whatever_interrupts_who_uses_it() -> None:
    """When it is opened, waited for in vain, given back, and used again."""
    pool: Any = None

    def use() -> None:
        nonlocal pool
        pool = pools.ThreadPool(Stub, 1, "there")
        with suppress(KeyboardInterrupt):
            link = pool.borrow(time.monotonic())
            with suppress(Overloaded, KeyboardInterrupt):
                pool.borrow(time.monotonic())
            pool.give_back(link)
            pool.give_back(pool.borrow(time.monotonic()))

    for _ in everywhere(pools, interrupt, use, {"__init__"}):
        first = pool.borrow(time.monotonic())
        with pytest.raises(Overloaded):
            pool.borrow(time.monotonic())
        pool.give_back(first)
        assert pool.borrow(time.monotonic()) is first


def test_no_answer_is_taken_for_another_where_closing_fails_too(make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    """Near the recursion limit both may: reading the reply, and hanging up after that."""
    cache: Any = make(pool_size=1)
    cache.set_many({"a": 1, "b": 2})
    (link,) = cache._store._wire._pool._idle  # noqa: SLF001

    def fail(*_: object) -> None:
        raise RecursionError

    with monkeypatch.context() as patch:
        patch.setattr(link._voice._reader, "replies", fail)  # noqa: SLF001
        patch.setattr(link._connection, "disconnect", fail)  # noqa: SLF001
        with pytest.raises(RecursionError):
            cache.get("a")
    assert cache.get("b") == 2


def test_a_cache_works_on_both_sides_of_a_fork(server: Process) -> None:
    """Parent and children each get their own answers, with other threads of the parent busy."""
    program = """
import os, sys, threading
from cache_impl import RedisCache
cache, stop = RedisCache(sys.argv[1], deadline=20), threading.Event()
def work(name):
    while not stop.is_set():
        cache.set(name, name)
        assert cache.get(name) == name
threads = [threading.Thread(target=work, args=(str(number),)) for number in range(3)]
for thread in threads:
    thread.start()
children = []
for number in range(5):
    child = os.fork()
    if not child:
        work_done = 0
        for each in range(50):
            cache.set(f"child {number}", each)
            work_done += cache.get(f"child {number}") == each
        os._exit(0 if work_done == 50 and cache.get_or_set("shared", lambda: number) is not None else 1)
    children.append(child)
codes = [os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) for child in children]
stop.set()
for thread in threads:
    thread.join()
print(codes)
"""
    command, environment = (
        [sys.executable, "-W", "ignore", "-c", program, server.url],
        {**os.environ, "PYTHONPATH": "."},
    )
    said = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True, env=environment, timeout=60).stdout
    assert said.strip() == str([0] * 5)
