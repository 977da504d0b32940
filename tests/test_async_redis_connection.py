"""What a Redis cache in tasks connects over: sockets, logins, TLS, and what asyncio has not."""

from __future__ import annotations

import asyncio
import os
from typing import Any

import fakeredis
import redis
from redis_servers import SAFETY, SECRET, certificates, client, process, secured, server
from redis_tasks import finished, opened, refused

from cache_impl import RedisCache
from cache_impl.errors import AccessDenied
from conformance.processes import Process

__all__ = ["certificates", "client", "process", "secured", "server"]  # fixtures


def test_a_unix_socket_and_a_password_are_for_tasks_too(server: Process, client: redis.Redis) -> None:
    """Login is redis.asyncio's own; a wrong password is AccessDenied, and shown nowhere."""
    path = str(client.config_get("unixsocket")["unixsocket"])

    async def main(url: str) -> Any:
        async with opened(url) as cache:
            await cache.aset("a", 1)
            return await cache.aget("a")

    assert finished(main(f"unix://{path}?db=1")) == 1
    client.config_set("requirepass", SECRET)
    assert finished(main(server.url.replace("//", f"//:{SECRET}@"))) == 1
    wrong = RedisCache(server.url.replace("//", f"//:{SECRET}x@"), deadline=SAFETY)
    assert type(refused(lambda: wrong.aget("a"))) is AccessDenied


def test_tls_is_spoken_and_certificates_are_checked(secured: int, certificates: Any) -> None:
    """A long value comes through; a certificate that is not known is AccessDenied."""
    url, value = f"rediss://127.0.0.1:{secured}?ssl_ca_certs={certificates}", os.urandom(3_000_000)

    async def main() -> None:
        async with opened(f"{url}/ours.crt") as cache:
            await cache.aset("a", value)
            assert await cache.aget("a") == value

    finished(main())
    stranger = RedisCache(f"{url}/theirs.crt", deadline=SAFETY)
    assert type(refused(lambda: stranger.aget("a"))) is AccessDenied


def test_connections_that_asyncio_has_not_are_asked_in_threads() -> None:
    """So it is with fakeredis, and with whatever somebody has made of redis-py's."""

    async def main() -> None:
        async with RedisCache(fakeredis.FakeRedis(), pool_size=2, deadline=SAFETY) as cache:
            await asyncio.gather(*(cache.aset(str(number), number) for number in range(20)))
            assert sorted([key async for key in cache], key=int) == [str(number) for number in range(20)]
            assert await cache.aget_many(["1", "2", "x"]) == {"1": 1, "2": 2}

    finished(main())
