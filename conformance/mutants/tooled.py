"""A right cache of kinds of entries, and of tasks that run once."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from math import inf
from typing import Any

from ..subjects.memory import Memory

MISSING = object()
HOUR = 3600.0


class Tooled:
    """A dict under documented keys, each with an expiry; a task that runs is waited for."""

    declares: dict[str, Any] = {"clock": "injected", "granularity": 0.0, "types": "any"}
    caught_by: tuple[str, ...] = ()
    lives = {"catalog": 24 * HOUR, "tool": 24 * HOUR, "search": HOUR, "embedding": 168 * HOUR, "task": HOUR}

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self.clock = clock
        self.entries: dict[str, tuple[Any, float]] = {}
        self.running: dict[str, threading.Event] = {}
        self.lock = threading.Lock()

    def get(self, key: str, default: Any = None) -> Any:
        value, expires = self.entries.get(self.checked(key), (default, inf))
        return value if self.clock() < expires else default

    def set(self, key: str, value: Any) -> None:
        self.entries[self.checked(key)] = value, inf

    def delete(self, key: str) -> bool:
        there = self.get(key, MISSING) is not MISSING
        self.entries.pop(key, None)
        return there

    def clear(self) -> None:
        self.entries.clear()

    def get_catalog(self, source: Any, version: str, default: Any = None) -> Any:
        return self.found(self.catalog_key(source, version), default)

    def set_catalog(self, source: Any, version: str, catalog: Any) -> None:
        self.keep(self.catalog_key(source, version), catalog)

    def get_tool(self, name: str, version: str, default: Any = None) -> Any:
        return self.found(self.tool_key(name, version), default)

    def set_tool(self, name: str, version: str, metadata: Any) -> None:
        self.keep(self.tool_key(name, version), metadata)

    def get_search_results(self, query: Any, version: str, top_k: int, default: Any = None) -> Any:
        return self.found(self.search_key(query, version, top_k), default)

    def set_search_results(self, query: Any, version: str, top_k: int, results: Any) -> None:
        self.keep(self.search_key(query, version, top_k), results)

    def get_embedding(self, content: Any, model: str, default: Any = None) -> Any:
        return self.found(self.embedding_key(content, model), default)

    def set_embedding(self, content: Any, model: str, embedding: Any) -> None:
        self.keep(self.embedding_key(content, model), embedding)

    def invalidate_catalog(self, version: str) -> int:
        return self.remove(lambda kind, parts: version == {"catalog": parts[0], "search": parts[1]}.get(kind))

    def invalidate_tool(self, name: str) -> int:
        return self.remove(lambda kind, parts: (kind, parts[0]) == ("tool", name))

    def run_once(self, agent: str, template: str, arguments: Any, fn: Callable[[], Any]) -> Any:
        key = self.task_key(agent, template, arguments)
        while (result := self.result(key)) is MISSING:
            other = self.claim(key)
            if other is None:
                return self.run(key, fn)
            other.wait()
        return result

    # the steps, each of which some mutant gets wrong

    def checked(self, key: str) -> str:
        if not isinstance(key, str):
            raise TypeError(f"key {key!r} is no text")
        return key

    def found(self, key: str, default: Any) -> Any:
        return self.get(key, default)

    def keep(self, key: str, value: Any) -> None:
        self.entries[key] = value, self.clock() + self.lives[key.partition(":")[0]]

    def catalog_key(self, source: Any, version: str) -> str:
        return f"catalog:{version}:{self.digest(source)}"

    def tool_key(self, name: str, version: str) -> str:
        return f"tool:{name}:{version}"

    def search_key(self, query: Any, version: str, top_k: int) -> str:
        return f"search:{self.digest(query)}:{version}:{top_k}"

    def embedding_key(self, content: Any, model: str) -> str:
        return f"embedding:{self.digest(content)}:{model}"

    def task_key(self, agent: str, template: str, arguments: Any) -> str:
        return f"task:{self.digest([agent, template, arguments])}"

    def digest(self, data: Any) -> str:
        return str(Memory.make_key(data))

    def remove(self, unwanted: Callable[[str, list[str]], bool]) -> int:
        doomed = []
        for key in self.entries:
            kind, *parts = key.split(":")
            if len(parts) > 1 and unwanted(kind, parts):
                doomed.append(key)
        return sum(self.delete(key) for key in doomed)

    def result(self, key: str) -> Any:
        return self.get(key, MISSING)

    def claim(self, key: str) -> threading.Event | None:
        """What ends when the task does that somebody else runs; None where nobody did."""
        with self.lock:
            if key in self.running:
                return self.running[key]
            self.running[key] = threading.Event()
            return None

    def run(self, key: str, fn: Callable[[], Any]) -> Any:
        try:
            result = fn()
            self.keep(key, result)
        finally:
            self.give_up(key)
        return result

    def give_up(self, key: str) -> None:
        self.running.pop(key).set()
