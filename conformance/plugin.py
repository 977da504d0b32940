"""The pytest plugin: the command line, and ``new_cache``. What becomes of the verdicts is in ``verdicts``."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, settings

from . import columns, servers, subjects
from .columns import Column
from .contract import ContractError, needed_by
from .factory import NewCache
from .servers import Server
from .verdicts import Verdicts

#: How hard to look: drawn examples per promise.
PROFILES = {"quick": 25, "standard": 100, "thorough": 2000}
BACKENDS = "fakeredis,embedded,container"

_columns = pytest.StashKey[Sequence[Column]]()
_open = pytest.StashKey["_Open"]()
_verdicts = pytest.StashKey[Verdicts]()


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("cacheproof")
    group.addoption("--cache", metavar="NAMES", help="caches to judge: names, or module:Class, with commas between")
    group.addoption(
        "--backend",
        metavar="NAMES",
        help="the servers for the Redis subjects: fakeredis, embedded, container, redis-server, valkey-server or a "
        "redis://, rediss://, unix:// URL, with commas between (default: each that can run here)",
    )
    group.addoption("--image", metavar="IMAGE", help="the image of --backend=container")
    group.addoption("--require-backend", action="store_true", help="a backend that is missing is an error, not a skip")
    group.addoption("--profile", choices=PROFILES, default="standard", help="how hard to look")
    group.addoption("--results", metavar="FILE", help="write verdicts and measurements to FILE, as JSON")


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "also(*names): further subjects, module:Class, that run beside the chosen ones")
    config.addinivalue_line("markers", "drawn: a history of everything, which any broken promise may fail")
    _set_profile(config.getoption("profile"))
    sys.path.insert(0, str(config.invocation_params.dir))  # a stranger's cache is importable from where pytest runs
    try:
        config.stash[_columns] = _chosen(config)
        config.stash[_verdicts] = Verdicts(config, config.stash[_columns])
    except ContractError as error:
        raise pytest.UsageError(str(error)) from error
    config.stash[_open] = _Open()
    config.pluginmanager.register(config.stash[_verdicts], "cacheproof-verdicts")


def pytest_unconfigure(config: pytest.Config) -> None:
    if _open in config.stash:
        config.stash[_open].session.close()


def pytest_report_header(config: pytest.Config) -> list[str]:
    able = [each for each in config.stash[_columns] if not each.missing]
    lines = [f"cacheproof: profile {config.getoption('profile')}; caches: {', '.join(map(_titled, able)) or 'none'}"]
    missing = [each for each in config.stash[_columns] if each.missing]
    return lines + [f"not run: {each.name}: {each.missing[0]}; {each.missing[1]}" for each in missing if each.missing]


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "new_cache" not in metafunc.fixturenames:
        return
    needs = needed_by(metafunc.function)
    chosen = [*metafunc.config.stash[_columns], *_also(metafunc)]
    able = [each for each in chosen if all(need.met_by(each.subject, each.offered) for need in needs)]
    metafunc.parametrize("new_cache", able, ids=[each.name for each in able], indirect=True, scope="session")
    if metafunc.module.__package__ == __package__:
        metafunc.config.stash[_verdicts].promise(metafunc.function, [each for each in chosen if each not in able])


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """A promise that no column offers is in the result file; pytest's placeholder would be a skip without news."""
    items[:] = [each for each in items if not _placeholder(each)]


@pytest.fixture(scope="session")
def new_cache(request: pytest.FixtureRequest) -> NewCache:
    """A factory of caches of one column: see ``conformance.factory.NewCache``."""
    column: Column = request.param
    if column.missing:
        pytest.skip("; ".join(column.missing))
    return request.config.stash[_open].factory(column)


@pytest.fixture
def record_measurement(request: pytest.FixtureRequest, new_cache: NewCache) -> Callable[[dict[str, Any]], None]:
    """Takes one measurement, without its subject, for the result file."""

    def record(measurement: dict[str, Any]) -> None:
        request.node.user_properties.append(("measurement", {"subject": new_cache.name, **measurement}))

    return record


def _placeholder(item: pytest.Item) -> bool:
    params = item.callspec.params if isinstance(item, pytest.Function) and hasattr(item, "callspec") else {}
    return "new_cache" in params and not isinstance(params["new_cache"], Column)


class _Open:
    """What has been started in this session: each server and each factory once, whatever the order of the tests."""

    def __init__(self) -> None:
        self.session = ExitStack()
        self._servers: list[Server] = []
        self._factories: dict[str, NewCache] = {}

    def factory(self, column: Column) -> NewCache:
        if column.server is not None and column.server not in self._servers:
            self.session.enter_context(column.server.running())
            self._servers.append(column.server)
        if column.name not in self._factories:
            self._factories[column.name] = NewCache(column, self.session)
        return self._factories[column.name]


def _chosen(config: pytest.Config) -> list[Column]:
    names = config.getoption("cache")
    backends = config.getoption("backend") or BACKENDS
    chosen_servers = [servers.named(each, config.getoption("image")) for each in _split(backends, "backend")]
    found = columns.choose(_split(names, "cache") if names is not None else subjects.ours(), chosen_servers)
    _check_deviations(found)
    missing = [each for each in found if each.server is not None and each.missing]
    if missing and config.getoption("require_backend"):
        raise ContractError(f"--require-backend: {missing[0].name} cannot run: {'; '.join(missing[0].missing or ())}")
    return found


def _split(text: str, option: str) -> list[str]:
    names = [each.strip() for each in text.split(",")]
    if not all(names):
        raise ContractError(f"--{option}={text!r} has an empty name; give names with single commas between")
    return names


def _check_deviations(chosen: list[Column]) -> None:
    """A deviation from a promise that is not there would hide the next one."""
    for column in chosen:
        for promise in column.deviations:
            file, _, name = promise.partition("::")
            path = Path(__file__).parent / file
            if not path.is_file() or f"def {name}(" not in path.read_text(encoding="utf-8"):
                raise ContractError(f"{column.path} names a deviation from {promise!r}, and there is no such promise")


def _also(metafunc: pytest.Metafunc) -> list[Column]:
    marks = metafunc.definition.iter_markers("also")
    used = dict.fromkeys(each.server for each in metafunc.config.stash[_columns] if each.server is not None)
    return [column for mark in marks for column in columns.choose(mark.args, list(used), role="yardstick")]


def _titled(column: Column) -> str:
    server = f" on {column.server.title}" if column.server is not None else ""
    return f"{column.name} ({column.version}{server})"


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
