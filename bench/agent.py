"""An LLM agent at work: it discovers tools, embeds a question, searches, dispatches; and often what it did before."""

from __future__ import annotations

import time
from dataclasses import dataclass
from random import Random
from typing import Any

from .data import SEED, SKEW, zipf
from .found import PAYLOADS

QUESTIONS, SOURCES = 40, 3
_ABSENT = object()


@dataclass(frozen=True)
class Call:
    """What one call costs where no cache answers: those of ``examples/caching_demo.py``."""

    seconds: float
    dollars: float
    payload: str


CALLS = {
    "catalog": Call(0.020, 0.0005, "catalogue"),
    "embedding": Call(0.010, 0.0001, "embedding"),
    "search": Call(0.015, 0.0010, "small"),
    "dispatch": Call(0.040, 0.0200, "small"),
}

Asked = tuple[str, str, Any]  # kind, key and answer


@dataclass(frozen=True)
class Outcome:
    """Of all requests together."""

    requests: int
    hits: int
    seconds: float  # with the cache: its own time as measured, and that of the calls it did not save
    alone: float  # without one
    dollars: float
    dollars_alone: float


def requests(tasks: int) -> list[Asked]:
    """Four for each task; questions come by Zipf's law with s = 0.99, each is about one of three sets of tools."""
    random = Random(SEED)
    answers = {kind: [PAYLOADS[call.payload](random) for _ in range(SOURCES)] for kind, call in CALLS.items()}
    found = []
    for question in random.choices(range(QUESTIONS), cum_weights=zipf(QUESTIONS, SKEW), k=tasks):
        for kind in CALLS:
            number = question % SOURCES if kind == "catalog" else question
            found.append((kind, f"{kind}:v1:{number:032x}", answers[kind][number % SOURCES]))
    return found


def work(cache: Any, asked: list[Asked]) -> Outcome:
    """Ask ``cache`` first, and give it what had to be called for. A call takes no time here: it is added up."""
    hits, waited, paid = 0, 0.0, 0.0
    began = time.perf_counter()
    for kind, key, answer in asked:
        if cache.get(key, _ABSENT) is _ABSENT:
            waited += CALLS[kind].seconds
            paid += CALLS[kind].dollars
            cache.set(key, answer)
        else:
            hits += 1
    took = time.perf_counter() - began
    calls = [CALLS[kind] for kind, *_ in asked]
    alone, dollars = sum(each.seconds for each in calls), sum(each.dollars for each in calls)
    return Outcome(len(asked), hits, took + waited, alone, paid, dollars)
