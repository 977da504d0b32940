"""What a cache is worth is told by what it saves."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from bench_samples import ROOT

from bench.agent import CALLS, requests, work
from bench.pace import PACES
from bench.yardsticks import Dict


class Nothing(Dict):
    """Keeps nothing."""

    def __init__(self) -> None:
        super().__init__()
        self.set = lambda _key, _value: None


def test_without_a_cache_nothing_is_saved() -> None:
    """It costs what all calls cost, and takes as long, and a little longer."""
    found = work(Nothing(), requests(20))
    assert (found.requests, found.hits) == (80, 0)
    assert found.dollars == pytest.approx(found.dollars_alone)
    assert found.seconds >= found.alone == pytest.approx(20 * sum(each.seconds for each in CALLS.values()))


def test_with_a_cache_each_call_is_paid_for_once() -> None:
    """As many misses as there are different keys."""
    asked = requests(50)
    found = work(Dict(), asked)
    paid = {key: CALLS[kind].dollars for kind, key, _ in asked}
    assert found.hits == len(asked) - len(paid)
    assert found.dollars == pytest.approx(sum(paid.values()))


def test_a_longer_run_does_the_same_work_more_often(tmp_path: Path) -> None:
    """With more tasks the cache would look better."""
    results = tmp_path / "results.json"
    command = [sys.executable, "-m", "pytest", "bench/test_agent.py", "--cache=memory", "-p", "no:cacheprovider"]
    command += ["--profile=standard", f"--results={results}"]
    ran = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stdout
    found = {each["workload"]: each for each in json.loads(results.read_text())["measurements"]}
    assert found["agent-hit-rate"]["median"] == 0.7
    assert found["agent-hit-rate"]["operations"] == 200 * PACES["standard"].blocks


def test_the_work_is_the_same_in_every_run() -> None:
    """Seeded."""
    assert requests(10) == requests(10)
