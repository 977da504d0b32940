"""An agent that discovers tools, searches among them by meaning and has tasks done: what the third tour caches."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable
from typing import Any

from examples.embeddings import Model, likeness

SERVERS = ["weather", "mail", "calendar", "travel"]
TOOLS = {
    "weather.forecast": "Tell whether it will rain or shine at a place in the coming days",
    "weather.history": "What the temperature was at a place on a past date",
    "mail.send": "Write an e-mail and send it to somebody",
    "mail.search": "Find e-mails in the inbox by sender or words",
    "calendar.book": "Put a meeting into the calendar and invite people",
    "calendar.free": "Find times at which everybody is free to meet",
    "travel.flights": "Search for flights between two cities",
    "travel.hotels": "Find a room to stay the night in a city",
}
QUERY = "do I need an umbrella, or will it not rain tomorrow?"
#: What one call costs, in dollars; and takes, in seconds, where a stand-in makes it. Embeddings are made here.
PRICES = {"catalog": 0.0005, "embedding": 0.0001, "search": 0.0010, "idempotency": 0.0200}
DISCOVERY, DISPATCH = 0.030, 0.060


class Agent:
    """What an application makes of ``tools``: look first, else make the call, and keep what came of it."""

    def __init__(self, tools: Any, model: Model, version: str = "v1") -> None:
        self.tools, self._model, self._version = tools, model, version

    def discover(self) -> dict[str, str]:
        """The tools that the servers have."""
        catalog: dict[str, str] | None = self.tools.get_catalog(SERVERS, self._version)
        if catalog is None:
            time.sleep(DISCOVERY)  # a stand-in for a round of questions over the network
            self.tools.set_catalog(SERVERS, self._version, catalog := TOOLS)
        return catalog

    def embed(self, text: str) -> list[float]:
        embedding: list[float] | None = self.tools.get_embedding(text, self._model.name)
        if embedding is None:
            self.tools.set_embedding(text, self._model.name, embedding := self._model.embed(text))
        return embedding

    def search(self, query: str, top: int = 3) -> list[tuple[float, str]]:
        """The tools whose descriptions mean most nearly the same as ``query``, and how nearly."""
        found: list[tuple[float, str]] | None = self.tools.get_search_results(query, self._version, top)
        if found is None:
            wanted = self.embed(query)
            alike = [(round(likeness(wanted, self.embed(text)), 3), name) for name, text in self.discover().items()]
            self.tools.set_search_results(query, self._version, top, found := sorted(alike, reverse=True)[:top])
        return found

    def dispatch(self, task: str) -> str:
        """Done once, whoever asks for it and however often."""

        def work() -> str:
            time.sleep(DISPATCH)  # a stand-in for a model and the tools it calls
            return f"done: {task}"

        done: str = self.tools.run_once("planner", "do {task}", {"task": task}, work)
        return done


class Uncached:
    """In place of a ToolCache: keeps nothing, and counts the calls that are made for it."""

    def __init__(self) -> None:
        self._calls: Counter[str] = Counter()

    def spent(self) -> float:
        return sum(PRICES[kind] * count for kind, count in self._calls.items())

    def get_catalog(self, *_: object) -> None:
        self._calls["catalog"] += 1

    def get_embedding(self, *_: object) -> None:
        self._calls["embedding"] += 1

    def get_search_results(self, *_: object) -> None:
        self._calls["search"] += 1

    def set_catalog(self, *_: object) -> None: ...

    set_embedding = set_search_results = set_catalog

    def run_once(self, _agent: str, _template: str, _arguments: Any, fn: Callable[[], Any]) -> Any:
        self._calls["idempotency"] += 1
        return fn()
