"""Wrong about what a ttl may be."""

from __future__ import annotations

from collections.abc import Callable
from math import inf
from typing import Any

from .makes import Alone, Fixed, Plain, ZeroExpires, ZeroIsForever


class TakesNegativeForForever(Alone):
    """A negative ttl never ends.
    rails/rails#45892
    """

    caught_by = ("test_ttl.py::test_a_ttl_below_zero_is_refused",)

    def expiry(self, now: float, ttl: float | None) -> float:
        return inf if ttl is not None and ttl < 0 else super().expiry(now, ttl)


class TakesANegativeDefault(Alone):
    """A negative ttl is taken for a default without a word.
    rails/rails@f4aa7ad
    """

    caught_by = ("test_ttl.py::test_a_default_ttl_below_zero_is_refused",)

    def __init__(
        self, capacity: int = 1000, ttl: float | None = None, clock: Callable[[], float] = lambda: 0.0
    ) -> None:
        super().__init__(capacity, None, clock)
        self.ttl = ttl


class TakesZeroForNone(Alone):
    """A ttl of 0 is no ttl: `if ttl`.
    redis/node-redis#2349
    """

    caught_by = ("test_ttl.py::test_a_ttl_of_zero_is_refused",)

    def expiry(self, now: float, ttl: float | None) -> float:
        return super().expiry(now, ttl or None)


class IgnoresASetThatIsOver(ZeroExpires):
    """A set with a ttl of 0 leaves the old entry where it was.
    ben-manes/caffeine@656a290
    """

    caught_by = ("test_ttl.py::test_a_ttl_of_zero_is_expired_at_once",)

    def set(self, key: Any, value: Any, ttl: float | None = None) -> None:
        if ttl != 0:
            super().set(key, value, ttl)


class AddsWhatCannotBeAdded(Alone):
    """A ttl past what the clock can add ends in the past.
    ben-manes/caffeine#217
    """

    caught_by = ("test_ttl.py::test_a_huge_ttl_is_kept_or_refused",)

    def checked(self, ttl: float | None) -> float | None:
        return ttl if ttl is not None and ttl > 0 else super().checked(ttl)

    def expiry(self, now: float, ttl: float | None) -> float:
        return -inf if ttl is not None and ttl >= 2**63 else super().expiry(now, ttl)


class TakesThirtyDaysForADate(Alone):
    """A ttl of more than 30 days is a date, which was in 1970.
    playframework/play2-memcached#36
    """

    caught_by = ("test_ttl.py::test_a_long_ttl_is_a_ttl",)

    def expiry(self, now: float, ttl: float | None) -> float:
        expires = super().expiry(now, ttl)
        return expires - 1_700_000_000 if ttl is not None and ttl > 30 * 86400 else expires


class IgnoresTtls(Plain):
    """Has no ttl, and takes one without a word.
    dart-lang/labs#131
    """

    caught_by = ("test_ttl.py::test_a_ttl_that_is_not_offered_is_refused",)

    def set(self, key: Any, value: Any, **_options: Any) -> None:
        super().set(key, value)


class CutsFractions(Alone):
    """A ttl is cut to whole seconds.
    sorentwo/readthis#41
    """

    caught_by = ("test_ttl.py::test_a_ttl_need_not_be_whole",)

    def expiry(self, now: float, ttl: float | None) -> float:
        return super().expiry(now, ttl if ttl is None or ttl < 1 else ttl // 1)


class TakesForeverForNow(ZeroIsForever):
    """A ttl of 0 is over at once, where it was to be forever.
    rolandstarke/node-cache-manager-fs-hash#7
    """

    caught_by = ("test_ttl.py::test_a_ttl_of_zero_is_forever",)

    def expiry(self, now: float, ttl: float | None) -> float:
        return now if ttl == 0 else super().expiry(now, ttl)


class IgnoresOwnTtls(Fixed):
    """An entry lives no longer than all others, and a ttl of its own is taken without a word.
    fogfish/cache#26
    """

    caught_by = ("test_ttl.py::test_an_own_ttl_that_is_not_offered_is_refused",)

    def set(self, key: Any, value: Any, ttl: float | None = None) -> None:  # noqa: ARG002 - the bug
        super().set(key, value)
