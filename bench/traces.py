"""Sequences of requests, kept on disk while they are looked at, so that 100 million of them fit."""

from __future__ import annotations

import csv
import gzip
import tempfile
import zlib
from array import array
from collections.abc import Hashable, Iterable, Iterator
from itertools import chain, islice
from pathlib import Path
from typing import IO, Self

BLOCK = 1 << 20  # requests in memory at a time
NEVER = 2**32 - 1  # no next use


class TraceError(ValueError):
    """A file that is no trace."""


class Trace:
    """Requests in numbers: equal keys have equal ones, counted from 0. Takes 8 bytes of disk for each until closed."""

    def __init__(self, keys: Iterable[Hashable]) -> None:
        self._keys, self._next_uses = tempfile.TemporaryFile(), tempfile.TemporaryFile()  # noqa: SIM115 - see __exit__
        numbers: dict[Hashable, int] = {}
        numbered = (numbers.setdefault(key, len(numbers)) for key in keys)
        self._length = sum(_store(self._keys, block) for block in _blocks(numbered))
        self.distinct = len(numbers)
        self._look_ahead()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
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


def read(path: Path) -> Iterator[str]:
    """The keys of a file, plain or gzipped, in one of three forms.

    CSV whose first line names its columns, ``key`` among them; or a key on each line; or, as that of LIRS, with
    lines ``*`` between phases, which are no requests.

    Raises:
        TraceError: there is no such file, it cannot be read, or it has no requests.
    """
    key = None
    try:
        with _opened(path) as lines:
            first = lines.readline()
            form = _of_csv if "key" in next(csv.reader([first]), []) else _of_lines
            for key in form(chain([first], lines)):
                yield key
    except (OSError, EOFError, csv.Error, zlib.error) as error:
        raise TraceError(f"{path} cannot be read as a trace: {error}") from error
    if key is None:
        raise TraceError(f"{path} has no requests; a trace is a key on each line, or CSV with a column named key")


def _opened(path: Path) -> IO[str]:
    """Keys are only compared, so that any bytes will do: Latin-1 takes them as they are."""
    with path.open("rb") as file:
        packed = file.read(2) == b"\x1f\x8b"
    return gzip.open(path, "rt", encoding="latin-1") if packed else path.open(encoding="latin-1")


def _of_csv(lines: Iterable[str]) -> Iterator[str]:
    rows = csv.DictReader(lines)
    for row in rows:
        if not row["key"]:
            raise csv.Error(f"line {rows.line_num} has no key")
        yield row["key"]


def _of_lines(lines: Iterable[str]) -> Iterator[str]:
    return (key for line in lines if (key := line.strip()) not in ("", "*"))


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
