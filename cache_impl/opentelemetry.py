"""A cache's figures for OpenTelemetry: ``pip install 'cacheproof[opentelemetry]'``, and an SDK of the application's."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import Any

from opentelemetry.metrics import CallbackOptions, Meter, Observation

from .gauges import BREAKER_STATES, COSTED, COUNTED, Figures, figures_of
from .tools import ToolCache

_Look = Callable[[CallbackOptions], Iterator[Observation]]
_Values = list[tuple[dict[str, str], float]]  # each with its attributes


def instrument(meter: Meter, caches: Mapping[str, Any], tools: Mapping[str, ToolCache] | None = None) -> None:
    """Have ``meter`` observe the figures of ``caches`` and the costs of ``tools``, each by name; no server is asked.

    A cache that is closed is left out. The instruments, and with them the caches, stay for as long as the meter does.
    """
    for figure, about in COUNTED.items():
        meter.create_observable_counter(f"cache.{figure}", [_each(caches, partial(_one, figure))], description=about)
    meter.create_observable_gauge(
        "cache.latency", [_each(caches, _latency)], "s", "Of the last 1000 operations of a tier."
    )
    meter.create_observable_gauge(
        "cache.pending_replays",
        [_each(caches, partial(_one, "pending"))],
        description="Writes that wait for Redis.",
    )
    meter.create_observable_gauge(
        "cache.breaker_state", [_each(caches, _states)], description="1 for the state it is in."
    )
    for figure, about in COSTED.items():
        meter.create_observable_counter(f"cache.cost.{figure}", [_costs(tools or {}, figure)], description=about)


def _each(caches: Mapping[str, Any], read: Callable[[Figures], _Values]) -> _Look:
    def look(_options: CallbackOptions) -> Iterator[Observation]:
        for name, seen in figures_of(caches).items():
            for attributes, value in read(seen):
                yield Observation(value, {"cache": name, **attributes})

    return look


def _one(figure: str, seen: Figures) -> _Values:
    return [({}, getattr(seen, figure))]


def _latency(seen: Figures) -> _Values:
    return [
        ({"tier": tier, "quantile": quantile}, seconds)
        for tier, waits in seen.latency.items()
        for quantile, seconds in waits.quantiles
    ]


def _states(seen: Figures) -> _Values:
    return [({"state": state}, int(state == seen.breaker)) for state in BREAKER_STATES]


def _costs(tools: Mapping[str, ToolCache], figure: str) -> _Look:
    def look(_options: CallbackOptions) -> Iterator[Observation]:
        for name, each in tools.items():
            for kind, costs in each.costs().kinds.items():
                yield Observation(getattr(costs, figure), {"tools": name, "kind": kind})

    return look
