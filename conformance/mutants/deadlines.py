"""Wrong about how long a server is waited for."""

from __future__ import annotations

import time
from typing import Any

import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from ..contract import Location
from .networked import Networked

LONG = 60.0  # seconds: for ever, as far as a test is concerned


class WaitsForTheAnswer(Networked):
    """An answer is waited for without an end.
    redis/redis-py#2243
    """

    backend = "embedded"
    caught_by = ("test_deadline.py::test_every_operation_ends_while_the_server_is_frozen",)

    def connected(self, location: Location, deadline: float) -> Any:
        return location.connect(socket_timeout=None, socket_connect_timeout=deadline, retry=Retry(NoBackoff(), 0))


class WaitsToConnect(Networked):
    """A connection is waited for as long as the system likes.
    PerlRedis/perl-redis#57
    """

    caught_by = ("test_deadline.py::test_every_operation_ends_while_all_packets_are_lost",)

    def connected(self, location: Location, deadline: float) -> Any:
        return location.connect(socket_timeout=deadline, socket_connect_timeout=LONG, retry=Retry(NoBackoff(), 0))


class AsksAgainAndAgain(Networked):
    """Where nobody listens it tries until somebody does.
    jaredwray/cacheable#87
    """

    caught_by = ("test_deadline.py::test_every_operation_ends_while_the_server_is_gone",)

    def found(self, key: str) -> str | None:
        while not self.closed:
            try:
                return super().found(key)
            except redis.TimeoutError:
                raise
            except redis.ConnectionError:
                time.sleep(0.1)
        return None
