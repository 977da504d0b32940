"""Workloads and payloads are found by where they lie: by name, each public function of its module."""

from __future__ import annotations

from collections.abc import Callable
from inspect import isfunction
from random import Random
from types import ModuleType
from typing import Any

from . import payloads, workloads
from .plan import Workload


def chosen(*, wide: bool) -> list[tuple[str, str]]:
    """The pairs of workload and payload to be measured: all, or without those that are marked ``wide``."""
    return [
        (workload, payload)
        for workload, asks in WORKLOADS.items()
        for payload, make in PAYLOADS.items()
        if (payload == USUAL or asks.every_payload) and (wide or not (asks.wide or getattr(make, "wide", False)))
    ]


def _functions(module: ModuleType) -> dict[str, Any]:
    functions = [each for name, each in vars(module).items() if isfunction(each) and not name.startswith("_")]
    return {each.__name__.replace("_", "-"): each for each in functions if each.__module__ == module.__name__}


WORKLOADS: dict[str, Workload] = _functions(workloads)
PAYLOADS: dict[str, Callable[[Random], Any]] = _functions(payloads)
USUAL = next(iter(PAYLOADS))  # for workloads to which the size of a value makes no difference of its own
