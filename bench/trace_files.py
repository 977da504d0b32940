"""Traces that were recorded: files of keys, or of columns, one of which is the key."""

from __future__ import annotations

import csv
import gzip
import zlib
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from itertools import chain
from pathlib import Path
from typing import IO, NamedTuple

from .traces import Request

SEPARATORS = ",;\t"
_MARK = "\xef\xbb\xbf"  # which UTF-8 may begin with, as Latin-1 takes it
_BLANK = " \t\r\n"  # strip() by itself takes more: bytes that in UTF-8 are the end of a letter


class TraceError(ValueError):
    """A file that is no trace."""


def read(path: Path) -> Iterator[Request]:
    """The requests of a file, plain or gzipped, in one of three forms.

    Columns, with commas, semicolons or tabs between, whose first line names them: ``key``, and perhaps ``size`` in
    bytes and ``ttl`` in seconds; or a key on each line, perhaps below a line ``key``; or, as that of LIRS, with lines
    ``*`` between phases, which are no requests. Blank lines, and blanks around a key, are no part of it.

    Raises:
        TraceError: there is no such file, it cannot be read, or it has no requests.
    """
    request = None
    try:
        with _opened(path) as lines:
            for request in _requests(chain([lines.readline().removeprefix(_MARK)], lines)):
                yield request
    except (OSError, EOFError, csv.Error, zlib.error) as error:
        raise TraceError(f"{path} cannot be read as a trace: {error}") from error
    if request is None:
        raise TraceError(f"{path} has no requests; a trace is a key on each line, or CSV with a column named key")


def _opened(path: Path) -> IO[str]:
    """Keys are only compared, so that any bytes will do: Latin-1 takes them as they are."""
    with path.open("rb") as file:
        packed = file.read(2) == b"\x1f\x8b"
    return gzip.open(path, "rt", encoding="latin-1") if packed else path.open(encoding="latin-1")


def _requests(lines: Iterator[str]) -> Iterator[Request]:
    before, first = next(((number, line) for number, line in enumerate(lines) if line.strip(_BLANK)), (0, ""))
    separator, names = _columns(first)
    if len(names) > 1:
        return _of_columns(lines, separator, names, before + 1)
    if not names and any(each in first.strip(_BLANK) for each in SEPARATORS):
        raise csv.Error(
            f"its first line, {first.strip(_BLANK)[:60]!r}, has columns, and none is named key; name one so, or put a "
            "line 'key' before it where each line is a key as a whole"
        )
    return _of_lines(lines if names else chain([first], lines))


def _columns(first: str) -> tuple[str, list[str]]:
    """What is between the columns, and their names; none where no column is named ``key``."""
    for separator in SEPARATORS:
        with suppress(csv.Error):  # no column's name is as long as that
            found = next(csv.reader([first], delimiter=separator, skipinitialspace=True), [])
            names = [each.strip(_BLANK).casefold() for each in found]
            if "key" in names:
                return separator, names
    return "", []


def _of_lines(lines: Iterable[str]) -> Iterator[Request]:
    return (Request(key) for line in lines if (key := line.strip(_BLANK)) not in ("", "*"))


def _of_columns(lines: Iterable[str], separator: str, names: list[str], before: int) -> Iterator[Request]:
    """``before``: the lines above the first row."""
    rows = csv.reader(lines, delimiter=separator, skipinitialspace=True)
    for row in filter(None, rows):
        try:
            yield _of_row(dict(zip(names, row, strict=False)), row[len(names) :])
        except ValueError as error:
            raise csv.Error(f"line {before + rows.line_num} has {error}") from None


class _Range(NamedTuple):
    """What a number may be, where it is not 0."""

    unit: str
    least: float
    most: int


_RANGES = {"size": _Range("bytes", 1, 2**32 - 1), "ttl": _Range("seconds", 1e-6, 2**32 - 1)}


def _of_row(row: Mapping[str, str], more: list[str]) -> Request:
    if any(more):
        raise ValueError(f"more than {len(row)} columns; quote a key that has a separator in it")
    key = row.get("key", "").strip(_BLANK)
    if not key:
        raise ValueError("no key")
    return Request(key, int(_number(row, "size")), _number(row, "ttl"))


def _number(row: Mapping[str, str], name: str) -> float:
    """0 where the row does not tell."""
    text, right = row.get(name, "").strip(_BLANK), _RANGES[name]
    try:
        number = float(text or 0)
    except ValueError:
        number = -1.0
    if number and not right.least <= number <= right.most:
        raise ValueError(
            f"the {name} {text[:60]!r}; it is a number of {right.unit} from {right.least:g} to {right.most}, or 0, or "
            "left out"
        )
    return number
