"""Frames around what is stored: what they tell, that they stay readable, and what damage and other keys do."""

from __future__ import annotations

import sys
from math import inf
from typing import Any

import pytest

from cache_impl import BadSetting
from cache_impl.codec import Damaged, encode
from cache_impl.frame import CLAIM, HEAD, VALUE, Frames

KEY = b"a key"
SIGNING_KEY = b"0123456789abcdef"
EITHER = pytest.mark.parametrize("frames", [Frames(), Frames(SIGNING_KEY)], ids=["checked", "signed"])


@EITHER
def test_a_frame_tells_what_was_put_in(frames: Frames) -> None:
    """Kind, expiry, version and payload come back, and a reader of the head alone can tell whether it lives."""
    frame = frames.pack(KEY, b"payload", 12.5, 7)
    assert frames.unpack(KEY, frame) == (VALUE, 12.5, 7, b"payload")
    assert [frames.lives(frame[:HEAD], now) for now in (12.4, 12.5)] == [True, False]
    assert frames.lives(frames.pack(KEY, b"", inf, 7)[:HEAD], sys.float_info.max)
    assert not frames.lives(frames.pack(KEY, b"", inf, 7, CLAIM)[:HEAD], 0.0)


def test_a_frame_stays_readable() -> None:
    """The layout of a format is for ever too."""
    frame = bytes.fromhex("03 01 4000000000000000 0000000000000003 00000001 6b 01 4b58c66b")
    assert Frames().pack(b"k", b"\x01", 2.0, 3) == frame


def test_a_frame_of_an_earlier_format_is_nothing() -> None:
    """With the seal in front: no value, no version, and no life in it."""
    earlier = bytes.fromhex("b2fd9444 01 01 4000000000000000 0000000000000003 00000001 6b 01")
    with pytest.raises(Damaged):
        Frames().unpack(b"k", earlier)
    assert Frames().peek(earlier) is None
    assert not Frames().lives(earlier, 0.0)


@EITHER
def test_any_flipped_bit_and_any_cut_is_damage(frames: Frames) -> None:
    """Wherever it is: seal, format, expiry, version, key or payload."""
    frame = frames.pack(KEY, encode({"a": [1, "text", 2.5]}), 12.5, 7)
    flipped = [(int.from_bytes(frame) ^ 1 << bit).to_bytes(len(frame)) for bit in range(8 * len(frame))]
    cut = [frame[:length] for length in range(len(frame))]
    for damaged in (*flipped, *cut, frame + b"\0", b"", bytes(len(frame))):
        with pytest.raises(Damaged):
            frames.unpack(KEY, damaged)


@EITHER
def test_a_frame_belongs_to_its_key(frames: Frames) -> None:
    """Moved under another key, it is damage: also under one that goes on with the payload's first bytes."""
    frame = frames.pack(KEY, b"payload", inf, 7)
    for other in (b"another key", KEY + b"p", KEY[:-1], b""):
        with pytest.raises(Damaged):
            frames.unpack(other, frame)


def test_only_the_signing_key_opens_what_it_signed() -> None:
    """Neither another key, nor none, nor a frame that was never signed."""
    writers = {"ours": Frames(SIGNING_KEY), "theirs": Frames(b"another key of 16"), "none": Frames()}
    for writer, frames in writers.items():
        for reader, others in writers.items():
            if reader != writer:
                with pytest.raises(Damaged):
                    others.unpack(KEY, frames.pack(KEY, b"payload", inf, 7))


@pytest.mark.parametrize("signing_key", [b"", b"short", "0123456789abcdef", 7])
def test_a_weak_signing_key_is_refused_and_not_shown(signing_key: Any) -> None:
    """Sixteen bytes at the least."""
    with pytest.raises(BadSetting) as refusal:
        Frames(signing_key)
    assert not signing_key or repr(signing_key) not in str(refusal.value)
