"""What an entry costs on a server is told by the entries that are there."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from types import SimpleNamespace
from typing import Any

import pytest

from bench.server_memory import per_entry

CONNECTION, ENTRY, USAGE = 50_000, 1100, 1000  # bytes


class Server:
    """It takes so much memory for each connection and each key."""

    def __init__(self) -> None:
        self.connections, self.keys = 0, dict[str, Any]()

    @contextmanager
    def connect(self) -> Iterator[Any]:
        self.connections += 1
        yield SimpleNamespace(
            scan_iter=lambda **_: [*self.keys, *self.keys],  # SCAN may name a key twice
            info=lambda _: {"used_memory": self.connections * CONNECTION + len(self.keys) * ENTRY},
            memory_usage=lambda _key, **_: USAGE,
        )


class Cache:
    """It keeps a key beside each, connects when it is used first, and evicts the oldest."""

    def __init__(self, server: Server, capacity: int) -> None:
        self.server, self.capacity, self.connected = server, capacity, False

    def get(self, key: str) -> Any:
        return self.server.keys.get(key)

    def set(self, key: str, value: Any) -> None:
        self.server.connections += not self.connected
        self.connected = True
        self.server.keys |= {key: value, f"{key} beside": 0}
        while len(self.server.keys) > 2 * self.capacity:
            self.server.keys.pop(next(iter(self.server.keys)))

    def delete(self, key: str) -> None:
        del self.server.keys[key], self.server.keys[f"{key} beside"]

    def clear(self) -> None:
        self.server.keys.clear()


@pytest.mark.parametrize("most", [10_000, 300], ids=["room for all", "room for 300"])
def test_memory_is_divided_by_the_entries_that_are_there(most: int) -> None:
    """Two keys each; what the connection takes is no entry's, and what was evicted takes nothing."""
    server = Server()
    column = SimpleNamespace(
        column=SimpleNamespace(server=server),
        role="cache",
        capabilities=SimpleNamespace(scope="network"),
        bare=lambda capacity: Cache(server, min(most, capacity)),
    )
    assert per_entry(column, 1000) == (2 * ENTRY, 2 * USAGE)
    assert not server.keys
