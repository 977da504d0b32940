"""Nobody is accused where time may have decided: a test is run again, with longer ttls, or in real time."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

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
    stalls = [0.6] * 1000  # more than any ttl that is tried allows for
"""


TWO_TIERS = """
import json
import time

class Near:
    '''Memory before Redis, each with an end of its own.'''

    declares = {"ttl": "per-entry", "scope": "network"}

    def __init__(self, location, ttl=None):
        self._server, self._prefix, self._ttl, self._memory = location.connect(), location.namespace, ttl, {}

    def get(self, key, default=None):
        if key in self._memory and time.monotonic() < self._memory[key][1]:
            return self._memory[key][0]
        found = self._server.get(self._prefix + key)
        return default if found is None else json.loads(found)

    def set(self, key, value, ttl=None):
        ttl = self._ttl if ttl is None else ttl
        self._server.set(self._prefix + key, json.dumps(value), px=None if ttl is None else int(ttl * 1000))
        self._memory[key] = value, self._end(1e9 if ttl is None else ttl)

    def _end(self, ttl):
        return time.monotonic() + ttl

    def delete(self, key):
        self._memory.pop(key, None)
        return self._server.delete(self._prefix + key) == 1

    def clear(self):
        self._memory.clear()


class Lasting(Near):
    def _end(self, ttl):
        return time.monotonic() + 1e9
"""


@pytest.mark.parametrize(("name", "outcome"), [("Stalling", "pass"), ("Early", "fail"), ("Slow", "not-run")])
def test_who_stalls_is_asked_again(tmp_path: Path, name: str, outcome: str) -> None:
    """What is right keeps its promise in the end, what is wrong does not; of what is always late nothing is said."""
    (verdict,) = _verdicts(tmp_path, STALLING, name, "lives_its_whole_ttl")
    assert verdict["outcome"] == outcome


@pytest.mark.parametrize(("name", "outcome"), [("Near", "not-run"), ("Lasting", "fail")])
def test_who_keeps_time_beside_the_server_is_asked_in_real_time(tmp_path: Path, name: str, outcome: str) -> None:
    """Moving the server's clock moves nobody else's: what is right with both is not accused, what is wrong is."""
    (verdict,) = _verdicts(tmp_path, TWO_TIERS, name, "gone_when_its_ttl_is_over", "--backend=fakeredis")
    assert verdict["outcome"] == outcome
    assert (outcome == "fail") == bool(verdict.get("history"))


def _verdicts(tmp_path: Path, source: str, name: str, promise: str, *options: str) -> list[dict[str, Any]]:
    tmp_path.joinpath("mine.py").write_text(source, encoding="utf-8")
    command = [sys.executable, "-m", "pytest", f"--rootdir={CHECKOUT}", "-c", f"{CHECKOUT}/pyproject.toml"]
    command += ["-p", "no:cacheprovider", f"{CHECKOUT}/conformance/test_expiry.py", "-k", promise]
    command += [f"--cache=mine:{name}", "--profile=quick", "--results=out.json", *options]
    run = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=120, check=False)
    verdicts = json.loads(tmp_path.joinpath("out.json").read_text(encoding="utf-8"))["verdicts"]
    asked = [each for each in verdicts if "seconds" in each]
    assert asked, run.stdout
    return asked
