"""LayeredCache in mid-traffic: Redis is killed, frozen, restarted, wiped, and the recorded history is checked."""

from __future__ import annotations

import itertools
import random
import threading
import time
from collections.abc import Callable
from typing import Any, NamedTuple

import pytest
from layered_machines import CONVERGED, SAFETY, await_, layered, server, settled

from cache_impl import LayeredCache, MemoryCache

__all__ = ["layered", "server"]  # fixtures

THREADS, OPERATIONS, KEYS = 8, 400, "abcdef"  # operations of each thread
ABSENT = -1


class Event(NamedTuple):
    """One operation on one key, by a counter that all threads share; every set has a number of its own to write."""

    began: int
    ended: int
    kind: str
    number: int


class Traffic:
    """Threads that get, set and delete, on one cache each; ``history`` is what they did and saw, by key."""

    def __init__(self, caches: list[LayeredCache]) -> None:
        self.history: dict[str, list[Event]] = {key: [] for key in KEYS}
        self.errors: list[BaseException] = []
        self._ticks, self._numbers = itertools.count(), itertools.count()
        self._threads = [
            threading.Thread(target=self._run, args=(caches[each % len(caches)], each), daemon=True)
            for each in range(THREADS)
        ]

    def around(self, fault: Callable[[Traffic], None]) -> None:
        """Run it all, with ``fault(self)`` in the middle of it."""
        for each in self._threads:
            each.start()
        self.go_on(OPERATIONS // 4)
        fault(self)
        for each in self._threads:
            each.join(SAFETY)
            assert not each.is_alive(), "an operation hangs"
        assert self.errors == []

    def go_on(self, operations: int) -> None:
        """Wait until there have been so many more operations, or all of them."""
        enough = self._count() + operations
        await_(lambda: self._count() >= enough or not any(each.is_alive() for each in self._threads))

    def read(self, cache: LayeredCache) -> dict[str, Any]:
        """What ``cache`` has now, noted as the end of the history."""
        for key in KEYS:
            self._note(key, "get", lambda key=key: cache.get(key, ABSENT))
        return {key: events[-1].number for key, events in self.history.items()}

    def _count(self) -> int:
        return sum(map(len, self.history.values()))

    def _run(self, cache: LayeredCache, seed: int) -> None:
        draw = random.Random(seed)
        try:
            for _ in range(OPERATIONS):
                self._operate(cache, draw.choice(KEYS), draw.choice(("get", "get", "get", "set", "set", "delete")))
        except BaseException as error:  # noqa: BLE001  # none may reach a caller, whatever it is
            self.errors.append(error)

    def _operate(self, cache: LayeredCache, key: str, kind: str) -> None:
        number = next(self._numbers)
        if kind == "get":
            self._note(key, kind, lambda: cache.get(key, ABSENT))
        elif kind == "set":
            self._note(key, kind, lambda: cache.set(key, number) or number)
        else:
            self._note(key, kind, lambda: cache.delete(key) * 0)

    def _note(self, key: str, kind: str, operate: Callable[[], int]) -> None:
        began = next(self._ticks)
        number = operate()
        self.history[key].append(Event(began, next(self._ticks), kind, number))


def undone(events: list[Event]) -> list[str]:
    """Reads of what was set or deleted anew before them, or older than what was read before them.

    A miss is a fair answer of a cache whose server was gone.
    """
    sets = {each.number: each for each in events if each.kind == "set"}
    changes = [each for each in events if each.kind != "get"]
    reads = [each for each in events if each.kind == "get" and each.number != ABSENT]
    found = [f"{read} of nothing that was set" for read in reads if read.number not in sets]
    known = [(read, sets[read.number]) for read in reads if read.number in sets]
    for read, source in known:
        later = [each for each in changes if source.ended < each.began and each.ended < read.began]
        found += [f"{read} of {source}, and meanwhile {each}" for each in later]
    for (first, newer), (second, older) in itertools.permutations(known, 2):
        if first.ended < second.began and older.ended < newer.began:
            found.append(f"{second} of {older}, after {first} of {newer}")
    return found


def killed(server: Any, traffic: Traffic) -> None:
    server.kill()
    traffic.go_on(OPERATIONS)
    server.restart()


def frozen(server: Any, traffic: Traffic) -> None:
    server.freeze()
    traffic.go_on(OPERATIONS)
    server.thaw()


def restarted(server: Any, _traffic: Traffic) -> None:
    server.restart()


def wiped(server: Any, _traffic: Traffic) -> None:
    with server.connect() as client:
        client.flushall()


@pytest.mark.parametrize("memory", [False, True], ids=["no memory", "memory"])
@pytest.mark.parametrize("fault", [killed, frozen, restarted, wiped])
def test_redis_is_lost_in_mid_traffic(server: Any, layered: Any, fault: Any, memory: bool) -> None:  # noqa: FBT001
    """No exception reaches a caller, no delete is undone, no older value follows a newer one, and all converges."""
    cache = layered("one", memory=MemoryCache() if memory else None)
    other = layered("two")
    traffic = Traffic([cache])
    back: list[float] = []

    def lose_redis(traffic: Traffic) -> None:
        fault(server, traffic)
        back.append(time.monotonic())

    traffic.around(lose_redis)
    await_(lambda: settled(cache), max(0.1, back[0] + CONVERGED - time.monotonic()))
    assert traffic.read(cache) == traffic.read(other)
    for events in traffic.history.values():
        assert undone(events) == []


@pytest.mark.parametrize("fault", [killed, frozen])
def test_two_machines_agree_after_an_outage(server: Any, layered: Any, fault: Any) -> None:
    """Both wrote without the other; once Redis is back, both have the newest of each key, and it is what Redis has."""
    caches = [layered("one"), layered("two")]
    traffic = Traffic(caches)
    traffic.around(lambda traffic: fault(server, traffic))
    await_(lambda: all(map(settled, caches)), CONVERGED)
    seen = [traffic.read(cache) for cache in [*caches, layered("three")]]
    assert seen[0] == seen[1] == seen[2]
