"""Where time must be waited for, a machine that stalls is no evidence: such a test is run again, with longer ttls."""

from __future__ import annotations

from collections.abc import Generator

import pytest

from .columns import column_of
from .factory import NewCache

PACES = (2, 4, 8)  # times the usual unit, until nothing stalls
_FAILURES = (Exception, pytest.fail.Exception)


class Stalls:
    """A plugin that asks again where a stall may have decided: a failure, or a known deviation that passes."""

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_call(self, item: pytest.Item) -> Generator[None]:
        factory = getattr(item, "funcargs", {}).get("new_cache")
        try:
            yield
        except _FAILURES:
            if not (isinstance(factory, NewCache) and factory.stalled):
                raise
        else:
            if not (isinstance(factory, NewCache) and factory.stalled and _known(item)):
                return
        _again(item, factory)


def _again(item: pytest.Item, factory: NewCache) -> None:
    try:
        for factory.pace in PACES:
            try:
                item.runtest()
            except _FAILURES:
                if factory.pace == PACES[-1] or not factory.stalled:
                    raise
            else:
                return
    finally:
        factory.pace = 1


def _known(item: pytest.Item) -> bool:
    column, name = column_of(item), getattr(item, "originalname", "")
    return column is not None and any(promise.endswith(f"::{name}") for promise in column.deviations)
