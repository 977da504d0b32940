"""Traffic on a cache while its server is broken and mended: what the callers saw, step by step."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from random import Random
from statistics import median
from threading import Event, Thread
from time import perf_counter
from typing import Any, NamedTuple, Self

STEP = 0.1  # seconds
THREADS, PAUSE = 4, 0.001  # each waits so many seconds between two operations
KEYS = [f"key {number}" for number in range(200)]
OPERATIONS = ("get",) * 7 + ("set",) * 2 + ("delete",)


class Answer(NamedTuple):
    """How one operation ended: when, after how many seconds, and what it raised."""

    at: float
    took: float
    error: Exception | None


class State(NamedTuple):
    """What a cache said of itself at the end of a step; nothing, where it says nothing."""

    served: dict[str, int]
    rest: dict[str, Any]


class Traffic:
    """Threads that get, set and delete on ``cache`` from entering to leaving; ``outage`` is what came of it.

    A cache may have ``served()``, operations answered so far by tier, and ``health()`` with ``breaker`` and
    ``pending``.
    """

    def __init__(self, cache: Any) -> None:
        self._cache = cache
        self._answers: list[Answer] = []
        self._events: list[dict[str, Any]] = []
        self._states: list[State] = []
        self._over = Event()
        self._threads = [Thread(target=self._work, args=(seed,), daemon=True) for seed in range(THREADS)]
        self._threads.append(Thread(target=self._watch, daemon=True))

    @property
    def errors(self) -> list[Exception]:
        """What reached the callers."""
        return [each.error for each in self._answers if each.error is not None]

    def goes_on(self, seconds: float) -> None:
        """Let time pass."""
        self._over.wait(seconds)

    def meets(self, what: str, fault: Callable[[], object]) -> None:
        """Break something, or mend it."""
        self._events.append({"at": round(self._now(), 3), "what": what})
        fault()

    def outage(self, scenario: str) -> dict[str, Any]:
        """One entry of ``outages`` in the result file, without its subject."""
        return {"scenario": scenario, "step": STEP, "events": self._events, "steps": list(self._steps())}

    def __enter__(self) -> Self:
        self._began = perf_counter()
        for each in self._threads:
            each.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self._over.set()
        for each in self._threads:
            each.join()

    def _now(self) -> float:
        return perf_counter() - self._began

    def _work(self, seed: int) -> None:
        random = Random(seed)
        while not self._over.wait(PAUSE):
            operation, key = random.choice(OPERATIONS), random.choice(KEYS)
            arguments = (key, seed) if operation == "set" else (key,)
            began, error = self._now(), None
            try:
                getattr(self._cache, operation)(*arguments)
            except Exception as raised:  # noqa: BLE001 - whatever it is, a caller would have seen it
                error = raised
            ended = self._now()
            self._answers.append(Answer(ended, ended - began, error))

    def _watch(self) -> None:
        while not self._over.wait((len(self._states) + 1) * STEP - self._now()):
            self._states.append(self._state())

    def _state(self) -> State:
        served = self._cache.served() if hasattr(self._cache, "served") else {}
        health = self._cache.health() if hasattr(self._cache, "health") else None
        told = {name: getattr(health, name) for name in ("breaker", "pending") if hasattr(health, name)}
        return State(dict(served), told)

    def _steps(self) -> Iterator[dict[str, Any]]:
        before: dict[str, int] = {}
        for number, state in enumerate(self._states):
            ended = [each for each in self._answers if int(each.at / STEP) == number]
            took = [each.took for each in ended if each.error is None]
            yield {
                "at": round(number * STEP, 6),
                "median": median(took) if took else None,
                "worst": max(took, default=None),
                "errors": len(ended) - len(took),
                "served": {tier: count - before.get(tier, 0) for tier, count in state.served.items()},
                **state.rest,
            }
            before = state.served
