"""Wrong while the server is away."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from typing import Any

from .failing_over import DOWN, FailsOver
from .single_flight import MISSING, Flight


class RaisesWhereItReads(FailsOver):
    """A get that nothing here can answer raises what the client raised.
    jazzband/django-redis#154
    """

    caught_by = (
        "test_failover.py::test_no_outage_reaches_a_caller",
        "test_replay.py::test_nothing_of_an_earlier_outage_is_served_in_a_later_one",
    )

    def get(self, key: str, default: Any = None) -> Any:
        value = super().get(key, MISSING)
        if value is MISSING and self.away and key not in self.journal.writes and not self.journal.cleared:
            self.client.ping()
        return default if value is MISSING else value


class ReadsElsewhere(FailsOver):
    """What is set goes to one place, and what is asked for is looked up in another.
    dadi/cdn#190
    """

    caught_by = (
        "test_failover.py::test_what_is_set_during_an_outage_is_found_in_it",
        "test_failover.py::test_what_is_cleared_during_an_outage_is_gone_in_it",
        "test_failover.py::test_a_programming_error_is_no_outage",
    )

    def get(self, key: str, default: Any = None) -> Any:
        self.checked_key(key)
        try:
            self.client.ping()
        except DOWN:
            return default
        return super().get(key, default)


class DeletesNothing(FailsOver):
    """A delete that cannot reach the server is left at that.
    pulp/pulpcore#1663
    """

    caught_by = (
        "test_failover.py::test_what_is_deleted_during_an_outage_is_gone_in_it",
        "test_failover.py::test_bulk_operations_go_on_during_an_outage",
    )

    def delete(self, key: str) -> bool:
        self.checked_key(key)
        return False if self.away else super().delete(key)


class ClearsNothing(FailsOver):
    """A clear that cannot reach the server is left at that.
    cBioPortal/cbioportal#11647
    """

    caught_by = ("test_failover.py::test_what_is_cleared_during_an_outage_is_gone_in_it",)

    def note_clear(self, _cleared: int) -> None:
        pass


class FindsNothingInBulk(FailsOver):
    """get finds what was set meanwhile, and get_many nothing.
    jazzband/django-redis#150
    """

    caught_by = ("test_failover.py::test_bulk_operations_go_on_during_an_outage",)

    def get_many(self, keys: Iterable[str]) -> dict[str, Any]:
        found = super().get_many(keys)
        return {} if self.away else found


class RaisesInsteadOfComputing(FailsOver):
    """Where the server cannot be asked, its error is raised and nothing is computed.
    jaredwray/cacheable#643
    """

    caught_by = ("test_failover.py::test_a_miss_is_computed_during_an_outage",)

    def claimed(self, key: str, flight: Flight) -> Any:
        return super(FailsOver, self).claimed(key, flight)


class SkipsWhatCannotBeStored(FailsOver):
    """A value that cannot be encoded is skipped, as if that were an outage.
    langflow-ai/langflow#13781
    """

    caught_by = ("test_failover.py::test_a_programming_error_is_no_outage",)

    def encoded(self, value: Any) -> str:
        try:
            return super().encoded(value)
        except TypeError:
            if self.away:
                return json.dumps(repr(value))
            raise


class TakesAnyErrorForAnOutage(FailsOver):
    """Whatever is wrong while the server is away is put down to that.
    QWED-AI/qwed-verification#199
    """

    caught_by = ("test_failover.py::test_a_bad_key_is_no_outage",)

    def get(self, key: str, default: Any = None) -> Any:
        try:
            return super().get(key, default)
        except Exception:
            self.tried(self.client.ping, bool)
            if self.away:
                return default
            raise


class IsAlwaysWell(FailsOver):
    """Whoever serves, it tells that all is well.
    lbeder/health-monitor-rails#93
    """

    caught_by = ("test_failover.py::test_health_tells_who_serves_and_how_much_waits",)

    def serving(self) -> str:
        return "server"


class NoticesOnce(FailsOver):
    """The thread that notices an outage falls back, and the next ones find the connection broken.
    redis/redis-rb#49
    """

    backend = "embedded"
    caught_by = (
        "test_failover.py::test_traffic_goes_on_through_a_whole_outage",
        "test_replay.py::test_what_is_changed_once_the_outage_was_noticed_is_never_undone",
    )

    def tried(self, ask: Callable[[], Any], otherwise: Callable[[], Any]) -> Any:
        try:
            return ask()
        except DOWN:
            if self.away:
                raise
            self.lose()
            return otherwise()
