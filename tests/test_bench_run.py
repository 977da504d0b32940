"""A whole run of the benchmark, of caches that work, lose their entries, or cannot run here."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from bench_samples import ROOT

from bench.pace import PACES

MINE = """
class Mine:
    declares = {"keys": "hashable", "types": "any"}

    def __init__(self):
        self.entries = {}

    def get(self, key, default=None):
        return self.entries.get(key, default)

    def set(self, key, value):
        self.entries[key] = value

    def delete(self, key):
        return self.entries.pop(key, self) is not self

    def clear(self):
        self.entries.clear()


class Forgetful(Mine):
    def set(self, key, value):
        pass


class Remote(Mine):
    declares = {"scope": "network"}
"""


@pytest.fixture
def run_bench(tmp_path: Path) -> Callable[..., tuple[str, dict[str, Any]]]:
    """Runs ``pytest bench`` on one workload; returns what it printed and the result file."""
    (tmp_path / "mine.py").write_text(MINE)
    results = tmp_path / "results.json"

    def run(*options: str) -> tuple[str, dict[str, Any]]:
        command = [sys.executable, "-m", "pytest", "bench", "--profile=quick", f"--results={results}"]
        environment = {**os.environ, "PYTHONPATH": str(tmp_path)}
        command += ["-k", "get-hit and small", "-p", "no:cacheprovider", *options]
        ran = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
        return ran.stdout, json.loads(results.read_text())

    return run


def test_a_run_measures_the_cache_beside_its_yardsticks(run_bench: Callable[..., tuple[str, dict[str, Any]]]) -> None:
    """Each column's cost is in the result file, with one figure for each block, and in pytest-benchmark's table."""
    printed, results = run_bench("--cache=mine:Mine")
    jsonschema.validate(results, json.loads((ROOT / "reports" / "schema.json").read_text()))
    measured = {each["subject"]: each for each in results["measurements"]}
    roles = {each["name"]: each["role"] for each in results["subjects"]}
    assert sorted(roles[name] for name in measured) == ["cache", "yardstick", "yardstick"]
    for each in measured.values():
        assert len(each["blocks"]) == PACES["quick"].blocks
        assert min(each["blocks"]) <= each["low"] <= each["median"] <= each["high"] <= max(each["blocks"])
    assert "benchmark 'get-hit small': 6 tests" in printed
    assert sorted(each["subject"] for each in results["noise"]) == sorted(measured)
    assert measured["mine:Mine"]["ratio"]["to"] == "dict"
    assert "cost as a multiple of the yardstick's" in printed


def test_a_cache_that_lost_its_entries_has_no_cost(run_bench: Callable[..., tuple[str, dict[str, Any]]]) -> None:
    """A get that misses is not what was to be timed: each of its cells fails once, and says why."""
    printed, results = run_bench("--cache=mine:Forgetful")
    assert "2 failed" in printed
    assert "16 of 16 keys were lost" in printed
    assert "mine:Forgetful" not in {each["subject"] for each in results["measurements"]}


def test_a_run_in_which_no_cache_can_run_says_so(run_bench: Callable[..., tuple[str, dict[str, Any]]]) -> None:
    """Yardsticks alone are no answer."""
    printed, results = run_bench("--cache=mine:Remote", "--backend=redis://127.0.0.1:1")
    assert "no cache can run here, so nothing is measured" in printed
    assert results["measurements"] == []
