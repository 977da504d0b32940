"""A cache's figures for Prometheus: ``pip install 'cacheproof[prometheus]'``."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from prometheus_client import Metric
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily
from prometheus_client.registry import Collector

from .gauges import BREAKER_STATES, COSTED, COUNTED, figures_of
from .tools import ToolCache


class CacheCollector(Collector):
    """The figures of ``caches``, by name, and the costs of ``tools``, by name, at each scrape; no server is asked.

    A cache that is closed is left out. To be registered: ``REGISTRY.register(CacheCollector({"main": cache}))``.
    """

    def __init__(self, caches: Mapping[str, Any], tools: Mapping[str, ToolCache] | None = None) -> None:
        self._caches, self._tools = dict(caches), dict(tools or {})

    def collect(self) -> Iterable[Metric]:
        yield from self._figures()
        yield from self._costs()

    def describe(self) -> Iterable[Metric]:
        """Nothing: to be registered is no scrape."""
        return ()

    def _figures(self) -> Iterator[Metric]:
        seen = figures_of(self._caches)
        for figure, about in COUNTED.items():
            counter = CounterMetricFamily(f"cache_{figure}", about, labels=["cache"])
            for name, each in seen.items():
                counter.add_metric([name], getattr(each, figure))
            yield counter
        latency = GaugeMetricFamily(
            "cache_latency_seconds", "Of the last 1000 operations of a tier.", labels=["cache", "tier", "quantile"]
        )
        pending = GaugeMetricFamily("cache_pending_replays", "Writes that wait for Redis.", labels=["cache"])
        breaker = GaugeMetricFamily("cache_breaker_state", "1 for the state it is in.", labels=["cache", "state"])
        for name, each in seen.items():
            for tier, waits in each.latency.items():
                for quantile, seconds in waits.quantiles:
                    latency.add_metric([name, tier, quantile], seconds)
            pending.add_metric([name], each.pending)
            for state in BREAKER_STATES:
                breaker.add_metric([name, state], state == each.breaker)
        yield from (latency, pending, breaker)

    def _costs(self) -> Iterator[Metric]:
        costs = [(name, *each) for name, tools in self._tools.items() for each in tools.costs().kinds.items()]
        for figure, about in COSTED.items():
            counter = CounterMetricFamily(f"cache_cost_{figure}", about, labels=["tools", "kind"])
            for name, kind, each in costs:
                counter.add_metric([name, kind], getattr(each, figure))
            yield counter
