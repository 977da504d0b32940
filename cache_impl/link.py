"""One connection to a Redis server, and how commands are spoken over it."""

from __future__ import annotations

import select
import socket
import ssl
import struct
from collections.abc import Sequence
from functools import cache
from math import inf
from time import monotonic
from typing import Any, Protocol, cast

import redis

from .address import Address
from .resp import Reader, packed

Command = Sequence[bytes]

"".encode("idna")  # else a host's first look-up imports this, and a fork meanwhile keeps it locked in the child

_SLACK = 0.02  # seconds that a limit of the operating system may be off before it is set anew


class Link:
    """Opened when it is first used, and again after an error. redis-py opens it: TLS and login are its own.

    Then commands go over its socket at once, as redis-py's way there costs three times what the network does.
    A connection without a real socket, such as fakeredis has, is spoken to through redis-py.
    """

    def __init__(self, address: Address) -> None:
        self._connection = _timed(cast(Any, address.kind))(**address.options)
        self._connection.tls = address.tls
        self._voice: Voice | None = None

    def ask(self, commands: Sequence[Command], ends: float) -> list[Any]:
        """The replies to ``commands``, before ``ends``. None for a key that holds no string.

        Raises:
            RedisError, OSError: the first error that the server answers, all others unseen; or no answer.
        """
        try:
            voice = self._voice = self._voice or self._open(ends)
            replies = voice.ask(commands, ends)
        except BaseException:
            self.close()  # what comes next over it would be the answer to this
            raise
        for index, reply in enumerate(replies):
            if isinstance(reply, redis.ResponseError):
                replies[index] = meant(reply)
        return replies

    def freshen(self) -> None:
        """Let go of a connection that the server has closed meanwhile."""
        if self._voice is not None and self._voice.is_stale():
            self.close()

    def close(self) -> None:
        self._voice = None
        self._connection.disconnect()

    def _open(self, ends: float) -> Voice:
        self._connection.ends = ends
        self._connection.disconnect()  # a close that was broken off has left it open, with the answer to something else
        self._connection.connect()
        real = isinstance(self._connection._sock, socket.socket)  # noqa: SLF001  # nothing public leads to it
        return _SocketVoice(self._connection._sock) if real else _LibraryVoice(self._connection)  # noqa: SLF001


def meant(error: redis.ResponseError) -> bytes | None:
    """None, where ``error`` says that a key holds no string; any other is raised."""
    if str(error).startswith("WRONGTYPE"):
        return None
    raise error


class Voice(Protocol):
    """How commands are spoken over an open connection."""

    def ask(self, commands: Sequence[Command], ends: float) -> list[Any]:
        """The replies, before ``ends``; errors are among them."""

    def is_stale(self) -> bool:
        """Whether the server has closed the connection meanwhile."""


class _SocketVoice:
    """RESP 2, straight on the socket."""

    def __init__(self, connected: socket.socket) -> None:
        self._socket = connected
        self._limit = inf  # seconds that the socket waits
        self._reader = Reader(self._receive)
        self._poll = select.poll()
        self._poll.register(connected, select.POLLIN)

    def ask(self, commands: Sequence[Command], ends: float) -> list[Any]:
        self._ends = ends
        self._hurry()
        try:
            self._socket.sendall(packed(commands))
            return self._reader.replies(len(commands))
        except BlockingIOError:  # how the operating system says that the time is over
            raise redis.TimeoutError("Timeout") from None

    def is_stale(self) -> bool:
        """Whether there is something to read though nothing was asked: mostly, that the other side hung up."""
        return bool(self._poll.poll(0))

    def _receive(self, size: int) -> bytes:
        self._hurry()
        if received := self._socket.recv(size):
            return received
        raise redis.ConnectionError("the server closed the connection")

    def _hurry(self) -> None:
        """Have the socket wait no longer than until ``_ends``."""
        left = self._ends - monotonic()
        if left <= 0:
            raise redis.TimeoutError("there is no time left")
        if not left <= self._limit <= left + _SLACK:
            self._limit = left
            _set_limit(self._socket, left)


class _LibraryVoice:
    """Through redis-py."""

    def __init__(self, connection: Any) -> None:
        self._connection = connection

    def ask(self, commands: Sequence[Command], ends: float) -> list[Any]:
        self._connection.ends = ends
        self._connection.send_packed_command(self._connection.pack_commands(commands), check_health=False)
        return [self._reply() for _ in commands]

    def is_stale(self) -> bool:
        return False

    def _reply(self) -> Any:
        try:
            return self._connection.read_response(disable_decoding=True)
        except redis.ResponseError as error:
            return error


def _set_limit(connected: socket.socket, seconds: float) -> None:
    """How long ``connected`` waits before it raises. The operating system's own limit needs no poll for each read."""
    if isinstance(connected, ssl.SSLSocket):
        connected.settimeout(seconds)
        return
    connected.settimeout(None)
    limit = struct.pack("ll", int(seconds), max(1, int(seconds % 1 * 1e6)))
    connected.setsockopt(socket.SOL_SOCKET, socket.SO_RCVTIMEO, limit)
    connected.setsockopt(socket.SOL_SOCKET, socket.SO_SNDTIMEO, limit)


@cache
def _timed(kind: Any) -> Any:
    """``kind``, with one moment, ``ends``, by which it has to be open, and certificates that were loaded before."""

    class Timed(kind):  # type: ignore[misc]  # whichever it is
        ends = inf
        tls: ssl.SSLContext | None = None

        @property
        def socket_timeout(self) -> float:
            left: float = self.ends - monotonic()
            if left <= 0:
                raise redis.TimeoutError("there is no time left")
            return left

        @socket_timeout.setter
        def socket_timeout(self, _seconds: float | None) -> None: ...

        socket_connect_timeout = socket_timeout

        def read_response(self, *args: Any, **options: Any) -> Any:
            if isinstance(self._sock, socket.socket):
                self._sock.settimeout(self.socket_timeout)
            return super().read_response(*args, **options)

        def _wrap_socket_with_ssl(self, sock: socket.socket) -> Any:
            if self.tls is None:
                return super()._wrap_socket_with_ssl(sock)
            sock.settimeout(self.socket_timeout)
            return self.tls.wrap_socket(sock, server_hostname=self.host)

    return Timed
