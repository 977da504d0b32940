"""What Prometheus and OpenTelemetry are told, asked with their own libraries."""

from __future__ import annotations

from typing import Any

import pytest
from layered_machines import layered, server

from cache_impl import MemoryCache, ToolCache

__all__ = ["layered", "server"]  # fixtures


@pytest.fixture
def used(server: Any, layered: Any) -> tuple[Any, ToolCache]:
    """A cache, and tools with prices on another, that have seen something; Redis has gone since."""
    cache = layered("one", memory=MemoryCache())
    cache.set("a", 1)
    for key in "aab":
        cache.get(key)
    tools = ToolCache(MemoryCache(), prices={"embedding": 0.25})
    for _ in range(2):
        if tools.get_embedding("text", "model") is None:
            tools.set_embedding("text", "model", [1.0])
    server.kill()
    for key in "xyz":
        cache.set(key, 1)
    return cache, tools


def test_prometheus_scrapes_every_figure(used: tuple[Any, ToolCache]) -> None:
    """As samples with the name of the cache; no server is asked."""
    prometheus = pytest.importorskip("prometheus_client", reason="pip install 'cacheproof[prometheus]'")
    from cache_impl.prometheus import CacheCollector  # noqa: PLC0415  # not everyone has it

    cache, tools = used
    registry = prometheus.CollectorRegistry()
    registry.register(CacheCollector({"main": cache}, {"agent": tools}))
    main = {"cache": "main"}
    for name, value in {"hits": 2, "misses": 1, "memory_hits": 1, "evictions": 0, "damaged": 0}.items():
        assert registry.get_sample_value(f"cache_{name}_total", main) == value
    assert registry.get_sample_value("cache_pending_replays", main) == 3
    assert registry.get_sample_value("cache_breaker_state", {**main, "state": "closed"}) == 0
    assert registry.get_sample_value("cache_latency_seconds", {**main, "tier": "redis", "quantile": "0.99"}) > 0
    embedding = {"tools": "agent", "kind": "embedding"}
    assert registry.get_sample_value("cache_cost_spent_total", embedding) == 0.25
    assert registry.get_sample_value("cache_cost_saved_total", embedding) == 0.25
    assert b'cache_hits_total{cache="main"} 2.0' in prometheus.generate_latest(registry)
    cache.close()
    assert registry.get_sample_value("cache_hits_total", main) is None
    assert registry.get_sample_value("cache_cost_saved_total", embedding) == 0.25


def test_opentelemetry_observes_every_figure(used: tuple[Any, ToolCache]) -> None:
    """As data points with the name of the cache, whenever a reader collects."""
    reason = "pip install 'cacheproof[opentelemetry]' opentelemetry-sdk"
    sdk = pytest.importorskip("opentelemetry.sdk.metrics", reason=reason)
    export = pytest.importorskip("opentelemetry.sdk.metrics.export", reason=reason)
    from cache_impl.opentelemetry import instrument  # noqa: PLC0415

    cache, tools = used
    reader = export.InMemoryMetricReader()
    meter = sdk.MeterProvider([reader]).get_meter("test")
    instrument(meter, {"main": cache}, {"agent": tools})
    (resource,) = reader.get_metrics_data().resource_metrics
    points = {
        (metric.name, *sorted(point.attributes.values())): point.value
        for metric in resource.scope_metrics[0].metrics
        for point in metric.data.data_points
    }
    for name, value in {"hits": 2, "misses": 1, "memory_hits": 1, "evictions": 0, "damaged": 0}.items():
        assert points[f"cache.{name}", "main"] == value
    assert points["cache.pending_replays", "main"] == 3
    assert points["cache.breaker_state", "closed", "main"] == 0
    assert points["cache.latency", "0.99", "main", "redis"] > 0
    assert points["cache.cost.saved", "agent", "embedding"] == points["cache.cost.spent", "agent", "embedding"] == 0.25
