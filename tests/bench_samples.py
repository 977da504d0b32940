"""What tests of the benchmark share: a little data, and what a run would have measured."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from bench.data import Data

ROOT = Path(__file__).parent.parent
BLOCKS = [1.0, 1.1, 0.9, 1.0, 1.2, 0.8]  # seconds, of an operation that costs 1


@pytest.fixture(scope="module")
def data() -> Data:
    return Data(["one", "two", "three"])


def compared(*costs: tuple[str, float]) -> dict[str, Any]:
    """The results of caches and yardsticks, one on each of two servers, whose hits cost so much."""
    yardsticks = [subject(name, role="yardstick") for name in ("dict", "raw@a", "raw@b")]
    return {
        "subjects": [subject("memory"), subject("redis@a"), *yardsticks],
        "measurements": [measured(name, by) for name, by in costs],
        "environment": {"load": 0.0, "cores": 2},
    }


def subject(name: str, path: str = "mine:Cache", role: str = "cache") -> dict[str, Any]:
    """A column of a result file; on a server where there is an ``@`` in its name."""
    server = name.partition("@")[2]
    reach = {
        "declares": {"scope": "network" if server else "instance"},
        "backend": {"name": server} if server else None,
    }
    return {"name": name, "class": path, "role": role, **reach}


def measured(name: str, by: float, workload: str = "get-hit", payload: str = "small") -> dict[str, Any]:
    """A measurement of a result file: of the subject ``name``, ``by`` seconds for each operation, more or less."""
    blocks = [by * block for block in BLOCKS]
    return {"subject": name, "workload": workload, "payload": payload, "unit": "s/op", "blocks": blocks}
