"""Valkey GLIDE, the client with a core in Rust, with pickle for the values."""

from __future__ import annotations

import pickle
from collections.abc import Iterable, Mapping
from typing import Any

from glide_sync import Batch, ExpirySet, ExpiryType, GlideClient, GlideClientConfiguration, NodeAddress

from ...contract import Location
from ._servers import address


class ValkeyGlide:
    """valkey-glide and pickle: one command for each operation, on a Redis or Valkey server."""

    declares = {
        "ttl": "per-entry",  # `expiry`: https://glide.valkey.io/languages/python/api/sync/string_commands/
        "values": "copied",  # pickled
        "types": "any",  # pickled
        "scope": "network",
        "durable": "yes",  # entries outlive the client
        "threads": "safe",  # "thread safe": https://glide.valkey.io/concepts/client-features/multiplexing/
        # MGET, DEL, and a transaction: https://valkey.io/valkey-glide-docs/concepts/client-features/batching-vs-pipelining
        "bulk": "yes",
    }
    distribution = "valkey-glide-sync"

    def __init__(self, location: Location, ttl: float | None = None) -> None:
        server = address(location)
        node = NodeAddress(str(server.hostname), server.port or 6379)
        self._ttl, self._prefix = ttl, location.namespace
        # a busy machine may keep it waiting for longer than its 250 ms
        self._client: Any = GlideClient.create(GlideClientConfiguration([node], request_timeout=20_000))
        self.close = self._client.close

    def get(self, key: str, default: Any = None) -> Any:
        stored = self._client.get(self._prefix + key)
        return default if stored is None else pickle.loads(stored)  # noqa: S301 - what peers do

    def set(self, key: str, value: Any, ttl: float | None = None) -> None:
        seconds = self._ttl if ttl is None else ttl
        expiry = None if seconds is None else ExpirySet(ExpiryType.MILLSEC, int(seconds * 1000))
        self._client.set(self._prefix + key, pickle.dumps(value), expiry=expiry)

    def get_many(self, keys: Iterable[str]) -> dict[str, Any]:
        asked = {key: self._prefix + key for key in keys}
        stored = zip(asked, self._client.mget(list(asked.values())) if asked else [], strict=True)  # MGET wants one
        return {key: pickle.loads(value) for key, value in stored if value is not None}  # noqa: S301 - as above

    def set_many(self, mapping: Mapping[str, Any], ttl: float | None = None) -> None:
        seconds = self._ttl if ttl is None else ttl
        expiry = None if seconds is None else ExpirySet(ExpiryType.MILLSEC, int(seconds * 1000))
        transaction = Batch(is_atomic=True)
        for key, value in mapping.items():
            transaction.set(self._prefix + key, pickle.dumps(value), expiry=expiry)
        self._client.exec(transaction, raise_on_error=True)

    def delete_many(self, keys: Iterable[str]) -> int:
        asked = [self._prefix + key for key in keys]
        return self._client.delete(asked) if asked else 0  # DEL wants one at least

    def delete(self, key: str) -> bool:
        return bool(self._client.delete([self._prefix + key]))

    def clear(self) -> None:
        cursor: Any = "0"
        while True:
            cursor, keys = self._client.scan(cursor, match=self._prefix + "*")
            if keys:
                self._client.delete(keys)
            if int(cursor) == 0:
                return
