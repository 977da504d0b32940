"""What is stored for a key: the encoded value, with all that a reader has to know before it may believe it."""

from __future__ import annotations

import hmac
from struct import Struct, error
from time import time_ns
from typing import NamedTuple
from zlib import crc32

from .basics import LEAST_KEY
from .codec import Damaged
from .errors import BadSetting

FORMAT, TIMED = 3, 4  # in a timed frame, 8 bytes before the payload are how long it took to make, seconds
#: What the payload is: nothing, but a promise to store a value here; a value, encoded by ``codec``; or the memory of a
#: delete.
CLAIM, VALUE, TOMBSTONE = 0, 1, 2
_HEAD = Struct(">BBdQI")
#: A reader of this many bytes of a frame can tell its expiry.
HEAD = _HEAD.size
_TOOK = Struct(">d")
_CHECK = Struct("<I")
_SOUND = crc32(bytes(4))  # what the CRC-32 is of anything with its own CRC-32 behind it, the least byte first
_SIGNATURE = 32  # bytes
_LARGE = 2**14  # bytes from which on a view of them costs less than a copy
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
    | 1 | format version; 1 and 2 had the seal in front, and are read no more |
    | 1 | what the payload is |
    | 8 | expiry, a float, seconds since the epoch; infinity for never |
    | 8 | write version: the newer of two writes has the larger one |
    | 4 | length of the key |
    | ... | the key |
    | ... | the payload |
    | 4 or 32 | seal over all before it: CRC-32, little-endian, or HMAC-SHA256 where there is a ``signing_key`` |

    CRC-32, as it finds every flipped bit, every burst of up to 32, and what was cut with all but certainty, at
    a cost near that of a copy. Against somebody who means it, only the signature helps.

    Raises:
        BadSetting: a signing key that is none, or too short.
    """

    def __init__(self, signing_key: bytes | None = None) -> None:
        self._signing_key = signing_key if signing_key is None else _checked(signing_key)
        self._seal = _CHECK.size if signing_key is None else _SIGNATURE

    def pack(  # noqa: PLR0913, PLR0917  # what is in a frame
        self, key: bytes, payload: bytes, expires: float, version: int, kind: int = VALUE, took: float = 0.0
    ) -> bytes:
        """The frame of ``payload`` under ``key``, which took so many seconds to make, where that matters."""
        if took:
            body = _HEAD.pack(TIMED, kind, expires, version, len(key)) + key + _TOOK.pack(took) + payload
        else:
            body = _HEAD.pack(FORMAT, kind, expires, version, len(key)) + key + payload
        if self._signing_key is None:
            return body + _CHECK.pack(crc32(body))
        return body + hmac.digest(self._signing_key, body, "sha256")

    def took(self, key: bytes, frame: bytes) -> float:
        """How many seconds it took to make the value of a ``frame`` that has been unpacked; 0 if that is not known."""
        return float(_TOOK.unpack_from(frame, HEAD + len(key))[0]) if frame[0] == TIMED else 0.0

    def unpack(self, key: bytes, frame: bytes) -> tuple[int, float, int, bytes | memoryview]:
        """What the payload is, expiry, write version and payload of the ``frame`` found under ``key``.

        Raises:
            Damaged: it is not as ``pack`` made it, for that key and with that signing key.
        """
        try:
            form, kind, expires, version, size = _HEAD.unpack_from(frame)
        except (error, TypeError):
            raise Damaged("too short for a frame, or no bytes at all") from None
        payload = HEAD + size
        if not (
            FORMAT <= form <= TIMED
            and frame[HEAD:payload] == key
            and (crc32(frame) == _SOUND if self._signing_key is None else _is_signed(self._signing_key, frame))
        ):
            raise Damaged(f"not the frame, format {FORMAT} or {TIMED}, of this key, or changed since it was sealed")
        whole = frame if len(frame) < _LARGE else memoryview(frame)
        return kind, expires, version, whole[payload if form == FORMAT else payload + _TOOK.size : -self._seal]

    def lives(self, head: bytes, now: float) -> bool:
        """Whether a frame that begins with ``head`` is a value that has not expired. It may turn out damaged."""
        try:
            form, kind, expires, _, _ = _HEAD.unpack_from(head)
        except (error, TypeError):
            return False
        return bool(FORMAT <= form <= TIMED and kind == VALUE and now < expires)

    def peek(self, head: bytes | None) -> Known | None:
        """What a frame that begins with ``head`` says of itself; None where it cannot be one.

        A version from days ahead is no clock's: it is 0.
        """
        try:
            form, kind, expires, version, _ = _HEAD.unpack_from(head or b"")
        except (error, TypeError):
            return None
        if not FORMAT <= form <= TIMED:
            return None
        return Known(kind, expires, version if version < time_ns() + _AHEAD else 0)

    def proven(self, key: bytes, frame: bytes | None) -> Known | None:
        """``peek`` at a whole frame, which has to be sound and lie under ``key``."""
        try:
            self.unpack(key, frame or b"")
        except Damaged:
            return None
        return self.peek(frame)


def _is_signed(signing_key: bytes, frame: bytes) -> bool:
    signature = hmac.digest(signing_key, frame[:-_SIGNATURE], "sha256")
    return hmac.compare_digest(signature, frame[-_SIGNATURE:])


def _checked(signing_key: bytes) -> bytes:
    if isinstance(signing_key, bytes) and len(signing_key) >= LEAST_KEY:
        return signing_key
    given = f"{len(signing_key)} bytes" if isinstance(signing_key, bytes) else f"of type {type(signing_key).__name__}"
    raise BadSetting(f"signing_key is {given}; it is {LEAST_KEY} bytes or more, such as secrets.token_bytes(32)")
