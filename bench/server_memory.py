"""What a server takes for the entries of a cache, by its own account."""

from __future__ import annotations

from dataclasses import replace
from itertools import cycle
from statistics import fmean
from typing import Any

import pytest

from .given import made, plan_of

ASKED = 100  # keys whose MEMORY USAGE is asked for


def per_entry(new_cache: Any, size: int) -> tuple[float, float]:
    """By how many bytes used_memory grows, and MEMORY USAGE, for each entry that is there in the end.

    A cache may hold fewer than the ``size`` it is given, and may keep more keys than one for each. Fails the test
    where it holds none.
    """
    plan = replace(plan_of(new_cache, "set-overwrite", "text-1k"), capacity=2 * size)
    subject, names = made(new_cache, plan), [f"{number:032x}" for number in range(size)]
    with new_cache.column.server.connect() as client:
        try:
            subject.set("first", plan.arguments[0][1])  # opens its connections, which the server holds memory for
            subject.delete("first")
            there, before = set(client.scan_iter(count=1000)), client.info("memory")["used_memory"]
            for name, (_, value) in zip(names, cycle(plan.arguments), strict=False):
                subject.set(name, value)
            grown = client.info("memory")["used_memory"] - before
            keys = list(set(client.scan_iter(count=1000)) - there)
            entries = sum(subject.get(name) is not None for name in names)
            if not entries:
                pytest.fail(f"it has none of the {size:,} entries it was given")
            usage = fmean(client.memory_usage(key, samples=0) for key in keys[:ASKED])
            return grown / entries, usage * len(keys) / entries
        finally:
            subject.clear()
            getattr(subject, "close", bool)()
