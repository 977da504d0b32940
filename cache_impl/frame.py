"""What is stored for a key: the encoded value, with all that a reader has to know before it may believe it."""

from __future__ import annotations

import hmac
from collections.abc import Callable
from functools import partial
from operator import eq
from struct import Struct, error
from time import time_ns
from typing import Any, NamedTuple
from zlib import crc32

from .codec import Damaged
from .errors import BadSetting

FORMAT, TIMED = 1, 2  # in a timed frame, 8 bytes before the payload are how long it took to make, seconds
#: What the payload is: nothing, but a promise to store a value here; a value, encoded by ``codec``; or the memory of a
#: delete.
CLAIM, VALUE, TOMBSTONE = 0, 1, 2
#: A reader of this many bytes of a frame can tell its expiry, whatever it is sealed with.
HEAD = 64
_LEAST_KEY = 16  # bytes
_TOOK = Struct(">d")
_AHEAD = 86_400 * 10**9  # nanoseconds that another machine's clock may be ahead and still be believed


class Known(NamedTuple):
    """What the first bytes of a frame tell, before it is known whether it is sound."""

    kind: int
    expires: float
    version: int


class Frames:
    """Makes frames and opens them. A frame is, big-endian, one after the other:

    | bytes | what |
    | --- | --- |
    | 4 or 32 | seal over all that follows: CRC-32, or HMAC-SHA256 where there is a ``signing_key`` |
    | 1 | format version |
    | 1 | what the payload is |
    | 8 | expiry, a float, seconds since the epoch; infinity for never |
    | 8 | write version: the newer of two writes has the larger one |
    | 4 | length of the key |
    | ... | the key |
    | ... | the payload |

    CRC-32, as it finds every flipped bit, every burst of up to 32, and what was cut with all but certainty, at
    a cost near that of a copy. Against somebody who means it, only the signature helps.

    Raises:
        BadSetting: a signing key that is none, or too short.
    """

    def __init__(self, signing_key: bytes | None = None) -> None:
        self._mac: Callable[[bytes], Any] = crc32
        self._same: Callable[[Any, Any], bool] = eq
        seal = "I"
        if signing_key is not None:
            self._mac = partial(hmac.digest, _checked(signing_key), digest="sha256")
            self._same = hmac.compare_digest
            seal = "32s"
        self._seal = Struct(f">{seal}")
        self._head = Struct(f">{seal}BBdQI")
        self._rest = Struct(">BBdQI")

    def pack(  # noqa: PLR0913, PLR0917  # what is in a frame
        self, key: bytes, payload: bytes, expires: float, version: int, kind: int = VALUE, took: float = 0.0
    ) -> bytes:
        """The frame of ``payload`` under ``key``, which took so many seconds to make, where that matters."""
        form = FORMAT
        if took:
            form, payload = TIMED, _TOOK.pack(took) + payload
        rest = self._rest.pack(form, kind, expires, version, len(key)) + key + payload
        return self._seal.pack(self._mac(rest)) + rest

    def took(self, key: bytes, frame: bytes) -> float:
        """How many seconds it took to make the value of a ``frame`` that has been unpacked; 0 if that is not known."""
        if frame[self._seal.size] != TIMED:
            return 0.0
        return float(_TOOK.unpack_from(frame, self._head.size + len(key))[0])

    def unpack(self, key: bytes, frame: bytes) -> tuple[int, float, int, bytes]:
        """What the payload is, expiry, write version and payload of the ``frame`` found under ``key``.

        Raises:
            Damaged: it is not as ``pack`` made it, for that key and with that signing key.
        """
        try:
            seal, form, kind, expires, version, size = self._head.unpack_from(frame)
        except (error, TypeError):
            raise Damaged("too short for a frame, or no bytes at all") from None
        payload = self._head.size + size
        if not (
            self._same(self._mac(frame[self._seal.size :]), seal)
            and FORMAT <= form <= TIMED
            and frame[self._head.size : payload] == key
        ):
            raise Damaged(f"not the frame, format {FORMAT} or {TIMED}, of this key, or changed since it was sealed")
        return kind, expires, version, frame[payload if form == FORMAT else payload + _TOOK.size :]

    def lives(self, head: bytes, now: float) -> bool:
        """Whether a frame that begins with ``head`` is a value that has not expired. It may turn out damaged."""
        try:
            _, form, kind, expires, _, _ = self._head.unpack_from(head)
        except (error, TypeError):
            return False
        return bool(FORMAT <= form <= TIMED and kind == VALUE and now < expires)

    def peek(self, head: bytes | None) -> Known | None:
        """What a frame that begins with ``head`` says of itself; None where it cannot be one.

        A version from days ahead is no clock's: it is 0.
        """
        try:
            _, _, kind, expires, version, _ = self._head.unpack_from(head or b"")
        except (error, TypeError):
            return None
        return Known(kind, expires, version if version < time_ns() + _AHEAD else 0)

    def proven(self, key: bytes, frame: bytes | None) -> Known | None:
        """``peek`` at a whole frame, which has to be sound and lie under ``key``."""
        try:
            self.unpack(key, frame or b"")
        except Damaged:
            return None
        return self.peek(frame)


def _checked(signing_key: bytes) -> bytes:
    if isinstance(signing_key, bytes) and len(signing_key) >= _LEAST_KEY:
        return signing_key
    given = f"{len(signing_key)} bytes" if isinstance(signing_key, bytes) else f"of type {type(signing_key).__name__}"
    raise BadSetting(f"signing_key is {given}; it is {_LEAST_KEY} bytes or more, such as secrets.token_bytes(32)")
