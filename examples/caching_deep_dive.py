"""The second tour: every part of the cache at work, and Redis taken away in the middle. Seven steps.

python examples/caching_deep_dive.py                      on a Valkey of its own, which it takes away and brings back
REDIS_URL=redis://... python examples/caching_deep_dive.py      on yours, which it leaves alone
USE_REDIS=false python examples/caching_deep_dive.py      on memory and a file
"""

from __future__ import annotations

import logging
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from functools import partial
from pathlib import Path
from typing import Any
from uuid import UUID

sys.path.insert(0, str(Path(__file__).parents[1]))  # so that it runs out of a checkout, too

from cache_impl import BadValue, CircuitBreaker, CircuitOpen, LayeredCache, RedisCache, ToolCache, digest
from examples.tour import Place, Server, middle, ms, place, say, settled, step, table, tiers, timed, title

TIMES = 200  # operations of each kind that are measured
CATALOG = [
    {"name": f"tool-{number}", "description": "What it does, in a sentence or two. " * 4} for number in range(100)
]
EMBEDDING = [number / 1536 for number in range(1536)]


def main() -> None:
    logging.basicConfig(stream=sys.stdout, format="  log: %(message)s")
    with place() as here:
        title("A cache, from the inside", here)
        with here.open(breaker_recovery_time=0.2) as cache:
            initialisation(here, cache)
            set_and_get(cache)
            expiry(cache)
            complex_data(cache)
            tool_cache(here, cache)
            breaker(here, cache)
            repeated_requests(cache)
        say("", "Closed. What was stored is removed with the tour's own folder and prefix.")


def initialisation(here: Place, cache: Any) -> None:
    step("1. Opened by its settings, and well")
    say(f"{type(cache).__name__}, by {here.settings}", "", f"health  {cache.health()}")


def set_and_get(cache: Any) -> None:
    step(f"2. SET and GET, {TIMES} times each")
    rows = []
    for name, value in {"a number": 42, "1,536 floats": EMBEDDING, "100 tools": CATALOG}.items():
        keys = [f"{name} {number}" for number in range(TIMES)]
        sets = [timed(partial(cache.set, key, value))[1] for key in keys]
        first = [timed(partial(cache.get, key))[1] for key in keys]
        again = [timed(partial(cache.get, key))[1] for key in keys]
        together = timed(partial(cache.get_many, keys))[1] / TIMES
        rows.append((name, middle(sets), middle(first), middle(again), ms(together)))
    table(["value", "set", "get, the first", "again, from memory", "get_many, of each"], rows)
    say("")
    tiers(cache)


def expiry(cache: Any) -> None:
    step("3. A ttl, waited for")
    begun = time.perf_counter()
    cache.set("short", "still here", ttl=0.25)
    say(f"set with ttl 250 ms; after {ms(time.perf_counter() - begun)}: {cache.get('short')!r}")
    while cache.get("short") is not None:
        time.sleep(0.001)
    say(f"seen no more after {ms(time.perf_counter() - begun)}: {cache.get('short')!r}")


def complex_data(cache: Any) -> None:
    step("4. What goes in comes back: equal, and of the same type")
    value = {
        "nested": [{"a": (1, 2.5, None)}, {3, 4}, frozenset({"x"})],
        (1, "as a key"): b"\x00\xff",
        "when": datetime(2025, 1, 31, 12, 0, tzinfo=UTC),
        "exactly": Decimal("0.10"),
        "id": UUID(int=7),
    }
    cache.set("complex", value)
    back = cache.get("complex")
    table(["part", "type", "as it came back"], [(name, type(part).__name__, part) for name, part in back.items()])
    same = back == value and [*map(type, back.values())] == [*map(type, value.values())]
    say("", f"equal, type by type: {same}")
    try:
        cache.set("complex", {"handlers": [print, lambda: None]})
    except BadValue as error:
        say(f"what cannot be kept is refused: {error}", f"and what was there stays: {cache.get('complex') == value}")


def tool_cache(here: Place, cache: Any) -> None:
    step("5. ToolCache: five kinds of entries, and tasks that run once")
    tools = here.tools(cache)
    tools.set_catalog(["weather", "mail"], "v2", CATALOG)
    tools.set_tool("forecast", "1.4", {"description": "Weather for a place", "arguments": ["place"]})
    tools.set_search_results("rain tomorrow?", "v2", 5, ["forecast"])
    tools.set_embedding("rain tomorrow?", "all-minilm-l6-v2", EMBEDDING)
    say(
        f"catalog    {len(tools.get_catalog(['weather', 'mail'], 'v2'))} tools",
        f"tool       {tools.get_tool('forecast', '1.4')['description']}",
        f"search     {tools.get_search_results('rain tomorrow?', 'v2', 5)}",
        f"embedding  {len(tools.get_embedding('rain tomorrow?', 'all-minilm-l6-v2'))} floats",
        f"task       {run_twice(tools)}",
    )


def run_twice(tools: ToolCache) -> str:
    runs = []

    def plan() -> str:
        runs.append(1)
        return "a walk along the river"

    task = "planner", "plan a day in {city}", {"city": "Porto"}
    results = [tools.run_once(*task, plan) for _ in range(2)]
    return f"asked for {len(results)} times, ran {len(runs)} time; answers: {', '.join(results)}"


def breaker(here: Place, cache: Any) -> None:
    step("6. The circuit breaker, and an outage")
    circuit = CircuitBreaker(failure_threshold=3, recovery_time=0.5, name="tour")
    if here.server:
        with RedisCache(here.settings.redis_url, prefix=here.settings.redis_prefix) as redis:
            redis_taken_away(here.server, circuit, redis, cache)
    else:
        say("There is no server here that is this tour's to take away: a function stands in for one.", "")
        service = Service()
        stages(circuit, service.call, service.come_back)


class Service:
    """Something that fails until it is back."""

    _down = True

    def call(self) -> object:
        if self._down:
            raise ConnectionError("connection refused")
        return "an answer"

    def come_back(self) -> None:
        self._down = False
        say("", "The function works again.", "")


def redis_taken_away(server: Server, circuit: CircuitBreaker, redis: RedisCache, cache: LayeredCache) -> None:
    cache.set_many({"overwritten": "before", "deleted": "before"})
    server.kill()

    def come_back() -> None:
        say("", "Meanwhile, a LayeredCache: nothing is raised, and nothing is lost.", "")
        outage(cache)
        server.restart()
        say("", "Valkey is started anew, empty. The plain RedisCache:", "")

    say("Valkey was killed. A breaker before a plain RedisCache:", "")
    stages(circuit, lambda: redis.get("anything", "an answer"), come_back)
    settled(cache)
    say("", "The LayeredCache:", "", f"health  {cache.health()}")
    found = redis.get_many(["new", "overwritten", "deleted"])
    say(f"Redis   {found}", "", "All that was set has arrived by itself, and what was deleted stays deleted.")


def stages(circuit: CircuitBreaker, call: Callable[[], object], come_back: Callable[[], object]) -> None:
    """Three failures open the breaker, which then refuses; when the call works again, one probe closes it."""
    head = ["call", "took", "breaker after it", "asks again in"]
    table(head, [attempt(circuit, call) for _ in range(4)])
    come_back()
    time.sleep(circuit.retry_after)
    table(head, [attempt(circuit, call)])


def attempt(circuit: CircuitBreaker, call: Callable[[], object]) -> tuple[str, str, str, str]:
    def answer() -> str:
        try:
            return str(circuit.call(call))
        except CircuitOpen:
            return "refused, not made"
        except ConnectionError:
            return "failed"

    said, seconds = timed(answer)
    return said, ms(seconds), circuit.state, ms(circuit.retry_after) if circuit.retry_after else "-"


def outage(cache: LayeredCache) -> None:
    calls: list[tuple[str, Callable[[], object]]] = [
        ("set new", lambda: cache.set("new", "in the outage")),
        ("set overwritten", lambda: cache.set("overwritten", "in the outage")),
        ("delete deleted", lambda: cache.delete("deleted")),
        ("get new", lambda: cache.get("new")),
        ("get deleted", lambda: cache.get("deleted")),
    ]
    rows = []
    for name, call in calls:
        answer, seconds = timed(call)
        health = cache.health()
        rows.append((name, repr(answer), ms(seconds), health.breaker, health.serving, health.pending))
    table(["call", "answer", "took", "breaker", "serves", "to replay"], rows)


def repeated_requests(cache: Any) -> None:
    step("7. The same request, again and again")
    key = digest({"prompt": "Summarise the minutes.", "temperature": 0})

    def model() -> str:
        time.sleep(0.05)  # a stand-in for a model that thinks
        return "They met, and agreed to meet again."

    first = timed(lambda: cache.get_or_set(key, model))[1]
    again = [timed(lambda: cache.get_or_set(key, model))[1] for _ in range(TIMES)]
    say(
        f"the first time       {ms(first)}, of which the call itself is 50 ms",
        f"{TIMES} times again      {middle(again)} each: {first / sorted(again)[TIMES // 2]:,.0f} times as fast",
    )


if __name__ == "__main__":
    main()
