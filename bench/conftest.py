"""All subjects' blocks take turns, and those of one cell are one row of the table."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

import pytest

from . import turns
from .cells import Cell, Cells
from .pace import PACES, Pace


def pytest_configure(config: pytest.Config) -> None:
    config.option.benchmark_columns = config.option.benchmark_columns or ["median", "iqr", "rounds", "iterations"]


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "block" in metafunc.fixturenames:
        metafunc.parametrize("block", range(_pace(metafunc.config).blocks))


@pytest.hookimpl(trylast=True)  # after pytest's own order, which keeps the blocks of a subject together
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    possible = turns.possible(items)
    config.hook.pytest_deselected(items=list(set(items) - set(possible)))
    items[:] = turns.interleaved(possible)


def pytest_report_collectionfinish(config: pytest.Config, items: Sequence[pytest.Item]) -> str:
    return turns.estimate(items, _pace(config))


@pytest.hookimpl(tryfirst=True)
def pytest_benchmark_group_stats(benchmarks: list[dict[str, Any]]) -> None:
    benchmarks[:] = turns.merged(benchmarks)


@pytest.fixture(scope="session")
def pace(pytestconfig: pytest.Config) -> Pace:
    """How long to measure."""
    return _pace(pytestconfig)


@pytest.fixture(scope="session")
def cells() -> Cells:
    """What has been measured so far."""
    return defaultdict(Cell)


def _pace(config: pytest.Config) -> Pace:
    return PACES[config.getoption("profile")]
