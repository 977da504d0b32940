"""pymemcache on a memcached of our own."""

from __future__ import annotations

import getpass
import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pymemcache

from ...contract import Location
from ...processes import ServerError
from ._servers import whole

_KEYS = (
    "documented: a key has at most 250 bytes, and no white space or control characters; refused, "
    "https://github.com/memcached/memcached/blob/1.6.18/doc/protocol.txt"
)
_DATES = (
    "documented: more than 30 days is a date, and one in the past: the entry is gone at once, "
    "https://github.com/memcached/memcached/blob/1.6.18/doc/protocol.txt"
)


class Pymemcache:
    """pymemcache.Client with its pickle serde: a ttl per entry in whole seconds, on a memcached server."""

    declares = {
        "ttl": "per-entry",  # `expire`: https://pymemcache.readthedocs.io/en/latest/apidoc/pymemcache.client.base.html
        "ttl_zero": "forever",  # "or zero for no expiry (the default)", the same place
        "granularity": 1.0,  # "number of seconds", which "must be integer", the same place
        "values": "copied",  # pickled: https://pymemcache.readthedocs.io/en/latest/getting_started.html#serialization
        "types": "any",  # pickled, the same place
        "scope": "network",
        "bulk": "plain",  # `get_many`, `set_many`, `delete_many`, the first place
    }
    deviations = {
        "test_concurrency.py::test_a_cache_goes_on_in_both_processes_after_a_fork": (
            "both processes have the one connection, and read each other's answers, "
            "https://github.com/pinterest/pymemcache/blob/v4.0.0/pymemcache/client/base.py#L360"
        ),
        "test_keys.py::test_any_text_is_a_key": _KEYS,
        "test_expiry.py::test_an_entry_lives_whenever_it_is_set": (
            "memcached's clock ticks once a second: gone up to a second early, "
            "https://github.com/memcached/memcached/issues/307"
        ),
        "test_ttl.py::test_a_huge_ttl_is_kept_or_refused": _DATES,
        "test_ttl.py::test_a_long_ttl_is_a_ttl": _DATES,
        "test_keys.py::test_a_key_that_is_no_text_is_refused": (
            "documented: a key is text or bytes, and b'a' is 'a', "
            "https://github.com/pinterest/pymemcache/blob/v4.0.0/pymemcache/client/base.py#L100-L124"
        ),
    }
    distribution = "pymemcache"
    place = "127.0.0.1:11211"  # where a script looks for a memcached

    def __init__(self, location: Location, ttl: float | None = None) -> None:
        self._ttl = ttl
        self._client: Any = pymemcache.Client(
            str(location),
            serde=pymemcache.serde.pickle_serde,
            key_prefix=location.namespace.encode(),
            allow_unicode_keys=True,
            default_noreply=False,
        )
        self.get = self._client.get
        self.get_many = self._client.get_many
        self.delete = self._client.delete
        self.clear = self._client.flush_all

    def set(self, key: str, value: Any, ttl: float | None = None) -> None:
        seconds = self._ttl if ttl is None else ttl
        self._client.set(key, value, 0 if seconds is None else whole(seconds))  # 0 is for ever

    def set_many(self, mapping: Mapping[str, Any], ttl: float | None = None) -> None:
        seconds = self._ttl if ttl is None else ttl
        self._client.set_many(mapping, 0 if seconds is None else whole(seconds))

    def delete_many(self, keys: Sequence[str]) -> None:
        self._client.delete_many(keys)  # True, whatever there was

    @classmethod
    @contextmanager
    def running(cls) -> Iterator[str]:
        """A memcached on a free port of 127.0.0.1, which it chooses itself and writes into a file."""
        binary = shutil.which("memcached")
        if binary is None:
            raise ServerError("there is no memcached on PATH; apt-get install memcached")
        with tempfile.TemporaryDirectory(prefix="cacheproof-memcached-") as directory:
            ports = Path(directory, "ports")
            command = [binary, "-u", getpass.getuser(), "-l", "127.0.0.1", "-p", "-1", "-U", "0"]
            server = subprocess.Popen(command, env={**os.environ, "MEMCACHED_PORT_FILENAME": str(ports)})  # noqa: S603
            try:
                yield f"127.0.0.1:{_port(server, ports)}"
            finally:
                server.kill()
                server.wait()


def _port(server: subprocess.Popen[bytes], ports: Path) -> int:
    deadline = time.monotonic() + 10
    while server.poll() is None and time.monotonic() < deadline:
        if ports.is_file() and (said := ports.read_text()).endswith("\n"):
            return int(said.rpartition(":")[2])
        time.sleep(0.01)
    raise ServerError(f"memcached did not start; its exit status is {server.poll()}")
