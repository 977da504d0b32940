"""The ratios that the caches here aim at, each computed from what a run has measured, with every peer beside."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from statistics import median
from typing import Any

from .intervals import FEWEST, median_interval
from .ratios import fitting, paired

Record = dict[str, Any]
Cell = tuple[str, str]  # workload and payload

SMALL, KIB = "small", "text-1k"
#: Bytes per entry: whoever allocates less through Python allocates elsewhere, where only the process tells.
PYTHONS = 8.0
#: The cells that are compared below.
PAIRS: list[Cell] = [
    ("get-hit", SMALL),
    ("get-hit", KIB),
    ("get-miss", SMALL),
    ("set-overwrite", KIB),
    ("set-evict", SMALL),
    ("get-many", SMALL),
    ("aget-hit", SMALL),
]


def table(results: Record, measured: Mapping[str, list[Record]]) -> list[Record]:
    """The ``figures`` of a result file: those of which there is a row. ``measured`` are rows by figure."""
    facts = Facts(results)
    found = []
    for aim in AIMS:
        rows: list[Record] = [*(aim.rows(facts) if aim.rows else ()), *measured.get(aim.id, ())]
        told = {"id": aim.id, "title": aim.title, "target": aim.target, "better": aim.better, "unit": aim.unit}
        if rows:
            found.append({**told, "rows": sorted(rows, key=lambda row: float(row["value"]))})
    return found


def differences(blocks: list[float], others: list[float]) -> Record:
    """By how much blocks that took turns differ: the median, with its interval."""
    return _with_interval([block - other for block, other in zip(blocks, others, strict=True)])


def verdict(figure: Record, row: Record) -> str:
    """``reached``, ``missed``, or ``open`` where the interval has the target in it."""
    target = float(figure["target"])
    low, high = (float(row[end] if end in row else row["value"]) for end in ("low", "high"))
    if low <= target <= high and low < high:
        return "open"
    reached = row["value"] <= target if figure["better"] == "lower" else row["value"] >= target
    return "reached" if reached else "missed"


class Facts:
    """What was measured, by what it is of."""

    def __init__(self, results: Record) -> None:
        self.subjects = {each["name"]: each for each in results["subjects"]}
        self._cells = {(each["subject"], each["workload"], each["payload"]): each for each in results["measurements"]}
        self._curves = {each["id"]: {line["subject"]: line for line in each["lines"]} for each in results["curves"]}

    def caches(self, scope: str) -> list[str]:
        """The caches of that reach."""
        return [
            name
            for name, each in self.subjects.items()
            if each["role"] == "cache" and each["declares"].get("scope", "instance") == scope
        ]

    def to_yardstick(self, scope: str, *cell: str) -> Iterator[Record]:
        """Of each cache of that reach, what it costs over what the yardstick costs."""
        for name in self.caches(scope):
            for yardstick in fitting(name, self.subjects):
                yield from self.ratio(name, cell, yardstick, cell)

    def to_peer(self, scope: str, peer: str, *cell: str) -> Iterator[Record]:
        """Of each cache of that reach, what it costs over what ``peer`` costs, on the same server."""
        for name in self.caches(scope):
            yield from self.ratio(name, cell, "@".join([peer, *name.split("@")[1:]]), cell)

    def ratio(
        self, name: str, cell: Cell | tuple[str, ...], other: str, base: Any, by: float = 1.0
    ) -> Iterator[Record]:
        """``cell`` of one subject over ``by`` times ``base`` of another, where both were measured."""
        block, reference = self._cells.get((name, *cell)), self._cells.get((other, *base))
        if block and reference and (found := paired(block["blocks"], [each * by for each in reference["blocks"]])):
            yield self.row(name, **found)

    def curve(self, name: str) -> Iterator[tuple[str, list[list[float]]]]:
        """Each line of a curve with its points."""
        for subject, line in self._curves.get(name, {}).items():
            yield subject, line["points"]

    def row(self, name: str, **figures: float) -> Record:
        """A row of the table; caches of this project are told apart from those of others."""
        path = self.subjects[name]["class"] if name in self.subjects else ""
        return {"subject": name, "ours": is_ours(path), **figures}


def is_ours(path: str) -> bool:
    """Whether a subject's class, ``module:Class``, is one of this project's caches."""
    return bool(re.search(r"conformance\.subjects\.\w+:", path))


def _last(name: str, least: float = 0.0) -> Callable[[Facts], Iterator[Record]]:
    """Each subject's value at the end of a curve, where that is ``least`` or more."""

    def rows(facts: Facts) -> Iterator[Record]:
        for subject, points in facts.curve(name):
            if points[-1][1] >= least:
                yield facts.row(subject, value=points[-1][1])

    return rows


def _grown(facts: Facts) -> Iterator[Record]:
    """How much more a set takes in the largest cache than in the smallest."""
    for subject, points in facts.curve("growth-expiring-set"):
        first, last = points[0], points[-1]
        known = len(first) == len(last) == 4
        interval = {"low": last[2] / first[3], "high": last[3] / first[2]} if known else {}
        yield facts.row(subject, value=last[1] / first[1], **interval)


def _single(facts: Facts) -> Iterator[Record]:
    """What an operation costs with four threads, over what it costs with one."""
    for subject, points in facts.curve("threads-mixed-zipf-small"):
        rates = {point[0]: point[1:] for point in points}
        if {1, 4} <= rates.keys() and rates[4][1] > 0:
            one, four = rates[1], rates[4]
            yield facts.row(subject, value=one[0] / four[0], low=one[1] / four[2], high=one[2] / four[1])


def _of_redis_py(facts: Facts) -> Iterator[Record]:
    """Operations a second with four threads, over those of redis-py on the same server."""
    curve = facts.curve("threads-get-hit-text-1k")
    rates = {subject: {point[0]: point[1:] for point in points} for subject, points in curve}
    for subject, found in rates.items():
        base = rates.get("@".join(["redis-py", *subject.split("@")[1:]]), {}).get(4)
        if base and base[1] > 0 and 4 in found:
            value, low, high = found[4]
            yield facts.row(subject, value=value / base[0], low=low / base[2], high=high / base[1])


def _bulk(facts: Facts) -> Iterator[Record]:
    """One round trip for 100 keys over one for each."""
    for name in facts.caches("network"):
        yield from facts.ratio(name, ("get-many", SMALL), name, ("get-hit", SMALL), by=100)


def _with_interval(values: list[float]) -> Record:
    low, high = median_interval(values) if len(values) >= FEWEST else (min(values), max(values))
    return {"value": median(values), "low": low, "high": high}


@dataclass(frozen=True)
class Aim:
    """One row of the table in the end: a figure, its target, and where its values come from."""

    id: str
    title: str
    target: float
    rows: Callable[[Facts], Iterator[Record]] | None = None  # None: measured by test_figures
    unit: str = "x"
    better: str = "lower"


AIMS = [
    Aim("get-hit", "get, a hit, against dict.get", 4.5, lambda facts: facts.to_yardstick("instance", "get-hit", SMALL)),
    Aim(
        "get-miss",
        "get, a miss, against dict.get",
        2.2,
        lambda facts: facts.to_yardstick("instance", "get-miss", SMALL),
    ),
    Aim(
        "set-evict",
        "set at capacity, against moka-py",
        0.5,
        lambda facts: facts.to_peer("instance", "moka-py", "set-evict", SMALL),
    ),
    Aim("memory", "memory per entry beyond key and value", 160, _last("growth-memory", PYTHONS), "B"),
    Aim("timed-memory", "the same, each with a ttl", 160, _last("growth-timed-memory", PYTHONS), "B"),
    Aim("resident-memory", "the same without ttls, as the process grows", 160, _last("growth-resident"), "B"),
    Aim("threads", "an operation with 4 threads, mixed, against one thread", 1.2, _single),
    Aim("expiry", "set with a ttl, the largest cache against 1,000 entries", 1.5, _grown),
    Aim(
        "file-get",
        "get of 1 KiB from disk, against a plain file",
        1.7,
        lambda facts: facts.to_yardstick("host", "get-hit", KIB),
    ),
    Aim(
        "file-set",
        "set of 1 KiB on disk, against diskcache",
        0.4,
        lambda facts: facts.to_peer("host", "diskcache", "set-overwrite", KIB),
    ),
    Aim(
        "redis-get",
        "get of 1 KiB from a server, against a raw socket",
        1.7,
        lambda facts: facts.to_yardstick("network", "get-hit", KIB),
    ),
    Aim(
        "redis-py",
        "get of 1 KiB from a server, against redis-py",
        0.7,
        lambda facts: facts.to_peer("network", "redis-py", "get-hit", KIB),
    ),
    Aim("redis-threads", "gets of 1 KiB a second with 4 threads, against redis-py", 2.5, _of_redis_py, better="higher"),
    Aim(
        "aget",
        "coroutine get from a server, against raw streams",
        1.8,
        lambda facts: facts.to_yardstick("network", "aget-hit", SMALL),
    ),
    Aim("get-many", "get_many of 100 from a server, against 100 gets", 0.1, _bulk),
    Aim("key", "key of a small dict, against sha256 of its JSON", 1.2),
    Aim("codec-embedding", "encode and decode an embedding, framed and checked, against pickle 5", 0.75),
    Aim("codec-catalogue", "the same, a catalogue of 100 tools", 0.8),
    Aim("codec-small", "the same, a small dict", 1.0),
    Aim("breaker", "breaker, closed, added to a call", 5e-7, unit="s"),
    Aim("overshoot", "how much later than its deadline an operation ends", 0.05, unit="s"),
    Aim("breaker-open", "a call with the breaker open, against the fallback tier alone", 1.2),
    Aim("memory-hit", "a hit in the memory tier, against the memory cache alone", 2.0),
    Aim("import", "import, added to bare Python", 0.06, unit="s"),
    Aim("collection", "a full garbage collection, added by the largest cache", 0.004, _last("growth-collection"), "s"),
]
