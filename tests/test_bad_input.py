"""What cannot be is told by an error of its own, wherever it is met; and what was stored before stays."""

from __future__ import annotations

import asyncio
import os
import traceback
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import redis
from redis_servers import certificates, process, secured, server

from cache_impl import (
    AccessDenied,
    BadKey,
    BadSetting,
    BadValue,
    CacheClosed,
    CacheError,
    FileCache,
    LayeredCache,
    LocalCache,
    MemoryCache,
    RedisCache,
    StorageError,
    ToolCache,
    Unavailable,
)

__all__ = ["certificates", "process", "secured", "server"]  # fixtures

SECRET = "s3cr3t"  # noqa: S105  # to look for where it must not be
Open = Callable[..., Any]


@pytest.fixture(params=["redis", "layered"])
def open_(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Open]:
    """Opens caches of one kind on a URL, with enough time for a busy machine."""
    opened: list[Any] = []

    def open_(url: str, **options: Any) -> Any:
        redis = RedisCache(url, **{"deadline": 10.0, **options})
        opened.append(redis if request.param == "redis" else LayeredCache(redis, tmp_path / "layered"))
        return opened[-1]

    yield open_
    for cache in opened:
        cache.close()


def refused(kind: type[CacheError], operation: Callable[[], object]) -> str:
    """What the error of ``operation``, of exactly that ``kind``, says; in no part of it is there a secret."""
    with pytest.raises(CacheError) as error:
        operation()
    assert type(error.value) is kind
    assert SECRET not in "".join(traceback.format_exception(error.value)) + repr(error.value.args)
    return str(error.value)


@pytest.fixture
def guarded(server: Any) -> Iterator[str]:
    """The URL of a server that has a password, "right", from now on; a cache has stored 1 under "a" before."""
    with RedisCache(server.url, deadline=10.0) as cache, redis.Redis.from_url(server.url) as admin:
        cache.set("a", 1)
        admin.config_set("requirepass", "right")
        yield server.url
        admin.config_set("requirepass", "")


def test_a_wrong_password_is_raised_by_every_operation(guarded: str, open_: Open) -> None:
    """Of coroutines and tasks, too; what was stored before is there for who knows the right one."""
    wrong = open_(guarded, password=SECRET)
    for operation in (
        lambda: wrong.get("a"),
        lambda: wrong.set("a", 2),
        lambda: wrong.delete("a"),
        lambda: wrong.get_or_set("a", lambda: 2),
        lambda: asyncio.run(wrong.aget("a")),
        lambda: asyncio.run(wrong.aset("a", 2)),
        lambda: ToolCache(wrong).run_once("agent", "template", {}, pytest.fail),
    ):
        assert "does not let us in" in refused(AccessDenied, operation)
    with RedisCache(guarded, password="right", deadline=10.0) as right:  # noqa: S106  # of a server of ours
        assert right.get("a") == 1


def test_a_certificate_that_is_not_known_is_raised(secured: int, certificates: Path, open_: Open) -> None:
    """By each kind of cache, and not taken for an outage; who knows it finds all there."""
    url = f"rediss://127.0.0.1:{secured}?ssl_ca_certs={certificates}"
    with RedisCache(f"{url}/ours.crt", deadline=10.0) as right:
        right.set("a", 1)
        wrong = open_(f"{url}/theirs.crt")
        for operation in (
            lambda: wrong.get("a"),
            lambda: wrong.set("a", 2),
            lambda: asyncio.run(wrong.aget("a")),
        ):
            assert "certificate verify failed" in refused(AccessDenied, operation).lower()
        assert right.get("a") == 1


@pytest.mark.parametrize("host", ["redis://no.such.host.invalid", "redis://127.0.0.1:1", "unix:///no/such/socket"])
def test_a_host_that_cannot_be_reached_is_told_or_gone_round(
    host: str, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """RedisCache says so, with the address; LayeredCache goes on, and its log tells why, its health who serves."""
    with RedisCache(host, deadline=10.0) as cache:
        assert host in refused(Unavailable, lambda: cache.get("a"))
        assert host in refused(Unavailable, lambda: asyncio.run(cache.aget("a")))
    with LayeredCache(RedisCache(host, deadline=10.0), tmp_path / "layered") as layered:
        for _ in range(3):
            layered.set("a", 1)
        assert layered.get("a") == 1
        assert (layered.health().serving, layered.health().pending) == ("file", 1)
    (warning,) = [each.getMessage() for each in caplog.records if each.levelname == "WARNING"]
    assert warning.startswith(f"the file serves, and not Redis: {host}")


@pytest.fixture(params=["memory", "file", "local", "redis", "layered"])
def cache(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Any]:
    """One of each kind, on a real server where it uses one."""

    def on_redis() -> RedisCache:
        return RedisCache(request.getfixturevalue("server").url, prefix=f"{tmp_path.name}:", deadline=10.0)

    makes: dict[str, Callable[[], Any]] = {
        "memory": MemoryCache,
        "file": lambda: FileCache(tmp_path / "file"),
        "local": lambda: LocalCache(tmp_path / "local", memory=MemoryCache()),
        "redis": on_redis,
        "layered": lambda: LayeredCache(on_redis(), tmp_path / "layered", memory=MemoryCache()),
    }
    with makes[request.param]() as cache:
        yield cache


def test_a_ttl_that_is_none_is_refused_and_nothing_changes(cache: Any) -> None:
    """Negative, zero, no number: in every operation that takes one."""
    cache.set("a", 1)
    for ttl in (-1, 0, float("nan"), "5"):
        for operation in (
            lambda ttl=ttl: cache.set("a", 2, ttl=ttl),
            lambda ttl=ttl: cache.set_many({"a": 2, "b": 2}, ttl=ttl),
            lambda ttl=ttl: cache.get_or_set("b", pytest.fail, ttl=ttl),
            lambda ttl=ttl: asyncio.run(cache.aset("a", 2, ttl=ttl)),
        ):
            assert f"ttl is {ttl!r}; it is a number of seconds, above 0" in refused(BadSetting, operation)
    assert (cache.get("a"), cache.get_many("ab")) == (1, {"a": 1})


def test_what_has_no_canonical_form_is_refused_and_nothing_changes(cache: Any) -> None:
    """As data of a key, named by where it stands; as a value that is to be written down, too."""
    cache.set("a", 1)
    tools = ToolCache(cache, single_host=True)
    for keyed in (
        lambda: tools.get_catalog({"servers": [print]}, "v1"),
        lambda: tools.set_embedding({"servers": [print]}, "model", [1.0]),
        lambda: tools.run_once("agent", "template", {"servers": [print]}, pytest.fail),
    ):
        assert "servers[0]: builtins.builtin_function_or_method has no canonical form" in refused(BadKey, keyed)
    if not isinstance(cache, MemoryCache):
        for value in (
            lambda: cache.set("a", {"b": [print]}),
            lambda: cache.set_many({"a": 2, "b": {"b": [print]}}),
            lambda: asyncio.run(cache.aset("a", {"b": [print]})),
        ):
            assert "value['b'][0] is of type builtins.builtin_function_or_method" in refused(BadValue, value)
        assert "key 5 is of type int" in refused(BadKey, lambda: cache.set_many({"a": 2, 5: 2}))
    assert (cache.get("a"), list(cache)) == (1, ["a"])


def test_a_closed_cache_is_what_the_error_names(cache: Any) -> None:
    """And not a part of it, such as the memory before others."""
    cache.close()
    named = (f"this {type(cache).__name__} is closed; open a new one", "this cache is closed; open a new one")
    for operation in (lambda: cache.get("a"), lambda: cache.set("a", 1), lambda: cache.get_many("ab"), cache.clear):
        assert refused(CacheClosed, operation) in named


@pytest.mark.parametrize("kind", [FileCache, LocalCache])
def test_a_directory_that_is_a_file_or_lies_under_one_is_refused(tmp_path: Path, kind: type[FileCache]) -> None:
    """And the file stays as it was."""
    file = tmp_path / "file"
    file.write_text("mine", encoding="utf-8")
    for place in (file, file / "below", file / "far" / "below"):
        assert f"{file} is no directory; name " in refused(StorageError, lambda place=place: kind(place))
    assert file.read_text(encoding="utf-8") == "mine"


@pytest.mark.skipif(os.geteuid() != 0, reason="giving a directory to somebody else takes root")
def test_a_directory_that_belongs_to_someone_else_is_refused_for_real(tmp_path: Path) -> None:
    """Also to root, who could open it; it is left as it was."""
    place = tmp_path / "theirs"
    place.mkdir(mode=0o755)
    os.chown(place, 12345, 12345)
    for make in (FileCache, LocalCache, lambda place: LayeredCache(RedisCache("redis://127.0.0.1:1"), place)):
        assert "belongs to user 12345, not to this process's user 0" in refused(
            AccessDenied, lambda make=make: make(place)
        )
    assert list(place.iterdir()) == []
