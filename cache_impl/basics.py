"""What every tier shares: the sentinel for "no entry", the checks on arguments, the figures a cache keeps."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from math import inf, nextafter
from reprlib import Repr
from sys import float_info
from typing import Any, Final, NamedTuple, TypeVar

from .errors import BadKey, BadSetting, BadValue

FAR = 2.0**43  # seconds, 280,000 years: a clock that reads more no longer tells milliseconds apart
LEAST_KEY = 16  # bytes of a signing key
_MANY_BITS = 256
K = TypeVar("K")
T = TypeVar("T")


class _Missing:
    """The type of ``MISSING``; equal to no value that a cache could hold."""

    def __repr__(self) -> str:
        return "MISSING"

    def __reduce__(self) -> str:
        return "MISSING"  # copies and pickles to itself


#: "There is no entry", where ``None`` may be a value.
MISSING: Final[Any] = _Missing()


class Stats(NamedTuple):
    """What a cache has seen so far. ``_asdict()`` makes a dict of it.

    Every entry that was ever added is still held, was deleted or cleared by its owner, was evicted to
    make room, or has expired: an entry is in ``evictions`` or in ``expirations``, never in both.
    """

    hits: int
    misses: int
    evictions: int
    expirations: int
    size: int

    @property
    def hit_rate(self) -> float:
        """Hits per look-up, from 0 to 1; 0 before the first."""
        return self.hits / ((self.hits + self.misses) or 1)


def deadline(now: float, ttl: float) -> float:
    """The first clock reading at which what was set at ``now``, to live ``ttl`` seconds, is gone.

    Raises:
        BadSetting: ``ttl`` is no number above 0, or too large to add to the clock.
    """
    try:
        end = float(now + ttl)
        if now < end < FAR and ttl is not True:
            return end
        if ttl > 0 and end == now < FAR:  # too short for the clock's digits; an entry is never gone too early
            return nextafter(now, inf)
    except (TypeError, OverflowError):
        pass
    raise BadSetting(
        f"ttl is {shown(ttl)}; it is a number of seconds, above 0 and small enough to add to the clock ({now!r})"
    )


def checked_ttl(ttl: float | None) -> float | None:
    """``ttl`` as a default for entries to come; ``None`` is "for ever"."""
    if ttl is not None:
        deadline(0.0, ttl)
    return ttl


def checked_seconds(name: str, seconds: float, below: float = FAR) -> float:
    """``seconds``, which is how long something called ``name`` lasts."""
    with suppress(BadSetting):
        if (checked := deadline(0.0, seconds)) < below:
            return checked
    raise BadSetting(f"{name} is {shown(seconds)}; it is a number of seconds above 0, and below {below:,.0f}")


def checked_count(name: str, count: int, of: str) -> int:
    """``count``, which is how many ``of`` something that ``name`` tells."""
    if isinstance(count, bool) or not isinstance(count, int) or count < 1:
        raise BadSetting(f"{name} is {shown(count)}; it is a whole number of {of}, 1 or more")
    return count


def checked_amount(name: str, amount: float) -> float:
    """``amount``, which is how much something called ``name`` is, and may be nothing."""
    if isinstance(amount, bool) or not isinstance(amount, (int, float)) or not 0 <= amount <= float_info.max:
        raise BadSetting(f"{name} is {shown(amount)}; it is a number, 0 or more")
    return float(amount)


def checked_text(key: str) -> str:
    """``key``, which is text: what a tier outside this process asks of its keys."""
    if not isinstance(key, str):
        raise BadKey(
            f"key {shown(key)} is of type {type(key).__name__}; here a key is a str, such as cache_key() makes"
        )
    return key


def checked_mapping(mapping: Mapping[K, Any]) -> Mapping[K, Any]:
    """``mapping``, which is a dict or like one: what ``set_many`` takes."""
    if not hasattr(mapping, "items"):
        kind = type(mapping).__name__
        raise BadValue(f"{shown(mapping)} is of type {kind}; set_many takes a mapping, such as {{key: value}}")
    return mapping


def shown(value: object) -> str:
    """``value`` for the text of an error: in a line, however long it is."""
    return _shortened.repr(value)


class _Shortened(Repr):
    def repr_int(self, x: int, level: int) -> str:
        if x.bit_length() > _MANY_BITS:
            return f"an int of {x.bit_length():,} bits"  # Python refuses to write out the longest
        return super().repr_int(x, level)


_shortened = _Shortened()
