"""Fixtures: a ToolCache on everything that can keep a claim, at a time that is told; and its kinds of entry."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from pathlib import Path
from typing import Any, NamedTuple
from uuid import uuid4

import pytest

from cache_impl import FileCache, LayeredCache, MemoryCache, RedisCache, ToolCache, digest
from cache_impl.claims import Claims, claims_on
from conformance.servers import Server, named

SAFETY = 30.0  # seconds until something that ought to come is given up on
HOUR = 3600.0
TASK = ("planner", "plan the trip to {city}", {"city": "Porto"})
BACKENDS = ("memory", "file", "fakeredis", "embedded", "layers", "layers of one host")
ACROSS = BACKENDS[1:]  # where a claim has a lease
ALONE = ("memory", "file", "layers of one host")


class Backend:
    """One place for entries, and the time there."""

    def __init__(self, name: str, server: Server | None, directory: Path) -> None:
        self._ahead, self._server = 0.0, server
        self._location = server.location(f"{uuid4()}:") if server else None
        self._memory = MemoryCache(clock=self._clock)
        self._open: dict[str, Callable[[], Any]] = {
            "memory": lambda: self._memory,
            "file": lambda: FileCache(directory / "cache", clock=self._clock),
            "layers": lambda: LayeredCache(self._redis(), directory / str(uuid4())),
            "layers of one host": lambda: LayeredCache(self._redis(), directory / "cache"),
        }
        self.name, self._opened = name, ExitStack()

    def cache(self) -> Any:
        """Another cache there, as another process would open it; of a memory cache there is but one."""
        cache = self._open.get(self.name, self._redis)()
        if cache is not self._memory:
            self._opened.enter_context(closing(cache))
        return cache

    def tools(self, **options: Any) -> ToolCache:
        return ToolCache(self.cache(), **{"single_host": self.name in ALONE, **options})

    def claims(self) -> Claims:
        return claims_on(self.cache(), single_host=self.name in ALONE)

    def advance(self, seconds: float) -> None:
        self._ahead += seconds
        if self._server is not None and self._location is not None:
            self._server.advance(self._location, seconds + 0.001)  # its keys go a moment after their time

    def close(self) -> None:
        self._opened.close()

    def _clock(self) -> float:
        return 1e9 + self._ahead  # stands still but for ``advance``

    def _redis(self) -> RedisCache:
        server: Any = self._server  # whoever comes here has one
        location: Any = self._location
        where = server.url or server.connect()
        return RedisCache(where, prefix=location.namespace, clock=self._clock, deadline=SAFETY)


@pytest.fixture(scope="module")
def servers() -> Iterator[dict[str, Server]]:
    with ExitStack() as running:
        yield {name: running.enter_context(named(name).running()) for name in ("fakeredis", "embedded")}


@pytest.fixture
def backend(request: pytest.FixtureRequest, servers: dict[str, Server], tmp_path: Path) -> Iterator[Backend]:
    backend = Backend(request.param, servers.get("embedded" if "layers" in request.param else request.param), tmp_path)
    yield backend
    backend.close()


everywhere = pytest.mark.parametrize("backend", BACKENDS, indirect=True)
across = pytest.mark.parametrize("backend", ACROSS, indirect=True)


class Kind(NamedTuple):
    """How one kind of entry is set and read, what its key is, and how long it lives."""

    name: str
    arguments: tuple[Any, ...]
    key: str
    ttl: float

    def set(self, tools: ToolCache, value: Any) -> None:
        getattr(tools, f"set_{self.name}")(*self.arguments, value)

    def get(self, tools: ToolCache, default: Any = None) -> Any:
        return getattr(tools, f"get_{self.name}")(*self.arguments, default)


QUERY = {"text": "weather in Porto", "tags": ["now"]}
KINDS = [
    Kind("catalog", (["mcp://a"], "v2"), f"catalog:v2:{digest(['mcp://a'])}", 24 * HOUR),
    Kind("tool", ("get_weather", "1.4"), "tool:get_weather:1.4", 24 * HOUR),
    Kind("search_results", (QUERY, "v2", 5), f"search:{digest(QUERY)}:v2:5", HOUR),
    Kind("embedding", ("a text", "llama3:8b"), f"embedding:{digest('a text')}:llama3:8b", 7 * 24 * HOUR),
]
each_kind = pytest.mark.parametrize("kind", KINDS, ids=[kind.name for kind in KINDS])
