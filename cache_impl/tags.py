"""Types that MessagePack has none for: the tag of each, what a value of it is made from, and what makes it again.

A tag is for ever: entries outlive the program that wrote them.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, time, timedelta, timezone
from decimal import Decimal
from typing import Any, NamedTuple
from uuid import UUID
from zoneinfo import ZoneInfo

from .errors import BadValue


class Tag(NamedTuple):
    """How values of ``kind`` are taken apart, into bytes or into values that are encoded in turn, and made again."""

    number: int
    kind: type
    parts: Callable[[Any], Any]
    make: Callable[[Any], Any]


def dict_of(pairs: list[Any]) -> dict[Any, Any]:
    """``[key, value, key, value, ...]`` as a dict."""
    return dict(zip(pairs[::2], pairs[1::2], strict=True))


def _int_bytes(value: int) -> bytes:
    return value.to_bytes(value.bit_length() // 8 + 1, "big", signed=True)


def _zone_name(value: ZoneInfo) -> bytes:
    if value.key is None or ZoneInfo(value.key) is not value:  # zones are equal only to themselves
        raise BadValue(f"{value!r} cannot be kept; a ZoneInfo comes back from its key, as ZoneInfo(key) makes it")
    return value.key.encode()


def _time_parts(value: time | datetime) -> list[Any]:
    return [value.hour, value.minute, value.second, value.microsecond, value.fold, value.tzinfo]


def _time_of(parts: list[Any]) -> time:
    hour, minute, second, microsecond, fold, zone = parts
    return time(hour, minute, second, microsecond, tzinfo=zone, fold=fold)


def _datetime_of(parts: list[Any]) -> datetime:
    year, month, day, hour, minute, second, microsecond, fold, zone = parts
    return datetime(year, month, day, hour, minute, second, microsecond, tzinfo=zone, fold=fold)


#: Made from bytes, so that what a value takes up is bounded by what was stored.
FROM_BYTES = (
    Tag(0, int, _int_bytes, lambda data: int.from_bytes(data, "big", signed=True)),
    Tag(1, str, lambda value: value.encode(errors="surrogatepass"), lambda data: data.decode(errors="surrogatepass")),
    Tag(2, bytearray, bytes, bytearray),
    Tag(3, UUID, lambda value: value.bytes, lambda data: UUID(bytes=data)),
    Tag(4, Decimal, lambda value: str(value).encode(), lambda data: Decimal(data.decode())),
    Tag(5, ZoneInfo, _zone_name, lambda data: ZoneInfo(data.decode())),
)
#: Made from other values.
FROM_PARTS = (
    Tag(16, dict, lambda value: [part for pair in value.items() for part in pair], dict_of),
    Tag(17, tuple, list, tuple),
    Tag(18, set, list, set),
    Tag(19, frozenset, list, frozenset),
    Tag(20, complex, lambda value: [value.real, value.imag], lambda parts: complex(*parts)),
    Tag(21, date, lambda value: [value.toordinal()], lambda parts: date.fromordinal(*parts)),
    Tag(22, time, _time_parts, _time_of),
    Tag(23, datetime, lambda value: [value.year, value.month, value.day, *_time_parts(value)], _datetime_of),
    Tag(24, timedelta, lambda value: [value.days, value.seconds, value.microseconds], lambda parts: timedelta(*parts)),
    Tag(25, timezone, lambda value: list(value.__getinitargs__()), lambda parts: timezone(*parts)),
)
#: A list of nothing but floats.
FLOATS = 32
