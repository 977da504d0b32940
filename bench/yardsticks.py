"""What there is to beat: the least that any cache of the same reach must do. Shaped as subjects.

Beyond the process only bytes move, and a yardstick has no codec: it is given each payload encoded already.
"""

from __future__ import annotations

import asyncio
import os
import socket
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, ClassVar

from redis.connection import SSLConnection, parse_url

CHUNK = 65_536


class NoSocketError(ValueError):
    """The server cannot be reached through a plain socket."""


class Dict:
    """A plain dict: the floor for a cache in the process."""

    declares: ClassVar = {"keys": "hashable", "types": "any", "bulk": "yes", "threads": "safe"}

    def __init__(self) -> None:
        self._entries: dict[Any, Any] = {}
        self.get = self._entries.get
        self.set = self._entries.__setitem__
        self.clear = self._entries.clear
        self.set_many = self._entries.update

    def get_many(self, keys: Iterable[Any]) -> dict[Any, Any]:
        entries = self._entries
        return {key: entries[key] for key in keys if key in entries}

    def delete_many(self, keys: Iterable[Any]) -> int:
        return sum(self.delete(key) for key in keys)

    def delete(self, key: Any) -> bool:
        return self._entries.pop(key, self) is not self


class PlainFile:
    """A plain file per key, written in place: the floor for a cache on disk. Keys must do as file names."""

    declares: ClassVar = {"scope": "host", "durable": "yes", "bulk": "yes", "threads": "safe"}

    def __init__(self, location: str) -> None:
        self._directory = str(location)

    def get(self, key: str, default: Any = None) -> Any:
        try:
            with open(f"{self._directory}/{key}", "rb") as file:  # noqa: PTH123 - as little as Python can do
                return file.read()
        except FileNotFoundError:
            return default

    def set(self, key: str, value: bytes) -> None:
        # not mode "wb": it empties the file first, and ext4 then waits for the disk at each close (auto_da_alloc)
        descriptor = os.open(f"{self._directory}/{key}", os.O_WRONLY | os.O_CREAT, 0o600)
        try:
            os.write(descriptor, value)
            os.truncate(descriptor, len(value))
        finally:
            os.close(descriptor)

    def delete(self, key: str) -> bool:
        path = Path(self._directory, key)
        found = path.exists()
        path.unlink(missing_ok=True)
        return found

    def clear(self) -> None:
        for path in Path(self._directory).iterdir():
            path.unlink()

    def get_many(self, keys: Iterable[str]) -> dict[str, bytes]:
        return {key: value for key in keys if (value := self.get(key)) is not None}

    def set_many(self, mapping: Mapping[str, bytes]) -> None:
        for key, value in mapping.items():
            self.set(key, value)

    def delete_many(self, keys: Iterable[str]) -> int:
        return sum(self.delete(key) for key in keys)


class RawSocket:
    """One blocking socket, commands packed by hand: the floor for a cache on a server that speaks RESP."""

    declares: ClassVar = {"scope": "network", "bulk": "yes"}

    def __init__(self, location: Any) -> None:
        self._location = location
        self._namespace = location.namespace
        if not location:
            raise NoSocketError("a server that lives in this process has no socket")
        options = parse_url(str(location))  # type: ignore[no-untyped-call]  # redis-py has no types for it
        self._socket = _connect(options)
        for command in _greeting(options):
            self._ask(*command)

    def get(self, key: str, default: Any = None) -> Any:
        head, rest = self._ask(b"GET", f"{self._namespace}{key}".encode())
        size = int(head[1:])
        return default if size < 0 else self._body(rest, size)

    def set(self, key: str, value: bytes) -> None:
        self._ask(b"SET", f"{self._namespace}{key}".encode(), value)

    def delete(self, key: str) -> bool:
        return self._ask(b"DEL", f"{self._namespace}{key}".encode())[0] == b":1"

    def get_many(self, keys: Iterable[str]) -> dict[str, bytes]:
        wanted = list(keys)
        _, rest = self._ask(b"MGET", *(f"{self._namespace}{key}".encode() for key in wanted))
        reply, place, found = bytearray(rest), 0, {}
        for key in wanted:
            while (end := reply.find(b"\r\n", place)) < 0:
                reply += self._receive()
            size, place = int(reply[place + 1 : end]), end + 2
            if size >= 0:
                while len(reply) < place + size + 2:
                    reply += self._receive()
                found[key] = bytes(reply[place : place + size])
                place += size + 2
        return found

    def set_many(self, mapping: Mapping[str, bytes]) -> None:
        parts = [part for key, value in mapping.items() for part in (f"{self._namespace}{key}".encode(), value)]
        self._ask(b"MSET", *parts)

    def delete_many(self, keys: Iterable[str]) -> int:
        head, _ = self._ask(b"DEL", *(f"{self._namespace}{key}".encode() for key in keys))
        return int(head[1:])

    def clear(self) -> None:
        with self._location.connect() as client:
            for key in client.scan_iter(match=f"{self._namespace}*", count=1000):
                client.delete(key)

    def close(self) -> None:
        self._socket.close()

    def _ask(self, *parts: bytes) -> tuple[bytes, bytes]:
        """Send a command; return the first line of the reply, and what came with it."""
        self._socket.sendall(_packed(parts))
        reply = self._receive()
        while b"\r\n" not in reply:
            reply += self._receive()
        head, _, rest = reply.partition(b"\r\n")
        if head.startswith(b"-"):
            raise ConnectionError(f"the server answered {head.decode(errors='replace')}")
        return head, rest

    def _body(self, part: bytes, size: int) -> bytes:
        parts, missing = [part], size + 2 - len(part)
        while missing > 0:
            parts.append(self._receive())
            missing -= len(parts[-1])
        return b"".join(parts)[:size]

    def _receive(self) -> bytes:
        if received := self._socket.recv(CHUNK):
            return received
        raise ConnectionError("the server closed the connection")


class RawStreams:
    """One connection of asyncio's streams, commands packed by hand: the floor for coroutines on such a server."""

    declares: ClassVar = {"scope": "network", "asynchronous": "yes"}

    def __init__(self, location: Any) -> None:
        if not location:
            raise NoSocketError("a server that lives in this process has no socket")
        self._location, self._namespace = location, location.namespace
        self._options = parse_url(str(location))  # type: ignore[no-untyped-call]  # as above
        self._streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def get(self, key: str, default: Any = None) -> Any:
        reader, head = await self._ask(b"GET", f"{self._namespace}{key}".encode())
        size = int(head[1:])
        return default if size < 0 else (await reader.readexactly(size + 2))[:size]

    async def set(self, key: str, value: bytes) -> None:
        await self._ask(b"SET", f"{self._namespace}{key}".encode(), value)

    async def delete(self, key: str) -> bool:
        return (await self._ask(b"DEL", f"{self._namespace}{key}".encode()))[1] == b":1\r\n"

    async def clear(self) -> None:
        with self._location.connect() as client:
            for key in client.scan_iter(match=f"{self._namespace}*", count=1000):
                client.delete(key)

    async def close(self) -> None:
        if self._streams:
            self._streams[1].close()
            await self._streams[1].wait_closed()

    async def _ask(self, *parts: bytes) -> tuple[asyncio.StreamReader, bytes]:
        """Send a command; return where the rest of the reply comes from, and its first line."""
        reader, writer = self._streams or await self._open()
        writer.write(_packed(parts))
        head = await reader.readline()
        if head[:1] not in b"+:$":
            raise ConnectionError(f"the server answered {head.decode(errors='replace')}")
        return reader, head

    async def _open(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        connection = _connect(self._options)
        connection.setblocking(False)
        self._streams = await asyncio.open_connection(sock=connection, limit=1 << 22)
        for command in _greeting(self._options):
            await self._ask(*command)
        return self._streams


def _packed(parts: Sequence[bytes]) -> bytes:
    """A command as RESP has it."""
    packed = [b"*%d\r\n" % len(parts)]
    for part in parts:
        packed += b"$%d\r\n" % len(part), part, b"\r\n"
    return b"".join(packed)


def _greeting(options: dict[str, Any]) -> Iterator[tuple[bytes, ...]]:
    """What is said first on a connection."""
    if "password" in options:
        yield b"AUTH", options.get("username", "default").encode(), options["password"].encode()
    yield b"SELECT", b"%d" % options.get("db", 0)


def _connect(options: dict[str, Any]) -> socket.socket:
    if options.get("connection_class") is SSLConnection:
        raise NoSocketError(f"{options.get('host')} asks for TLS; a raw socket takes redis:// or unix://")
    if "path" in options:
        connection = socket.socket(socket.AF_UNIX)
        connection.connect(options["path"])
        return connection
    connection = socket.create_connection((options.get("host", "localhost"), options.get("port", 6379)))
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return connection
