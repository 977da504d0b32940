"""A machine that stalls accuses nobody: a test in which it did is run again, with longer ttls."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).parent.parent

STALLING = """
import time

class Stalling:
    declares = {"ttl": "per-entry", "ttl_zero": "expired", "keys": "hashable", "types": "any"}
    stalls = [0.1] * 4  # the first answers of all take longer than a ttl
    early = False

    def __init__(self, ttl=None):
        self._ttl, self._entries = ttl, {}
        self.clear = self._entries.clear

    def get(self, key, default=None):
        if self.stalls:
            time.sleep(self.stalls.pop())
        value, end = self._entries.get(key, (default, 0))
        return value if end > time.monotonic() else default

    def set(self, key, value, ttl=None):
        ttl = self._ttl if ttl is None else ttl
        self._entries[key] = value, time.monotonic() + (1e9 if ttl is None else ttl / 9 if self.early else ttl)

    def delete(self, key):
        value, end = self._entries.pop(key, (None, 0))
        return end > time.monotonic()


class Early(Stalling):
    early = True

class Slow(Stalling):
    stalls = [0.3] * 100  # more than any ttl that is tried allows for
"""


@pytest.mark.parametrize(("name", "outcome"), [("Stalling", "pass"), ("Early", "fail"), ("Slow", "not-run")])
def test_who_stalls_is_asked_again(tmp_path: Path, name: str, outcome: str) -> None:
    """What is right keeps its promise in the end, what is wrong does not; of what is always late nothing is said."""
    tmp_path.joinpath("mine.py").write_text(STALLING, encoding="utf-8")
    command = [sys.executable, "-m", "pytest", f"--rootdir={CHECKOUT}", "-c", f"{CHECKOUT}/pyproject.toml"]
    command += ["-p", "no:cacheprovider", f"{CHECKOUT}/conformance/test_expiry.py", "-k", "lives_its_whole_ttl"]
    command += [f"--cache=mine:{name}", "--profile=quick", "--results=out.json"]
    run = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=120, check=False)
    verdicts = json.loads(tmp_path.joinpath("out.json").read_text(encoding="utf-8"))["verdicts"]
    assert [each["outcome"] for each in verdicts if "seconds" in each] == [outcome], run.stdout
