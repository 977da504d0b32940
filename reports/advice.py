"""Which cache to take for a case: what it must offer, and what one read then costs on average."""

from __future__ import annotations

from dataclasses import dataclass, replace

from . import words
from .model import Report
from .records import Measurement, Subject

#: What an application may insist on: id -> words, and the declared values that will do.
MUSTS: dict[str, tuple[str, str, tuple[str, ...]]] = {
    "host": ("sharing between processes", "scope", ("host", "network")),
    "network": ("sharing between machines", "scope", ("network",)),
    "ttl": ("a ttl for each entry", "ttl", ("per-entry",)),
    "bounded": ("a bound on its size", "eviction", ("approximate", "fifo", "lru")),
    "lru": ("exact LRU", "eviction", ("lru",)),
    "threads": ("safety with threads", "threads", ("safe",)),
    "copied": ("copies of values", "values", ("copied",)),
    "durable": ("entries that outlive the process", "durable", ("yes",)),
    "single-flight": ("one compute per key", "get_or_set", ("single-flight",)),
    "failover": ("service during a Redis outage", "failover", ("yes",)),
    "plain": ("methods to call without await", "asynchronous", ("no",)),
    "async": ("methods to await", "asynchronous", ("yes",)),
}
PLAIN, AWAITED = "plain", "async"

#: The workloads that a read through a cache is made of.
HIT, MISS, SET = "get-hit", "get-miss", "set-overwrite"
#: Costs that differ by less than this are a tie, whatever the intervals say.
SAME = 0.01
UNMEASURED = "cost not measured"
#: Stands for the capability of a promise whose file does not tell what switches it on.
UNTOLD = "?"


@dataclass(frozen=True)
class Case:
    """Where a cache is to serve: how often an entry is read before it expires, and what a call of the origin costs."""

    id: str
    name: str
    text: str
    machines: int
    processes: int
    origin: float  #: seconds
    price: float  #: money
    uses: int
    musts: tuple[str, ...]

    def at(self, origin: float) -> Case:
        """The same with another cost of the origin."""
        return replace(self, origin=origin)


CASES = (
    Case("web", "One web process", "One process on one machine; a 10 ms query behind.",
         1, 1, 0.01, 0.0, 50, ("ttl", "bounded", "threads", PLAIN)),
    Case("workers", "Three workers on a host", "Three processes on one machine; a 50 ms call behind.",
         1, 3, 0.05, 0.0, 50, ("host", "ttl", PLAIN)),
    Case("fleet", "Ten machines, an LLM behind",
         "Ten machines, one process each; an LLM call of 300 ms and 1 ¢ behind.",
         10, 1, 0.3, 0.01, 50, ("network", "ttl", PLAIN)),
)  # fmt: skip


@dataclass(frozen=True)
class Cost:
    """Seconds of one read on average, with the bounds that the measured intervals allow; ``hits`` is the hit ratio."""

    middle: float
    low: float
    high: float
    hits: float

    def ties(self, best: Cost) -> bool:
        return self.low <= best.high or self.middle <= best.middle * (1 + SAME)


@dataclass(frozen=True)
class Candidate:
    """A cache that would do, and what a read costs with it; ``broken`` are promises to know of all the same.

    ``hit`` is what one takes, seconds; ``pays`` what a call of the origin must take, for a read with the cache to take
    less than without.
    """

    subject: Subject
    cost: Cost
    broken: tuple[str, ...]
    hit: float
    pays: float | None = None


@dataclass(frozen=True)
class Rejected:
    """A cache that would not do, and why; what a read would cost, where that is known.

    ``idle`` is one that is out only because it did not run, was not measured, or is none to run an application on.
    """

    subject: Subject
    why: str
    cost: Cost | None
    idle: bool


@dataclass(frozen=True)
class Advice:
    """The best of a case, with all that tie with it; then who else would do, then who would not.

    ``awaited`` are those of ``out`` that would do if only the application awaited them.
    """

    case: Case
    best: tuple[Candidate, ...]
    others: tuple[Candidate, ...]
    out: tuple[Rejected, ...]
    awaited: tuple[Subject, ...]


def advise(report: Report, case: Case, payload: str) -> Advice:
    """Who to take in ``case`` when values are like ``payload``."""
    judged = [_judged(report, each, case, payload) for each in report.of_role("cache")]
    able = sorted((each for each in judged if isinstance(each, Candidate)), key=lambda each: each.cost.middle)
    best = [each for each in able if each.cost.ties(able[0].cost)]
    others = [each for each in able if each not in best]
    out = [each for each in judged if isinstance(each, Rejected)]
    awaited = [each.subject for each in out if _awaited(report, each.subject, case)]
    return Advice(case, tuple(best), tuple(others), tuple(out), tuple(awaited))


def _awaited(report: Report, subject: Subject, case: Case) -> bool:
    musts = tuple(AWAITED if each == PLAIN else each for each in case.musts)
    other = replace(case, musts=musts)
    return musts != case.musts and not (idle(subject) or _why_not(subject, other, broken(report, subject)))


def pick(advice: Advice) -> str:
    """The answer to a case in a few words."""
    if not advice.best:
        return "none of these will do"
    names = words.listed([each.subject.label for each in advice.best], "or")
    return f"{names} (a tie)" if len(advice.best) > 1 else names


def payloads(report: Report) -> list[str]:
    """The payloads of which a hit was measured."""
    return list(dict.fromkeys(each.payload for each in report.measurements.values() if each.workload == HIT))


def parts(report: Report, subject: Subject, payload: str) -> tuple[Measurement, Measurement, Measurement] | None:
    """What a hit, a miss and a set cost; None where one of them was not measured."""
    hit, miss, put = (report.measurements.get((subject.name, each, payload)) for each in _vital(subject))
    return (hit, miss, put) if hit and miss and put else None


def _vital(subject: Subject) -> list[str]:
    """The workloads that a read through a cache is made of; those with coroutines, where its methods are awaited."""
    return [f"a{each}" if subject.awaited else each for each in (HIT, MISS, SET)]


def offered(subject: Subject) -> list[str]:
    """The must-haves that ``subject`` declares."""
    declared = {"asynchronous": "no", **subject.declares}
    return [key for key, (_, capability, values) in MUSTS.items() if declared.get(capability) in values]


def broken(report: Report, subject: Subject) -> dict[str, list[str]]:
    """Promises that ``subject`` breaks, by the capability that switches them on.

    Under ``""`` are those that every cache makes, and those without which its cost means nothing.
    """
    cells = [(subject.name, each) for each in _vital(subject)]
    measured = [each for key, each in report.measurements.items() if key[:2] in cells]
    vital = {promise.id for each in measured for promise in report.broken(each)}
    found: dict[str, list[str]] = {}
    for promise in report.promises:
        if promise.id in vital or report.verdict(promise, subject).outcome == "fail":
            general = promise.id in vital or promise.needs == {}
            for capability in [""] if general else promise.needs or [UNTOLD]:
                found.setdefault(capability, []).append(promise.title)
    return found


def misses(case: Case, scope: str) -> float:
    """The share of reads that miss: every cache that sees a key at all has to fetch it once.

    With C caches that share ``uses`` reads of an entry evenly, C * (1 - (1 - 1/C) ** uses) of them do.
    """
    caches = {"instance": case.machines * case.processes, "host": case.machines}.get(scope, 1)
    return caches * float(1 - (1 - 1 / caches) ** case.uses) / case.uses


def cost(case: Case, scope: str, measured: tuple[Measurement, Measurement, Measurement]) -> Cost:
    """``h * hit + (1 - h) * (miss + origin + set)``."""
    share = misses(case, scope)
    middle, low, high = (
        (1 - share) * hit + share * (miss + case.origin + put)
        for hit, miss, put in zip(*((m.median, m.low, m.high) for m in measured), strict=True)
    )
    return Cost(middle, low, high, 1 - share)


def _judged(report: Report, subject: Subject, case: Case, payload: str) -> Candidate | Rejected:
    measured, titles = parts(report, subject, payload), broken(report, subject)
    found = cost(case, subject.scope, measured) if measured else None
    why = idle(subject) or _why_not(subject, case, titles)
    if why or not (found and measured):
        return Rejected(subject, why or UNMEASURED, found, idle=bool(idle(subject)) or not why)
    known = tuple(dict.fromkeys(title for each in titles.values() for title in each))
    pays = cost(case.at(0.0), subject.scope, measured).middle / found.hits if found.hits else None
    return Candidate(subject, found, known, measured[0].median, pays)


def idle(subject: Subject) -> str:
    """Why a subject is no answer to any case; empty where it may be one."""
    if not subject.ran:
        return f"did not run here: {subject.reason}"
    return "a stand-in for tests" if subject.stands_in else ""


def _why_not(subject: Subject, case: Case, titles: dict[str, list[str]]) -> str:
    lacks = [MUSTS[each][0] for each in case.musts if each not in offered(subject)]
    vital = dict.fromkeys(
        title for capability in ("", *(MUSTS[each][1] for each in case.musts)) for title in titles.get(capability, ())
    )
    if lacks:
        return f"lacks: {', '.join(lacks)}"
    return f"breaks: {words.few(list(vital))}" if vital else ""
