"""What a cache in this process costs besides time, and what grows with it: ``python -m bench.probe module:Class ...``.

Run in a process of its own for each figure, as what was there before would be counted, and prints one line of JSON.
"""

from __future__ import annotations

import gc
import importlib
import json
import mmap
import sys
import time
import tracemalloc
from collections.abc import Callable
from functools import lru_cache
from itertools import islice
from pathlib import Path
from random import Random
from typing import Any, ClassVar

OPERATIONS = 1000  # timed in one piece
PIECES = 25
COLLECTIONS = 9


class Memoized:
    """functools.lru_cache, filled as any other: it has no set, so that each key is computed."""

    declares: ClassVar = {"eviction": "lru"}

    def __init__(self, capacity: int) -> None:
        given: dict[str, Any] = {}
        compute = lru_cache(capacity)(given.__getitem__)

        def set_(key: str, value: Any) -> None:
            given[key] = value
            compute(key)
            del given[key]

        self.set = set_


def memory(make: Callable[[], Any], keys: list[str], _random: Random) -> list[float]:
    """Bytes for each entry that Python allocates, beyond the key and the value."""
    return _traced(lambda: _filled(make, keys), len(keys))


def timed_memory(make: Callable[[], Any], keys: list[str], random: Random) -> list[float]:
    """The same, where each entry has a ttl of its own."""
    return _traced(lambda: _timed(make, keys, random), len(keys))


def resident(make: Callable[[], Any], keys: list[str], _random: Random) -> list[float]:
    """Bytes of resident memory for each entry, beyond the key and the value."""
    gc.collect()
    before = _resident()
    subject = _filled(make, keys)
    after = _resident()
    del subject
    return [(after - before) / len(keys)]


def expiring_set(make: Callable[[], Any], keys: list[str], random: Random) -> list[float]:
    """Seconds of a set, while all entries have a ttl, from a second to a day."""
    subject = _timed(make, keys, random)

    def run(arguments: list[tuple[str, float]]) -> None:
        set_ = subject.set
        for key, ttl in arguments:
            set_(key, True, ttl=ttl)

    return _pieces(run, lambda: [(random.choice(keys), _ttl(random)) for _ in range(OPERATIONS)])


def get(make: Callable[[], Any], keys: list[str], random: Random) -> list[float]:
    """Seconds of a get of any of the keys, all of which are there."""
    subject = _filled(make, keys)

    def run(asked: list[str]) -> None:
        get_ = subject.get
        for key in asked:
            get_(key)

    return _pieces(run, lambda: random.choices(keys, k=OPERATIONS))


def collection(make: Callable[[], Any], keys: list[str], _random: Random) -> list[float]:
    """Seconds that one full garbage collection takes longer."""
    empty = _collection()
    subject = _filled(make, keys)
    full = _collection()
    del subject
    return [max(0.0, full - empty)]


def tracked(make: Callable[[], Any], keys: list[str], _random: Random) -> list[float]:
    """Objects for each entry that a garbage collection looks at."""
    before = _objects()
    subject = _filled(make, keys)
    after = _objects()
    del subject
    return [(after - before) / len(keys)]


FIGURES = {each.__name__: each for each in (memory, timed_memory, resident, expiring_set, get, collection, tracked)}


def _filled(make: Callable[[], Any], keys: list[str]) -> Any:
    subject = make()
    set_ = subject.set
    for key in keys:
        set_(key, True)  # the same for all: no value is counted
    return subject


def _timed(make: Callable[[], Any], keys: list[str], random: Random) -> Any:
    subject = make()
    for key in keys:
        subject.set(key, True, ttl=_ttl(random))
    return subject


def _ttl(random: Random) -> float:
    return float(86_400.0 ** random.random())


def _traced(fill: Callable[[], Any], count: int) -> list[float]:
    tracemalloc.start()
    before = tracemalloc.get_traced_memory()[0]
    subject = fill()
    after = tracemalloc.get_traced_memory()[0]
    del subject
    return [(after - before) / count]


def _pieces(run: Callable[[list[Any]], None], arguments: Callable[[], list[Any]]) -> list[float]:
    """Seconds of the processor for an operation, one figure for each piece: nothing here waits for anything else."""
    run(arguments())
    found = []
    for _ in range(PIECES):
        given, began = arguments(), time.process_time()
        run(given)
        found.append((time.process_time() - began) / OPERATIONS)
    return found


def _objects() -> int:
    """How many there are to look at; each collection lets go of tuples that need not be seen, the inner ones first."""
    count = -1
    while count != (count := len(gc.get_objects())):
        gc.collect()
    return count


def _collection() -> float:
    """Seconds of the processor: of some, the quickest, as whatever else was going on only made it longer."""
    gc.collect()
    found = []
    for _ in range(COLLECTIONS):
        began = time.process_time()
        gc.collect()
        found.append(time.process_time() - began)
    return min(found)


def _resident() -> int:
    return int(Path("/proc/self/statm").read_text().split()[1]) * mmap.PAGESIZE


def main(path: str, figure: str, entries: str) -> None:
    """Of the subject ``path``, with so many entries; two times 16 hexadecimal digits are a key."""
    module, _, name = path.partition(":")
    subject = getattr(importlib.import_module(module), name)
    random, count = Random(int(entries)), int(entries)
    keys = list(islice((random.randbytes(16).hex() for _ in iter(int, 1)), count))
    bounded = subject.declares.get("eviction", "none") != "none"
    options = {"capacity": count} if bounded else {}
    print(json.dumps(FIGURES[figure](lambda: subject(**options), keys, random)))  # noqa: T201 - to whoever has asked


if __name__ == "__main__":
    main(*sys.argv[1:])
