"""Which cache to take: three common cases answered, and a form for one's own."""

from __future__ import annotations

from typing import Any

from markupsafe import Markup

from .. import svg, words
from ..advice import CASES, MUSTS, SAME, UNTOLD, Advice, Candidate, Case, advise, broken, cost, offered, parts, payloads, pick
from ..lines import BOTTOM, LEFT, RIGHT, TOP, Line, lines
from ..markdown import plain
from ..model import Report
from ..templates import render

order = 10
title = "Which cache should I take?"

ORIGINS = (1e-5, 10.0)


def html(report: Report) -> Markup | None:
    """A card for each case, and the form with what it computes from."""
    known = payloads(report)
    if not known:
        return None
    cards = [advise(report, each, known[0]) for each in CASES]
    chart = _chart(report, CASES[-1], known[0])
    return render(
        "answer.html", cards=cards, reasons=lambda advice: reasons(report, advice), musts=MUSTS, payloads=known,
        chart=chart, shown=CASES[-1], data=_data(report, known),
    )  # fmt: skip


def reasons(report: Report, advice: Advice) -> list[str]:
    """Why the best of a case is the best, in sentences."""
    if not advice.best:
        return []
    first = advice.best[0]
    assert first.cost
    hit = parts(report, first.subject, payloads(report)[0])
    said = [_kept(report, each) for each in advice.best]
    if hit:
        said.append(f"{100 * first.cost.hits:.0f} % of reads hit, in {words.duration(hit[0].median)}; with the others a read costs {words.duration(first.cost.middle)} on average.")
    if advice.case.price:
        spent = 1000 * (1 - first.cost.hits) * advice.case.price
        said.append(f"1,000 reads cost ${spent:,.2f} instead of ${1000 * advice.case.price:,.2f} of calls.")
    return said


def _kept(report: Report, candidate: Candidate) -> str:
    score = report.score(candidate.subject)
    if not score.judged:
        return f"{candidate.subject.name} was not judged: these results hold no verdicts for it."
    if candidate.broken:
        return f"{candidate.subject.name} breaks {len(candidate.broken)} of {words.count(score.judged, 'promise')}, none that this case rests on: {', '.join(candidate.broken)}."
    return f"{candidate.subject.name} keeps all {words.count(score.judged, 'promise')} it was judged by."


def _chart(report: Report, case: Case, payload: str) -> Markup:
    """What a read costs on average over what the origin costs: a line per cache; the page's script moves them."""
    across, up = svg.LogAxis(*ORIGINS, LEFT, RIGHT, words.duration), svg.LogAxis(1e-7, 10.0, BOTTOM, TOP, words.duration)
    drawn = []
    for subject in report.of_role("cache"):
        measured = parts(report, subject, payload)
        if measured and subject.ran and not subject.stands_in:
            points = [[origin, cost(case.at(origin), subject.scope, measured).middle] for origin in _spread(*ORIGINS)]
            drawn.append(Line(subject.name, points, report.hue(subject.name)))
    return lines(
        "What one read costs on average", f"Over what one call of the origin costs, for {case.name.lower()}. Both axes are logarithmic.",
        drawn, across, up, id="effective",
    )  # fmt: skip


def _spread(low: float, high: float, count: int = 25) -> list[float]:
    return [low * (high / low) ** (each / (count - 1)) for each in range(count)]


def _data(report: Report, known: list[str]) -> dict[str, Any]:
    """What the form computes from: the same figures that the cards were made from."""
    return {
        "same": SAME,
        "untold": UNTOLD,
        "musts": {id: [text, capability] for id, (text, capability, _) in MUSTS.items()},
        "cases": {each.id: {"m": each.machines, "p": each.processes, "o": each.origin, "u": each.uses, "c": each.price, "need": list(each.musts)} for each in CASES},
        "caches": [
            {
                "name": each.name, "scope": each.scope, "ran": each.ran, "reason": each.reason, "standIn": each.stands_in,
                "offers": offered(each), "broken": broken(report, each), "judged": report.score(each).judged,
                "costs": {payload: [[m.median, m.low, m.high] for m in found] for payload in known if (found := parts(report, each, payload))},
            }
            for each in report.of_role("cache")
        ],
    }  # fmt: skip


def markdown(report: Report) -> list[str]:
    """A line for each case."""
    known = payloads(report)
    if not known:
        return []
    said = [f"- **{each.name}**: {plain(pick(advise(report, each, known[0])))}" for each in CASES]
    return ["## Which cache to take", "", *said, ""]
