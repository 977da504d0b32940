"""Our own circuit breaker as a subject."""

from __future__ import annotations

import cache_impl
import cache_impl.breaker


class CircuitBreaker(cache_impl.breaker.CircuitBreaker):
    """cache_impl.breaker.CircuitBreaker: each state an object with counters of its own."""

    version = f"cacheproof {cache_impl.__version__}"
    declares = {
        "clock": "injected",
        "ignored": "yes",
        "probes": "yes",
        "successes": "yes",
        "probe_limit": "yes",
        "retry_after": "yes",
        "listeners": "yes",
        "admin": "yes",
    }
