"""What a cache is measured with: the yardsticks beside it, the data, and what lets coroutines run."""

from __future__ import annotations

import asyncio
from functools import cache
from random import Random
from typing import Any

import ormsgpack
import pytest

from . import yardsticks
from .data import ENTRIES, MOST, SEED, VARIETY, Data
from .found import PAYLOADS, WORKLOADS
from .plan import Plan

YARDSTICKS = [f"{yardsticks.__name__}:{name}" for name in ("Dict", "PlainFile", "RawSocket", "RawStreams")]
ENCODED = "The payload is encoded as MessagePack beforehand, and handed out as it is."
FEWEST_ENTRIES = 16


def plan_of(new_cache: Any, workload: str, payload: str) -> Plan:
    """What is to be asked of a cache of this column."""
    return WORKLOADS[workload](_data(payload, encoded=moves_bytes(new_cache)))


def made(new_cache: Any, plan: Plan, **more: Any) -> Any:
    """A new cache of the column, with ``more`` arguments; skips the test where a yardstick has no socket to talk to."""
    try:
        return new_cache.bare(capacity=plan.capacity, **more)
    except yardsticks.NoSocketError as error:
        pytest.skip(str(error))


def moves_bytes(new_cache: Any) -> bool:
    """Whether it is a yardstick that stores bytes."""
    return bool(new_cache.role == "yardstick" and new_cache.capabilities.scope != "instance")


def runner_of(new_cache: Any) -> asyncio.Runner:
    """The event loop of the column's caches; of those that have no need of one, ours."""
    return new_cache.runner or _runner()


def close_runner() -> None:
    """End the event loop that is ours."""
    _runner().close()


@cache
def _runner() -> asyncio.Runner:
    return asyncio.Runner()


@cache
def _data(payload: str, *, encoded: bool) -> Data:
    random = Random(SEED)
    values = [PAYLOADS[payload](random) for _ in range(VARIETY)]
    packed = [ormsgpack.packb(each) for each in values]
    count = max(FEWEST_ENTRIES, min(ENTRIES, MOST // len(packed[0])))
    return Data(packed if encoded else values, count)
