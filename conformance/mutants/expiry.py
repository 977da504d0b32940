"""Wrong about time: when an entry goes, and who notices."""

from __future__ import annotations

from collections.abc import Iterator
from math import inf
from typing import Any

from .makes import Alone
from .right import Entry
from .single_flight import MISSING


class DiesEarly(Alone):
    """An entry goes a moment before its time.
    memcached/memcached#307
    """

    caught_by = ("test_expiry.py::test_an_entry_lives_its_whole_ttl",)

    def expiry(self, now: float, ttl: float | None) -> float:
        return super().expiry(now, ttl) - 0.001


class DiesOnTheSecond(Alone):
    """The clock is cut to whole seconds before the ttl is added.
    memcached/memcached#679
    """

    caught_by = ("test_expiry.py::test_an_entry_lives_whenever_it_is_set",)

    def expiry(self, now: float, ttl: float | None) -> float:
        return super().expiry(now // 1, ttl)


class DiesLate(Alone):
    """An entry is still there at the end of its ttl.
    tkem/cachetools#221
    """

    caught_by = ("test_expiry.py::test_an_entry_is_gone_when_its_ttl_is_over",)

    def expired(self, entry: Entry, now: float) -> bool:
        return entry.expires < now


class PrefersTheDefault(Alone):
    """Where there is a default, a ttl of the entry's own is ignored.
    jaredwray/cacheable#621
    """

    caught_by = ("test_expiry.py::test_an_own_ttl_goes_before_the_default",)
    drawn_by = ("test_history.py::test_any_history_with_a_default_ttl",)

    def expiry(self, now: float, ttl: float | None) -> float:
        return super().expiry(now, ttl if self.ttl is None else None)


class HasAHiddenTtl(Alone):
    """Without a ttl an entry has one all the same.
    jaysonsantos/python-binary-memcached#19
    """

    caught_by = ("test_expiry.py::test_without_any_ttl_an_entry_stays",)

    def expiry(self, now: float, ttl: float | None) -> float:
        expires = super().expiry(now, ttl)
        return now + 4.5 if expires == inf else expires


class KeepsTheFirstTimer(Alone):
    """A value that was set anew dies of the timer of the one before.
    aio-libs/aiocache#424
    """

    caught_by = ("test_expiry.py::test_overwriting_restarts_the_ttl",)

    def store(self, key: Any, value: Any, expires: float, now: float) -> None:
        old = self.find(key, now)
        if old is not None and expires < inf:
            expires = min(old.expires, expires)
        super().store(key, value, expires, now)


class KeepsTheTtl(Alone):
    """An overwrite without a ttl leaves the old one in force.
    moka-rs/moka#549
    """

    caught_by = ("test_expiry.py::test_overwriting_without_a_ttl_removes_it",)

    def store(self, key: Any, value: Any, expires: float, now: float) -> None:
        old = self.find(key, now)
        if old is not None and expires == inf:
            expires = old.expires
        super().store(key, value, expires, now)


class KeepsTimersOfTheDeleted(Alone):
    """The timer of a deleted entry goes on, and takes the next one of its key.
    aio-libs/aiocache#92
    """

    caught_by = ("test_expiry.py::test_a_key_set_anew_has_no_earlier_ttl",)

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.timers: dict[Any, float] = {}

    def remove(self, key: Any, now: float) -> bool:
        self.timers |= {key: entry.expires for key, entry in self.entries.items()}
        return super().remove(key, now)

    def store(self, key: Any, value: Any, expires: float, now: float) -> None:
        super().store(key, value, min(expires, self.timers.pop(key, inf)), now)


class ReadingProlongs(Alone):
    """A get restarts the ttl.
    isaacs/node-lru-cache#43
    """

    caught_by = ("test_expiry.py::test_get_does_not_prolong",)

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.lives: dict[Any, float] = {}

    def store(self, key: Any, value: Any, expires: float, now: float) -> None:
        super().store(key, value, expires, now)
        self.lives[key] = expires - now

    def read(self, key: Any, now: float) -> Any:
        value = super().read(key, now)
        if key in self.entries:
            self.entries[key].expires = now + self.lives[key]
        return value


class DeletesTheExpired(Alone):
    """delete is True for an entry that has expired.
    grantjenks/python-diskcache@1b0ab8a
    """

    caught_by = ("test_expiry.py::test_delete_of_an_expired_entry_answers_false",)

    def delete(self, key: Any) -> bool:
        there = key in self.entries
        super().delete(key)
        return there


class DeletesTheExpiredBehindALiveOne(Alone):
    """delete removes what has expired as far as the first entry that has not, and is True for what lies behind it.
    awolverp/cachebox@5212236
    """

    caught_by = ("test_expiry.py::test_delete_of_an_expired_entry_answers_false",)

    def remove(self, key: Any, now: float) -> bool:
        behind = key in self.entries and not all(self.expired(each, now) for each in self.entries.values())
        return super().remove(key, now) or behind


class FindsTheExpired(Alone):
    """`in` is true for an entry that has expired.
    jaredwray/keyv#988
    """

    caught_by = ("test_expiry.py::test_in_agrees_about_expiry",)

    def __contains__(self, key: Any) -> bool:
        self.check_open()
        self.check_key(key)
        return key in self.entries


class CountsTheExpired(Alone):
    """len counts entries that have expired.
    mailgun/expiringdict#39
    """

    caught_by = ("test_expiry.py::test_len_agrees_about_expiry",)

    def __len__(self) -> int:
        self.check_open()
        return len(self.entries)


class IteratesTheExpired(Alone):
    """Iteration gives keys of entries that have expired.
    tkem/cachetools#24
    """

    caught_by = ("test_expiry.py::test_iteration_agrees_about_expiry",)

    def __iter__(self) -> Iterator[Any]:
        self.check_open()
        return iter(list(self.entries))


class BringsBack(Alone):
    """get leaves an expired entry where it is, for a clock that steps back to find.
    coredns/coredns#8346
    """

    caught_by = ("test_expiry.py::test_a_clock_that_steps_back_brings_nothing_back",)

    def get(self, key: Any, default: Any = None) -> Any:
        self.check_key(key)
        entry, now = self.entries.get(key), self.now()
        if entry is not None and self.expired(entry, now):
            self.count("misses")
            return default
        value = self.read(key, now)
        return default if value is MISSING else value


class WaitsForTheClock(Alone):
    """After the clock stepped back, time stands still until it has caught up.
    isaacs/node-lru-cache#157
    """

    caught_by = ("test_expiry.py::test_an_entry_set_after_the_clock_stepped_back_lives_its_ttl",)

    latest = -inf

    def now(self) -> float:
        self.latest = max(self.latest, super().now())
        return self.latest


class ReadsTheClockTwice(Alone):
    """get asks the clock whether the entry is there, and once more whether it has expired.
    google/volley#391
    """

    caught_by = ("test_expiry.py::test_one_operation_reads_the_clock_once",)

    def get(self, key: Any, default: Any = None) -> Any:
        self.now()
        return super().get(key, default)
