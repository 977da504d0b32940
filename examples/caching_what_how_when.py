"""The third tour: what is kept, how it is kept, when it is asked for and when it goes, and what that is worth.

python examples/caching_what_how_when.py                      on a Valkey of its own, or where REDIS_URL says
USE_REDIS=false python examples/caching_what_how_when.py      on memory and a file
"""

from __future__ import annotations

import json
import sqlite3
import sys
import time
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from struct import calcsize, unpack_from
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))  # so that it runs out of a checkout, too

from cache_impl import cache_key, digest, figures
from examples.agent import PRICES, QUERY, SERVERS, TOOLS, Agent, Uncached
from examples.embeddings import Model, model
from examples.tour import Place, money, ms, place, say, step, table, timed, title

HEAD = ">BBdQI"  # format, kind, expiry, version, length of the key: see cache_impl/frame.py
SEAL = 4  # bytes at the end


def main() -> None:
    with place() as here:
        title("A cache for an agent: what, how, when", here)
        embedder = model()
        say("", embedder.note)
        with here.open() as cache:
            what(here, cache, embedder)
            how(here, cache)
        when(here, embedder)
        with here.open() as cache:
            invalidation(here, cache, embedder)
            worth(here, cache, embedder)


def what(here: Place, cache: Any, embedder: Model) -> None:
    step("WHAT is kept: five kinds of entries")
    agent, below = Agent(here.tools(cache), embedder), Below(here)
    forecast = "weather.forecast"
    agent.tools.set_tool(forecast, "1.4", {"description": TOOLS[forecast], "arguments": ["place", "days"]})
    agent.search(QUERY)
    agent.dispatch(QUERY)
    one_of_each = {key.partition(":")[0]: key for key in sorted(cache)}
    table(["key", "lives", "bytes"], [(key, below.life(key), len(below.read(key))) for key in one_of_each.values()])
    say("", f"{len(cache)} entries: of embeddings there is one for the query, and one for each tool.")


class Below:
    """What really lies under a cache: on Redis, asked with another client, or in the file."""

    def __init__(self, here: Place) -> None:
        self._settings = here.settings
        self._prefix = here.settings.redis_prefix

    def read(self, key: str) -> bytes:
        if self._settings.use_redis:
            with self._redis() as client:
                return bytes(client.get(self._prefix + key))
        with self._file() as file:
            return bytes(file.execute("SELECT frame FROM entries WHERE key = ?", (key.encode(),)).fetchone()[0])

    def write(self, key: str, frame: bytes) -> None:
        if self._settings.use_redis:
            with self._redis() as client:
                client.set(self._prefix + key, frame)
        else:
            with self._file() as file, file:
                file.execute("UPDATE entries SET frame = ? WHERE key = ?", (frame, key.encode()))

    def life(self, key: str) -> str:
        """How long the entry has left, as it says itself."""
        hours = (unpack_from(HEAD, self.read(key))[2] - time.time()) / 3600
        return f"{hours:.2f} h" if hours < 24.5 else f"{hours / 24:.2f} d"

    def _redis(self) -> Any:
        import redis  # noqa: PLC0415  # only where there is one

        login = {"username": self._settings.redis_username, "password": self._settings.redis_password}
        return redis.Redis.from_url(self._settings.redis_url, **login)

    def _file(self) -> Any:
        return closing(sqlite3.connect(Path(self._settings.directory, "local", "cache.sqlite3")))


def how(here: Place, cache: Any) -> None:
    step("HOW a key is made")
    data = {"servers": sorted(SERVERS), "top": 5}
    canonical = json.dumps(data, sort_keys=True)
    say(
        f"the data             {data}",
        f"in one way only      {canonical}",
        f"its SHA-256          {sha256(canonical.encode()).hexdigest()[:32]}...",
        f"digest(data)         {digest(data)}",
        f"the key              {cache_key('catalog', 'v1', data)}",
        f"in another order     {cache_key('catalog', 'v1', {'top': 5, 'servers': sorted(SERVERS)})}",
        f"of 1, 1.0, '1', True {len({digest(each) for each in (1, 1.0, '1', True)})} different keys",
    )
    step("HOW a value is framed")
    key = next(key for key in cache if key.startswith("embedding:"))
    frame = Below(here).read(key)
    table(["part", "found", "bytes"], parts(frame))
    say("", f"One bit of it flipped, and asked for again: {flipped(here, cache, key)}")


def parts(frame: bytes) -> list[tuple[str, object, int]]:
    form, kind, expires, version, length = unpack_from(HEAD, frame)
    key, value, seal = frame[calcsize(HEAD) :][:length], frame[calcsize(HEAD) + length : -SEAL], frame[-SEAL:]
    return [
        ("format", form, 1),
        ("kind: 1 is a value", kind, 1),
        ("expires", datetime.fromtimestamp(expires, UTC).isoformat(" ", "seconds"), 8),
        ("version: newer is larger", version, 8),
        ("length of the key", length, 4),
        ("key", key.decode(), length),
        ("value", f"{value[:12].hex(' ')} ...", len(value)),
        ("seal: CRC-32 of the rest", f"{int.from_bytes(seal, 'little'):08x}", SEAL),
    ]


def flipped(here: Place, cache: Any, key: str) -> str:
    """What a cache says of a value in which a bit has changed since it was stored."""
    below, value = Below(here), cache.get(key)
    frame = bytearray(below.read(key))
    frame[-SEAL - 1] ^= 1  # the end of the value
    below.write(key, bytes(frame))
    with here.open(memory_capacity=0) as fresh:
        answer = fresh.get(key, "a miss")
        seen = f"{answer if answer == 'a miss' else 'a wrong value'}; damaged entries counted: {fresh.damaged}"
    cache.set(key, value)
    return seen


def when(here: Place, embedder: Model) -> None:
    step("WHEN it is asked: who answers, one event after the other")
    with here.open() as one, here.open() as two:
        one.clear()
        begun, rows = time.perf_counter(), []
        agents = {"one": (one, Agent(here.tools(one), embedder)), "two": (two, Agent(here.tools(two), embedder))}
        for which, event in EVENTS:
            at = time.perf_counter() - begun
            cache, agent = agents[which]
            rows.append((ms(at), which, event, *ask(cache, agent, event)))
        table(["at", "cache", "event", "answered by", "took", "answer"], rows)
    say("", "Cache two, opened as another process would, made no call: what one has found, or done, is there for all.")


EVENTS = [
    *(("one", event) for event in ("discovery", "search", "dispatch") for _ in range(3)),
    *(("two", event) for event in ("discovery", "search", "search", "dispatch")),
]
#: What each event asks ``ToolCache`` for first.
KINDS = {"discovery": "catalog", "search": "search", "dispatch": "idempotency"}


def ask(cache: Any, agent: Agent, event: str) -> tuple[str, str, str]:
    """Who answered ``event``, how long that took, and the answer."""
    ways: dict[str, Callable[[], Any]] = {
        "discovery": lambda: f"{len(agent.discover())} tools",
        "search": lambda: "{1}, {0}".format(*agent.search(QUERY)[0]),
        "dispatch": lambda: agent.dispatch("book a table"),
    }
    hits, in_memory = agent.tools.costs().kinds[KINDS[event]].hits, figures(cache).memory_hits
    answer, seconds = timed(ways[event])
    if agent.tools.costs().kinds[KINDS[event]].hits == hits:
        return "the call itself", ms(seconds), answer
    seen = figures(cache)
    return "memory" if seen.memory_hits > in_memory else seen.serving, ms(seconds), answer


def invalidation(here: Place, cache: Any, embedder: Model) -> None:
    step("WHEN it goes: by its ttl, by a version, by hand")
    cache.clear()
    quick = here.tools(cache, ttls={"search": 0.2})
    begun = time.perf_counter()
    quick.set_search_results(QUERY, "v1", 3, ["weather.forecast"])
    while quick.get_search_results(QUERY, "v1", 3):
        time.sleep(0.001)
    by_ttl = f"a miss after {ms(time.perf_counter() - begun)}"
    agent, newer = Agent(here.tools(cache), embedder), Agent(here.tools(cache), embedder, "v2")
    agent.search(QUERY)
    table(
        ["by", "what happens", "and then"],
        [
            ("ttl", "search results that live 200 ms", by_ttl),
            ("version", "the servers have a new catalog, v2", f"{newer.tools.get_catalog(SERVERS, 'v2') or 'a miss'}"),
            ("", "who still asks for v1", f"{len(agent.tools.get_catalog(SERVERS, 'v1'))} tools"),
            ("hand", "invalidate_catalog('v1')", f"{agent.tools.invalidate_catalog('v1')} entries removed"),
            ("", "who still asks for v1", f"{agent.tools.get_catalog(SERVERS, 'v1') or 'a miss'}"),
        ],
    )


def worth(here: Place, cache: Any, embedder: Model) -> None:
    step("What it is worth: ten operations, with the cache and without")
    cache.clear()
    tools, uncached = here.tools(cache, prices=PRICES), Uncached()
    with_cache = [timed(each)[1] for _, each in operations(Agent(tools, embedder))]
    without = [timed(each)[1] for _, each in operations(Agent(uncached, embedder))]
    names = [name for name, _ in operations(Agent(uncached, embedder))]
    rows = [(name, ms(with_), ms(bare)) for name, with_, bare in zip(names, with_cache, without, strict=True)]
    table(["operation", "with", "without"], rows)
    spent, bare = tools.costs().spent, uncached.spent()
    say(
        "",
        f"time   {ms(sum(with_cache))} with the cache, {ms(sum(without))} without: "
        f"{sum(without) / sum(with_cache):.1f} times as fast",
        f"money  {money(spent)} with the cache, {money(bare)} without: "
        f"{money(bare - spent)} saved ({1 - spent / bare:.1%})",
    )


def operations(agent: Any) -> list[tuple[str, Callable[[], Any]]]:
    """Of two users, who want the same."""
    one = [
        ("discovery", agent.discover),
        ("search: umbrella?", lambda: agent.search(QUERY)),
        ("dispatch: forecast", lambda: agent.dispatch("forecast for Porto")),
        ("search: write to Ana", lambda: agent.search("write to Ana that I am late")),
        ("dispatch: mail", lambda: agent.dispatch("mail to Ana")),
    ]
    return one * 2


if __name__ == "__main__":
    main()
