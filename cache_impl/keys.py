"""Keys made of data: the same data makes the same key everywhere, and different data another."""

from __future__ import annotations

from hashlib import sha256
from json import JSONEncoder
from json.encoder import encode_basestring_ascii as _quoted
from typing import Any

from .errors import BadKey, BadSetting

_encode = JSONEncoder(sort_keys=True).encode  # what json.dumps() would make anew for each call
_LONG = 10**639  # the limit that Python sets to integers as text can be lowered to 640 digits


def cache_key(kind: str, version: str, data: Any, length: int = 32) -> str:
    """A key that reads ``kind:version:digest``, such as ``catalog:v2:953c5d322c80bb69``.

    Raises:
        BadKey: ``kind`` or ``version`` is no text, is empty, or has a colon in it; or as ``digest`` does.
    """
    return f"{checked_part('kind', kind)}:{checked_part('version', version)}:{digest(data, length)}"


def checked_part(name: str, part: str) -> str:
    """``part`` of a key, called ``name``: it cannot make two keys meet."""
    if not isinstance(part, str) or not part or ":" in part:
        raise BadKey(f"{name} is {part!r}; it is text without a colon, such as 'catalog' or 'v2'")
    return part


def digest(data: Any, length: int = 32) -> str:
    """The first ``length`` hex digits, 16 to 64, of the SHA-256 of ``data``.

    Of what JSON can say (dicts with text as keys, lists, text, numbers, booleans, None) it is the
    SHA-256 of ``json.dumps(data, sort_keys=True)``, so that keys made by that recipe stay valid. All other
    data is encoded under another prefix, with the type of each value; ``canonical.py`` says what it may hold.

    Raises:
        BadKey: something in ``data`` has no canonical form; the message names where it stands.
        BadSetting: ``length`` is out of its range.
    """
    if not isinstance(length, int) or not 16 <= length <= 64:
        raise BadSetting(f"length is {length!r}; it is a number of hex digits, 16 to 64")
    return sha256(_encoded(data)).hexdigest()[:length]


def _encoded(data: Any) -> bytes:
    try:
        text = _encode(data)
    except (TypeError, ValueError):  # not JSON, or a cycle
        return _typed(data)
    except RecursionError:
        typed = _typed(data)  # which refuses a cycle
        return _deep_json(data) if _is_plain(data) and _is_unicode(data) else typed
    # text outside the BMP is escaped as two surrogates, which as two characters of the data look the same
    if _is_plain(data) and ("\\ud" not in text or _is_unicode(data)):
        return text.encode("ascii")
    return _typed(data)


def _is_plain(data: Any) -> bool:
    """Whether all of ``data`` is of JSON's own types; a subclass may hold more than JSON tells of it."""
    nodes = [data]
    for node in nodes:  # which grows meanwhile
        kind = type(node)
        if kind is str or kind is float:
            continue
        if kind is dict:
            for key in node:
                if type(key) is not str:
                    return False
            nodes += node.values()
        elif kind is list:
            nodes += node
        elif kind is int:
            if not -_LONG < node < _LONG:
                return False
        elif kind is not bool and node is not None:
            return False
    return True


def _is_unicode(data: Any) -> bool:
    """Whether no text in plain ``data`` has a surrogate in it."""
    nodes = [data]
    for node in nodes:
        if type(node) is dict:
            nodes += node
            nodes += node.values()
        elif type(node) is list:
            nodes += node
        elif type(node) is str and not node.isascii():
            try:
                node.encode()
            except UnicodeEncodeError:
                return False
    return True


def _deep_json(data: Any) -> bytes:
    """``json.dumps(data, sort_keys=True)`` of plain data that is nested too deep for it."""
    text: list[str] = []
    ahead: list[Any] = [data]  # with text to be written as it is in tuples, which are not plain
    while ahead:
        node = ahead.pop()
        if type(node) is tuple:
            text += node
        elif type(node) is dict:
            parts: list[Any] = [part for key in sorted(node) for part in ((f", {_quoted(key)}: ",), node[key])]
            ahead += reversed([("{",), *_without_comma(parts), ("}",)])
        elif type(node) is list:
            parts = [part for each in node for part in ((", ",), each)]
            ahead += reversed([("[",), *_without_comma(parts), ("]",)])
        else:
            text.append(_encode(node))
    return "".join(text).encode("ascii")


def _without_comma(parts: list[Any]) -> list[Any]:
    return [(parts[0][0].removeprefix(", "),), *parts[1:]] if parts else []


def _typed(data: Any) -> bytes:
    from .canonical import encoded  # noqa: PLC0415  # most data is plain

    return encoded(data)
