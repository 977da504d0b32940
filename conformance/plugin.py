"""The pytest plugin: the command line, ``new_cache`` and ``new_breaker``; ``verdicts`` has what becomes of a test."""

from __future__ import annotations

import sys
from argparse import ArgumentTypeError
from collections.abc import Callable, Iterator
from contextlib import suppress
from math import inf
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, settings

from . import fitting, hooks
from .breakers.factory import NewBreaker
from .columns import FIXTURES, Column, column_of
from .contract import ContractError, needed_by
from .crashes import Crashes
from .factory import NewCache
from .holes import hole
from .processes import ServerError
from .progress import Progress
from .selection import Selection
from .stalls import Stalls
from .verdicts import Verdicts
from .watchdog import Watchdog

#: How hard to look: drawn examples per promise.
PROFILES = {"quick": 25, "standard": 100, "thorough": 2000}

_selection = pytest.StashKey[Selection]()
_verdicts = pytest.StashKey[Verdicts]()


def pytest_addhooks(pluginmanager: pytest.PytestPluginManager) -> None:
    pluginmanager.add_hookspecs(hooks)


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("cacheproof")
    group.addoption("--cache", metavar="NAMES", help="caches to judge: names, or module:Class, with commas between")
    group.addoption("--breaker", metavar="NAMES", help="circuit breakers to judge, likewise")
    group.addoption(
        "--backend",
        metavar="NAMES",
        help="the servers for the Redis subjects: fakeredis, embedded, container, redis-server, valkey-server or a "
        "redis://, rediss://, unix:// URL, with commas between (default: each that can run here)",
    )
    group.addoption("--image", metavar="IMAGE", help="the image of --backend=container")
    group.addoption("--require-backend", action="store_true", help="a backend that is missing is an error, not a skip")
    group.addoption("--profile", choices=PROFILES, default="standard", help="how hard to look")
    group.addoption(
        "--patience",
        metavar="SECONDS",
        type=_seconds,
        default=30.0,
        help="what hangs in one operation is given up on then",
    )
    group.addoption("--results", metavar="FILE", help="write verdicts and measurements to FILE, as JSON")


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "also(*names): further subjects, module:Class, that run beside the chosen ones")
    config.addinivalue_line("markers", "drawn: a history of everything, which any broken promise may fail")
    _set_profile(config.getoption("profile"))
    sys.path.insert(0, str(config.invocation_params.dir))  # a stranger's cache is importable from where pytest runs
    try:
        config.stash[_selection] = Selection(config)
        config.stash[_verdicts] = Verdicts(config, config.stash[_selection].columns)
    except ContractError as error:
        raise pytest.UsageError(str(error)) from error
    crashes = Crashes(config, config.stash[_verdicts])
    config.pluginmanager.register(config.stash[_verdicts], "cacheproof-verdicts")
    config.pluginmanager.register(crashes, "cacheproof-crashes")
    config.pluginmanager.register(Stalls(), "cacheproof-stalls")
    config.pluginmanager.register(Watchdog(crashes, config.getoption("patience")), "cacheproof-watchdog")


def pytest_sessionstart(session: pytest.Session) -> None:
    _check_fitting(session.config)
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if reporter is not None and reporter.isatty and session.config.option.verbose <= 0:
        session.config.pluginmanager.register(Progress(reporter.write), "cacheproof-progress")


def pytest_unconfigure(config: pytest.Config) -> None:
    if _selection in config.stash:
        config.stash[_selection].close()


def pytest_report_header(config: pytest.Config) -> list[str]:
    chosen = config.stash[_selection].columns
    able = ", ".join(_titled(each) for each in chosen if not each.missing)
    lines = [f"cacheproof: profile {config.getoption('profile')}; judging {able or 'nothing'}"]
    return lines + [f"not run: {each.name}: {'; '.join(each.missing)}" for each in chosen if each.missing]


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    for fixture in FIXTURES:
        if fixture in metafunc.fixturenames:
            _parametrize(metafunc, fixture)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """A promise that no column offers is in the result file; pytest's placeholder would be a skip without news."""
    items[:] = [each for each in items if not FIXTURES & _params(each).keys() or column_of(each)]


@pytest.fixture(scope="session")
def new_cache(request: pytest.FixtureRequest) -> NewCache:
    """A factory of caches of one column: see ``conformance.factory.NewCache``."""
    factory: NewCache = _opened(request)
    return factory


@pytest.fixture(scope="session")
def new_breaker(request: pytest.FixtureRequest) -> NewBreaker:
    """A factory of circuit breakers of one column: see ``conformance.breakers.factory.NewBreaker``."""
    factory: NewBreaker = _opened(request)
    factory.patience.seconds = min(factory.patience.seconds, request.config.getoption("patience"))
    return factory


@pytest.fixture
def record_measurement(request: pytest.FixtureRequest, new_cache: NewCache) -> Callable[[dict[str, Any]], None]:
    """Takes one measurement, without its subject, for the result file."""

    def record(measurement: dict[str, Any]) -> None:
        request.node.user_properties.append(("measurement", {"subject": new_cache.name, **measurement}))

    return record


@pytest.fixture
def black_hole() -> Iterator[str]:
    """The URL of a server whose packets are all lost."""
    with hole() as url:
        yield url


@pytest.fixture
def record_outage(request: pytest.FixtureRequest, new_cache: NewCache) -> Callable[[dict[str, Any]], None]:
    """Takes what a cache did in an outage, step by step and without its subject, for the result file."""

    def record(outage: dict[str, Any]) -> None:
        request.node.user_properties.append(("outage", {"subject": new_cache.name, **outage}))

    return record


@pytest.fixture
def record_curve(request: pytest.FixtureRequest) -> Callable[[dict[str, Any]], None]:
    """Takes one curve for the result file, with as many of its lines as the test knows; those of one id are joined."""

    def record(curve: dict[str, Any]) -> None:
        request.node.user_properties.append(("curve", curve))

    return record


def _check_fitting(config: pytest.Config) -> None:
    """Not where nothing will be asked, nor in each worker, whose end with an error nobody could read."""
    if config.option.collectonly or hasattr(config, "workerinput"):
        return
    try:
        fitting.check(config.stash[_selection].columns, config.getoption("patience"))
    except ContractError as error:
        raise pytest.UsageError(str(error)) from error


def _seconds(text: str) -> float:
    with suppress(ValueError):
        if 0 < (seconds := float(text)) < inf:
            return seconds
    raise ArgumentTypeError(f"{text!r} is no number of seconds above 0, such as 30")


def _opened(request: pytest.FixtureRequest) -> Any:
    """The column's factory; started here and not before, so that collection needs no server."""
    try:
        return request.config.stash[_selection].factory(request.param)
    except ServerError as error:
        if request.config.getoption("require_backend"):
            raise
        pytest.skip(str(error))


def _parametrize(metafunc: pytest.Metafunc, fixture: str) -> None:
    selection, needs = metafunc.config.stash[_selection], needed_by(metafunc.function)
    also = [name for mark in metafunc.definition.iter_markers("also") for name in mark.args]
    judged = metafunc.module.__package__ == __package__
    chosen = [each for each in (*selection.columns, *selection.also(also)) if each.fixture == fixture]
    chosen = [each for each in chosen if judged or getattr(each.subject, "measured", True)]
    able = [each for each in chosen if all(need.met_by(each.subject, each.offered) for need in needs)]
    metafunc.parametrize(fixture, list(map(_param, able)), indirect=True, scope="session")
    if judged:
        metafunc.config.stash[_verdicts].promise(metafunc.function, [each for each in chosen if each not in able])


def _param(column: Column) -> Any:
    marks = [pytest.mark.skip("; ".join(column.missing))] if column.missing else []
    return pytest.param(column, id=column.name, marks=marks)


def _params(item: pytest.Item) -> dict[str, object]:
    return item.callspec.params if isinstance(item, pytest.Function) and hasattr(item, "callspec") else {}


def _titled(column: Column) -> str:
    facts = [column.version, *([column.server.title] if column.server is not None else [])]
    return f"{column.name} ({', '.join(filter(None, facts))})"


def _set_profile(name: str) -> None:
    settings.register_profile(
        f"cacheproof-{name}",
        max_examples=PROFILES[name],
        deadline=None,  # timings never decide a test
        phases=[Phase.explicit, Phase.reuse, Phase.generate, Phase.shrink],
        report_multiple_bugs=False,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.large_base_example],
    )
    settings.load_profile(f"cacheproof-{name}")
