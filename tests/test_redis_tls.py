"""TLS of a Redis cache, to a server with a certificate of its own."""

from __future__ import annotations

import os
from functools import partial
from pathlib import Path

from redis_servers import Make, certificates, hurry, make, process, refusal, secured, server

from cache_impl import DeadlineExceeded
from cache_impl.errors import AccessDenied
from conformance.processes import Process

__all__ = ["certificates", "make", "process", "secured", "server"]  # fixtures


def test_tls_is_spoken_and_certificates_are_checked(secured: int, certificates: Path, make: Make) -> None:
    """A long value comes through; a certificate that is not known, or for another host, is AccessDenied."""
    url = f"rediss://127.0.0.1:{secured}?ssl_ca_certs={certificates}"
    cache, value = make(f"{url}/ours.crt"), os.urandom(3_000_000)
    cache.set("a", value)
    assert cache.get("a") == value
    assert cache.get_many(str(number) for number in range(2000)) == {}
    named = f"{url}/ours.crt".replace("127.0.0.1", "localhost")
    for other in (f"{url}/theirs.crt", named, f"rediss://127.0.0.1:{secured}"):
        assert type(refusal(partial(make(other).get, "a"))) is AccessDenied
    assert make(f"rediss://127.0.0.1:{secured}?ssl_cert_reqs=none", unverified_tls=True).get("a") == value


def test_tls_on_a_frozen_server_is_given_up_on(secured: int, certificates: Path, make: Make, server: Process) -> None:
    """Certificates are loaded once, and not within the deadline of an operation."""
    url = f"rediss://127.0.0.1:{secured}?ssl_ca_certs={certificates}/ours.crt"
    before, after = make(url), make(url)
    before.get("a")
    server.freeze()
    for cache in (before, after):
        assert type(refusal(partial(hurry(cache).get, "a"))) is DeadlineExceeded
