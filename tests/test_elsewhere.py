"""What goes wrong in another process is told in the cell, in its own words."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).parent.parent

WRONG = """
import os
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
    tmp_path.joinpath("wrong.py").write_text(WRONG, encoding="utf-8")
    options = ("-c", str(CHECKOUT / "pyproject.toml"), "-p", "no:cacheprovider", "-q", f"--cache=wrong:{name}")
    command = (sys.executable, "-m", "pytest", *options, "--results=results.json", CHECKOUT / "conformance" / PROMISE)
    subprocess.run(command, cwd=tmp_path, check=False)
    verdicts = json.loads(tmp_path.joinpath("results.json").read_text(encoding="utf-8"))["verdicts"]
    cell = next(each for each in verdicts if each["promise"] == PROMISE)
    assert (cell["outcome"], told in cell["message"]) == ("fail", True)
