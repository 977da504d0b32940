"""What the command line chooses, and what of it has been started."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from . import columns, servers, subjects
from .breakers.factory import NewBreaker
from .columns import Column
from .contract import ContractError
from .factory import NewCache
from .servers import Server

BACKENDS = "fakeredis,embedded,container"
FACTORIES: dict[str, Any] = {"cache": NewCache, "yardstick": NewCache, "breaker": NewBreaker}


class Selection:
    """The chosen columns; each server and each factory is opened once, whatever the order of the tests.

    Raises:
        ContractError: an option names what is not there, or cannot be.
    """

    def __init__(self, config: pytest.Config) -> None:
        self.columns = _chosen(config)
        self._session = ExitStack()
        self._running: list[Server] = []
        self._factories: dict[str, Any] = {}

    def also(self, names: Sequence[str]) -> list[Column]:
        """Yardsticks that run beside the chosen ones, on the same servers as far as these can be reached."""
        used = dict.fromkeys(each.server for each in self.columns if each.server and not each.server.in_process)
        return columns.choose(names, list(used), role="yardstick")

    def factory(self, column: Column) -> Any:
        """What makes the column's caches or breakers.

        Raises:
            ServerError: its server does not start.
        """
        if column.server is not None and column.server not in self._running:
            self._session.enter_context(column.server.running())
            self._running.append(column.server)
        if column.name not in self._factories:
            self._factories[column.name] = FACTORIES[column.role](column, self._session)
        return self._factories[column.name]

    def close(self) -> None:
        """End what was started."""
        self._session.close()


def _chosen(config: pytest.Config) -> list[Column]:
    caches, breakers = config.getoption("cache"), config.getoption("breaker")
    found: list[Column] = []
    if caches or breakers is None:
        names = _split(caches, "cache") if caches is not None else subjects.ours()
        found += columns.choose(names, _servers(config))
    if breakers or caches is None:
        names = _split(breakers, "breaker") if breakers is not None else subjects.our_breakers()
        found += columns.choose_breakers(names)
    _check_deviations(found)
    if config.getoption("require_backend"):
        _check_missing(found)
    return found


def _servers(config: pytest.Config) -> list[Server]:
    asked = config.getoption("backend")
    names, image = _split(BACKENDS if asked is None else asked, "backend"), config.getoption("image")
    if image is not None and "container" not in names:
        raise ContractError(f"--image={image} is what --backend=container runs, and --backend={asked} is none")
    return [servers.named(name, image) for name in dict.fromkeys(names)]


def _split(text: str, option: str) -> list[str]:
    names = [each.strip() for each in text.split(",")]
    if not all(names):
        raise ContractError(f"--{option}={text!r} has an empty name; give names with single commas between")
    return names


def _check_missing(chosen: Sequence[Column]) -> None:
    for column in chosen:
        if column.server is not None and column.missing:
            raise ContractError(f"--require-backend: {column.name} cannot run: {'; '.join(column.missing)}")


def _check_deviations(chosen: Sequence[Column]) -> None:
    """A deviation from a promise that is not there would hide the next one."""
    for column in chosen:
        for promise in column.deviations:
            file, _, name = promise.partition("::")
            path = Path(__file__).parent / file
            if not path.is_file() or f"def {name}(" not in path.read_text(encoding="utf-8"):
                raise ContractError(f"{column.path} names a deviation from {promise!r}, and there is no such promise")
