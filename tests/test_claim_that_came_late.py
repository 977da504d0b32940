"""A claim that is made when its compute has been overtaken already: nobody is to wait for it."""

from __future__ import annotations

from typing import Any

import fakeredis
import pytest

from cache_impl import RedisCache


def test_a_claim_does_not_outlive_its_compute(monkeypatch: pytest.MonkeyPatch) -> None:
    """A delete between the first look and the claim leaves the next caller a value, and nothing to wait for."""
    client: Any = fakeredis.FakeRedis()
    cache = RedisCache(client, prefix="a:")
    store = cache._store  # noqa: SLF001  # the one moment at which this shows
    claim = store.claim

    def late(*arguments: Any) -> bool:
        cache.delete("key")
        return claim(*arguments)

    monkeypatch.setattr(store, "claim", late)
    assert cache.get_or_set("key", lambda: 1) == 1
    assert cache.get_or_set("key", lambda: 2) == 1
