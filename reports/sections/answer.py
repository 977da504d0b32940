"""Which cache to take: three common cases answered, and a form for one's own."""

from __future__ import annotations

from typing import Any

from markupsafe import Markup

from .. import svg, words
from ..advice import (
    CASES,
    HIT,
    MUSTS,
    SAME,
    Advice,
    Candidate,
    Case,
    Cost,
    advise,
    broken,
    cost,
    offered,
    parts,
    payloads,
    pick,
)
from ..lines import BOTTOM, LEFT, RIGHT, TOP, Line, lines
from ..markdown import plain
from ..model import Report
from ..records import Subject
from ..templates import render

order = 10
title = "Which cache should I take?"

#: Rows of a card, of those that would do and of those that would not.
MOST_ROWS = 6
#: Seconds from end to end of the chart's axes.
ORIGINS, AVERAGES = (1e-5, 10.0), (1e-7, 10.0)


def html(report: Report) -> Markup | None:
    """A card for each case, and the form with what it computes from."""
    known = payloads(report)
    if not known:
        return None
    cards = [advise(report, each, known[0]) for each in CASES]
    chart = _chart(report, CASES[-1], known[0])
    return render(
        "answer.html",
        cards=cards,
        most=MOST_ROWS,
        reasons=lambda advice: reasons(report, advice),
        musts=MUSTS,
        payloads=known,
        chart=chart,
        shown=CASES[-1],
        data=_data(report, known),
    )


def reasons(report: Report, advice: Advice) -> list[str]:
    """Why the best of a case is the best, in sentences."""
    if not advice.best:
        return []
    first = advice.best[0]
    hit, average = _hit(report, first), first.cost
    share = f"{100 * average.hits:.0f} % of reads hit, in {words.duration(hit)}"
    return [
        *(_kept(report, each) for each in advice.best),
        f"{share}; with the others a read costs {words.duration(average.middle)} on average.",
        *_spent(advice.case, average),
        *_foil(advice),
    ]


def _hit(report: Report, candidate: Candidate) -> float:
    return report.measurements[candidate.subject.name, HIT, payloads(report)[0]].median


def _spent(case: Case, cost: Cost) -> list[str]:
    """Money, where a call has a price."""
    return (
        [f"1,000 reads cost ${1000 * (1 - cost.hits) * case.price:,.2f} of calls instead of ${1000 * case.price:,.2f}."]
        if case.price
        else []
    )


def _foil(advice: Advice) -> list[str]:
    """What the quickest cache would cost that is out because it is not shared as widely."""
    known = [
        (each.cost.middle, each.subject.label) for each in advice.out if each.cost and each.subject.scope == "instance"
    ]
    middle, name = min(known, default=(0.0, ""))
    if middle <= advice.best[0].cost.middle:
        return []
    many = advice.case.machines * advice.case.processes
    return [f"{name}, with {many} copies that each fetch for themselves, would cost {words.duration(middle)} a read."]


def _kept(report: Report, candidate: Candidate) -> str:
    name, score = candidate.subject.label, report.score(candidate.subject)
    judged = words.count(score.judged, "promise")
    if not score.judged:
        return f"{name} was not judged: these results hold no verdicts for it."
    if not candidate.broken:
        return f"{name} keeps all {judged} it was judged by."
    titles = words.few(list(candidate.broken))
    return f"{name} breaks {len(candidate.broken)} of {judged}, none that this case rests on: {titles}."


def _chart(report: Report, case: Case, payload: str) -> Markup:
    """What a read costs on average over what the origin costs: a line per cache; the page's script moves them."""
    across = svg.LogAxis(*ORIGINS, LEFT, RIGHT, words.duration)
    up = svg.LogAxis(*AVERAGES, BOTTOM, TOP, words.duration)
    drawn = []
    for subject in report.of_role("cache"):
        measured = parts(report, subject, payload)
        if measured and subject.ran and not subject.stands_in:
            points = [[origin, cost(case.at(origin), subject.scope, measured).middle] for origin in _spread(*ORIGINS)]
            drawn.append(Line(subject.label, points, report.hue(subject.name)))
    description = f"Over what one call of the origin costs, for {case.name.lower()}. Both axes are logarithmic."
    return lines("What one read costs on average", description, drawn, (across, up), anchor="effective")


def _spread(low: float, high: float, count: int = 25) -> list[float]:
    return [low * (high / low) ** (each / (count - 1)) for each in range(count)]


def _data(report: Report, known: list[str]) -> dict[str, Any]:
    """What the form computes from: the same figures that the cards were made from."""
    return {
        "same": SAME,
        "musts": {name: [text, capability] for name, (text, capability, _) in MUSTS.items()},
        "cases": {each.id: _case(each) for each in CASES},
        "caches": [_cache(report, each, known) for each in report.of_role("cache")],
    }


def _case(case: Case) -> dict[str, Any]:
    fields = {"m": case.machines, "p": case.processes, "o": case.origin, "u": case.uses, "c": case.price}
    return {**fields, "need": list(case.musts)}


def _cache(report: Report, subject: Subject, known: list[str]) -> dict[str, Any]:
    costs = {payload: found for payload in known if (found := parts(report, subject, payload))}
    return {
        "name": subject.label,
        "scope": subject.scope,
        "ran": subject.ran,
        "reason": subject.reason,
        "standIn": subject.stands_in,
        "offers": offered(subject),
        "broken": broken(report, subject),
        "costs": {payload: [[each.median, each.low, each.high] for each in found] for payload, found in costs.items()},
    }


def markdown(report: Report) -> list[str]:
    """A line for each case."""
    known = payloads(report)
    if not known:
        return []
    said = [f"- **{each.name}**: {plain(pick(advise(report, each, known[0])))}" for each in CASES]
    return ["## Which cache to take", "", *said, ""]
