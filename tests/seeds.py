"""A plugin that asks each promise again with one seed after the other: a process and its mutants are made but once."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest
from hypothesis import Phase, core, settings

_found = pytest.StashKey[dict[str, list[int]]]()


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--seeds", metavar="FROM-TO", help="with these, the last one not")
    parser.addoption("--seeds-found", metavar="FILE", help="write there with which each promise was broken")


@pytest.hookimpl(trylast=True)
def pytest_configure(config: pytest.Config) -> None:
    """No seed knows what an earlier one has found; nor is an example made smaller, as nobody looks at it."""
    settings.register_profile("seeds", settings(), database=None, phases=[Phase.explicit, Phase.generate])
    settings.load_profile("seeds")
    config.stash[_found] = {}


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    for item in items:
        item.runtest = partial(_with_each, config, item.nodeid, item.runtest)  # type: ignore[method-assign]


def pytest_sessionfinish(session: pytest.Session) -> None:
    found = json.dumps(session.config.stash[_found])
    Path(session.config.getoption("seeds_found")).write_text(found, encoding="utf-8")


def _with_each(config: pytest.Config, name: str, run: Callable[[], None]) -> None:
    first, _, end = config.getoption("seeds").partition("-")
    for seed in range(int(first), int(end)):
        vars(core)["global_force_seed"] = seed
        try:
            run()
        except NotImplementedError:
            raise  # it is not offered
        except (Exception, pytest.fail.Exception):  # noqa: BLE001 - however it is broken
            config.stash[_found].setdefault(name, []).append(seed)
