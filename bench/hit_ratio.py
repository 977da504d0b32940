"""How many requests a cache of some capacity can answer: exactly, for LRU and for the best there can be."""

from __future__ import annotations

from collections import OrderedDict
from heapq import heapify, heappop, heappush
from typing import Any, NamedTuple

from .traces import NEVER, Trace


class Hits(NamedTuple):
    """How many requests were answered, and how many bytes they asked for."""

    requests: int
    octets: int


def replay(trace: Trace, cache: Any, *, ttls: bool) -> Hits:
    """Hits of ``cache``, which is asked for each key and given those that it has not: with ``ttls``, for their ttl.

    Keys are text, and so is a value, of one letter: a capacity is in entries, and bytes are those that the trace tells.
    The replay goes as fast as the cache: a ttl counts from there.
    """
    get, sizes = cache.get, trace.sizes
    hits = octets = 0
    for number in trace.requests():
        key = str(number)
        if get(key) is not None:
            hits += 1
            octets += sizes[number]
        elif ttls and trace.ttls[number]:
            cache.set(key, ".", ttl=trace.ttls[number])
        else:
            cache.set(key, ".")
    return Hits(hits, octets)


def lru(trace: Trace, capacity: int) -> Hits:
    """Hits of an exact LRU of ``capacity`` entries."""
    held: OrderedDict[int, None] = OrderedDict()
    sizes = trace.sizes
    hits = octets = 0
    for key in trace.requests():
        if key in held:
            held.move_to_end(key)
            hits += 1
            octets += sizes[key]
        else:
            held[key] = None
            if len(held) > capacity:
                held.popitem(last=False)
    return Hits(hits, octets)


def optimum(trace: Trace, capacity: int) -> Hits:
    """Hits of a cache that knows the future and, like every cache here, takes in whatever it missed.

    None answers more requests; one that looked at sizes could answer more bytes.

    To make room it evicts the entry that is asked for last. See Belady, *A study of replacement algorithms for a
    virtual-storage computer*, IBM Systems Journal 5 (1966).
    """
    held: set[int] = set()  # of each entry only when it is asked for next: no two share that
    farthest: list[int] = []  # a heap of the same, negated; times gone by stay in it and never come to its top
    spent = 0  # entries never asked for again
    hits = octets = 0
    for now, (key, later) in enumerate(zip(trace.requests(), trace.next_uses(), strict=True)):
        if now in held:
            held.remove(now)
            hits += 1
            octets += trace.sizes[key]
        elif spent and len(held) + spent == capacity:
            spent -= 1
        elif len(held) == capacity:
            held.remove(-heappop(farthest))
        if later == NEVER:
            spent += 1
        else:
            held.add(later)
            heappush(farthest, -later)
        if len(farthest) > 2 * capacity + 1000:
            farthest = [-time for time in held]
            heapify(farthest)
    return Hits(hits, octets)
