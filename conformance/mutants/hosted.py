"""A right cache in a file."""

from __future__ import annotations

import json
import sqlite3
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any


class Texts:
    """Keys are text, and values what JSON can say."""

    def checked_key(self, key: str) -> None:
        if not isinstance(key, str):
            raise TypeError(f"key {key!r} is no text")

    def encoded(self, value: Any) -> str:
        text = json.dumps(value)
        if repr(json.loads(text)) != repr(value):
            raise TypeError(f"{value!r} is more than JSON can say")
        return text

    def checked(self, ttl: float | None) -> float | None:
        if ttl is not None and not 0 < ttl < 1e15:
            raise ValueError(f"ttl is {ttl}; it is above 0 and small enough to add to the clock")
        return ttl


class Hosted(Texts):
    """JSON in an SQLite file, for all processes of a host."""

    declares: dict[str, Any] = {
        "ttl": "per-entry",
        "granularity": 0.0,
        "clock": "injected",
        "values": "copied",
        "scope": "host",
        "durable": "yes",
    }
    caught_by: tuple[str, ...] = ()

    def __init__(self, location: str, ttl: float | None = None, clock: Callable[[], float] = time.time) -> None:
        self.ttl, self.clock = self.checked(ttl), clock
        self.lock = threading.Lock()
        self.database = sqlite3.connect(Path(location) / "entries", isolation_level=None, check_same_thread=False)
        self.database.execute("PRAGMA synchronous = OFF")  # nobody pulls the plug of a test
        self.database.execute("CREATE TABLE IF NOT EXISTS entries (key BLOB PRIMARY KEY, value TEXT, expires REAL)")

    def get(self, key: str, default: Any = None) -> Any:
        value = self.found(self.row(key))
        return default if value is None else json.loads(value)

    def set(self, key: str, value: Any, ttl: float | None = None) -> None:
        ttl = self.ttl if ttl is None else self.checked(ttl)
        expires = None if ttl is None else self.clock() + ttl
        self.write(self.row(key), self.encoded(value), expires)

    def delete(self, key: str) -> bool:
        statement = "DELETE FROM entries WHERE key = ? RETURNING expires IS NULL OR expires > ?"
        return self.ask(statement, self.row(key), self.clock()) == [(1,)]

    def clear(self) -> None:
        self.ask("DELETE FROM entries")

    def close(self) -> None:
        self.database.close()

    def row(self, key: str) -> bytes:
        self.checked_key(key)
        return key.encode("utf-8", "surrogatepass")

    def found(self, row: bytes) -> str | None:
        """The text of a live entry; an expired one is removed, and none that another process has just set."""
        self.ask("DELETE FROM entries WHERE key = ? AND expires <= ?", row, self.clock())
        return next((str(value) for (value,) in self.ask("SELECT value FROM entries WHERE key = ?", row)), None)

    def write(self, row: bytes, text: str, expires: float | None) -> None:
        self.ask("INSERT OR REPLACE INTO entries VALUES (?, ?, ?)", row, text, expires)

    def ask(self, statement: str, *arguments: Any) -> list[Any]:
        with self.lock:
            return self.database.execute(statement, arguments).fetchall()
