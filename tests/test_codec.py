"""Values as bytes: what comes back, what is refused, what damage does."""

from __future__ import annotations

import enum
import math
import re
import sys
from collections import OrderedDict, namedtuple
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, timezone
from decimal import Decimal
from math import inf
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import ormsgpack
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from cache_impl import BadValue
from cache_impl.codec import Damaged, decode, encode
from conformance.strategies import any_values, same


class Colour(enum.StrEnum):
    RED = "red"


class Level(enum.IntEnum):
    LOW = 1


class Text(str):
    __slots__ = ()


class Whole(int):
    pass


class Real(float):
    pass


class Row(list):  # type: ignore[type-arg]
    pass


@dataclass
class Point:
    x: int = 1


Pair = namedtuple("Pair", "left right")  # noqa: PYI024  # the plain kind is what is to be refused

KEPT = [
    *(None, True, 0, -1, 2**63, 2**64, -(2**63) - 1, 10**4000, -(256**9), 1.5, -0.0, inf, -inf),
    *("", "\0", "\ud800", "\u0107", "e\u0301", "\U0001f600", b"", b"\xc4", bytearray(b"\xff")),
    *((), (1, (2, [3])), set(), {1, "a", (2,)}, frozenset({frozenset({1})}), [(1,), {2}]),
    *({}, {1: 2}, {1.0: 2}, {None: 1, True: 2}, {(1, 2): {"a": b""}}, {"\ud800": 1}, {b"a": [bytearray(b"")]}),
    *(1j, complex(-0.0, inf), Decimal("1.10"), Decimal("-0"), Decimal("1E+400"), UUID(int=7), timedelta(-1, 5, 6)),
    *(date(2024, 2, 29), time(1, 2, 3, 4, fold=1), time(1, tzinfo=UTC), timezone(timedelta(hours=1), "X"), UTC),
    *(datetime(1, 1, 1), datetime(2024, 10, 27, 2, 30, fold=1, tzinfo=ZoneInfo("Europe/Paris"))),  # noqa: DTZ001
    *([0.1] * 15, [0.1] * 16, [-0.0, inf] * 40_000, [0.1] * 16 + [1], [0.1] * 16 + [True], {"embedding": [0.1] * 99}),
]
REFUSED: list[Any] = [
    *(Colour.RED, Level.LOW, Text("a"), Whole(1), Real(1.0), Row([1]), OrderedDict(a=1), Point(), Pair(1, 2)),
    *(memoryview(b"a"), range(3), object(), object, ..., lambda: None, iter(()), open),
    *({Text("a"): 1}, {Colour.RED: 1}, [0.1] * 16 + [Real(1.0)], {"a": memoryview(b"")}, {Level.LOW}, ZoneInfo),
]


@pytest.mark.parametrize("value", KEPT, ids=lambda value: type(value).__name__)
def test_a_value_comes_back_as_it_was(value: object) -> None:
    """Equal, and of the same type all the way down."""
    answer = decode(encode(value))
    assert same(answer, value), f"{value!r} came back as {answer!r}"


def encode_or_nothing(value: object) -> bytes:
    try:
        return encode(value)
    except BadValue:
        return b""


@given(value=any_values)
def test_any_value_comes_back_or_is_refused(value: object) -> None:
    """There is no third way."""
    try:
        encoded = encode(value)
    except BadValue:
        return
    assert same(decode(encoded), value)


@given(value=st.lists(st.floats(), min_size=16) | st.lists(st.floats() | st.integers() | st.binary(), min_size=16))
def test_numbers_keep_every_bit(value: list[float]) -> None:
    """Packed or not, NaN and -0.0 included."""
    assert repr(decode(encode(value))) == repr(value)


@pytest.mark.parametrize("value", REFUSED, ids=lambda value: re.sub(r" at 0x\w+", "", repr(value))[:40])
def test_what_would_come_back_as_another_type_is_refused(value: object) -> None:
    """BadValue, at the top and inside of something else."""
    for holder in (value, [value], {"a": [value]}, (value,)):
        with pytest.raises(BadValue):
            encode(holder)


def test_a_refusal_names_the_place() -> None:
    """The way to the part that cannot be kept, and its type."""
    with pytest.raises(
        BadValue, match=r"^value\['tools'\]\[1\]\['schema'\]\[\(0, 1\)\]\[0\] is of type builtins.range"
    ):
        encode({"tools": [1, {"schema": {(0, 1): (range(3),)}}]})


@pytest.mark.parametrize("knot", [list, tuple, dict], ids=["list", "tuple", "dict"])
def test_what_has_no_end_is_refused(knot: type) -> None:
    """A value that holds itself, or is nested beyond all measure, is BadValue and nothing worse."""
    loop: list[Any] = []
    loop.append({"a": loop} if knot is dict else knot([loop]))
    deep: Any = ()
    for _ in range(100_000):
        deep = {"a": deep} if knot is dict else knot([deep])
    for value in (loop, deep):
        with pytest.raises(BadValue, match="levels deep"):
            encode(value)
    while deep:  # else the interpreter takes it apart in one deep dive
        deep = deep["a"] if knot is dict else deep[0]


def test_a_value_near_the_end_of_the_stack_is_kept_or_refused() -> None:
    """With little stack left there is no RecursionError of the codec's own."""
    value: Any = 1
    for _ in range(90):
        value = (value,)

    def descend() -> None:
        try:
            descend()
        except RecursionError:
            with pytest.raises(BadValue, match="stack"):
                encode(value)

    descend()
    assert decode(encode(value)) == value


@pytest.mark.parametrize("head", [b"\xdd", b"\xdf", b"\xdb", b"\xc6", b"\xc9"], ids=lambda head: head.hex())
def test_a_decoder_takes_no_more_than_it_is_given(head: bytes) -> None:
    """A length of four billion in five bytes is damage, found before memory is asked for."""
    before = sys.getallocatedblocks()
    with pytest.raises(Damaged):
        decode(head + b"\xff\xff\xff\xff")
    assert sys.getallocatedblocks() - before < 10_000


@given(tag=st.integers(0, 40), data=st.binary(max_size=12) | any_values.map(encode_or_nothing))
@example(2, ormsgpack.packb(10**12))  # bytearray(10**12) takes up a terabyte
@example(17, ormsgpack.packb(10**12))
def test_a_forged_tag_is_damage_or_a_value(tag: int, data: bytes) -> None:
    """Whatever stands behind a tag: a value, or Damaged; nothing else gets out, and nothing huge is made."""
    try:
        value = decode(ormsgpack.packb(ormsgpack.Ext(tag, data)))
    except Damaged:
        return
    assert sys.getsizeof(value) < 10_000


def test_tags_within_tags_have_an_end() -> None:
    """A thousand tags in each other are damage, not a crash."""
    data = b"\x90"
    for _ in range(5000):
        data = ormsgpack.packb([ormsgpack.Ext(17, data)])
    with pytest.raises(Damaged):
        decode(data)


@pytest.mark.parametrize(
    ("value", "stored"),
    [
        ({"a": [1, None, 1.5]}, "81a161 93 01 c0 cb3ff8000000000000"),
        ((1, b"a"), "c70511 92 01 c40161"),
        ([0.5] * 16, "c78020" + "3fe0000000000000" * 16),
        (2**64, "c70900 010000000000000000"),
        ({1: "a"}, "d610 92 01 a161"),
        (datetime(2024, 2, 29, tzinfo=UTC), "c71517 99 cd07e8 02 1d 00 00 00 00 00 c70719 91 d618 93 00 00 00"),
    ],
)
def test_what_was_stored_stays_readable(value: object, stored: str) -> None:
    """The encoding is for ever: entries outlive the program that wrote them."""
    assert encode(value).hex() == stored.replace(" ", "")
    assert same(decode(bytes.fromhex(stored)), value)


def test_nan_comes_back_as_nan() -> None:
    """It is equal to nothing, and still kept."""
    assert math.isnan(decode(encode(math.nan)))
