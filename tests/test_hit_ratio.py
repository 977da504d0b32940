"""Hit ratios are exact: against every possible choice on small traces, and against what a plain cache does."""

from __future__ import annotations

import gzip
import tracemalloc
from collections.abc import Callable
from functools import cache
from pathlib import Path
from random import Random

import pytest

from bench import traces
from bench.hit_ratio import lru, optimum
from bench.traces import NEVER, Trace, TraceError, read

RANDOM = Random(5)
SMALL = ["".join(RANDOM.choices("abcde", k=12)) for _ in range(40)]


def best_of_all(keys: str, capacity: int) -> int:
    """The most hits that any choice of evictions gives."""

    @cache
    def hits(place: int, held: frozenset[str]) -> int:
        if place == len(keys):
            return 0
        key = keys[place]
        if key in held:
            return 1 + hits(place + 1, held)
        if len(held) < capacity:
            return hits(place + 1, held | {key})
        return max(hits(place + 1, held - {evicted} | {key}) for evicted in held)

    return hits(0, frozenset())


def hits_of_a_list(keys: str, capacity: int) -> int:
    """LRU as anyone would write it: the most recently used key last."""
    held: list[str] = []
    hits = 0
    for key in keys:
        if key in held:
            held.remove(key)
            hits += 1
        held = [*held, key][-capacity:]
    return hits


@pytest.mark.parametrize("capacity", [1, 2, 3, 4])
def test_the_optimum_is_the_best_of_all_choices(capacity: int) -> None:
    """No sequence of evictions has more hits, and one has as many."""
    for keys in SMALL:
        with Trace(keys) as trace:
            assert optimum(trace, capacity) == best_of_all(keys, capacity), keys


@pytest.mark.parametrize("capacity", [1, 2, 3, 4])
def test_lru_evicts_the_least_recently_used(capacity: int) -> None:
    """The same hits as a list that is kept in order."""
    for keys in SMALL:
        with Trace(keys) as trace:
            assert lru(trace, capacity) == hits_of_a_list(keys, capacity), keys


def test_a_loop_defeats_lru_and_not_the_optimum() -> None:
    """Going round 11 keys with room for 10: LRU never hits, while 9 of 10 could."""
    with Trace(number % 11 for number in range(11 + 1100)) as trace:
        assert lru(trace, 10) == 0
        assert optimum(trace, 10) == 990


def test_a_trace_knows_when_each_key_comes_next() -> None:
    """Equal keys have equal numbers, in the order in which they first came."""
    with Trace("abcab") as trace:
        assert (len(trace), trace.distinct) == (5, 3)
        assert list(trace.requests()) == [0, 1, 2, 0, 1]
        assert list(trace.next_uses()) == [3, 4, NEVER, NEVER, NEVER]


def test_a_trace_longer_than_a_block_is_no_different(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is held in memory at a time does not show."""
    keys = "".join(RANDOM.choices("abcdefgh", k=1000))
    with Trace(keys) as whole:
        expected = list(whole.next_uses()), lru(whole, 3), optimum(whole, 3)
    monkeypatch.setattr(traces, "BLOCK", 7)
    with Trace(keys) as trace:
        assert (list(trace.next_uses()), lru(trace, 3), optimum(trace, 3)) == expected


def test_memory_does_not_grow_with_the_trace(monkeypatch: pytest.MonkeyPatch) -> None:
    """100,000 requests for ten keys need less memory than one byte for each."""
    monkeypatch.setattr(traces, "BLOCK", 1000)
    tracemalloc.start()
    with Trace(number % 10 for number in range(100_000)) as trace:
        assert lru(trace, 5) == 0
        assert optimum(trace, 5) > 0
        _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert most < 100_000


@pytest.mark.parametrize(
    ("text", "keys"),
    [
        ("1\n2\n*\n1\n", ["1", "2", "1"]),
        ("user:1\r\nuser:ä\r\n", ["user:1", "user:Ã¤"]),
        ("key,size,ttl\na,100,60\nb,7,\n", ["a", "b"]),
        ('ttl,key\n60,"a,b"\n', ["a,b"]),
    ],
    ids=["lirs", "lines", "csv", "csv quoted"],
)
@pytest.mark.parametrize("pack", [bytes, gzip.compress], ids=["plain", "gzip"])
def test_a_trace_file_is_read(tmp_path: Path, text: str, keys: list[str], pack: Callable[[bytes], bytes]) -> None:
    """A key on each line, LIRS with its phases, or CSV with a column named key; gzipped or not."""
    path = tmp_path / "trace"
    path.write_bytes(pack(text.encode()))
    assert list(read(path)) == keys


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "no requests"),
        (b"*\n\n", "no requests"),
        (b"key,size\na,1\n,2\n", "line 3 has no key"),
        (gzip.compress(b"1\n2\n")[:-4], "ended before"),
    ],
    ids=["empty", "phases only", "a row without a key", "cut off"],
)
def test_what_is_no_trace_is_refused(tmp_path: Path, content: bytes, reason: str) -> None:
    """One line that names the file and what is wrong with it."""
    path = tmp_path / "trace"
    path.write_bytes(content)
    with pytest.raises(TraceError, match=rf"{path}.*{reason}"):
        list(read(path))


def test_a_trace_that_is_not_there_is_refused(tmp_path: Path) -> None:
    """The name of the file is in the error."""
    with pytest.raises(TraceError, match="nowhere"):
        list(read(tmp_path / "nowhere"))
