"""open_cache(): the same program on Redis and without, and a wrong setting told by its name."""

from __future__ import annotations

import asyncio
import os
import re
import traceback
from collections.abc import Callable
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest
from layered_machines import await_, server, settled

from cache_impl import (
    AccessDenied,
    BadSetting,
    LayeredCache,
    LocalCache,
    MemoryCache,
    Settings,
    StorageError,
    ToolCache,
    open_cache,
)

__all__ = ["server"]  # a fixture

CHECKOUT = Path(__file__).parent.parent
NAMES = {each.metadata["name"] for each in fields(Settings)}
SECRET = "s3cr3t-and-long-enough"  # noqa: S105  # to look for where it must not be


@pytest.fixture(autouse=True)
def _elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Begin where there is no ``.env``, with nothing set."""
    monkeypatch.chdir(tmp_path)
    for name in NAMES:
        monkeypatch.delenv(name, raising=False)


def refusal(operation: Callable[[], object]) -> str:
    """What is said of a setting that cannot be; in no part of it is there a secret."""
    with pytest.raises(BadSetting) as refused:
        operation()
    assert SECRET not in "".join(traceback.format_exception(refused.value)) + repr(refused.value.args)
    return str(refused.value)


def test_every_setting_is_in_the_example_with_its_default() -> None:
    """And the example itself is accepted."""
    example = CHECKOUT / ".env.example"
    assert Settings.read({}, example) == Settings.read({}) == Settings()
    named = re.findall(r"^(\w+)=", example.read_text(encoding="utf-8"), re.MULTILINE)
    assert sorted(named) == sorted(NAMES)


def test_the_environment_comes_before_the_file() -> None:
    """Each where it says something; nothing in the file is expanded or set."""
    Path(".env").write_text(
        "# ours\nexport REDIS_DEADLINE=0.5\nCACHE_TTL='60'\nREDIS_PASSWORD=\"a$HOME#${HOME}\"\nOTHER=1\nUSE_REDIS\n",
        encoding="utf-8",
    )
    settings = Settings.read({"CACHE_TTL": "30", "REDIS_DEADLINE": ""})
    assert (settings.redis_deadline, settings.ttl, settings.redis_password) == (0.5, 30.0, "a$HOME#${HOME}")
    assert settings.use_redis
    assert "OTHER" not in os.environ


@pytest.mark.parametrize("word", ["true", "TRUE", "1", "yes", "on"])
def test_flags_are_read_as_people_write_them(word: str) -> None:
    """In either case."""
    assert Settings.read({"CACHE_MIRROR": word, "USE_REDIS": "No"}) == Settings(mirror=True, use_redis=False)


@pytest.mark.parametrize(
    ("name", "value", "right"),
    [
        ("USE_REDIS", "ja", "true or false"),
        ("REDIS_DEADLINE", "abc", "seconds above 0"),
        *[("REDIS_DEADLINE", value, "seconds above 0") for value in ("0", "-1", "nan", "inf", "0,25")],
        ("REDIS_POOL_SIZE", "0", "1 or more"),
        ("CACHE_TTL", "-5", "seconds above 0"),
        ("CACHE_MEMORY_CAPACITY", "1e3", "0 or more"),
        ("REDIS_STALE", "-1", "0 or more"),
        ("REDIS_EARLY_REFRESH", "inf", "0 or more"),
        ("CACHE_BREAKER_FAILURE_THRESHOLD", "²", "1 or more"),
        ("CACHE_BREAKER_RECOVERY_TIME", "soon", "seconds above 0"),
    ],
)
def test_a_wrong_value_is_refused_by_name(name: str, value: str, right: str) -> None:
    """With where it was found, and what would be right."""
    said = refusal(lambda: Settings.read({name: value}))
    assert said.startswith(f"{name}={value!r} in the environment: it is ")
    assert right in said
    Path(".env").write_text(f"{name}={value}\n", encoding="utf-8")
    assert f"{name}={value!r} in .env" in refusal(open_cache)


def test_a_name_with_a_typo_is_refused_with_the_right_one() -> None:
    """Others that begin as ours do are named; what is clearly somebody else's is left alone."""
    for wrong, right in [
        ("CACHE_SINGING_KEY", "CACHE_SIGNING_KEY"),
        ("REDIS_DEADLNE", "REDIS_DEADLINE"),
        ("USE_REDS", "USE_REDIS"),
        ("CACHE_DIRECTROY", "CACHE_DIRECTORY"),
    ]:
        assert refusal(lambda wrong=wrong: Settings.read({wrong: SECRET})).endswith(f"did you mean {right}?")
    with pytest.warns(UserWarning, match="CACHE_DIR in the environment .* nearest one is CACHE_DIRECTORY"):
        Settings.read({"CACHE_DIR": "x"})
    Settings.read({"REDIS_HOST": "h", "REDIS_PORT": "1", "REDIS_NAME": "n", "DATABASE_URL": "d", "PATH": "/bin"})


@pytest.mark.parametrize("content", [b"REDIS_PASSWORD='" + SECRET.encode(), b"CACHE_TTL=\xff", None])
def test_a_file_that_cannot_be_read_is_refused(content: bytes | None) -> None:
    """A line that is none, bytes that are no text, a directory; what stands there is not shown."""
    if content is None:
        Path(".env").mkdir()
    else:
        Path(".env").write_bytes(content)
    assert ".env" in refusal(open_cache)


@pytest.mark.parametrize(
    "url",
    [
        "localhost:6379",
        f"reddis://:{SECRET}@h",
        f"redis://h?password=x@{SECRET}&db=one",
        f"rediss://:{SECRET}@h?ssl_cert_reqs=none",
    ],
)
def test_a_url_that_cannot_be_is_refused_by_name(url: str) -> None:
    """And no password in what is said."""
    assert refusal(lambda: open_cache(Settings.read({"REDIS_URL": url}))).startswith("REDIS_URL: server ")


def test_no_secret_is_shown() -> None:
    """In no repr, of settings or cache, and in no health."""
    environment = {
        "REDIS_URL": f"redis://ann:{SECRET}@127.0.0.1:1",
        "REDIS_PASSWORD": SECRET,
        "CACHE_SIGNING_KEY": SECRET,
        "REDIS_DEADLINE": "0.5",
    }
    settings = Settings.read(environment)
    assert repr(settings) == "Settings(redis_url=..., redis_password=..., redis_deadline=0.5, signing_key=...)"
    with open_cache(settings) as cache:
        cache.set("a", 1)
        assert SECRET not in repr(cache) + str(cache.health()) + repr(cache.health()) + repr(settings)
    assert "5 characters" in refusal(lambda: Settings.read({"CACHE_SIGNING_KEY": "short"}))


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


def test_a_local_cache_keeps_its_entries_and_sees_those_of_others(tmp_path: Path) -> None:
    """What is set survives; another process's write shows when memory has forgotten; one's own shows at once."""
    now = [1000.0]

    def machine() -> LocalCache:
        return LocalCache(tmp_path / "x", memory=MemoryCache(clock=lambda: now[0]), memory_ttl=5, clock=lambda: now[0])

    with machine() as one, machine() as two:
        one.set("a", 1, ttl=3)
        assert two.get("a") == 1
        one.set_many({"a": 2, "b": 3})
        assert (one.get("a"), two.get("a"), two.get_many("abc")) == (2, 1, {"a": 1, "b": 3})
        now[0] += 3
        assert (two.get("a"), one.get("a")) == (2, 2)
        one.set("c", 4, ttl=2)
        assert one.get("c") == 4
        now[0] += 2
        assert one.get("c") is None
        assert (two.delete_many("ab"), two.get_many("ab"), len(two)) == (2, {}, 0)
        one.clear()
        assert (one.get("a"), one.get_many("ab")) == (None, {})
    with machine() as cache:
        cache.set("a", 1)
    with machine() as cache:
        assert cache.get("a") == 1
        assert str(cache.health()).startswith("file serves since ")
