"""What every kind of server has in common: started once, versions told, time moved, keys removed. And the faults."""

from __future__ import annotations

import re
import secrets
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext, suppress
from importlib.metadata import version
from typing import Any, Protocol, runtime_checkable

import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from .contract import Location
from .processes import ServerError, on_a_free_port

BATCH = 1000  # keys in one command

#: Within a script the server's clock stands still: every ttl is shortened by as much, and no write comes between.
SHORTEN = """
for _, key in ipairs(KEYS) do
  local left = redis.call('PTTL', key)
  if left >= 0 then redis.call('PEXPIRE', key, left - ARGV[1]) end
end
"""


@runtime_checkable
class Breakable(Protocol):
    """A server that can be taken away, and brought back empty under the same URL."""

    def kill(self) -> None: ...
    def restart(self) -> None: ...


@runtime_checkable
class Freezable(Protocol):
    """A server that can be made to accept connections and answer nothing."""

    def freeze(self) -> None: ...
    def thaw(self) -> None: ...


class Life(Breakable, Freezable, Protocol):
    """What a server of ours runs in: a process, a container."""

    url: str

    def end(self) -> None: ...


class Server(ABC):
    """One of a kind of server: asked cheaply whether it can run, and entered once a session."""

    name: str  # on the command line and in the names of columns
    in_process = False  # where it is, it has no URL, and only redis-py's own clients reach it

    def __init__(self, _image: str | None = None) -> None:
        self._namespace = f"cacheproof:{secrets.token_hex(4)}:"  # no other run on the same server has it
        self._info: dict[str, Any] = {}

    @property
    @abstractmethod
    def title(self) -> str:
        """What it is, as far as can be known before it runs."""

    @property
    def url(self) -> str:
        """Where it is while it runs; empty where it lives in this process."""
        return ""

    @property
    def product(self) -> str | None:
        """Product and version, such as ``Valkey 9.1.2``; None until it has run."""
        if not self._info:
            return None
        product = self._info.get("server_name", "redis")
        return f"{product.capitalize()} {self._info.get(f'{product}_version', self._info['redis_version'])}"

    @property
    def allocator(self) -> str | None:
        """What the server takes its memory from; None until it has run."""
        return self._info.get("mem_allocator")

    @property
    def client_version(self) -> str:
        """The client that ``connect`` gives."""
        return f"redis-py {version('redis')}"

    @abstractmethod
    def missing(self) -> tuple[str, str] | None:
        """Why it cannot run here, and the command that would change that; None where it can. Starts nothing."""

    @contextmanager
    def running(self) -> Iterator[Server]:
        """The server, answering; afterwards nothing that was stored on it is left.

        Raises:
            ServerError: it cannot run here, or did not start.
        """
        if reasons := self.missing():
            raise ServerError("; ".join(reasons))
        with self._started(), self.connect(socket_timeout=5, retry=Retry(NoBackoff(), 1)) as self._client:
            self._info = self._describe()
            yield self

    def connect(self, **options: Any) -> redis.Redis:
        """A new client of the running server, with redis-py's ``options``."""
        return redis.Redis.from_url(self.url, **options)

    def location(self, namespace: str) -> Location:
        """A place on the running server, for keys that begin with a prefix that ends in ``namespace``."""
        return Location(self.url, self._namespace + namespace, self.connect)

    def advance(self, location: Location, seconds: float) -> None:
        """Move time on for the keys of ``location``, to the millisecond, by shortening what remains of their ttls."""
        self._in_batches(location, lambda keys: self._shorten(keys, round(seconds * 1000)))

    def forget(self, location: Location) -> None:
        """Remove the keys of ``location``, and no others."""
        with suppress(redis.ConnectionError):  # a server that has gone holds nothing
            self._in_batches(location, lambda keys: self._client.unlink(*keys))

    def _started(self) -> AbstractContextManager[object]:
        """Start it, and end it afterwards."""
        return nullcontext()

    def _describe(self) -> dict[str, Any]:
        return {**self._client.info("server"), **self._client.info("memory")}

    def _shorten(self, keys: list[bytes], milliseconds: int) -> None:
        self._client.eval(SHORTEN, len(keys), *keys, milliseconds)

    def _in_batches(self, location: Location, act: Callable[[list[bytes]], object]) -> None:
        pattern = re.sub(r"([\\*?\[\]])", r"\\\1", location.namespace) + "*"
        keys = list(set(self._client.scan_iter(match=pattern, count=BATCH)))  # a scan may name a key twice
        for start in range(0, len(keys), BATCH):
            act(keys[start : start + BATCH])


class OwnServer(Server):
    """A server that is started by us, and so can be broken by us."""

    @property
    def url(self) -> str:
        return self._life.url

    def freeze(self) -> None:
        self._life.freeze()

    def thaw(self) -> None:
        self._life.thaw()

    def kill(self) -> None:
        self._life.kill()

    def restart(self) -> None:
        """A new server on the same port; raises PortTakenError where somebody else has it by now."""
        self._life.restart()

    @contextmanager
    def _started(self) -> Iterator[None]:
        self._life = on_a_free_port(self._start)
        try:
            yield
        finally:
            self._life.end()

    @abstractmethod
    def _start(self, port: int) -> Life:
        """Start it on ``port``; raises PortTakenError where that is not free."""
