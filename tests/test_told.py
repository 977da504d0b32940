"""What is red says in its message what was wrong: nobody has to run the script to know it."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).parent.parent

WRONG = """
class StaysOpen:
    def __init__(self):
        self.entries = {}
        self.get, self.clear = self.entries.get, self.entries.clear

    def set(self, key, value):
        self.entries[key] = value

    def delete(self, key):
        return self.entries.pop(key, self) is not self

    def close(self):
        pass


class EachComputes:
    declares = {"asynchronous": "yes", "get_or_set": "single-flight"}

    def __init__(self):
        self.entries = {}

    async def get(self, key, default=None):
        return self.entries.get(key, default)

    async def set(self, key, value):
        self.entries[key] = value

    async def delete(self, key):
        return self.entries.pop(key, self) is not self

    async def clear(self):
        self.entries.clear()

    async def get_or_set(self, key, compute):
        if key not in self.entries:
            self.entries[key] = await compute()
        return self.entries[key]
"""


@pytest.mark.parametrize(
    ("name", "promise", "told"),
    [
        ("StaysOpen", "test_entries.py::test_a_closed_cache_refuses_every_operation", "set('a', 1) is answered"),
        ("EachComputes", "test_asynchronous.py::test_tasks_make_one_compute", "5 computes were made"),
        (
            "EachComputes",
            "test_asynchronous.py::test_a_task_that_computes_cannot_ask_for_its_own_key",
            "the inner call computed the key a second time",
        ),
    ],
)
def test_the_message_tells(tmp_path: Path, name: str, promise: str, told: str) -> None:
    tmp_path.joinpath("wrong.py").write_text(WRONG, encoding="utf-8")
    options = ("-c", str(CHECKOUT / "pyproject.toml"), "-p", "no:cacheprovider", "-q", f"--cache=wrong:{name}")
    command = (sys.executable, "-m", "pytest", *options, "--results=results.json", CHECKOUT / "conformance" / promise)
    subprocess.run(command, cwd=tmp_path, check=False)
    verdicts = json.loads(tmp_path.joinpath("results.json").read_text(encoding="utf-8"))["verdicts"]
    cell = next(each for each in verdicts if each["promise"] == promise)
    assert (cell["outcome"], told in cell["message"]) == ("fail", True)
