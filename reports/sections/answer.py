"""Which cache to take: three common cases answered, and a form for one's own."""

from __future__ import annotations

import math
from typing import Any

from markupsafe import Markup

from .. import svg, words
from ..advice import (
    CASES,
    MUSTS,
    SAME,
    UNMEASURED,
    Case,
    advise,
    broken,
    cost,
    idle,
    misses,
    offered,
    parts,
    payloads,
    pick,
)
from ..lines import BOTTOM, LEFT, RIGHT, TOP, Line, lines
from ..markdown import plain
from ..model import Report
from ..reasons import reasons, ruled_out
from ..records import Subject
from ..templates import render

order = 10
title = "Which cache should I take?"

#: Rows of a card: caches that would do, and reasons why others would not.
MOST_ROWS, MOST_GROUPS = 6, 3
#: Seconds from end to end of the chart's axes.
ORIGINS, AVERAGES = (1e-5, 10.0), (1e-7, 10.0)
#: Dollars from end to end: of the price of a call, and of what 1,000 reads pay.
PRICES, SPENT = (1e-4, 1.0), (1e-3, 1e3)
#: The lines of the chart of prices, by who shares an entry.
REACHES = {"one per process": "instance", "one per host": "host", "one for all": "network"}


def html(report: Report) -> Markup | None:
    """A card for each case, and the form with what it computes from."""
    known = payloads(report)
    if not (known and report.of_role("cache")):
        return None
    cards = [advise(report, each, known[0]) for each in CASES]
    chart = _chart(report, CASES[-1], known[0])
    return render(
        "answer.html",
        cards=cards,
        most=MOST_ROWS,
        groups=MOST_GROUPS,
        reasons=lambda advice: reasons(report, advice),
        ruled_out=ruled_out,
        musts=MUSTS,
        payloads=known,
        chart=chart,
        prices=_prices(CASES[-1]),
        shown=CASES[-1],
        data=_data(report, known),
    )


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


def _prices(case: Case) -> Markup:
    """What 1,000 reads pay over the price of a call: a line for each reach, as caches of one reach miss alike."""
    across, up = svg.LogAxis(*PRICES, LEFT, RIGHT, _money), svg.LogAxis(*SPENT, BOTTOM, TOP, _money)
    shares = {name: misses(case, scope) for name, scope in REACHES.items()}
    drawn = [
        Line(name, [[price, 1000 * share * price] for price in _spread(*PRICES)], f"l{number + 1}")
        for number, (name, share) in enumerate(shares.items())
    ]
    bare = Line("without a cache", [[price, 1000 * price] for price in _spread(*PRICES)], "reference")
    description = f"Over the price of one call, for {case.name.lower()}. Both axes are logarithmic."
    return lines("What 1,000 reads pay", description, [bare, *drawn], (across, up), anchor="prices")


def _money(value: float) -> str:
    return f"${value:,.0f}" if value >= 1 else f"${value:.2g}"


def _spread(low: float, high: float, count: int = 25) -> list[float]:
    return [low * (high / low) ** (each / (count - 1)) for each in range(count)]


def _data(report: Report, known: list[str]) -> dict[str, Any]:
    """What the form computes from: the same figures that the cards were made from."""
    return {
        "same": SAME,
        "unknown": UNMEASURED,
        "musts": {name: [text, capability] for name, (text, capability, _) in MUSTS.items()},
        "cases": {each.id: _case(each) for each in CASES},
        "reaches": REACHES,
        "caches": [_cache(report, each, known) for each in report.of_role("cache")],
    }


def _case(case: Case) -> dict[str, Any]:
    origin, uses = math.log10(case.origin), math.log10(case.uses)
    fields = {"m": case.machines, "p": case.processes, "o": origin, "u": uses, "c": case.price}
    return {**fields, "need": list(case.musts)}


def _cache(report: Report, subject: Subject, known: list[str]) -> dict[str, Any]:
    costs = {payload: found for payload in known if (found := parts(report, subject, payload))}
    return {
        "name": subject.label,
        "scope": subject.scope,
        "idle": idle(subject),
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
