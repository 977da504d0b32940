"""open_cache(): the same program on Redis and without, with the settings that were made."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path
from typing import Any

import pytest
from layered_machines import await_, server, settled
from unset_settings import nothing_set

from cache_impl import AccessDenied, LayeredCache, LocalCache, Settings, StorageError, ToolCache, open_cache

__all__ = ["nothing_set", "server"]  # fixtures


def use(cache: Any) -> None:
    """What an application does."""
    tools = ToolCache(cache, single_host=True)
    cache.set("a", {"b": [1]})
    assert cache.get("a") == cache.get("a") == {"b": [1]}
    assert cache.get_or_set("c", lambda: 2) == 2
    assert tools.run_once("agent", "template", {}, lambda: 3) == 3
    assert cache.get_many(["a", "c", "d"]) == {"a": {"b": [1]}, "c": 2}
    assert (cache.delete("a"), cache.get("a")) == (True, None)
    assert cache.stats().hits >= 4
    assert asyncio.run(use_as_a_task(cache)) == [None, 4, {"d": 4}, cache.health().serving]
    cache.clear()
    assert list(cache) == []


async def use_as_a_task(cache: Any) -> list[Any]:
    """What a task sees: at once what it has set, and nothing that it has deleted."""
    await cache.aset("e", 5)
    await cache.aget("e")
    await cache.adelete("e")
    await cache.aset("d", 4)
    return [
        await cache.aget("e"),
        await cache.aget("d"),
        await cache.aget_many(["d", "e"]),
        (await cache.ahealth()).serving,
    ]


def test_the_same_program_runs_with_redis_and_without(server: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """USE_REDIS says which; both keep their files in the one directory, in places of their own, closed to others."""
    monkeypatch.setenv("REDIS_URL", server.url)
    monkeypatch.setenv("CACHE_DIRECTORY", "here")
    kinds = []
    for word in ("true", "false"):
        monkeypatch.setenv("USE_REDIS", word)
        with open_cache() as cache:
            use(cache)
            kinds.append((type(cache), cache.health().serving))
    assert kinds == [(LayeredCache, "redis"), (LocalCache, "file")]
    assert {f"{each.stat().st_mode:o}"[-3:] for each in [Path("here"), *Path("here").iterdir()]} == {"700"}


def test_settings_reach_the_parts(server: Any) -> None:
    """Deadline, threshold and prefix as they were set; and an outage goes as it should."""
    environment = {
        "REDIS_URL": server.url,
        "REDIS_DEADLINE": "0.1",
        "CACHE_BREAKER_FAILURE_THRESHOLD": "1",
        "CACHE_BREAKER_RECOVERY_TIME": "0.05",
        "CACHE_MEMORY_CAPACITY": "0",
        "REDIS_PREFIX": "mine:",
    }
    with open_cache(Settings.read(environment)) as cache, server.connect() as client:
        cache.set("a", 1)
        assert client.keys() == [b"mine:a"]
        server.kill()
        cache.set("a", 2)
        assert cache.health().breaker != "closed"
        server.restart()
        await_(lambda: settled(cache))
        assert cache.get("a") == 2


def test_a_directory_that_cannot_be_used_is_told_by_name(monkeypatch: pytest.MonkeyPatch) -> None:
    """A file, a symlink, somebody else's; and what is there stays."""
    Path("file").write_text("mine", encoding="utf-8")
    Path("link").symlink_to("file")
    Path("theirs").mkdir()
    for use_redis in (True, False):
        for place, kind in (("file", StorageError), ("link", AccessDenied)):
            with pytest.raises(kind, match=f"CACHE_DIRECTORY: .*/{place} is "):
                open_cache(Settings(use_redis=use_redis, directory=place))
        with monkeypatch.context() as patch:
            patch.setattr(os, "geteuid", lambda: 12345)
            with pytest.raises(AccessDenied, match=r"CACHE_DIRECTORY: .* belongs to user"):
                open_cache(Settings(use_redis=use_redis, directory="theirs"))
    assert Path("file").read_text(encoding="utf-8") == "mine"
