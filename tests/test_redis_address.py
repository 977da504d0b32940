"""Where a Redis cache finds its server, a URL, a socket or a client, and which addresses and options it refuses."""

from __future__ import annotations

import re
from typing import Any

import pytest
import redis
from redis.sentinel import Sentinel
from redis_servers import SAFETY, SECRET, Make, client, make, process, refusal, server

from cache_impl import BadSetting, RedisCache
from conformance.processes import Process

__all__ = ["client", "make", "process", "server"]  # fixtures


@pytest.mark.parametrize(
    "server",
    [
        *("", "localhost", "localhost:6379", f"user:{SECRET}@localhost", f"reddis://user:{SECRET}@h", "http://h"),
        *(f"redis://:{SECRET}/x@h", f"redis://:12/{SECRET}@h", f"redis://user:{SECRET}#x@h", f"redis://:{SECRET}?x@h"),
        *(
            "redis://h:99999",
            f"redis://:{SECRET}@a..b",
            f"redis://:{SECRET}@{'a' * 70}",
            "redis://h:port",
            "redis://h/name",
            "redis://h/1/2",
            f"redis://:{SECRET}@h?db=one",
        ),
        *(f"redis://:{SECRET}@h?tiemout=1", f"rediss://:{SECRET}@h?ssl_cert_reqs=sometimes", "unix://"),
        *(f"rediss://:{SECRET}@h?ssl_cert_reqs=none", f"rediss://:{SECRET}@h?ssl_check_hostname=false"),
        *(f"rediss://:{SECRET}@h?ssl_ca_certs=/no/such/file", None, 6379, b"redis://h", object()),
    ],
    ids=lambda server: re.sub(r" at 0x\w+", "", repr(server))[:50].replace(SECRET, "..."),
)
def test_a_server_that_cannot_be_is_refused_at_once(server: Any) -> None:
    """BadSetting when the cache is made, and no password in what it says."""
    assert isinstance(refusal(lambda: RedisCache(server)), BadSetting)


@pytest.mark.parametrize(
    "options",
    [
        *({"deadline": 0}, {"deadline": None}, {"deadline": True}, {"pool_size": 0}, {"pool_size": 1.5}),
        *({"prefix": None}, {"prefix": b"x"}, {"ttl": 0}, {"ttl": -1}, {"ttl": float("nan")}, {"signing_key": b"x"}),
    ],
    ids=repr,
)
def test_a_setting_that_cannot_be_is_refused_at_once(options: dict[str, Any]) -> None:
    """BadSetting, a ValueError."""
    with pytest.raises(BadSetting):
        RedisCache("redis://localhost", **options)


def test_certificate_checks_are_off_only_where_code_says_so() -> None:
    """The same URL is taken with unverified_tls=True; and a login belongs to the client, where there is one."""
    RedisCache("rediss://h?ssl_cert_reqs=none", unverified_tls=True)
    RedisCache(redis.Redis(host="h", ssl=True, ssl_cert_reqs="none"))
    with pytest.raises(BadSetting, match="client"):
        RedisCache(redis.Redis(), password=SECRET)


def test_a_client_of_several_servers_is_refused() -> None:
    """One that asks a Sentinel would be spoken to as if it knew where to go."""
    with pytest.raises(BadSetting, match="Sentinel"):
        RedisCache(Sentinel([("127.0.0.1", 1)]).master_for("any"))  # type: ignore[no-untyped-call]


def test_a_unix_socket_is_spoken_to(server: Process, make: Make) -> None:
    """By its path, with a database."""
    path = redis.Redis.from_url(server.url).config_get("unixsocket")["unixsocket"]
    make(f"unix://{path}?db=1").set("a", 1)
    assert (make(f"{server.url}/1").get("a"), make().get("a")) == (1, None)


def test_a_client_is_left_as_it_is(client: redis.Redis) -> None:
    """Its settings are used, whatever it makes of replies; it is neither changed nor closed."""
    place = client.connection_pool.connection_kwargs
    theirs = redis.Redis(host=place["host"], port=place["port"], decode_responses=True, protocol=3, db=2)
    before = dict(theirs.connection_pool.connection_kwargs)
    with RedisCache(theirs, deadline=SAFETY) as cache:
        cache.set("a", b"\xff")
        assert cache.get("a") == b"\xff"
    assert theirs.connection_pool.connection_kwargs == before
    assert theirs.keys() == ["cache:a"]
