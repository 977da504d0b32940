"""Which blocks of the benchmark are run, in which order, and what the table makes of them."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from bench.turns import interleaved, merged, possible
from bench.yardsticks import Dict


def _block(column: str, block: int, workload: str = "get-hit", **more: Any) -> Any:
    offered = SimpleNamespace(eviction="none", asynchronous="no")
    facts = {"name": column, "role": "cache", "missing": None, "offered": offered, "subject": Dict}
    described = SimpleNamespace(**facts | more)
    given = {"new_cache": described, "block": block, "workload": workload, "payload": "small"}
    return SimpleNamespace(
        callspec=SimpleNamespace(params=given),
        originalname="test_throughput",
        iter_markers=lambda _name: [],
        get_closest_marker=lambda _name: None,
    )


def _names(items: list[Any]) -> list[tuple[int, str, str]]:
    given = [each.callspec.params for each in items]
    return [(each["block"], each["workload"], each["new_cache"].name) for each in given]


def test_blocks_of_all_columns_take_turns() -> None:
    """However pytest has grouped them; every other block goes backwards."""
    asked = ["get-hit", "get-miss"]
    items = [_block(column, block, workload) for column in "abc" for workload in asked for block in (0, 1)]
    there = [(0, workload, column) for workload in asked for column in "abc"]
    back = [(1, workload, column) for workload in asked for column in "cba"]
    assert _names(interleaved(items)) == there + back


def test_what_is_not_offered_is_not_measured() -> None:
    """A cache without a bound cannot be asked to evict, and no skip is printed for it."""
    items = [_block("a", 0), _block("a", 0, "set-evict")]
    assert _names(possible(items)) == [(0, "get-hit", "a")]


def test_a_missing_column_is_skipped_once() -> None:
    """One skip tells why; one for each block would drown the others."""
    missing = [_block("a", block, missing=("why", "how")) for block in (0, 1)]
    items = [*missing, _block("b", 0), _block("b", 1)]
    assert _names(possible(items)) == [(1, "get-hit", "a"), (0, "get-hit", "b"), (1, "get-hit", "b")]


def test_yardsticks_alone_are_not_measured() -> None:
    """Where no cache can run there is nothing to compare with."""
    items = [_block("a", 0, missing=("why", "how")), _block("dict", 0, role="yardstick")]
    assert _names(possible(items)) == [(0, "get-hit", "a")]


def test_the_table_has_one_row_for_each_cell() -> None:
    """Rounds are added up; each other figure is the median of its blocks. Other benchmarks are left alone."""
    row = {"group": "get-hit small", "name": "memory", "source": None, "params": {"block": 0}, "rounds": 5}
    rows = [{**row, "median": figure} for figure in (1.0, 9.0, 2.0)]
    other = {"group": None, "name": "same", "source": None, "params": None, "rounds": 1}
    others = [{**other, "fullname": name} for name in "ab"]
    assert merged([*rows, *others]) == [{**row, "median": 2.0, "rounds": 15}, *others]
