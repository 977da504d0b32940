"""What is aimed at is computed from what was measured, and from nothing that was not."""

from __future__ import annotations

import json
from typing import Any

import jsonschema
import pytest
from bench_samples import ROOT, measured, subject

from bench.duel import duel
from bench.figures import AIMS, PAIRS, differences, is_ours, table, verdict
from bench.found import PAYLOADS, WORKLOADS
from bench.pace import Pace
from bench.summary import lines

OURS = "conformance.subjects.memory:Memory"
THEIRS = "conformance.subjects.peers.moka_py:MokaPy"
FOUR_THREADS = [
    {"subject": "redis@a", "points": [[1, 9, 8, 10], [4, 30, 27, 33]]},
    {"subject": "redis-py@a", "points": [[1, 9, 8, 10], [4, 10, 9, 11]]},
]


def _results() -> dict[str, Any]:
    return {
        "subjects": [
            subject("memory", OURS),
            subject("moka-py", THEIRS),
            subject("dict", "bench.yardsticks:Dict", "yardstick"),
            subject("redis@a", "conformance.subjects.redis:Redis"),
            subject("redis-py@a", "conformance.subjects.peers.redis_py:RedisPy"),
        ],
        "measurements": [
            measured("memory", 4),
            measured("moka-py", 6),
            measured("dict", 1),
            measured("redis@a", 100, "get-many"),
            measured("redis@a", 4),
            measured("redis@a", 50, payload="text-1k"),
            measured("redis-py@a", 100, payload="text-1k"),
        ],
        "curves": [
            {"id": "growth-memory", "lines": [{"subject": "memory", "points": [[10, 99.0], [100, 91.0]]}]},
            {"id": "growth-expiring-set", "lines": [{"subject": "memory", "points": [[10, 2, 1, 3], [100, 3, 2, 4]]}]},
            {"id": "threads-get-hit-text-1k", "lines": FOUR_THREADS},
        ],
    }


@pytest.fixture
def found() -> dict[str, dict[str, float]]:
    """Figure -> subject -> value."""
    return {each["id"]: {row["subject"]: row["value"] for row in each["rows"]} for each in table(_results(), {})}


def test_figures_are_computed_from_what_they_name(found: dict[str, dict[str, float]]) -> None:
    """Costs over those of the yardstick or of the peer, ends of curves, and what four threads do."""
    assert found["get-hit"] == {"memory": 4.0, "moka-py": 6.0}
    assert found["get-many"] == {"redis@a": pytest.approx(0.25)}
    assert found["redis-py"] == {"redis@a": 0.5, "redis-py@a": 1.0}
    assert found["memory"] == {"memory": 91.0}
    assert found["expiry"] == {"memory": 1.5}
    assert found["redis-threads"] == {"redis@a": 3.0, "redis-py@a": 1.0}


def test_what_was_not_measured_is_no_figure(found: dict[str, dict[str, float]]) -> None:
    """No row, no figure: never a zero."""
    assert {"set-evict", "file-get", "breaker", "get-miss"}.isdisjoint(found)


def test_rows_that_tests_have_measured_are_beside(found: dict[str, dict[str, float]]) -> None:
    """The best first."""
    rows = [{"subject": "b", "ours": False, "value": 2e-6}, {"subject": "a", "ours": True, "value": 1e-6}]
    figures = {each["id"]: each for each in table(_results(), {"breaker": rows})}
    assert figures["breaker"]["rows"] == rows[::-1]
    assert figures.keys() == {*found, "breaker"}


def test_figures_are_as_the_schema_has_them() -> None:
    """Each of them could be in a result file."""
    schema = json.loads((ROOT / "reports" / "schema.json").read_text())
    for each in table(_results(), {}):
        jsonschema.validate(each, schema["$defs"]["figure"] | {"$defs": schema["$defs"]})


def test_the_table_is_printed_with_its_targets() -> None:
    """Of ours it says whether the target was reached; of others, only what they cost."""
    results = _results() | {"figures": table(_results(), {}), "noise": [], "warnings": []}
    printed = "\n".join(lines(results, 120))
    assert "get, a hit, against dict.get: at most 4.5x" in printed
    assert "4x (4x to 4x)  reached" in printed
    assert "gets of 1 KiB a second with 4 threads, against redis-py: at least 2.5x" in printed


@pytest.mark.parametrize(
    ("better", "row", "said"),
    [
        ("lower", {"value": 1.0, "low": 0.9, "high": 1.1}, "reached"),
        ("lower", {"value": 3.0, "low": 2.5, "high": 4.0}, "missed"),
        ("lower", {"value": 1.9, "low": 1.5, "high": 2.5}, "open"),
        ("higher", {"value": 3.0, "low": 2.5, "high": 4.0}, "reached"),
        ("higher", {"value": 1.0}, "missed"),
        ("lower", {"value": 2.0}, "reached"),
    ],
)
def test_a_target_within_the_interval_is_open(better: str, row: dict[str, float], said: str) -> None:
    """Neither reached nor missed; without an interval the value decides."""
    assert verdict({"target": 2.0, "better": better}, row) == said


def test_only_this_projects_caches_are_ours() -> None:
    """By where their class lies, in a checkout and installed."""
    assert is_ours(OURS)
    assert is_ours(f"cacheproof.{OURS}")
    assert not is_ours(THEIRS)
    assert not is_ours("mine:Cache")


def test_what_is_compared_can_be_measured() -> None:
    """Each cell names a workload and a payload that are there; no two figures have one id."""
    assert all(workload in WORKLOADS and payload in PAYLOADS for workload, payload in PAIRS)
    assert len({aim.id for aim in AIMS}) == len(AIMS)


def test_two_functions_take_turns() -> None:
    """As many blocks of each, and each block in one piece."""
    called: list[str] = []
    first, second = duel(lambda: called.append("a"), lambda: called.append("b"), Pace(6, 0.0001, 0.00001))
    assert len(first) == len(second) == 6
    assert min(first + second) > 0
    assert {"a", "b"} == set(called)


def test_differences_have_an_interval() -> None:
    """Block by block."""
    assert differences([3.0, 4.0, 5.0, 6.0, 7.0, 8.0], [1.0] * 6) == {"value": 4.5, "low": 2.0, "high": 7.0}
