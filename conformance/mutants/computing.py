"""Wrong about computing what is not there."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from .makes import Alone, Computing
from .single_flight import Flight


class AnswersNothingAtFirst(Computing):
    """The call that computes answers None.
    sebleier/django-redis-cache#127
    """

    caught_by = (
        "test_single_flight.py::test_a_miss_computes_and_stores",
        "test_single_flight.py::test_a_falsy_result_is_computed_once",
        "test_single_flight.py::test_an_exception_is_not_cached",
    )

    def get_or_set(self, key: Any, compute: Callable[[], Any]) -> Any:
        there = key in self.entries
        value = super().get_or_set(key, compute)
        return value if there else None


class ComputesFalsyAgain(Alone):
    """A falsy result is computed at every call.
    pallets-eco/flask-caching#106
    """

    caught_by = ("test_single_flight.py::test_a_falsy_result_is_computed_once",)

    def get_or_set(self, key: Any, compute: Callable[[], Any], ttl: float | None = None) -> Any:
        return super().get_or_set(key, compute, ttl) or compute()


class DoublesTheTtl(Alone):
    """What is computed has another ttl than the one asked for.
    rails/rails@bdee58e
    """

    caught_by = ("test_single_flight.py::test_what_is_computed_lives_its_ttl",)

    def get_or_set(self, key: Any, compute: Callable[[], Any], ttl: float | None = None) -> Any:
        return super().get_or_set(key, compute, ttl and 2 * ttl)


class ServesTheExpired(Alone):
    """get_or_set takes an expired entry for a hit.
    pallets-eco/cachelib#449
    """

    caught_by = ("test_single_flight.py::test_an_expired_entry_is_computed_anew",)

    def get_or_set(self, key: Any, compute: Callable[[], Any], ttl: float | None = None) -> Any:
        held = self.entries.get(key)
        if held is not None and self.expired(held, self.now()):
            return self.given(held.value)
        return super().get_or_set(key, compute, ttl)


class CachesErrors(Computing):
    """An exception of compute is stored, and raised again by the next call.
    medikoo/memoizee#117
    """

    caught_by = ("test_single_flight.py::test_an_exception_is_not_cached",)

    def get_or_set(self, key: Any, compute: Callable[[], Any]) -> Any:
        try:
            value = super().get_or_set(key, compute)
        except Exception as error:  # noqa: BLE001 - the bug
            value = self.entries[key] = error
        if isinstance(value, Exception):
            raise value
        return value


class AlwaysComputes(Computing):
    """Computes first, and looks for an entry then.
    pasupulaphani/node-cache-redis#20
    """

    caught_by = ("test_single_flight.py::test_a_hit_does_not_compute",)

    def get_or_set(self, key: Any, compute: Callable[[], Any]) -> Any:
        return self.entries.setdefault(key, compute())


class TakesTheDefaultForABadTtl(Alone):
    """Where nothing is there yet, a negative ttl is the default.
    FreeRADIUS/freeradius-server#2484
    """

    caught_by = ("test_single_flight.py::test_a_compute_with_a_bad_ttl_stores_nothing",)

    def get_or_set(self, key: Any, compute: Callable[[], Any], ttl: float | None = None) -> Any:
        return super().get_or_set(key, compute, None if ttl is not None and ttl < 0 else ttl)


class StoresWhatItAnswers(Alone):
    """The call that computes answers the very object that is stored.
    stanfordnlp/dspy#10348
    """

    caught_by = ("test_single_flight.py::test_changing_a_computed_answer_changes_no_entry",)

    def land(self, key: Any, flight: Flight, ttl: float | None) -> None:
        if not flight.overtaken:
            now = self.now()
            self.store(key, flight.value, self.expiry(now, ttl), now)
