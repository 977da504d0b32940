"""Redis's own protocol, RESP 2: commands packed, replies read (redis.io, "Redis serialization protocol")."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

import redis

_CHUNK, _MOST = 2**16, 2**20  # bytes asked for at once: usually, and of a long string
_STRING, _ARRAY, _NUMBER, _STATUS, _ERROR = b"$*:+-"


def packed(commands: Iterable[Sequence[bytes]]) -> bytes:
    """``commands``, one after the other."""
    parts = []
    for command in commands:
        parts.append(b"*%d\r\n" % len(command))
        for part in command:
            parts.append(b"$%d\r\n%b\r\n" % (len(part), part))  # noqa: PERF401  # the fastest of those tried
    return b"".join(parts)


def string_in(data: bytes) -> tuple[bool, bytes | None]:
    """Whether ``data`` is one reply, all of it, that is a string or none; and that string."""
    end = data.find(b"\r\n")
    if end < 0 or data[0] != _STRING or not data[1:end].isdigit():
        return data == b"$-1\r\n", None
    return len(data) == end + 4 + int(data[1:end]), data[end + 2 : -2]


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
        if number == 1 and self._at == len(self._data):  # most often one string, which comes in one piece
            self._data, self._at = self._receive(_CHUNK), 0
            whole, string = string_in(self._data)
            if whole:
                self._at = len(self._data)
                return [string]
        try:
            return [self._reply() for _ in range(number)]
        except ValueError as error:
            raise redis.InvalidResponse(f"no Redis server says this: {error}") from None

    def _reply(self) -> Any:
        start = self._at
        end = self._data.find(b"\r\n", start)
        if end < 0:
            start, end = self._await_line()
        self._at = end + 2
        kind, rest = self._data[start], self._data[start + 1 : end]
        if kind == _STRING:
            return self._string(int(rest))
        if kind == _STATUS:
            return rest
        if kind == _NUMBER:
            return int(rest)
        if kind == _ARRAY:
            return None if rest == b"-1" else self._array(int(rest))
        if kind == _ERROR:
            return redis.ResponseError(rest.decode(errors="replace"))
        raise ValueError(f"a reply that begins with {bytes([kind]) + rest[:20]!r}")

    def _array(self, size: int) -> list[Any]:
        """``size`` replies. Most are strings that are here already: for those, no call each."""
        found: list[Any] = []
        data, at = self._data, self._at
        while len(found) < size:
            line = data.find(b"\r\n", at)
            length = int(data[at + 1 : line]) if line > 0 and data[at] == _STRING else -1
            end = line + 2 + length
            if length >= 0 and end + 2 <= len(data):
                found.append(data[line + 2 : end])
                at = end + 2
            else:
                self._at = at
                found.append(self._reply())
                data, at = self._data, self._at
        self._at = at
        return found

    def _await_line(self) -> tuple[int, int]:
        """Where the next line begins and ends, when all of it is there."""
        end = -1
        while end < 0:
            self._data, self._at = self._data[self._at :] + self._receive(_CHUNK), 0
            end = self._data.find(b"\r\n")
        return 0, end

    def _string(self, size: int) -> bytes | None:
        if size < 0:
            return None
        start, end = self._at, self._at + size
        if len(self._data) < end + 2:
            self._await_string(size)
            start, end = 0, size
        self._at = end + 2
        return self._data[start:end]

    def _await_string(self, size: int) -> None:
        """Have all of a string of ``size`` bytes at the beginning of what was received."""
        parts = [self._data[self._at :]]
        missing = size + 2 - len(parts[0])
        while missing > 0:
            parts.append(self._receive(min(max(missing, _CHUNK), _MOST)))
            missing -= len(parts[-1])
        self._data = b"".join(parts)
