"""All subjects' blocks take turns, those of one cell are one row of the table, and all together give the ratios."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from . import conditions, figures, found, growths, noise, ratios, replays, scaling, sizes, summary, turns
from .cells import Cell, Cells
from .given import close_runner
from .pace import PACES, Pace

_cells = pytest.StashKey[Cells]()
_began = pytest.StashKey[conditions.Times]()
_traces = pytest.StashKey[list[Path]]()
_measured = pytest.StashKey[dict[str, list[dict[str, Any]]]]()
_summary = pytest.StashKey[dict[str, Any]]()


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("cacheproof")
    group.addoption(
        "--capacities",
        metavar="N,N",
        type=replays.capacities,
        help="of test_hit_ratio, in entries (default: shares of a trace's distinct keys)",
    )


def pytest_configure(config: pytest.Config) -> None:
    if config.getoption("dist", "no") != "no" or hasattr(config, "workerinput"):  # xdist's, at either end
        raise pytest.UsageError("bench measures one thing at a time, in one process: leave out -n")
    config.stash[_traces] = replays.taken(config)
    config.option.benchmark_columns = config.option.benchmark_columns or ["median", "iqr", "rounds", "iterations"]
    config.addinivalue_line("markers", "offers(**values): measured only on columns with one of these values of each")
    config.addinivalue_line("markers", "takes(seconds, blocks, costs): so many, and as long as so many others")
    config.addinivalue_line("markers", "wide: left out, as the profile is too short for it")
    config.stash[_cells] = defaultdict(Cell)
    config.stash[_measured] = {}
    config.stash[_began] = conditions.Times.now()


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "block" in metafunc.fixturenames:
        metafunc.parametrize("block", range(_pace(metafunc.config).blocks))
    if {"workload", "payload"} <= set(metafunc.fixturenames) and metafunc.function.__name__ == "test_throughput":
        alone = metafunc.module.__name__.endswith("test_figures")
        pairs = figures.PAIRS if alone else found.chosen(wide=_pace(metafunc.config).wide)
        metafunc.parametrize(("workload", "payload"), pairs)
    if "growth" in metafunc.fixturenames:
        metafunc.parametrize("growth", growths.chosen(wide=_pace(metafunc.config).wide))
    for name, values in scaling.ASKED[metafunc.config.getoption("profile")].items():
        if name in metafunc.fixturenames:
            metafunc.parametrize(name, values or [pytest.param(None, marks=pytest.mark.wide)])
    if "source" in metafunc.fixturenames:
        files = metafunc.config.stash[_traces]
        metafunc.parametrize("source", replays.sources(files), ids=str)


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


def pytest_cacheproof_results(config: pytest.Config, results: dict[str, Any]) -> None:
    if results["measurements"] or results["curves"] or config.stash[_measured]:
        ratios.add_ratios(results)
        results["noise"] = noise.floors(config.stash[_cells])
        results["warnings"] = conditions.warnings(results, _pace(config), config.stash[_began])
        results["curves"] += sizes.curves(results["measurements"])
        rows = config.stash[_measured]
        results["figures"] = figures.table(results, rows)
        config.stash[_summary] = results


@pytest.hookimpl(trylast=True)  # below pytest-benchmark's tables
def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    if _summary in config.stash:
        terminalreporter.section("ratios")
        for line in summary.lines(config.stash[_summary], terminalreporter._tw.fullwidth):  # noqa: SLF001 - it knows
            terminalreporter.write_line(line, yellow=line.startswith("!"))


@pytest.fixture(scope="session")
def pace(pytestconfig: pytest.Config) -> Pace:
    """How long to measure."""
    return _pace(pytestconfig)


@pytest.fixture(scope="session")
def cells(pytestconfig: pytest.Config) -> Cells:
    """What has been measured so far."""
    return pytestconfig.stash[_cells]


@pytest.fixture
def record_figure(request: pytest.FixtureRequest) -> Callable[..., None]:
    """Takes a row of a figure: its id, the name of a column or of something else, ``value``, ``low`` and ``high``."""

    def record(figure: str, subject: str, *, ours: bool | None = None, **values: float) -> None:
        column = request.node.callspec.params.get("new_cache") if hasattr(request.node, "callspec") else None
        is_ours = ours if ours is not None else subject == "ours" or figures.is_ours(getattr(column, "path", ""))
        rows = request.config.stash[_measured].setdefault(figure, [])
        rows.append({"subject": subject, "ours": is_ours, **values})

    return record


def pytest_unconfigure() -> None:
    close_runner()


def _pace(config: pytest.Config) -> Pace:
    return PACES[config.getoption("profile")]
