"""Failures that time may have decided: such a test is run again.

Where time must be waited for, a machine that stalls is no evidence. Where a server's clock is moved, a cache that keeps
time of its own beside the server's, in memory before it, seems to have entries that outlive their ttl.
"""

from __future__ import annotations

from collections.abc import Generator

import pytest
from hypothesis.errors import Flaky

from .columns import column_of
from .factory import NewCache

PACES = (2, 4, 16)  # times the usual unit, until nothing stalls
_FAILURES = (Exception, pytest.fail.Exception)
_UNDECIDED = (
    "answers came so late, each time it was asked, that time may have decided: "
    "run it again with less beside it; if it is the cache that takes so long, nothing can be said"
)
_OWN_TIME = (
    "broken where the server's clock is moved on, and kept where so many milliseconds are waited for: "
    "it keeps time of its own beside the server's, or goes wrong with a long ttl alone"
)


class Stalls:
    """A plugin that asks again where a stall may have decided: a failure, or a known deviation that passes.

    Where it may have each time, the promise is not judged; nor where it is kept as soon as time is waited for.
    """

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_call(self, item: pytest.Item) -> Generator[None]:
        factory = getattr(item, "funcargs", {}).get("new_cache")
        if isinstance(factory, NewCache):
            factory.stalls = 0
        try:
            yield
        except _FAILURES as error:
            if not isinstance(factory, NewCache):
                raise
            if factory.moved and not _known(item) and _keeps_it_in_real_time(item, factory):
                pytest.skip(_OWN_TIME)
            if not _may_have_decided(factory, error):
                raise
        else:
            if not (isinstance(factory, NewCache) and factory.stalled and _known(item)):
                return
        _again(item, factory)


def _again(item: pytest.Item, factory: NewCache) -> None:
    try:
        for factory.pace in PACES:
            factory.stalls = 0
            try:
                item.runtest()
            except _FAILURES as error:
                last = factory.pace == PACES[-1]
                if not _may_have_decided(factory, error) or (last and not factory.waited):
                    raise
            else:
                if not (factory.stalled and _known(item)):
                    return
    finally:
        factory.pace = 1
    pytest.skip(_UNDECIDED)


def _keeps_it_in_real_time(item: pytest.Item, factory: NewCache) -> bool:
    accused = factory.last
    try:
        for factory.pace in PACES:
            try:
                item.runtest()
            except _FAILURES:
                if not factory.stalled:
                    break
            else:
                return True
    finally:
        factory.pace = 1
    factory.last, factory.stalls = accused, 0  # whose history tells it best
    return False


def _may_have_decided(factory: NewCache, error: BaseException) -> bool:
    """One that did not fail a second time did so with an earlier cache."""
    return factory.stalled or (isinstance(error, Flaky) and factory.stalls > 0)


def _known(item: pytest.Item) -> bool:
    column, name = column_of(item), getattr(item, "originalname", "")
    return column is not None and any(promise.endswith(f"::{name}") for promise in column.deviations)
