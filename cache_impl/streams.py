"""A connection to a Redis server for the tasks of one event loop, and how commands are spoken over it."""

from __future__ import annotations

import inspect
import select
from asyncio import Future, Protocol, StreamWriter, TimerHandle, get_running_loop, timeout
from collections.abc import Callable, Sequence
from contextlib import suppress
from math import inf
from time import monotonic
from typing import Any, cast

import redis
import redis.asyncio

from .address import Address
from .link import Command, Link, meant
from .resp import Reader, packed, string_in
from .waiting import await_, off_loop, run

_KINDS: dict[Any, Any] = {
    redis.Connection: redis.asyncio.Connection,
    redis.SSLConnection: redis.asyncio.SSLConnection,
    redis.UnixDomainSocketConnection: redis.asyncio.UnixDomainSocketConnection,
}


def link_for_tasks(address: Address) -> Callable[[], Any]:
    """What makes links to ``address``. Where redis.asyncio has no counterpart, they are those of threads, in threads.

    So it is with connections of other classes, such as fakeredis has, and with checks of certificates by OCSP.
    """
    kind = _KINDS.get(address.kind)
    options = {name: value for name, value in address.options.items() if name in _known(kind)}
    if (
        any(address.options[name] for name in address.options.keys() - options.keys())
        or "redis_connect_func" in options
    ):
        kind = None
    if kind is None:
        return lambda: _BlockingLink(address)
    connect = {**options, "socket_timeout": None, "socket_connect_timeout": None}  # there is a deadline for all
    return lambda: StreamLink(lambda: _secured(kind(**connect), address))


class StreamLink(Link):
    """Opened by redis.asyncio: TLS and login are its own. Then commands go over its transport at once."""

    def __init__(self, make: Callable[[], Any]) -> None:
        self._make = make
        self._voice: _StreamVoice | None = None

    def is_ready(self) -> bool:
        """Whether it is open."""
        return self._voice is not None and not self._voice.is_stale()

    async def aget(self, key: bytes, ends: float) -> bytes | None:
        """What ``ask`` replies to a GET, over a link that is ready."""
        try:
            reply = await cast(_StreamVoice, self._voice).aget(key, ends)
            return meant(reply) if isinstance(reply, redis.ResponseError) else reply
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        voice, self._voice = self._voice, None
        if voice is not None:
            voice.close()

    def _open(self, ends: float) -> _StreamVoice:
        return _StreamVoice(await_(_writer(self._make(), ends)))


class _StreamVoice(Protocol):
    """RESP 2, straight on the transport."""

    def __init__(self, writer: StreamWriter) -> None:
        self._writer = writer  # it would close the transport, if nobody held it
        self._transport: Any = writer.transport
        self._transport.set_protocol(self)
        self._loop = get_running_loop()
        self._reader = Reader(self._receive)
        self._poll = select.poll()
        self._poll.register(self._transport.get_extra_info("socket").fileno(), select.POLLIN)
        self._waiter: Future[bytes] | None = None
        self._received: list[bytes] = []  # what nobody has waited for yet
        self._ends = inf
        self._end: redis.RedisError = redis.ConnectionError("the server closed the connection")
        self._alarm = inf  # when the timer rings
        self._timer: TimerHandle | None = None

    def ask(self, commands: Sequence[Command], ends: float) -> list[Any]:
        self._send(commands, ends)
        replies = self._reader.replies(len(commands))
        self._ends = inf
        return replies

    async def aget(self, key: bytes, ends: float) -> Any:
        """The reply to a GET. Most often it comes in one piece, and then takes no stack, nor its time."""
        self._send(((b"GET", key),), ends)
        data = await self._coming()
        whole, reply = string_in(data)
        if not whole:
            self._received.insert(0, data)
            (reply,) = await run(self._reader.replies, 1)
        self._ends = inf
        return reply

    def is_stale(self) -> bool:
        """Whether there is something to read though nothing was asked: mostly, that the other side hung up."""
        return bool(self._received or self._transport.is_closing() or self._poll.poll(0))

    def close(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
        with suppress(RuntimeError):  # its event loop has ended
            self._transport.abort()

    def data_received(self, data: bytes) -> None:
        waiter, self._waiter = self._waiter, None
        if waiter is None or waiter.done():
            self._received.append(data)
        else:
            waiter.set_result(data)

    def connection_lost(self, _error: Exception | None) -> None:
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_exception(self._end)

    def _receive(self, _size: int) -> bytes:
        return self._received.pop(0) if self._received else await_(self._coming())

    def _send(self, commands: Sequence[Command], ends: float) -> None:
        self._ends = ends
        if ends < self._alarm:
            self._watch()
        self._transport.write(packed(commands))

    def _coming(self) -> Future[bytes]:
        """What is received next."""
        if self._transport.is_closing():
            raise self._end
        self._waiter = self._loop.create_future()
        return self._waiter

    def _watch(self) -> None:
        """Hang up when the time is over. One timer sees many commands to their end: to set it takes its time."""
        if self._timer is not None:
            self._timer.cancel()
        self._alarm, left = self._ends, self._ends - monotonic()
        if left == inf:
            return
        if left > 0:
            self._timer = self._loop.call_later(left, self._watch)
        else:
            self._end = redis.TimeoutError("Timeout")
            self._transport.abort()


class _BlockingLink(Link):
    """A link for threads, asked in one."""

    def is_ready(self) -> bool:
        return False

    def ask(self, commands: Sequence[Command], ends: float) -> list[Any]:
        return off_loop(super().ask, commands, ends)


async def _writer(connection: Any, ends: float) -> StreamWriter:
    """That of ``connection``, opened before ``ends``."""
    try:
        async with timeout(ends - monotonic()):
            await connection.connect()
        writer: StreamWriter = connection._writer  # noqa: SLF001  # nothing public leads to it
    except BaseException:
        if connection._writer is not None:  # noqa: SLF001
            connection._writer.transport.abort()  # noqa: SLF001
        raise
    else:
        return writer
    finally:
        connection._reader = connection._writer = None  # noqa: SLF001  # it is ours, or gone


def _secured(connection: Any, address: Address) -> Any:
    if address.tls is not None:
        connection.ssl_context.context = address.tls  # certificates that were loaded before
    return connection


def _known(kind: Any) -> set[str]:
    """The options that connections of this ``kind`` have."""
    classes = kind.__mro__ if kind is not None else ()
    return {name for each in classes for name in inspect.signature(each.__init__).parameters}
