"""The workloads of the benchmark: what each does to a cache, relies on and needs."""

from __future__ import annotations

import ast
import asyncio
from collections.abc import Callable
from math import inf
from types import SimpleNamespace
from typing import Any

import pytest
from bench_samples import ROOT, data

from bench.data import Data
from bench.found import PAYLOADS, WORKLOADS, chosen
from bench.plan import offered_by
from bench.timing import runnable
from bench.yardsticks import Dict

__all__ = ["data"]  # a fixture


@pytest.mark.parametrize("workload", WORKLOADS)
def test_what_a_workload_relies_on_is_a_promise(workload: str) -> None:
    """Each id names a test of the conformance suite, else a broken promise would not mark the number."""
    for promise in WORKLOADS[workload].promises:
        file, _, name = promise.partition("::")
        module = ast.parse((ROOT / "conformance" / file).read_text(encoding="utf-8"))
        assert name in {each.name for each in module.body if isinstance(each, ast.FunctionDef)}


def test_a_cache_with_both_forms_is_asked_for_both() -> None:
    """Coroutines are timed on a subject that is asynchronous, and on one that has them beside its plain methods."""
    plain, both = Dict, type("Both", (Dict,), {"aget": None})
    waits, not_so = (SimpleNamespace(asynchronous=each) for each in ("yes", "no"))
    needs = WORKLOADS["aget-hit"].needs
    assert [offered_by(waits, needs, plain), offered_by(not_so, needs, both)] == [True, True]
    assert not offered_by(not_so, needs, plain)
    assert not offered_by(waits, WORKLOADS["get-hit"].needs, plain)


class Able(Dict):
    """A dict that offers all that a workload may need, for which no entry is too old."""

    def __init__(self) -> None:
        super().__init__()
        self.put, self.set = self.set, self._set

    def _set(self, key: str, value: Any, ttl: float | None = None) -> None:
        assert ttl is None or ttl > 0
        self.put(key, value)

    async def aget(self, key: str) -> Any:
        return self.get(key)

    async def aset(self, key: str, value: Any) -> None:
        self.set(key, value)

    def get_or_set(self, key: str, compute: Callable[[], Any]) -> Any:
        if self.get(key) is None:
            self.set(key, compute())
        return self.get(key)


@pytest.mark.parametrize("workload", WORKLOADS)
def test_a_workload_does_to_a_cache_what_it_says(workload: str, data: Data) -> None:
    """On a plain dict every key that is to be there is there after the run, and no other."""
    plan = WORKLOADS[workload](data)
    subject = Able()
    for key, value in plan.stored:
        subject.set(key, value)
    with asyncio.Runner() as runner:
        runnable(plan.loop, subject, runner)(plan.arguments[:100])
    assert all(subject.get(key) is not None for key in plan.present)
    assert all(subject.get(key) is None for key in plan.absent)


class Slow(Able):
    """It takes so many seconds for an operation, by a clock of its own, and counts what it found expired."""

    def __init__(self, takes: float) -> None:
        super().__init__()
        self.now, self.takes, self.expired = 0.0, takes, 0
        self.look, self.get = self.get, self._get

    def _get(self, key: str, default: Any = None) -> Any:
        self.now += self.takes
        value, end = self.look(key, (default, inf))
        self.expired += self.now >= end
        return default if self.now >= end else value

    def _set(self, key: str, value: Any, ttl: float | None = None) -> None:
        self.put(key, (value, self.now + (ttl or inf)))


@pytest.mark.parametrize("takes", [1e-7, 1e-6, 1e-4], ids=["100 ns", "1 us", "100 us"])
def test_entries_expire_for_a_fast_cache_as_for_a_slow_one(takes: float, data: Data) -> None:
    """One get in eight, also where the arguments begin again."""
    subject, plan = Slow(takes), WORKLOADS["expiring"](data)
    plan.loop(subject, plan.arguments)
    before = subject.expired
    plan.loop(subject, plan.arguments)
    assert (subject.expired - before) / len(plan.arguments) == pytest.approx(1 / 8, abs=0.001)


def test_every_workload_and_every_payload_is_measured_by_someone() -> None:
    """Quick leaves things out, and standard nothing."""
    quick, standard = set(chosen(wide=False)), set(chosen(wide=True))
    assert quick < standard
    assert {workload for workload, _ in standard} == set(WORKLOADS)
    assert {payload for _, payload in standard} == set(PAYLOADS)


def test_only_a_bounded_cache_is_asked_to_evict() -> None:
    """A workload says which capabilities it needs."""
    bounded, boundless = (SimpleNamespace(eviction=each, asynchronous="no") for each in ("lru", "none"))
    assert offered_by(bounded, WORKLOADS["set-evict"].needs)
    assert not offered_by(boundless, WORKLOADS["set-evict"].needs)
    assert offered_by(boundless, WORKLOADS["get-hit"].needs)
