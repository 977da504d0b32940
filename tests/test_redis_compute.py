"""get_or_set of a Redis cache, when something happens on the server while it computes."""

from __future__ import annotations

import pytest
import redis
from redis_servers import Make, client, make, process, server

from cache_impl import Recursion
from conformance.processes import Process

__all__ = ["client", "make", "process", "server"]  # fixtures


@pytest.mark.parametrize("change", ["set", "delete", "clear"])
def test_a_change_elsewhere_during_a_compute_wins(make: Make, change: str) -> None:
    """The late result goes to its caller, and does not undo what another machine has done meanwhile."""
    cache, other = make(), make()
    changes = {"set": lambda: other.set("a", "newer"), "delete": lambda: other.delete("a"), "clear": other.clear}

    def compute() -> str:
        assert (len(other), "a" in other) == (0, False)
        assert not changes[change]()
        return "late"

    assert cache.get_or_set("a", compute) == "late"
    assert cache.get("a") == ("newer" if change == "set" else None)


def test_a_compute_that_asks_for_its_own_key_over_another_cache_raises(make: Make) -> None:
    """It would wait for itself until its lease is over."""
    cache, other = make(), make()
    with pytest.raises(Recursion):
        cache.get_or_set("a", lambda: other.get_or_set("a", lambda: "inner"))
    assert (cache.get("a"), other.get("a")) == (None, None)


def test_what_was_computed_is_returned_though_the_server_has_gone_meanwhile(server: Process, make: Make) -> None:
    """It was expensive, and is what was asked for; that it is not stored is logged."""
    cache = make()
    assert cache.get_or_set("a", lambda: server.kill() or "computed") == "computed"
    server.restart()
    assert cache.get_or_set("a", lambda: "again") == "again"


def test_a_compute_that_fails_leaves_nothing_behind(make: Make, client: redis.Redis) -> None:
    """Not even what said that there was one."""
    with pytest.raises(ZeroDivisionError):
        make().get_or_set("a", lambda: 1 / 0)
    assert client.keys() == []
