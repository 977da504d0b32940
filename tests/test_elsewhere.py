"""What goes wrong in another process is told in the cell, in its own words."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import pytest
from cells import cell

WRONG = """
import os
import subprocess
import sys


class RefusesAfterAFork:
    def __init__(self):
        self.entries, self.process = {}, os.getpid()

    def mine(self):
        if os.getpid() != self.process:
            raise RuntimeError("open it anew after a fork")
        return self.entries

    def get(self, key, default=None):
        return self.mine().get(key, default)

    def set(self, key, value):
        self.mine()[key] = value

    def delete(self, key):
        return self.mine().pop(key, self) is not self

    def clear(self):
        self.mine().clear()


class ReadsAfterAFork(RefusesAfterAFork):
    def get(self, key, default=None):
        return self.entries.get(key, default)


class HasAHelper(RefusesAfterAFork):
    def __init__(self):
        super().__init__()
        if sys.argv[0].endswith("errands.py"):
            with open("helpers", "a") as pids:
                print(subprocess.Popen(["sleep", "300"]).pid, file=pids)

    def mine(self):
        return self.entries


class WorksHereAlone(RefusesAfterAFork):
    def mine(self):
        if sys.argv[0].endswith("errands.py"):
            raise RuntimeError("no such place")
        return super().mine()
"""
PROMISE = "test_concurrency.py::test_a_cache_goes_on_in_both_processes_after_a_fork"


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("RefusesAfterAFork", "{'child': ['RuntimeError: open it anew after a fork', "),
        ("ReadsAfterAFork", "{'child': ['child', 'before', 'RuntimeError: open it anew after a fork']}"),
        ("WorksHereAlone", "in another process: RuntimeError: no such place"),
    ],
)
def test_the_cell_says_what_was_raised(tmp_path: Path, name: str, told: str) -> None:
    found = cell(tmp_path, WRONG, name, PROMISE)
    assert (found["outcome"], told in found["message"]) == ("fail", True)


def test_nobody_waits_for_what_a_cache_has_begun_elsewhere(tmp_path: Path) -> None:
    """Its helpers have the other end of the pipes, and may live for ever."""
    try:
        assert cell(tmp_path, WRONG, "HasAHelper", PROMISE)["outcome"] == "pass"
    finally:
        for pid in (tmp_path / "helpers").read_text(encoding="utf-8").split():
            os.kill(int(pid), signal.SIGKILL)
