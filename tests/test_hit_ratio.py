"""Hit ratios are exact: against every possible choice on small traces, and against what a plain cache does."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tracemalloc
from argparse import ArgumentTypeError
from functools import cache
from pathlib import Path
from random import Random
from typing import Any

import pytest

from bench import requests, traces
from bench.hit_ratio import lru, optimum, replay
from bench.replays import capacities, sources
from bench.traces import NEVER, Request, Trace
from bench.yardsticks import Dict

ROOT = Path(__file__).parent.parent

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
            assert optimum(trace, capacity).requests == best_of_all(keys, capacity), keys


@pytest.mark.parametrize("capacity", [1, 2, 3, 4])
def test_lru_evicts_the_least_recently_used(capacity: int) -> None:
    """The same hits as a list that is kept in order."""
    for keys in SMALL:
        with Trace(keys) as trace:
            assert lru(trace, capacity).requests == hits_of_a_list(keys, capacity), keys


def test_a_loop_defeats_lru_and_not_the_optimum() -> None:
    """Going round 11 keys with room for 10: LRU never hits, while 9 of 10 could."""
    with Trace(number % 11 for number in range(11 + 1100)) as trace:
        assert lru(trace, 10).requests == 0
        assert optimum(trace, 10).requests == 990


def test_hits_are_counted_in_bytes_too() -> None:
    """Each as many as the trace says of its key. With room for two, LRU has b evicted by c, and the optimum a."""
    asked = [("a", 10), ("b", 500), ("a", 10), ("c", 1), ("b", 500), ("a", 10)]
    with Trace(Request(key, size) for key, size in asked) as trace:
        assert trace.octets == 1031
        assert lru(trace, 2) == (1, 10)
        assert optimum(trace, 2) == (2, 510)
        assert replay(trace, Watched(), ttls=False) == (3, 520)


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
        assert lru(trace, 5).requests == 0
        assert optimum(trace, 5).requests > 0
        _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert most < 100_000


class Watched(Dict):
    """A dict that keeps what it was given."""

    def __init__(self) -> None:
        super().__init__()
        self.given: list[tuple[str, float | None]] = []
        self.put, self.set = self.set, self._set

    def _set(self, key: str, value: str, ttl: float | None = None) -> None:
        assert len(value) == 1  # whatever the trace says: 4 GiB would have to be made, and to fit
        self.given.append((key, ttl))
        self.put(key, value)


def test_a_replay_sets_what_it_misses_for_as_long_as_the_trace_says() -> None:
    """A value of 0 bytes is there, too, and one of 4 GiB takes no more; a cache without ttls is given none."""
    large = 2**32 - 1
    with Trace([Request("a", large, 60.0), Request("b"), Request("a", 9), Request("b")]) as trace:
        cache, forever = Watched(), Watched()
        assert replay(trace, cache, ttls=True) == replay(trace, forever, ttls=False) == (2, large)
    assert cache.given == [("0", 60.0), ("1", None)]
    assert forever.given == [("0", None), ("1", None)]


@pytest.mark.parametrize("source", sources([]), ids=str)
def test_a_made_up_trace_is_as_long_as_asked_for_and_the_same_in_every_run(source: Any) -> None:
    """Seeded, and made while it is read."""
    first, second = list(source.requests(5000)), list(source.requests(5000))
    assert first == second
    assert len(first) == 5000


def test_what_is_scanned_never_comes_again() -> None:
    """500 of each 2,500 requests."""
    scanned = [key for key in requests.scan(10_000) if key >= requests.KEYS]
    assert len(scanned) == len(set(scanned)) == 2000


def _replay(*options: str, folder: Path) -> tuple[subprocess.CompletedProcess[str], dict[str, Any]]:
    results = folder / "results.json"
    command = [sys.executable, "-m", "pytest", "bench/test_hit_ratio.py", "--cache=memory", f"--results={results}"]
    command += ["-p", "no:cacheprovider", *options]
    ran = subprocess.run(command, cwd=ROOT, env=dict(os.environ), capture_output=True, text=True, check=False)
    return ran, json.loads(results.read_text())


def test_a_file_is_replayed_beside_lru_and_the_optimum(tmp_path: Path) -> None:
    """An exact LRU has the hits of an exact LRU: at the capacities asked for, from the file and nothing else."""
    file = tmp_path / "my.trace"
    file.write_text("\n".join(RANDOM.choices("abcdefgh", k=500)))
    ran, found = _replay("--trace", str(file), "--capacities=2,4,8", folder=tmp_path)
    assert ran.returncode == 0, ran.stdout
    (curve,) = found["curves"]
    assert curve["text"].endswith("are computed from the trace, for entries that never expire.")
    lines = {each["subject"]: [y for _, y in each["points"]] for each in curve["lines"]}
    assert lines["memory"] == lines["exact LRU"]
    assert lines["memory"][0] < lines["optimum (Belady)"][0]
    assert lines["memory"][2] == lines["optimum (Belady)"][2] == (500 - 8) / 500


def test_a_file_with_sizes_has_a_byte_hit_ratio(tmp_path: Path) -> None:
    """A curve of its own, between the same lines."""
    file = tmp_path / "my.csv"
    file.write_text("key,size\na,1\nb,99\na,1\n")
    _, found = _replay("--trace", str(file), "--capacities=2", folder=tmp_path)
    points = {each["id"]: {tuple(line["points"][0]) for line in each["lines"]} for each in found["curves"]}
    assert points == {"hit-ratio-my.csv": {(2, 1 / 3)}, "hit-ratio-bytes-my.csv": {(2, 1 / 101)}}


def test_a_file_that_is_no_trace_is_named(tmp_path: Path) -> None:
    """The run fails, with one line that says why."""
    file = tmp_path / "my.trace"
    file.write_text("*\n")
    ran, _ = _replay("--trace", str(file), folder=tmp_path)
    assert f"{file} has no requests" in ran.stdout
    assert ran.returncode == 1


def test_files_of_one_name_are_told_apart_by_their_paths(tmp_path: Path) -> None:
    """Each is replayed, once, however often it is named; one whose name is its own keeps it."""
    files = [tmp_path / "a" / "x.trace", tmp_path / "b" / "x.trace", tmp_path / "b" / "y.trace"]
    for number, file in enumerate(files):
        file.parent.mkdir(exist_ok=True)
        file.write_text("1\n" * (number + 2))
    ran, found = _replay("--trace", *map(str, [*files, files[0]]), "--capacities=1", folder=tmp_path)
    ratios = {curve["id"]: curve["lines"][0]["points"] for curve in found["curves"]}
    names = [f"hit-ratio-{each}" for each in [files[0], files[1], "y.trace"]]
    assert ratios == {name: [[1, ratio]] for name, ratio in zip(names, [1 / 2, 2 / 3, 3 / 4], strict=True)}, ran.stdout


def test_a_directory_is_no_trace(tmp_path: Path) -> None:
    """One line that says so; pytest's own --trace, in the debugger, begins nowhere."""
    command = [sys.executable, "-m", "pytest", "bench/test_hit_ratio.py", "--cache=memory", "--trace", str(tmp_path)]
    ran = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL)
    assert ran.stderr.strip().startswith(f"ERROR: --trace {tmp_path} is a directory; give files of requests")
    assert (len(ran.stderr.strip().splitlines()), ran.returncode) == (1, pytest.ExitCode.USAGE_ERROR)


@pytest.mark.parametrize("asked", ["", "0", "a", "1,,2", "-3,5"])
def test_capacities_are_numbers(asked: str) -> None:
    """One line that says what would be right."""
    with pytest.raises(ArgumentTypeError, match="give whole numbers of entries above 0"):
        capacities(asked)
