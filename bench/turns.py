"""Which blocks are run, in what order, and what becomes of them in pytest-benchmark's table.

A block is a pytest item with the parameters ``block`` and ``new_cache``, which is the column: ``offered`` are its
capabilities, ``role`` and ``missing`` say what it is for and why it cannot run. Where it also has a ``workload`` and a
``payload``, these are its cell; else its function is. What a column must offer, the workload says, and the mark
``offers``.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from statistics import median
from typing import Any

import pytest

from .found import WORKLOADS
from .pace import Pace
from .plan import AWAITED, offered_by

SINGLE = 0.5  # seconds of what is measured in one go, where the mark ``takes`` tells nothing else
OVERHEAD = 0.07  # seconds of a block besides those timed: to fill, to warm up, to check


def possible(items: Sequence[pytest.Item]) -> list[pytest.Item]:
    """Without what cannot be measured: what is not offered, and what there is nothing to compare with.

    Of a column that is missing one item stays, to be skipped with the reason.
    """
    measured = [each for each in items if _is_measured(each)]
    asked = {_identity(each): each for each in reversed(measured)}  # test_figures asks for what others ask for, too
    chosen = [each for each in reversed(asked.values()) if each.get_closest_marker("wide") is None]
    able = [each for each in chosen if not _column(each).missing and _is_offered(each)]
    awaited = any(_is_cache(each) and _awaits(each) for each in able)
    able = [each for each in able if _is_cache(each) or awaited or not _awaits(each)]
    if not any(_is_cache(each) for each in able):
        able = []
    unable = {_column(each).name: each for each in chosen if _column(each).missing and _is_cache(each)}
    kept = {id(each) for each in (*able, *unable.values())}
    return [each for each in items if id(each) in kept or not _is_measured(each)]


def interleaved(items: Sequence[pytest.Item]) -> list[pytest.Item]:
    """Block by block, in each cell by cell, in each column by column: drift hits all columns alike.

    Every other block goes through the columns backwards, so that a steady drift favours neither end, and no
    column always comes after the same other one.
    """
    ranks: dict[str, dict[str, int]] = defaultdict(dict)

    def rank(name: str, value: str) -> int:
        return ranks[name].setdefault(value, len(ranks[name]))

    def turn(item: pytest.Item) -> tuple[int, ...]:
        if not _is_block(item):
            return (-1,)
        given = _parameters(item)
        column = rank("column", _column(item).name), rank("function", _function(item))
        cell = rank("workload", given.get("workload", _function(item))), rank("payload", given.get("payload", ""))
        there = column[::-1]  # a second cell of the same column is as far from the first as any other's
        more = [given.get(name) or 0 for name in ("threads", "processes", "connections")]
        return (given["block"], *cell, *more, *((-each for each in there) if given["block"] % 2 else there))

    return sorted(items, key=turn)


def estimate(items: Sequence[pytest.Item], pace: Pace) -> str:
    """One line that says how long it will take."""
    if not items:
        return "bench: no workload is chosen, so nothing is measured"
    able = [each for each in items if _is_measured(each) and not _column(each).missing]
    if not able:
        return "bench: no cache can run here, so nothing is measured"
    blocks = sum(map(_is_block, able))
    seconds = sum(_seconds(each, pace) for each in able)
    costs, curves = blocks // pace.blocks, len(able) - blocks
    return f"bench: {costs} costs in {pace.blocks} blocks each, and {curves} curves; about {seconds:.0f} s"


def merged(benchmarks: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """One row for each cell: its blocks' rounds added up, every other figure the median of its blocks."""
    cells: dict[Any, list[dict[str, Any]]] = defaultdict(list)
    for each in benchmarks:
        is_block = "block" in (each["params"] or {})
        cells[each["group"], each["name" if is_block else "fullname"], each["source"]].append(each)
    return [_row(blocks) for blocks in cells.values()]


def _seconds(item: pytest.Item, pace: Pace) -> float:
    told = {name: value for mark in item.iter_markers("takes") for name, value in mark.kwargs.items()}
    seconds = told.get("seconds", OVERHEAD if _is_block(item) else SINGLE)
    blocks = told.get("blocks", _is_block(item)) + told.get("costs", 0) * pace.blocks
    return float(seconds + blocks * pace.block)


def _row(blocks: list[dict[str, Any]]) -> dict[str, Any]:
    figures = [name for name, value in blocks[0].items() if isinstance(value, float)]
    medians = {name: median(each[name] for each in blocks) for name in figures}
    return {**blocks[-1], **medians, "rounds": sum(each["rounds"] for each in blocks)}


def _parameters(item: pytest.Item) -> dict[str, Any]:
    return getattr(getattr(item, "callspec", None), "params", {})


def _is_block(item: pytest.Item) -> bool:
    return {"block", "new_cache"} <= _parameters(item).keys()


def _is_measured(item: pytest.Item) -> bool:
    return "new_cache" in _parameters(item)


def _column(item: pytest.Item) -> Any:
    return _parameters(item)["new_cache"]


def _is_cache(item: pytest.Item) -> bool:
    return bool(_column(item).role == "cache")


def _awaits(item: pytest.Item) -> bool:
    workload = _parameters(item).get("workload")
    return workload is not None and WORKLOADS[workload].needs["asynchronous"] is AWAITED


def _is_offered(item: pytest.Item) -> bool:
    workload = _parameters(item).get("workload")
    needs = [WORKLOADS[workload].needs] if workload else []
    needs += [mark.kwargs for mark in item.iter_markers("offers")]
    return all(offered_by(_column(item).offered, each, _column(item).subject) for each in needs)


def _identity(item: pytest.Item) -> tuple[str, Any]:
    given = _parameters(item)
    return _function(item), tuple((name, getattr(each, "name", str(each))) for name, each in sorted(given.items()))


def _function(item: pytest.Item) -> str:
    return str(getattr(item, "originalname", ""))
