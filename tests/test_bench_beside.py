"""Two caches are compared by blocks that take turns."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import groupby
from typing import Any

import pytest

from bench.beside import KEYS, beside
from bench.pace import PACES
from bench.yardsticks import Dict


class Noted(Dict):
    """It notes who was asked, and for how many keys."""

    def __init__(self, name: str, notes: list[tuple[str, int]]) -> None:
        super().__init__()
        self.name, self.notes = name, notes
        self.look, self.get, self.put_all, self.set_many = self.get, self._get, self.set_many, self._set_many

    def _get(self, key: str) -> Any:
        self.notes.append((self.name, 1))
        return self.look(key)

    def _set_many(self, mapping: Mapping[str, Any]) -> None:
        self.notes.append((self.name, len(mapping)))
        self.put_all(mapping)


@pytest.mark.parametrize(("operation", "keys"), [("get", 1), ("set_many", 100)])
def test_every_other_time_blocks_are_run_backwards(operation: str, keys: int) -> None:
    """So what slows down the one that comes second slows both; and a set_many is of 100 keys."""
    notes: list[tuple[str, int]] = []
    found = beside(Noted("a", notes), Noted("b", notes), operation, PACES["quick"])
    assert found["low"] <= found["value"] <= found["high"]
    assert {count for _, count in notes} == {keys} == {len(KEYS) if operation == "set_many" else 1}
    runs = [(name, len(list(run))) for name, run in groupby(name for name, _ in notes)]
    assert [name for name, _ in runs] == ["a", *["b", "a"] * (len(runs) // 2)]
    assert len({count for _, count in runs[1:-1]}) == 1  # two blocks in a row of each, but for the first and the last
    assert runs[0][1] == runs[-1][1] == runs[1][1] / 2
