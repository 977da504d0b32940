"""The figures that are aimed at: ``pytest bench/test_figures.py``, beside what peers are named with ``--cache``.

Nothing waits on a time here: the table at the end tells each ratio with its interval beside its target.
"""

# ruff: noqa: S603 - the commands are our own

from __future__ import annotations

import hashlib
import importlib.util
import json
import os
import pickle
import subprocess
import sys
from collections.abc import Callable
from functools import partial
from random import Random
from typing import Any

import pytest

from .data import SEED, VARIETY
from .duel import duel
from .figures import differences
from .found import PAYLOADS
from .pace import Pace
from .ratios import paired
from .test_growth import test_growth
from .test_scaling import test_threads
from .test_throughput import test_noise_floor, test_throughput, time_next_block

__all__ = ["test_growth", "test_noise_floor", "test_threads", "test_throughput", "time_next_block"]

RecordFigure = Callable[..., None]
ARGUMENTS = {"query": "open invoices of customer 4711", "limit": 20, "fields": ["date", "total"], "exact": False}
IMPORTS = {
    "cache_impl": "import cache_impl",
    "cache_impl, and a MemoryCache": "from cache_impl import MemoryCache; MemoryCache()",
    "cache_impl, and RedisCache": "from cache_impl import RedisCache",
    "redis": "import redis",
    "cashews": "import cashews",
    "cachetools": "import cachetools",
    "cachebox": "import cachebox",
    "moka-py": "import moka_py",
    "diskcache": "import diskcache",
}


@pytest.mark.takes(costs=2)
@pytest.mark.offers(scope=("instance",), asynchronous=("no",))
def test_key(new_cache: Any, pace: Pace, record_figure: RecordFigure) -> None:
    """A digest of arguments against the well-known recipe, which takes 1 and True for the same."""
    make_key = getattr(new_cache.column.subject, "make_key", None)
    if make_key is None:
        pytest.skip("it makes no keys")
    found = duel(partial(make_key, ARGUMENTS), _recipe, pace)
    record_figure("key", new_cache.name, **paired(*found) or {})


@pytest.mark.takes(costs=2)
@pytest.mark.offers(scope=("host",), asynchronous=("no",))
@pytest.mark.parametrize("payload", ["embedding", "catalogue", "small"])
def test_codec(new_cache: Any, payload: str, pace: Pace, record_figure: RecordFigure) -> None:
    """There and back, with the frame and its checksum, against pickle without either."""
    subject = new_cache.column.subject
    if not hasattr(subject, "roundtrip"):
        pytest.skip("it shows no codec")
    random = Random(SEED)
    values = [PAYLOADS[payload](random) for _ in range(VARIETY)]  # what one costs hangs on the bytes that are in it
    assert [*map(subject.roundtrip, values)] == values
    found = duel(lambda: [*map(subject.roundtrip, values)], lambda: [*map(_pickled, values)], pace)
    record_figure(f"codec-{payload}", new_cache.name, **paired(*found) or {})


def _pickled(value: Any) -> Any:
    return pickle.loads(pickle.dumps(value, 5))  # noqa: S301  # our own


@pytest.mark.takes(costs=2)
def test_breaker(new_breaker: Any, pace: Pace, record_figure: RecordFigure) -> None:
    """What a closed breaker adds to a call that succeeds."""
    breaker = new_breaker.subject(failure_threshold=3, recovery_time=60.0)
    guarded, plain = duel(partial(breaker.call, _nothing), _nothing, pace)
    record_figure("breaker", _name(new_breaker.subject), **differences(guarded, plain))


@pytest.mark.takes(seconds=20)
@pytest.mark.skipif(not hasattr(os, "wait4"), reason="this system does not tell the processor time of a process")
def test_import(pace: Pace, record_figure: RecordFigure) -> None:
    """Processor time of a fresh interpreter that imports, less that of one that does not; bytecode is there already."""
    here = {name: code for name, code in IMPORTS.items() if importlib.util.find_spec(code.split()[1].strip(";"))}
    found: dict[str, list[float]] = {name: [] for name in here}
    bare: list[float] = []
    for code in here.values():
        _interpreter(code)  # compiles
    for _ in range(pace.blocks):
        bare.append(_interpreter("pass"))
        for name, code in here.items():
            found[name].append(_interpreter(code))
    for name, blocks in found.items():
        record_figure("import", name, ours=name.startswith("cache_impl"), **differences(blocks, bare))


def _recipe() -> str:
    return hashlib.sha256(json.dumps(ARGUMENTS, sort_keys=True).encode()).hexdigest()


def _nothing() -> None:
    """Nothing at all."""


def _name(subject: type) -> str:
    return subject.__module__.rpartition(".")[2] + ":" + subject.__name__ if ".peers." in subject.__module__ else "ours"


def _interpreter(code: str) -> float:
    """Seconds of the processor that a Python without site packages' start-up files takes for ``code``."""
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(each for each in sys.path if each)}
    process = subprocess.Popen([sys.executable, "-S", "-c", code], env=environment)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        pytest.fail(f"{code!r} ended with {process.returncode}", pytrace=False)
    return float(usage.ru_utime + usage.ru_stime)
