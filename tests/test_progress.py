"""How long a run will still take: said in time, seldom, and to nobody who does not watch."""

from __future__ import annotations

from itertools import count
from types import SimpleNamespace

from conformance.progress import PARTS, Progress


def progress(items: int, seconds: float) -> str:
    """What is said in a run of that many items, each of which takes so long."""
    said: list[str] = []
    clock = count(0.0, seconds)
    found = Progress(said.append, lambda: next(clock))
    found.pytest_collection_finish(SimpleNamespace(items=[None] * items))  # type: ignore[arg-type]
    for _ in range(items):
        found.pytest_runtest_logfinish()
    return "".join(said)


def test_each_tenth_tells_what_is_left() -> None:
    said = progress(100, 1.0)
    assert said.count("left") == PARTS - 1
    assert said.startswith(" about 90 s left ")
    assert said.endswith(" about 10 s left ")


def test_a_long_run_is_told_in_minutes() -> None:
    assert progress(100, 60.0).startswith(" about 90 min left ")


def test_a_short_run_is_over_before_anything_is_said() -> None:
    assert progress(100, 0.01) == ""
    assert progress(0, 1.0) == ""
