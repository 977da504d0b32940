"""The first tour: what a cache does, and what that is worth in 22 requests of an agent.

python examples/caching_demo.py                      on a Valkey of its own, or where REDIS_URL says
USE_REDIS=false python examples/caching_demo.py      on memory and a file
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from itertools import cycle, islice
from pathlib import Path
from typing import Any, NamedTuple

sys.path.insert(0, str(Path(__file__).parents[1]))  # so that it runs out of a checkout, too

from cache_impl import MemoryCache, ToolCache
from examples.tour import Place, middle, money, ms, place, say, step, table, tiers, timed, title

REQUESTS = 22
SERVERS = ["weather", "mail", "calendar"]
QUERY = "will it rain in Porto tomorrow?"

#: What one call costs, in dollars, and takes, in seconds. The calls of this tour are stand-ins that take that long.
PRICES = {"catalog": 0.0005, "embedding": 0.0001, "search": 0.0010, "idempotency": 0.0200}
SECONDS = {"catalog": 0.020, "embedding": 0.010, "search": 0.015, "idempotency": 0.040}


def main() -> None:
    title("A cache, from the outside")
    least_recently_used()
    time_to_live()
    with place() as here:
        workflow(here)


def least_recently_used() -> None:
    step("1. Full: the least recently used entry goes")
    cache = MemoryCache(capacity=3)
    for name in ("A", "B", "C"):
        cache.set(name, name.lower())
    say(f"room for 3, set A, B, C      {held(cache)}")
    cache.get("A")
    say(f"get A: it was used last now  {held(cache)}")
    cache.set("D", "d")
    say(f"set D: one has to go         {held(cache)}   evictions: {cache.stats().evictions}")


def held(cache: MemoryCache) -> str:
    return " ".join(name if name in cache else "·" for name in "ABCD")


def time_to_live() -> None:
    step("2. Time to live: there for all of it, and not a moment longer")
    now = 0.0
    cache = MemoryCache(ttl=60, clock=lambda: now)  # a clock that we move, so that nobody has to wait
    cache.set("short", 1, ttl=1.5)
    cache.set("default", 2)
    rows = []
    for now in (0.0, 1.499, 1.5, 59.999, 60.0):
        short, default = cache.get("short", "gone"), cache.get("default", "gone")
        rows.append((f"{now:.3f} s", short, default))
    table(["clock", "set with ttl 1.5 s", "with the default, 60 s"], rows)


class Answer(NamedTuple):
    """One request: what kind of call it was, whether the cache had the answer, and how long it took."""

    kind: str
    hit: bool
    seconds: float


def workflow(here: Place) -> None:
    step(f"3. An agent at work: {REQUESTS} requests, four different ones")
    say(f"Runs on {here.name}. The calls are stand-ins that take their time: see SECONDS and PRICES.", "")
    with here.open() as cache:
        tools = here.tools(cache, prices=PRICES)
        answers, with_cache = timed(lambda: [ask(tools, kind) for kind in requests()])
        _, without = timed(lambda: [call(kind) for kind in requests()])
        report(tools, answers, with_cache, without)
        step("4. And underneath")
        tiers(cache)


def requests() -> list[str]:
    """Discover, embed, search, dispatch, and again from the beginning, as conversations go."""
    return list(islice(cycle(SECONDS), REQUESTS))


def call(kind: str) -> Any:
    """The expensive thing itself."""
    time.sleep(SECONDS[kind])
    return {"answer to": kind, "numbers": [0.5] * 100}


def ask(tools: ToolCache, kind: str) -> Answer:
    """One request: from the cache, or else made and kept."""
    before = tools.costs().hits
    _, seconds = timed(lambda: WAYS[kind](tools))
    return Answer(kind, tools.costs().hits > before, seconds)


def discover(tools: ToolCache) -> Any:
    if (catalog := tools.get_catalog(SERVERS, "v1")) is None:
        tools.set_catalog(SERVERS, "v1", catalog := call("catalog"))
    return catalog


def embed(tools: ToolCache) -> Any:
    if (embedding := tools.get_embedding(QUERY, "all-minilm-l6-v2")) is None:
        tools.set_embedding(QUERY, "all-minilm-l6-v2", embedding := call("embedding"))
    return embedding


def search(tools: ToolCache) -> Any:
    if (results := tools.get_search_results(QUERY, "v1", 5)) is None:
        tools.set_search_results(QUERY, "v1", 5, results := call("search"))
    return results


def dispatch(tools: ToolCache) -> Any:
    return tools.run_once("planner", "answer: {query}", {"query": QUERY}, lambda: call("idempotency"))


WAYS: dict[str, Callable[[ToolCache], Any]] = {
    "catalog": discover,
    "embedding": embed,
    "search": search,
    "idempotency": dispatch,
}


def report(tools: ToolCache, answers: list[Answer], with_cache: float, without: float) -> None:
    costs = tools.costs()
    rows = []
    for kind in SECONDS:
        each = costs.kinds[kind]
        times = {
            hit: [answer.seconds for answer in answers if (answer.kind, answer.hit) == (kind, hit)] for hit in (0, 1)
        }
        spent = money(each.spent), money(each.saved)
        rows.append((kind, each.hits + each.misses, each.hits, each.misses, middle(times[1]), middle(times[0]), *spent))
    table(["call", "requests", "hits", "misses", "a hit", "a miss", "spent", "saved"], rows)
    say(
        "",
        f"hit rate    {costs.hits} of {costs.hits + costs.misses} = {costs.hit_rate:.1%}",
        f"time        {ms(with_cache)} with the cache, {ms(without)} without: {without / with_cache:.1f} times as fast",
        f"money       {money(costs.spent)} with the cache, {money(costs.without)} without: {money(costs.saved)} saved",
    )


if __name__ == "__main__":
    main()
