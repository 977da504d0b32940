"""What grows with a cache is counted in a fresh process, and of that cache alone."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent


def _probe(path: str, figure: str, entries: int) -> list[float]:
    command = [sys.executable, "-m", "bench.probe", path, figure, str(entries)]
    found: list[float] = json.loads(subprocess.run(command, cwd=ROOT, capture_output=True, check=True).stdout)
    return found


@pytest.mark.parametrize("entries", [10_000])
def test_the_memory_of_a_dict_is_that_of_its_table(entries: int) -> None:
    """sys.getsizeof tells the same, to the byte or so."""
    (found,) = _probe("bench.yardsticks:Dict", "memory", entries)
    assert found == pytest.approx(sys.getsizeof(dict.fromkeys(range(entries), True)) / entries, rel=0.45)
    assert 10 < found < 150


def test_what_a_garbage_collection_looks_at_is_counted() -> None:
    """lru_cache has a link for each entry, which Python does not track; a dict has none."""
    assert abs(_probe("bench.yardsticks:Dict", "tracked", 2000)[0]) < 0.01


def test_a_set_with_a_ttl_is_timed_on_a_cache_of_ours() -> None:
    """With as many figures as an interval needs."""
    found = _probe("conformance.subjects.memory:Memory", "expiring_set", 1000)
    assert found
    assert min(found) > 0
