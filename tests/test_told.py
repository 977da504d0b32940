"""What is red says in its message what was wrong: nobody has to run the script to know it."""

from __future__ import annotations

from pathlib import Path

import pytest
from cells import cell

WRONG = """
class StaysOpen(dict):
    def set(self, key, value):
        self[key] = value

    def delete(self, key):
        return self.pop(key, self) is not self

    def close(self):
        pass


def awaited(name):
    async def operation(self, *arguments):
        return getattr(self.entries, name)(*arguments)

    return operation


class EachComputes:
    declares = {"asynchronous": "yes", "get_or_set": "single-flight"}
    get, set, delete, clear = map(awaited, ("get", "set", "delete", "clear"))

    def __init__(self):
        self.entries = StaysOpen()

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
    found = cell(tmp_path, WRONG, name, promise)
    assert (found["outcome"], told in found["message"]) == ("fail", True)
