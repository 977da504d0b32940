"""Why a cache is the answer to a case, in the words of somebody who has to choose."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from . import words
from .advice import MUSTS, PLAIN, Advice, Candidate, Case, Cost, Rejected, offered
from .model import Report

#: A tie of more is told by the first of them alone.
MOST_TIED = 3


@dataclass(frozen=True)
class Ruled:
    """Why some would not do, and which; ``idle`` where nothing is known about them that could tell.

    Of those that are no choice anyway there is less need to tell: they stand ``aside``.
    """

    why: str
    names: list[str]
    idle: bool
    aside: bool


def reasons(report: Report, advice: Advice) -> list[str]:
    """Why the best of a case are the best, in sentences."""
    if not advice.best:
        return _awaiting(advice)
    first = advice.best[0]
    return [
        *_keeping(report, advice.best[:MOST_TIED]),
        *_beyond(advice),
        _read(advice.case, first),
        *_money(advice.case, first.cost),
        *_next(advice),
        *_copies(advice),
        *_awaiting(advice),
    ]


def ruled_out(advice: Advice) -> list[Ruled]:
    """Who would not do, by the reason: those that were a choice first."""
    found: dict[tuple[bool, bool, str], list[str]] = {}
    for each in advice.out:
        other = each.subject.awaited and PLAIN in advice.case.musts
        found.setdefault((each.idle, each.idle or other, each.why), []).append(each.subject.label)
    ruled = [Ruled(why, names, idle, aside) for (idle, aside, why), names in found.items()]
    return sorted(ruled, key=lambda each: (each.aside, each.idle))


def _keeping(report: Report, best: Sequence[Candidate]) -> list[str]:
    """One sentence where the same can be said of all."""
    scores = [report.score(each.subject) for each in best]
    if len(best) == 1 or any(each.broken for each in best) or not all(each.judged for each in scores):
        return [_kept(report, each) for each in best]
    names, counts = [each.subject.label for each in best], [str(each.judged) for each in scores]
    kept = f"keep all promises they were tested for, {words.listed(counts)}"
    return [f"{words.listed(names)} offer all that this case needs, and {kept}."]


def _kept(report: Report, candidate: Candidate) -> str:
    name, score = candidate.subject.label, report.score(candidate.subject)
    judged = words.count(score.judged, "promise")
    if not score.judged:
        return f"{name} was not judged: these results hold no verdicts for it."
    if not candidate.broken:
        known = f", but for {words.count(score['deviation'], 'known deviation')}" if score["deviation"] else ""
        return f"{name} offers all that this case needs, and keeps all {judged} it was tested for{known}."
    titles = words.few(list(candidate.broken))
    return f"{name} breaks {len(candidate.broken)} of {judged}, none that this case rests on: {titles}."


def _beyond(advice: Advice) -> list[str]:
    """What speaks for some of those that tie, and not for more than half of them."""
    found: dict[tuple[str, ...], list[str]] = {}
    for must, (name, *_) in MUSTS.items():
        those = tuple(each.subject.label for each in advice.best if must in offered(each.subject))
        if 0 < len(those) <= len(advice.best) / 2:
            found.setdefault(those, []).append(name)
    return [
        f"Only {words.listed(list(those))} {'have' if those[1:] else 'has'} {words.listed(names)}."
        for those, names in found.items()
    ]


def _read(case: Case, candidate: Candidate) -> str:
    hits, hit = 100 * candidate.cost.hits, words.duration(candidate.hit)
    share = f"{hits:.3g} % of reads are answered from the cache, in {hit}"
    average = f"with the others, which call, a read takes {words.duration(candidate.cost.middle)} on average"
    pays = f" It pays where a call takes more than {words.duration(candidate.pays)}." if candidate.pays else ""
    return f"{share}; {average}, not {words.duration(case.origin)}.{pays}"


def _money(case: Case, cost: Cost) -> list[str]:
    """What the calls cost that are left, where a call has a price."""
    if not case.price:
        return []
    return [f"1,000 reads make calls for ${1000 * (1 - cost.hits) * case.price:,.2f}, not ${1000 * case.price:,.2f}."]


def _next(advice: Advice) -> list[str]:
    """What the best of the others would take."""
    if not advice.others:
        return []
    best, other = advice.best[0], advice.others[0]
    server = ", and a server to run" if other.subject.backend and not best.subject.backend else ""
    return [f"{other.subject.label} would take {words.duration(other.cost.middle)} a read{server}."]


def _copies(advice: Advice) -> list[str]:
    """What the quickest cache would cost that is out because it is not shared as widely."""
    best = advice.best[0].subject
    alike = [each for each in advice.out if each.subject.awaited is best.awaited and best.scope != "instance"]
    known = [(each.cost.middle, each) for each in alike if each.cost and each.subject.scope == "instance"]
    middle, quickest = min(known, key=lambda each: each[0], default=(0.0, None))
    if quickest is None or middle <= advice.best[0].cost.middle:
        return []
    return [_copied(quickest, advice.case.machines * advice.case.processes, middle)]


def _copied(quickest: Rejected, many: int, middle: float) -> str:
    each = f"{quickest.subject.label} in each of {many} processes would make every one of them call for itself"
    return f"{each}: {words.duration(middle)} a read."


def _awaiting(advice: Advice) -> list[str]:
    """Who would do for an application of coroutines."""
    names = [each.label for each in advice.awaited]
    return [f"For code that awaits: {words.few(names, MOST_TIED)}."] if names else []
