"""Sequences of requests, kept on disk while they are looked at, so that 100 million of them fit.

While they are read, the distinct keys are in memory, about 150 bytes and the key itself for each. Afterwards it is
8 bytes for each, and a block of requests.
"""

from __future__ import annotations

import tempfile
from array import array
from collections.abc import Hashable, Iterable, Iterator
from itertools import chain, islice
from typing import IO, NamedTuple, Self

BLOCK = 1 << 20  # requests in memory at a time
NEVER = 2**32 - 1  # no next use


class Request(NamedTuple):
    """A key, and where the trace tells, the bytes of its value and the seconds it is good for; else 0."""

    key: Hashable
    size: int = 0
    ttl: float = 0.0


class Trace:
    """Requests in numbers: equal keys have equal ones, counted from 0. Takes 8 bytes of disk for each until closed.

    Of keys, or of Requests: ``sizes`` and ``ttls``, by number, are those that came first with the key. ``octets`` is
    what all requests together ask for.
    """

    def __init__(self, requests: Iterable[Hashable | Request]) -> None:
        self._keys, self._next_uses = tempfile.TemporaryFile(), tempfile.TemporaryFile()  # noqa: SIM115 - see close
        self.sizes, self.ttls, self.octets = array("I"), array("f"), 0
        self._length = sum(_store(self._keys, block) for block in _blocks(self._numbered(requests)))
        self.distinct = len(self.sizes)
        self._look_ahead()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        self._keys.close()
        self._next_uses.close()

    def __len__(self) -> int:
        return self._length

    def requests(self) -> Iterator[int]:
        """The number of each request's key."""
        return self._all(self._keys)

    def next_uses(self) -> Iterator[int]:
        """For each request the position of the next one of its key, or NEVER."""
        return self._all(self._next_uses)

    def _numbered(self, requests: Iterable[Hashable | Request]) -> Iterator[int]:
        numbers: dict[Hashable, int] = {}
        for each in requests:
            key, size, ttl = each if isinstance(each, Request) else (each, 0, 0.0)
            number = numbers.setdefault(key, len(numbers))
            if number == len(self.sizes):
                self.sizes.append(size)
                self.ttls.append(ttl)
            self.octets += self.sizes[number]
            yield number

    def _all(self, file: IO[bytes]) -> Iterator[int]:
        return chain.from_iterable(_load(file, start) for start in range(0, self._length, BLOCK))

    def _look_ahead(self) -> None:
        upcoming = array("I", [NEVER]) * self.distinct
        self._next_uses.truncate(self._length * upcoming.itemsize)
        for start in reversed(range(0, self._length, BLOCK)):
            block = _load(self._keys, start)
            for place in reversed(range(len(block))):
                key = block[place]
                block[place], upcoming[key] = upcoming[key], start + place
            self._next_uses.seek(start * block.itemsize)
            _store(self._next_uses, block)


def _blocks(numbers: Iterator[int]) -> Iterator[array[int]]:
    return iter(lambda: array("I", islice(numbers, BLOCK)), array("I"))


def _store(file: IO[bytes], block: array[int]) -> int:
    block.tofile(file)
    return len(block)


def _load(file: IO[bytes], start: int) -> array[int]:
    block = array("I")
    file.seek(start * block.itemsize)
    block.frombytes(file.read(BLOCK * block.itemsize))
    return block
