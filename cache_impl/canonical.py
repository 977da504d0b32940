"""Bytes for any data with a canonical form: equal for the same data, different for any other.

Each of these types is kept apart from the others: None, bool, int, float, complex, str, bytes, bytearray,
list, tuple, set, frozenset, dict with any keys, range, date, time, datetime, timedelta, Decimal, UUID; members
of an Enum, dataclasses and named tuples, whose class counts. Of a datetime the zone counts by name, and
of a dataclass the fields that it compares. Any other class is refused, subclasses of the above included:
what their instances hold beside cannot be known.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterator, Sequence
from dataclasses import fields
from datetime import date, datetime, time, timedelta, timezone, tzinfo
from decimal import Decimal
from enum import Enum, Flag
from functools import partial
from hashlib import sha256
from typing import Any
from uuid import UUID

from .basics import shown
from .errors import BadKey

_PREFIX = b"\0cache_impl.1\0"  # no JSON begins like this
_Step = str | Callable[[], str]  # the way to a part of the data, or what tells it


def encoded(data: Any) -> bytes:
    """The canonical bytes of ``data``, nested as deep as it may be.

    Raises:
        BadKey: something in it has no canonical form, or contains itself; the message names where it stands.
    """
    nodes = [_Node("", None, "", [("$", data)])]
    above = set[int]()  # the identities of the nodes' data
    step: _Step = ""
    try:
        while True:
            for step, child in nodes[-1].ahead:
                scalar = _scalar(child)
                if scalar is None:
                    nodes.append(_opened(step, child, above))
                    above.add(id(child))
                    break
                nodes[-1].parts.append(scalar)
            else:
                node = nodes.pop()
                if not nodes:
                    return _PREFIX + node.parts[0]
                above.remove(id(node.data))
                nodes[-1].parts.append(node.closed())
    except _NoFormError as error:
        way = *(node.step for node in nodes), step
        where = "".join(each if isinstance(each, str) else each() for each in way)
        raise BadKey(f"{where}: {error}") from None


class _NoFormError(Exception):
    """Why the data here has no canonical form."""


class _Node:
    """A container, some of whose children are encoded, and the others are ahead."""

    def __init__(
        self, step: _Step, data: Any, name: str, children: Sequence[tuple[_Step, Any]], unordered: int = 0
    ) -> None:
        self.step = step  # from the container that it is in
        self.data = data
        self.ahead = iter(children)
        self.parts: list[bytes] = []
        self._name = name
        self._unordered = unordered  # how many parts belong together, where their order makes no difference

    def closed(self) -> bytes:
        """The whole, as long as that of any other: so the depth of the data multiplies no work."""
        parts, size = self.parts, self._unordered
        if size:
            parts = sorted(b"".join(parts[at : at + size]) for at in range(0, len(parts), size))
        return _tagged(self._name, sha256(b"".join(parts)).digest())


def _tagged(name: str, body: bytes) -> bytes:
    """``body``, with which no other name or length of body can be confused."""
    return b"%b:%d:%b" % (name.encode(), len(body), body)


def _opened(step: _Step, data: Any, above: set[int]) -> _Node:
    if id(data) in above:
        raise _NoFormError("this contains itself")
    kind = type(data)
    if kind is list or kind is tuple:
        return _Node(step, data, kind.__name__, [(f"[{at}]", each) for at, each in enumerate(data)])
    if kind is set or kind is frozenset:
        return _Node(step, data, kind.__name__, [("{}", each) for each in data], unordered=1)
    if kind is dict:
        pairs = [pair for key in data for pair in ((partial(_to_key, key), key), (partial(_to_value, key), data[key]))]
        return _Node(step, data, "dict", pairs, unordered=2)
    return _Node(step, data, "object", [("", _path(kind)), *_fields(data)])


def _to_key(key: Any) -> str:
    return f"<key {shown(key)}>"


def _to_value(key: Any) -> str:
    return f".{key}" if isinstance(key, str) and key.isidentifier() else f"[{shown(key)}]"


def _fields(data: Any) -> Iterator[tuple[str, Any]]:
    kind = type(data)
    if "__dataclass_fields__" in vars(kind) and not _BUILTIN.intersection(kind.__mro__):
        names = [field.name for field in fields(data) if field.compare]
    elif kind.__bases__ == (tuple,) and hasattr(kind, "_fields"):
        names = list(kind._fields)
    else:
        raise _NoFormError(f"{_path(kind)} has no canonical form; make it plain data, or leave it out")
    for name in names:
        yield "", name
        yield f".{name}", getattr(data, name)


def _path(kind: type) -> str:
    return f"{kind.__module__}.{kind.__qualname__}"


def _scalar(data: Any) -> bytes | None:
    """The bytes of what has no parts, ``None`` for what may have."""
    body = _BODIES.get(type(data))
    if body is not None:
        return _tagged(type(data).__name__, body(data))
    if isinstance(data, Enum):
        return _tagged("Enum", ascii((_path(type(data)), data.name, isinstance(data, Flag) and data.value)).encode())
    return None


def _float(data: float) -> bytes:
    return struct.pack(">d", data) if data == data else b"nan"  # noqa: PLR0124  # NaN is what differs from itself


def _moment(data: datetime | time) -> bytes:
    return f"{data.replace(tzinfo=None).isoformat()} {data.fold} {_zone(data.tzinfo)}".encode()


def _zone(zone: tzinfo | None) -> str:
    if zone is None or type(zone) is timezone:
        return repr(zone)
    if type(zone).__module__ == "zoneinfo" and getattr(zone, "key", None):
        return f"ZoneInfo {zone}"
    raise _NoFormError(f"the time zone {zone!r} has no name that every machine knows")


_BODIES: dict[type, Callable[[Any], bytes]] = {
    type(None): lambda _: b"",
    bool: lambda data: b"%d" % data,
    int: lambda data: data.to_bytes(data.bit_length() // 8 + 1, "big", signed=True),
    float: _float,
    complex: lambda data: _float(data.real) + b" " + _float(data.imag),
    str: lambda data: data.encode("utf-8", "surrogatepass"),
    bytes: bytes,
    bytearray: bytes,
    range: lambda data: "{} {} {}".format(*map(Decimal, (data.start, data.stop, data.step))).encode(),  # of any size
    date: lambda data: data.isoformat().encode(),
    time: _moment,
    datetime: _moment,
    timedelta: lambda data: b"%d %d %d" % (data.days, data.seconds, data.microseconds),
    Decimal: lambda data: ascii(data.as_tuple()).encode(),
    UUID: lambda data: data.bytes,
}
_BUILTIN = frozenset({*_BODIES, list, tuple, set, frozenset, dict})
