"""Redis's own protocol, RESP 2: commands packed, replies read (https://redis.io/docs/latest/develop/reference/protocol-spec)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

import redis

_CHUNK, _MOST = 2**16, 2**20  # bytes asked for at once: usually, and of a long string


def packed(commands: Iterable[Sequence[bytes]]) -> bytes:
    """``commands``, one after the other."""
    parts: list[bytes] = []
    for command in commands:
        parts.append(b"*%d\r\n" % len(command))
        for part in command:
            parts += b"$%d\r\n" % len(part), part, b"\r\n"
    return b"".join(parts)


class Reader:
    """Reads replies from what ``receive(most)`` returns, piece by piece. An error is a ``redis.ResponseError``."""

    def __init__(self, receive: Callable[[int], bytes]) -> None:
        self._receive = receive
        self._data = b""
        self._at = 0  # what has been read of it

    def replies(self, number: int) -> list[Any]:
        """The next ``number`` replies.

        Raises:
            redis.InvalidResponse: what came is no RESP 2.
        """
        return [self._reply() for _ in range(number)]

    def _reply(self) -> Any:
        line = self._line()
        kind, rest = line[:1], line[1:]
        if kind == b"$":
            return self._bulk(_number(rest))
        if kind == b"+":
            return rest
        if kind == b":":
            return _number(rest)
        if kind == b"*":
            size = _number(rest)
            return None if size < 0 else self.replies(size)
        if kind == b"-":
            return redis.ResponseError(rest.decode(errors="replace"))
        raise redis.InvalidResponse(f"a reply begins with {line[:20]!r}, which no Redis server says")

    def _line(self) -> bytes:
        while (end := self._data.find(b"\r\n", self._at)) < 0:
            self._data, self._at = self._data[self._at :] + self._receive(_CHUNK), 0
        line = self._data[self._at : end]
        self._at = end + 2
        return line

    def _bulk(self, size: int) -> bytes | None:
        if size < 0:
            return None
        start, end = self._at, self._at + size
        missing = end + 2 - len(self._data)
        if missing > 0:
            parts = [self._data[start:]]
            while missing > 0:
                parts.append(self._receive(min(max(missing, _CHUNK), _MOST)))
                missing -= len(parts[-1])
            self._data, start, end = b"".join(parts), 0, size
        self._at = end + 2
        return self._data[start:end]


def _number(digits: bytes) -> int:
    try:
        return int(digits)
    except ValueError:
        raise redis.InvalidResponse(f"a reply has {digits[:20]!r} for a number") from None
