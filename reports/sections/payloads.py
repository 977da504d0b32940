"""What a time is made of as values grow: the floor, what the usual client adds, and what the cache adds."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from markupsafe import Markup

from .. import words
from ..advice import HIT, SET
from ..model import Report
from ..records import Measurement, Subject
from ..shares import Row, shares
from ..templates import render

order = 35
title = "What is the time spent on?"

FLOOR, CLIENT, CACHE = "the floor", "the usual client", "the cache: codec, checks, its own work"
UNTOLD = "too noisy to tell apart"
KINDS = (FLOOR, CLIENT, CACHE, UNTOLD)
#: The subject that is nothing but the usual client, where it was measured on the same server.
PLAIN_CLIENT = "redis-py"


def html(report: Report) -> Markup | None:
    """A chart for each cache and each of the workloads that were measured with several payloads."""
    figures = [found for subject in _moving(report) for name in (HIT, SET) if (found := _figure(report, subject, name))]
    if not figures:
        return None
    met = {name for figure in figures for _, parts in figure["rows"] for name, _ in parts}
    return render("payloads.html", figures=figures, kinds=KINDS, met=met)


def _moving(report: Report) -> list[Subject]:
    """Caches that hand values over as bytes: the time of those in the process does not depend on a payload."""
    return [each for each in report.of_role("cache") if each.scope != "instance"]


def _figure(report: Report, subject: Subject, workload: str) -> dict[str, Any] | None:
    rows = list(_rows(report, subject, workload))
    if len(rows) < 2:
        return None
    name = f"{subject.label}, {workload}"
    said = "Seconds of one operation for each payload, the floor first. The table has the figures."
    chart = shares(name, said, rows, KINDS, anchor=f"p-{words.slug(name)}")
    return {"name": name, "chart": chart, "rows": rows}


def _rows(report: Report, subject: Subject, workload: str) -> Iterator[Row]:
    """Payloads, what takes least first; only those of which the floor is known."""
    found = [each for each in report.measurements.values() if (each.subject, each.workload) == (subject.name, workload)]
    for each in sorted(found, key=lambda each: each.median):
        floor = report.yardstick(subject, workload, each.payload)
        if floor and floor.unit == each.unit == "s/op" and each.median > 0:
            yield each.payload, _parts(report, subject, each, floor)


def _parts(report: Report, subject: Subject, whole: Measurement, floor: Measurement) -> list[tuple[str, float]]:
    if floor.median > whole.median:
        return [(UNTOLD, whole.median)]
    client = report.measurements.get((f"{PLAIN_CLIENT}@{subject.on}", whole.workload, whole.payload))
    if client and client.subject != subject.name and floor.median <= client.median <= whole.median:
        between = [(CLIENT, client.median - floor.median)]
        return [(FLOOR, floor.median), *between, (CACHE, whole.median - client.median)]
    return [(FLOOR, floor.median), (CACHE, whole.median - floor.median)]


def markdown(_report: Report) -> list[str]:
    """Charts are for the page."""
    return []
