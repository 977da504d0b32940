"""The statistics of the benchmark: intervals, ratios, noise, curves, and the summary of them."""

from __future__ import annotations

import pytest
from bench_samples import compared

from bench import sizes, summary
from bench.cells import Cell
from bench.intervals import FEWEST, median_interval
from bench.noise import again, floors
from bench.pace import PACES, Pace
from bench.ratios import add_ratios, paired


@pytest.mark.parametrize(("count", "lowest"), [(6, 1), (8, 1), (9, 2), (10, 2), (12, 3), (15, 4), (20, 6), (25, 8)])
def test_the_interval_of_a_median_is_the_tabulated_one(count: int, lowest: int) -> None:
    """The ranks of the 95 % interval, as the tables of the sign test have them."""
    assert median_interval(list(range(count, 0, -1))) == (lowest, count + 1 - lowest)


def test_too_few_values_give_no_interval() -> None:
    """With five values even the whole range covers the median in only 94 % of cases."""
    with pytest.raises(ValueError, match="5 values give no 95% interval"):
        median_interval([1.0] * 5)


@pytest.mark.parametrize("pace", PACES.values(), ids=PACES)
def test_every_profile_has_enough_blocks_for_an_interval(pace: Pace) -> None:
    """A cost is never recorded without its interval."""
    assert pace.blocks >= FEWEST


def test_a_ratio_is_of_blocks_that_took_turns() -> None:
    """Both slow down to a tenth midway; block by block one is still twice the other."""
    other = [1.0, 1.0, 1.0, 10.0, 10.0, 10.0]
    assert paired([2 * each for each in other], other) == {"value": 2.0, "low": 2.0, "high": 2.0}


@pytest.mark.parametrize("others", [[1.0] * 5, [1.0] * 7, [1.0] * 5 + [0.0]], ids=["few", "unequal", "zero"])
def test_there_is_no_ratio_of_blocks_that_do_not_pair(others: list[float]) -> None:
    """Too few for an interval, or one of them lacks a block."""
    assert paired([1.0] * len(others) if others != [1.0] * 7 else [1.0] * 6, others) is None


def test_each_cache_is_compared_with_the_yardstick_of_its_reach_and_server() -> None:
    """And a yardstick with none."""
    results = compared(("memory", 4), ("dict", 1), ("redis@a", 60), ("raw@b", 10), ("raw@a", 30))
    add_ratios(results)
    assert [each.get("ratio", {}).get("to") for each in results["measurements"]] == ["dict", None, "raw@a", None, None]
    assert results["measurements"][2]["ratio"]["value"] == pytest.approx(2.0)


def test_time_over_size_is_a_curve_of_what_was_measured() -> None:
    """By rising size, of whoever was measured with three or more; other payloads are no size."""
    sized = [("text-1m", 9.0), ("text-64", 1.0), ("text-1k", 2.0), ("small", 5.0)]
    facts = [{"subject": "a", "workload": "get-hit", "payload": payload, "median": by} for payload, by in sized]
    facts += [{**each, "subject": "b"} for each in facts[:2]]
    (curve,) = sizes.curves([{**each, "low": each["median"], "high": each["median"]} for each in facts])
    (line,) = curve["lines"]
    assert line["subject"] == "a"
    assert [point[:2] for point in line["points"]] == [[64, 1.0], [1024, 2.0], [1 << 20, 9.0]]


def test_the_noise_floor_is_how_far_two_equal_caches_seem_apart() -> None:
    """The end of the interval that is farther from 1, as a factor in either direction."""
    first, second = [1.0, 1.0, 1.0, 1.0, 1.0, 1.0], [1.0, 1.0, 1.0, 1.0, 1.0, 1.25]
    found = floors({("w", "p", "a"): Cell(blocks=first), ("w", "p", again("a")): Cell(blocks=second)})
    assert [(each["subject"], each["value"], round(each["floor"], 3)) for each in found] == [("a", 1.0, 0.25)]


def test_the_summary_fits_its_window() -> None:
    """Columns that do not fit come in a table of their own; no line is longer than the window."""
    results = compared(("memory", 4), ("dict", 1), ("redis@a", 60), ("raw@a", 30))
    add_ratios(results)
    results |= {"noise": [], "warnings": []}
    wide, narrow = list(summary.lines(results, 200)), list(summary.lines(results, 60))
    assert len(narrow) > len(wide)
    assert max(map(len, narrow[1:])) <= 60
    assert any("4 (4 to 4)" in line and "2 (2 to 2)" in line for line in wide)
