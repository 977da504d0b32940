"""What an entry costs on the server, as it says itself: key, frame and value of 1 KiB included."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from .given import YARDSTICKS
from .server_memory import per_entry

SIZES = {"quick": (1_000,), "standard": (1_000, 10_000), "thorough": (1_000, 10_000, 100_000, 1_000_000)}


@pytest.mark.also(*YARDSTICKS)
@pytest.mark.offers(scope=("network",), asynchronous=("no",))
def test_server_memory(
    new_cache: Any, pytestconfig: pytest.Config, record_curve: Callable[[dict[str, Any]], None]
) -> None:
    """By how much used_memory grows, and MEMORY USAGE of the keys, for each entry."""
    server = new_cache.column.server
    if server is None or server.in_process:
        pytest.skip("it has no server that could tell how much memory it uses")
    sizes = SIZES[pytestconfig.getoption("profile")]
    found = [(size, *per_entry(new_cache, size)) for size in sizes]
    for place, (name, title) in enumerate((("growth", "Memory of the server"), ("usage", "MEMORY USAGE")), start=1):
        record_curve(
            {
                "id": f"server-memory-{name}",
                "title": f"{title} per entry of 1 KiB",
                "text": f"{server.product}, allocator {server.allocator}; key, frame and value included.",
                "x": {"label": "entries", "unit": "", "scale": "log"},
                "y": {"label": "bytes per entry", "unit": "B", "scale": "linear"},
                "lines": [{"subject": new_cache.name, "points": [[each[0], each[place]] for each in found]}],
            }
        )
