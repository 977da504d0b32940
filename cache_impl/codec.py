"""Values as bytes and back: equal and of the same type, or refused.

MessagePack holds what it has a type for. The rest is an extension of it: a tag, and what the value is made
from. Nothing that is read back can run code, or name a class to make.
"""

from __future__ import annotations

import sys
from array import array
from collections.abc import Iterable
from gc import get_referents
from typing import Any

import ormsgpack
from ormsgpack import Ext, packb, unpackb

from .basics import shown
from .errors import BadValue
from .tags import FLOATS, FROM_BYTES, FROM_PARTS, dict_of

#: Refuse every type that would come back as another one.
_STRICT = (
    ormsgpack.OPT_PASSTHROUGH_BIG_INT
    | ormsgpack.OPT_PASSTHROUGH_DATACLASS
    | ormsgpack.OPT_PASSTHROUGH_DATETIME
    | ormsgpack.OPT_PASSTHROUGH_ENUM
    | ormsgpack.OPT_PASSTHROUGH_SUBCLASS
    | ormsgpack.OPT_PASSTHROUGH_TUPLE
    | ormsgpack.OPT_PASSTHROUGH_UUID
)
_FLOAT = b"\xcb"  # how MessagePack begins a float; 8 bytes follow
_PACKED = 16  # floats in a list from which on it pays to pack them
_DEPTH = 100  # levels, where a level may take a few stack frames to read back
_BYTES_LIKE = {bytearray, memoryview}
_PLAIN = {bool, bytes, float, type(None)}  # whatever their value
_BYTES_OF = {tag.kind: tag for tag in FROM_BYTES}
_PARTS_OF = {tag.kind: tag for tag in FROM_PARTS}
_OF_BYTES = {tag.number: tag.make for tag in FROM_BYTES}
_OF_PARTS = {tag.number: tag.make for tag in FROM_PARTS}


class Damaged(ValueError):
    """Bytes that are not, or no longer, what was stored."""


def encode(value: Any) -> bytes:
    """``value`` as bytes.

    Raises:
        BadValue: it, or something in it, cannot be kept so that it comes back equal and of the same type.
    """
    if type(value) is list and (packed := _packed_floats(value)):
        return packb(packed)
    try:
        encoded = packb(value, None, _STRICT)
    except TypeError:  # there is more in it than MessagePack has types for
        return _spelled_out(value)
    # What is bytes-like passes for bytes without a word; one of these then marks where it begins
    if (0xC4 in encoded or 0xC5 in encoded or 0xC6 in encoded) and _holds_bytes_like(value):
        return _spelled_out(value)
    return encoded


def decode(encoded: bytes | memoryview) -> Any:
    """The value that ``encode`` made ``encoded`` from.

    Raises:
        Damaged: it did not.
    """
    try:
        return unpackb(encoded, ext_hook=_revived)
    except Exception as error:  # whatever a type's constructor raises for what was never one
        raise Damaged(f"no value can be made of these {len(encoded)} bytes") from error


def _holds_bytes_like(value: Any) -> bool:
    """Whether there is a bytearray or memoryview in ``value``, which else is made of what MessagePack has types for."""
    level = [value]
    while level:
        if not _BYTES_LIKE.isdisjoint(map(type, level)):
            return True
        level = get_referents(*level)  # of lists and dicts: the rest refers to nothing
    return False


class _Refused(Exception):
    """Why a part of a value cannot be kept, and where in the value it is."""

    where = ""

    def inside(self, step: str) -> _Refused:
        self.where = step + self.where
        return self


def _spelled_out(value: Any) -> bytes:
    try:
        return packb(_spelled(value, _DEPTH), None, _STRICT)
    except _Refused as refusal:
        where = refusal.where if len(refusal.where) < 200 else f"{refusal.where[:100]}..."
        raise BadValue(f"value{where} {refusal}, which cannot be kept") from None
    except RecursionError:
        raise BadValue("the value is nested deeper than the stack has room for here") from None


def _spelled(value: Any, levels: int) -> Any:
    """``value`` in nothing but MessagePack's own types and tagged bytes, in at most ``levels`` levels."""
    kind = type(value)
    if kind in _PLAIN or (kind is int and -(2**63) <= value < 2**64) or (kind is str and _is_unicode(value)):
        return value
    if kind in _BYTES_OF:
        return Ext(_BYTES_OF[kind].number, _BYTES_OF[kind].parts(value))
    if not levels:
        raise _Refused(f"is nested more than {_DEPTH} levels deep, or holds itself")
    if kind is list:
        return _packed_floats(value) or _spelled_items(value, levels - 1)
    if kind is dict:
        return _spelled_dict(value, levels - 1)
    if kind not in _PARTS_OF:
        raise _Refused(f"is of type {kind.__module__}.{kind.__qualname__}")
    return _tagged(_PARTS_OF[kind].number, _spelled_items(_PARTS_OF[kind].parts(value), levels - 1))


def _is_unicode(text: str) -> bool:
    """Whether there is no half of a surrogate pair in it."""
    try:
        return text.isascii() or bool(text.encode())
    except UnicodeEncodeError:
        return False


def _tagged(tag: int, spelled: list[Any]) -> Ext:
    return Ext(tag, packb(spelled, None, _STRICT))


def _spelled_items(items: Iterable[Any], levels: int) -> list[Any]:
    spelled = []
    for index, item in enumerate(items):
        try:
            spelled.append(_spelled(item, levels))
        except _Refused as refusal:
            raise refusal.inside(f"[{index}]") from None
    return spelled


def _spelled_dict(value: dict[Any, Any], levels: int) -> Any:
    pairs: list[Any] = []
    for key, item in value.items():
        try:
            pairs += _spelled(key, levels), _spelled(item, levels)
        except _Refused as refusal:
            raise refusal.inside(f"[{shown(key)}]") from None
    if {*map(type, pairs[::2])} <= {str}:
        return dict_of(pairs)
    return _tagged(_PARTS_OF[dict].number, pairs)


def _packed_floats(value: list[Any]) -> Ext | None:
    """The numbers one after the other, 8 bytes each; None where there are few, or other things than floats.

    A list of floats is a head and, for each number, a mark and 8 bytes: where it has that length, and a mark
    wherever one ought to be, there is no room for anything else.
    """
    if len(value) < _PACKED or type(value[0]) is not float:
        return None
    try:
        encoded = bytearray(packb(value, None, _STRICT))
    except TypeError:
        return None
    head = len(encoded) - 9 * len(value)
    if head != (3 if len(value) < 2**16 else 5) or encoded[head::9] != _FLOAT * len(value):
        return None
    del encoded[head::9]
    return Ext(FLOATS, bytes(encoded[head:]))


def _unpacked_floats(data: bytes) -> list[float]:
    floats = array("d", data)
    if sys.byteorder == "little":
        floats.byteswap()
    return floats.tolist()


def _revived(tag: int, data: bytes) -> Any:
    """What tagged bytes stand for; the decoder asks for it."""
    if tag == FLOATS:
        return _unpacked_floats(data)
    if tag in _OF_BYTES:
        return _OF_BYTES[tag](data)
    return _OF_PARTS[tag](unpackb(data, ext_hook=_revived))
