"""ToolCache: each kind of entry with its key and ttl, and tasks that run once, on everything that can keep a claim."""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing, suppress
from pathlib import Path
from typing import Any, NamedTuple
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cache_impl import (
    BadKey,
    BadSetting,
    BadValue,
    CircuitBreaker,
    CircuitOpen,
    FileCache,
    LayeredCache,
    MemoryCache,
    RedisCache,
    StillRunning,
    ToolCache,
    Unavailable,
    digest,
)
from cache_impl.basics import MISSING
from cache_impl.claims import Claims, claims_on
from cache_impl.replay import Replayer
from conformance.servers import Server, named

SAFETY = 30.0  # seconds until something that ought to come is given up on
HOUR = 3600.0
TASK = ("planner", "plan the trip to {city}", {"city": "Porto"})
BACKENDS = ("memory", "file", "fakeredis", "embedded", "layers", "layers of one host")
ACROSS = BACKENDS[1:]  # where a claim has a lease
ALONE = ("memory", "file", "layers of one host")


class Backend:
    """One place for entries, and the time there."""

    def __init__(self, name: str, server: Server | None, directory: Path) -> None:
        self._ahead, self._server = 0.0, server
        self._location = server.location(f"{uuid4()}:") if server else None
        self._memory = MemoryCache(clock=self._clock)
        self._open: dict[str, Callable[[], Any]] = {
            "memory": lambda: self._memory,
            "file": lambda: FileCache(directory / "cache", clock=self._clock),
            "layers": lambda: LayeredCache(self._redis(), directory / str(uuid4())),
            "layers of one host": lambda: LayeredCache(self._redis(), directory / "cache"),
        }
        self.name, self._opened = name, ExitStack()

    def cache(self) -> Any:
        """Another cache there, as another process would open it; of a memory cache there is but one."""
        cache = self._open.get(self.name, self._redis)()
        if cache is not self._memory:
            self._opened.enter_context(closing(cache))
        return cache

    def tools(self, **options: Any) -> ToolCache:
        return ToolCache(self.cache(), **{"single_host": self.name in ALONE, **options})

    def claims(self) -> Claims:
        return claims_on(self.cache(), single_host=self.name in ALONE)

    def advance(self, seconds: float) -> None:
        self._ahead += seconds
        if self._server is not None and self._location is not None:
            self._server.advance(self._location, seconds + 0.001)  # its keys go a moment after their time

    def close(self) -> None:
        self._opened.close()

    def _clock(self) -> float:
        return 1e9 + self._ahead  # stands still but for ``advance``

    def _redis(self) -> RedisCache:
        assert self._server is not None
        assert self._location is not None
        where: Any = self._server.url or self._server.connect()
        return RedisCache(where, prefix=self._location.namespace, clock=self._clock, deadline=SAFETY)


@pytest.fixture(scope="module")
def servers() -> Iterator[dict[str, Server]]:
    with ExitStack() as running:
        yield {name: running.enter_context(named(name).running()) for name in ("fakeredis", "embedded")}


@pytest.fixture
def backend(request: pytest.FixtureRequest, servers: dict[str, Server], tmp_path: Path) -> Iterator[Backend]:
    backend = Backend(request.param, servers.get("embedded" if "layers" in request.param else request.param), tmp_path)
    yield backend
    backend.close()


everywhere = pytest.mark.parametrize("backend", BACKENDS, indirect=True)
across = pytest.mark.parametrize("backend", ACROSS, indirect=True)


class Kind(NamedTuple):
    """How one kind of entry is set and read, what its key is, and how long it lives."""

    name: str
    arguments: tuple[Any, ...]
    key: str
    ttl: float

    def set(self, tools: ToolCache, value: Any) -> None:
        getattr(tools, f"set_{self.name}")(*self.arguments, value)

    def get(self, tools: ToolCache, default: Any = None) -> Any:
        return getattr(tools, f"get_{self.name}")(*self.arguments, default)


QUERY = {"text": "weather in Porto", "tags": ["now"]}
KINDS = [
    Kind("catalog", (["mcp://a"], "v2"), f"catalog:v2:{digest(['mcp://a'])}", 24 * HOUR),
    Kind("tool", ("get_weather", "1.4"), "tool:get_weather:1.4", 24 * HOUR),
    Kind("search_results", (QUERY, "v2", 5), f"search:{digest(QUERY)}:v2:5", HOUR),
    Kind("embedding", ("a text", "llama3:8b"), f"embedding:{digest('a text')}:llama3:8b", 7 * 24 * HOUR),
]
each_kind = pytest.mark.parametrize("kind", KINDS, ids=[kind.name for kind in KINDS])


@everywhere
@each_kind
def test_each_kind_has_its_key_and_lives_its_ttl(backend: Backend, kind: Kind) -> None:
    """Under the documented key, to the second; None and an empty list are entries, too."""
    cache, tools = backend.cache(), backend.tools()
    for value in (None, [], [0.5, 1], {"tools": ["a"]}):
        kind.set(tools, value)
        assert list(cache) == [kind.key]
        assert kind.get(backend.tools(), "none") == value
    backend.advance(kind.ttl - 1)
    assert kind.get(tools, "none") == {"tools": ["a"]}
    backend.advance(1)
    assert kind.get(tools, "none") == "none"


@everywhere
def test_ttls_are_overridden_per_kind(backend: Backend) -> None:
    """One kind lives shorter; the others, as before."""
    tools = backend.tools(ttls={"search": 60, "idempotency": 5})
    for kind in KINDS:
        kind.set(tools, 1)
    tools.run_once(*TASK, lambda: "first")
    backend.advance(5)
    assert tools.run_once(*TASK, lambda: "second") == "second"
    backend.advance(55)
    assert [kind.get(tools) for kind in KINDS] == [1, 1, None, 1]


@pytest.mark.parametrize("ttls", [{"searches": 1}, {"search": 0}, {"tool": -1}, {"tool": None}, {"tool": "1"}])
def test_a_wrong_ttl_is_refused_by_name(ttls: dict[str, Any]) -> None:
    """The kind is named, and for one that is none, all that are."""
    with pytest.raises(BadSetting, match=next(iter(ttls))):
        ToolCache(MemoryCache(), ttls=ttls)


texts = st.text(alphabet=":ab", max_size=3)
numbers = st.integers(1, 2) | st.sampled_from([True, 1.0, "1", None, 0])
calls = st.one_of(
    st.tuples(st.just("catalog"), texts, texts),
    st.tuples(st.just("tool"), texts, texts),
    st.tuples(st.just("search_results"), texts, texts, numbers),
    st.tuples(st.just("embedding"), texts, texts),
)


@given(st.lists(calls, max_size=12))
def test_two_different_entries_never_meet(entries: list[tuple[Any, ...]]) -> None:
    """Whatever the names: refused, or read back as itself, though everything else was stored in the same cache."""
    tools, kept = ToolCache(MemoryCache()), {}
    for number, (kind, *arguments) in enumerate(entries):
        with suppress(BadKey, BadSetting):
            getattr(tools, f"set_{kind}")(*arguments, number)
            kept[kind, *map(repr, arguments)] = (kind, arguments, number)
    for kind, arguments, number in kept.values():
        assert getattr(tools, f"get_{kind}")(*arguments) == number


@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        ("catalog", ([], "v:2")),
        ("catalog", ([], "")),
        ("catalog", (open, "v2")),
        ("tool", ("a:b", "c")),
        ("tool", ("a", "b:c")),
        ("tool", (None, "c")),
        ("search_results", ("q", "v:1", 1)),
        ("search_results", ("q", 1, 1)),
        ("embedding", ("a", "")),
        ("embedding", (object(), "model")),
    ],
)
def test_what_could_make_two_keys_meet_is_refused(name: str, arguments: tuple[Any, ...]) -> None:
    """On the way in as on the way out, and nothing is stored."""
    cache = MemoryCache()
    tools = ToolCache(cache)
    for operation in (f"get_{name}", f"set_{name}"):
        with pytest.raises(BadKey):
            getattr(tools, operation)(*arguments, 1)
    assert len(cache) == 0


@pytest.mark.parametrize("top_k", [0, -1, True, 1.0, "1", None])
def test_top_k_is_a_number_of_results(top_k: Any) -> None:
    """5 and "5" would meet."""
    with pytest.raises(BadSetting, match="top_k"):
        ToolCache(MemoryCache()).set_search_results("q", "v1", top_k, [])


@everywhere
def test_entries_are_removed_by_hand(backend: Backend) -> None:
    """A catalog version with what was found in it, a tool in all its versions; and nobody else's entry."""
    cache, tools = backend.cache(), backend.tools()
    others = {"catalog": 1, "catalog:": 1, "search:v1": 1, "tools:a:1": 1}
    cache.set_many(others)
    for version in ("v1", "v10"):
        tools.set_catalog("a", version, 1)
        tools.set_catalog("b", version, 1)
        tools.set_search_results("q", version, 5, [])
        tools.set_tool(version, "v1", 1)
        tools.set_tool(version, "v2", 1)
    assert (tools.invalidate_catalog("v1"), tools.invalidate_tool("v1")) == (3, 2)
    assert (tools.invalidate_catalog("v1"), tools.invalidate_tool("v1")) == (0, 0)
    left = [tools.get_catalog("a", "v10"), tools.get_tool("v10", "v1"), tools.get_search_results("q", "v10", 5)]
    assert (left, len(cache), cache.get_many(others)) == ([1, 1, []], 5 + len(others), others)
    with pytest.raises(BadKey):
        tools.invalidate_catalog("v:1")


@everywhere
@pytest.mark.parametrize("result", [None, False, [], {"plan": [1, 2.5, "x"]}])
def test_a_task_runs_once_and_its_result_is_kept(backend: Backend, result: Any) -> None:
    """For an hour, for every dispatcher; another agent, template or argument is another task."""
    ran: list[str] = []

    def fn(name: str) -> Any:
        ran.append(name)
        return result

    for _ in range(2):
        assert backend.tools().run_once(*TASK, lambda: fn("first")) == result
    agent, template, arguments = TASK
    for other in (
        (agent, template, {}),
        (agent, "", arguments),
        ("", template, arguments),
        (template, agent, arguments),
    ):
        backend.tools().run_once(*other, lambda: fn("other"))
    assert ran == ["first"] + ["other"] * 4
    backend.advance(HOUR)
    backend.tools().run_once(*TASK, lambda: fn("again"))
    assert ran[5:] == ["again"]


@everywhere
@pytest.mark.parametrize("error", [ValueError("no"), KeyboardInterrupt()], ids=["error", "interrupt"])
def test_a_task_that_fails_gives_its_claim_up(backend: Backend, error: BaseException) -> None:
    """The error reaches its caller as it is, and the next one may run at once."""

    def fail() -> Any:
        raise error

    with pytest.raises(type(error)) as raised:
        backend.tools().run_once(*TASK, fail)
    assert raised.value is error
    assert backend.tools().run_once(*TASK, lambda: 1, wait=0) == 1


@across
def test_a_result_that_cannot_be_stored_is_an_error(backend: Backend) -> None:
    """As if the task had failed."""
    with pytest.raises(BadValue):
        backend.tools().run_once(*TASK, object)
    assert backend.tools().run_once(*TASK, lambda: 1, wait=0) == 1


@everywhere
def test_who_asks_meanwhile_waits_for_the_result_or_is_told(backend: Backend) -> None:
    """With no patience: StillRunning, at once. With some: the result. Never a second run."""
    entered, go_on = threading.Event(), threading.Event()

    def slow() -> str:
        entered.set()
        assert go_on.wait(SAFETY)
        return "done"

    with ThreadPoolExecutor() as pool:
        owner = pool.submit(backend.tools().run_once, *TASK, slow)
        assert entered.wait(SAFETY)
        with pytest.raises(StillRunning, match="planner"):
            backend.tools().run_once(*TASK, pytest.fail, wait=0)
        waiters = [pool.submit(backend.tools().run_once, *TASK, pytest.fail, wait=SAFETY) for _ in range(2)]
        go_on.set()
        assert [each.result(SAFETY) for each in (owner, *waiters)] == ["done"] * 3


@everywhere
def test_of_many_dispatchers_one_runs_each_task(backend: Backend) -> None:
    """Whoever comes first."""
    ran: list[int] = []
    dispatchers = [backend.tools() for _ in range(4)]

    def dispatch(tools: ToolCache) -> list[int]:
        return [tools.run_once("a", "t", task, lambda task=task: ran.append(task) or task) for task in range(8)]

    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(dispatch, dispatchers)) == [list(range(8))] * 4
    assert sorted(ran) == list(range(8))


@across
def test_the_claim_of_a_dead_owner_ends_with_its_lease(backend: Backend) -> None:
    """Until then nobody runs its task."""
    key = f"idempotency:{digest(list(TASK))}"
    assert backend.claims().claim(key, 60) is not None
    for seconds in (0, 59):
        backend.advance(seconds)
        with pytest.raises(StillRunning):
            backend.tools().run_once(*TASK, pytest.fail, wait=0)
    backend.advance(1)
    assert backend.tools().run_once(*TASK, lambda: 1, wait=0) == 1


@everywhere
def test_no_claim_is_granted_over_a_result(backend: Backend) -> None:
    """Not even to who looked just before it came."""
    key, claims = f"idempotency:{digest(list(TASK))}", backend.claims()
    backend.tools().run_once(*TASK, lambda: 1)
    assert claims.claim(key, 60) is None


@across
def test_a_late_result_replaces_nothing(backend: Backend) -> None:
    """Neither another's claim nor its result; its caller gets it all the same."""
    late, other = backend.tools(), backend.tools()

    def outlived() -> str:
        backend.advance(60)
        assert other.run_once(*TASK, late_meanwhile) == "other"
        return "late"

    def late_meanwhile() -> str:
        return "other"

    assert late.run_once(*TASK, outlived, lease=60) == "late"
    assert other.run_once(*TASK, pytest.fail) == late.run_once(*TASK, pytest.fail) == "other"


steps = st.one_of(
    st.tuples(st.just("claim"), st.integers(1, 3)),
    st.tuples(st.just("advance"), st.integers(1, 3)),
    st.tuples(st.sampled_from(["finish", "fail"]), st.integers(0, 3)),
)


@pytest.mark.parametrize("backend", ["file", "fakeredis", "layers"], indirect=True)
@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(history=st.lists(steps, max_size=15))
def test_there_is_one_owner_at_a_time_in_every_history(backend: Backend, history: list[tuple[str, int]]) -> None:
    """A claim is granted when there is none whose lease lasts, and no result; a result never gives way to another.

    Only what comes late and finds nobody else's claim may be stored or not.
    """
    key, now, result, owner = f"idempotency:{uuid4()}", 0, MISSING, None
    granted: list[tuple[Any, int]] = []  # with the end of the lease
    claims = [backend.claims() for _ in range(2)]
    for number, (step, amount) in enumerate(history):
        if step == "advance":
            backend.advance(amount * 60)  # time that passes by itself must not matter
            now += amount
        elif step == "claim":
            claim = claims[number % 2].claim(key, amount * 60)
            free = result is MISSING and (owner is None or granted[owner][1] <= now)
            assert (claim is not None) == free
            if claim is not None:
                granted.append((claim, now + amount))
                owner = len(granted) - 1
        elif amount < len(granted):
            claim, end = granted[amount]
            if step == "fail":
                with pytest.raises(ZeroDivisionError):
                    claim.run(lambda: 1 / 0, HOUR)
                owner = None if owner == amount else owner
            else:
                assert claim.run(lambda value=number: value, HOUR) == number
                stored = claims[0].find(key) == number
                assert stored <= (owner == amount)
                assert stored or owner != amount or end <= now
                result = number if stored else result
                owner = None if owner == amount else owner
        assert claims[number % 2].find(key) == result


class Place(NamedTuple):
    """A cache that another process can open."""

    kind: str
    where: str
    prefix: str

    def tools(self) -> ToolCache:
        if self.kind == "file":
            return ToolCache(FileCache(self.where, deadline=SAFETY), single_host=True)
        return ToolCache(RedisCache(self.where, prefix=self.prefix, deadline=SAFETY))


@pytest.fixture(params=["file", "embedded"])
def place(request: pytest.FixtureRequest, servers: dict[str, Server], tmp_path: Path) -> Place:
    where = str(tmp_path / "cache") if request.param == "file" else servers["embedded"].url
    return Place(request.param, where, f"{uuid4()}:")


def dispatch(place: Place, ready: Any, log: Path, tasks: int) -> None:
    """One of several processes that all run the same tasks."""
    tools = place.tools()

    def run(task: int) -> int:
        with log.open("a") as lines:
            lines.write(f"{task}\n")
        return task

    ready.wait(SAFETY)
    assert [tools.run_once("a", "t", task, lambda task=task: run(task)) for task in range(tasks)] == [*range(tasks)]


def stall(place: Place, entered: Any) -> None:
    """One that claims a task and never comes back."""

    def run() -> None:
        entered.set()
        time.sleep(SAFETY)

    place.tools().run_once(*TASK, run)


def test_two_processes_run_each_task_once(place: Place, tmp_path: Path) -> None:
    """However closely they race."""
    spawn, log = multiprocessing.get_context("spawn"), tmp_path / "log"
    ready = spawn.Barrier(2)
    processes = [spawn.Process(target=dispatch, args=(place, ready, log, 25)) for _ in range(2)]
    for process in processes:
        process.start()
    try:
        for process in processes:
            process.join(SAFETY)
        assert [process.exitcode for process in processes] == [0, 0]
    finally:
        for process in processes:
            process.kill()
    assert sorted(map(int, log.read_text().split())) == [*range(25)]


def test_a_process_that_is_killed_leaves_its_claim(place: Place) -> None:
    """Nobody runs its task again before the lease has ended: it may have done half of it."""
    spawn = multiprocessing.get_context("spawn")
    entered = spawn.Event()
    process = spawn.Process(target=stall, args=(place, entered))
    process.start()
    try:
        assert entered.wait(SAFETY)
    finally:
        assert process.pid is not None
        os.kill(process.pid, signal.SIGKILL)
        process.join(SAFETY)
    with pytest.raises(StillRunning):
        place.tools().run_once(*TASK, pytest.fail, wait=0)


@pytest.mark.parametrize("name", ["fakeredis", "embedded"])
def test_no_task_runs_while_redis_is_away(name: str) -> None:
    """Not even on what says that it is the only host: what was claimed there before, nobody can tell."""
    with named(name).running() as server:
        where: Any = server.url or server.connect()
        with closing(RedisCache(where, deadline=1)) as cache:
            server.kill()
            for single_host in (False, True):
                with pytest.raises(Unavailable):
                    ToolCache(cache, single_host=single_host).run_once(*TASK, pytest.fail)
            server.restart()
            assert ToolCache(cache).run_once(*TASK, lambda: 1) == 1


@pytest.mark.parametrize("name", ["fakeredis", "embedded"])
def test_a_result_is_returned_though_redis_has_gone_meanwhile(name: str) -> None:
    """What has been done is done; an error would have it done again. So is the error of a task that fails then."""
    with named(name).running() as server:
        where: Any = server.url or server.connect()

        def fail() -> Any:
            server.kill()
            raise ValueError("no")

        with closing(RedisCache(where, deadline=1)) as cache:
            assert ToolCache(cache).run_once(*TASK, lambda: server.kill() or "done") == "done"
            server.restart()
            with pytest.raises(ValueError, match="no"):
                ToolCache(cache).run_once(*TASK, fail)


def test_a_cache_of_one_host_has_to_be_told_that_it_is_alone(tmp_path: Path) -> None:
    """All but run_once works without."""
    with closing(FileCache(tmp_path)) as file:
        for cache in (file, MemoryCache()):
            ToolCache(cache).set_tool("a", "1", 1)
            with pytest.raises(BadSetting, match="single_host=True"):
                ToolCache(cache).run_once(*TASK, pytest.fail)


def test_layers_run_no_task_while_redis_is_away(tmp_path: Path) -> None:
    """Everything else goes on; what ended while it was away is returned, and runs again, as nobody could note it."""
    with named("embedded").running() as server:
        redis, breaker = RedisCache(server.url, deadline=SAFETY), CircuitBreaker(recovery_time=SAFETY)
        with closing(LayeredCache(redis, tmp_path, breaker=breaker)) as cache:
            tools = ToolCache(cache)
            assert tools.run_once(*TASK, lambda: server.kill() or "done") == "done"
            with pytest.raises(Unavailable):
                tools.run_once(*TASK, pytest.fail)
            tools.set_tool("a", "1", 1)
            assert tools.get_tool("a", "1") == 1
            breaker.force_open()
            with pytest.raises(CircuitOpen):
                tools.run_once(*TASK, pytest.fail)


@pytest.mark.parametrize("change", ["delete", "clear"])
def test_no_task_runs_before_the_server_has_heard_of_the_latest_deletes(
    change: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Redis answers again, and still has the result that was deleted meanwhile: neither it nor a claim is to be had."""
    key = f"idempotency:{digest(list(TASK))}"
    with named("embedded").running() as server:
        redis, breaker = RedisCache(server.url), CircuitBreaker(recovery_time=SAFETY)
        with closing(LayeredCache(redis, tmp_path, breaker=breaker)) as cache:
            tools = ToolCache(cache)
            tools.run_once(*TASK, lambda: "result")
            breaker.force_open()
            cache.delete(key) if change == "delete" else cache.clear()
            with monkeypatch.context() as patch:
                patch.setattr(Replayer, "_step", lambda _self: [])  # nothing is replayed yet
                breaker.reset()
                with pytest.raises(Unavailable, match="deletes"):
                    tools.run_once(*TASK, pytest.fail, wait=0)
            deadline = time.monotonic() + SAFETY
            while cache.health().pending and time.monotonic() < deadline:
                cache.get(key)
            assert tools.run_once(*TASK, lambda: "again") == "again"


def test_layers_of_one_host_run_a_task_once_through_an_outage(tmp_path: Path) -> None:
    """Whether it began before or within, and in whichever process."""
    with named("embedded").running() as server, ExitStack() as opened:
        caches = [LayeredCache(RedisCache(server.url), tmp_path) for _ in range(2)]
        for cache in caches:
            opened.enter_context(closing(cache))
        first, second = (ToolCache(cache, single_host=True) for cache in caches)
        assert first.run_once("a", "t", "before", lambda: 1) == 1
        server.kill()
        assert second.run_once("a", "t", "before", pytest.fail) == 1
        assert second.run_once("a", "t", "within", lambda: 2) == 2
        server.restart()
        assert first.run_once("a", "t", "within", pytest.fail) == 2


@each_kind
def test_what_redis_being_away_may_have_made_stale_is_answered_up_to_its_limit(kind: Kind, tmp_path: Path) -> None:
    """A search for minutes, a catalog and a tool for hours, an embedding for as long as it lives; then a miss.

    Once Redis is back, its answer counts, of any age.
    """
    now = [1e9]
    limits = {"catalog": 4 * HOUR, "tool": 4 * HOUR, "search_results": 300.0, "embedding": kind.ttl}
    with named("embedded").running() as server:
        redis, breaker = RedisCache(server.url, clock=lambda: now[0]), CircuitBreaker(recovery_time=SAFETY)
        with closing(LayeredCache(redis, tmp_path, breaker=breaker, mirror=True)) as cache:
            tools = ToolCache(cache)
            kind.set(tools, "before")
            breaker.force_open()
            now[0] += limits[kind.name] - 1
            assert kind.get(tools) == "before"
            now[0] += 1 if kind.name != "embedding" else 0.5
            assert kind.get(tools) == (None if kind.name != "embedding" else "before")
            kind.set(tools, "meanwhile")
            assert kind.get(tools) == "meanwhile"
            breaker.reset()
            now[0] += kind.ttl - 1
            assert kind.get(tools) == "meanwhile"


def test_limits_of_staleness_are_overridden_per_kind(tmp_path: Path) -> None:
    """By name; what is no kind, or never stale by nature of a task, is refused."""
    with pytest.raises(BadSetting, match="idempotency"):
        ToolCache(MemoryCache(), stale={"idempotency": 1})
    with pytest.raises(BadSetting, match="search"):
        ToolCache(MemoryCache(), stale={"search": 0})
    now = [1e9]
    with named("embedded").running() as server:
        redis, breaker = RedisCache(server.url, clock=lambda: now[0]), CircuitBreaker(recovery_time=SAFETY)
        with closing(LayeredCache(redis, tmp_path, breaker=breaker, mirror=True)) as cache:
            tools = ToolCache(cache, stale={"search": 10}, ttls={"search": 60})
            tools.set_search_results("q", "v1", 5, [1])
            breaker.force_open()
            now[0] += 9
            assert tools.get_search_results("q", "v1", 5) == [1]
            now[0] += 2
            assert tools.get_search_results("q", "v1", 5) is None


def test_what_keeps_no_claims_is_refused() -> None:
    """It is named."""
    other: Any = {}
    with pytest.raises(BadSetting, match="dict"):
        ToolCache(other, single_host=True).run_once(*TASK, pytest.fail)


@pytest.mark.parametrize("options", [{"lease": 0}, {"lease": None}, {"wait": -1}, {"wait": "1"}])
def test_a_wrong_lease_or_wait_is_refused_by_name(options: dict[str, Any]) -> None:
    """Before anything runs."""
    with pytest.raises(BadSetting, match=next(iter(options))):
        ToolCache(MemoryCache(), single_host=True).run_once(*TASK, pytest.fail, **options)
