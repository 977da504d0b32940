"""What a time is made of as values grow: the server, the floor, the usual client, the codec and the cache."""

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

SERVER, FLOOR = "the server, by its own account", "the floor: wire or file"
CLIENT, CODEC = "the usual client", "the codec"
OWN, MIXED = "the rest: the cache's own work", "the rest: the cache with its codec"
UNTOLD = "too noisy to tell apart"
KINDS = (SERVER, FLOOR, CLIENT, CODEC, OWN, MIXED, UNTOLD)
#: The subject that is nothing but the usual client, where it was measured on the same server.
PLAIN_CLIENT = "redis-py"


def html(report: Report) -> Markup | None:
    """A chart for each cache and each of the workloads that were measured with several payloads."""
    figures = [found for subject in _moving(report) for name in (HIT, SET) if (found := _figure(report, subject, name))]
    if not figures:
        return None
    met = {name for figure in figures for _, parts in figure["rows"] for name, _ in parts}
    asked = any(each.scope == "network" for each in _moving(report))
    return render("payloads.html", figures=figures, kinds=KINDS, met=met, untold=asked and SERVER not in met)


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
    """Payloads with their size, the smallest first; only those of which the floor is known."""
    found = [each for each in report.measurements.values() if (each.subject, each.workload) == (subject.name, workload)]
    for each in sorted(found, key=lambda each: (_size(report, each), each.median)):
        floor = report.yardstick(subject, workload, each.payload)
        if floor and floor.unit == each.unit == "s/op" and each.median > 0:
            size = _size(report, each)
            yield f"{each.payload}, {words.size(size)}" if size else each.payload, _parts(report, subject, each, floor)


def _size(report: Report, measured: Measurement) -> float:
    """Bytes, as the cache or else its yardstick was told; 0 where nobody was."""
    floor = report.yardstick(report.subject(measured.subject), measured.workload, measured.payload)
    told = (each.parts.get("octets", 0.0) for each in (measured, floor) if each)
    return next(filter(None, told), 0.0)


def _parts(report: Report, subject: Subject, whole: Measurement, floor: Measurement) -> list[tuple[str, float]]:
    if floor.median > whole.median:
        return [(UNTOLD, whole.median)]
    server, codec = floor.parts.get("server", 0.0), whole.parts.get("codec", 0.0)
    below = [(SERVER, server), (FLOOR, floor.median - server)] if server < floor.median else [(FLOOR, floor.median)]
    rest = whole.median - floor.median - codec
    if rest < 0:
        return [*_told(below), (UNTOLD, whole.median - floor.median)]
    client = _client(report, subject, whole) - floor.median
    client = client if 0 < client <= rest else 0.0
    parts = [(CLIENT, client), (CODEC, codec), (OWN if codec else MIXED, rest - client)]
    return _told([*below, *parts])


def _client(report: Report, subject: Subject, whole: Measurement) -> float:
    """Seconds of the usual client for the same, 0 where it was not measured or is the subject itself."""
    found = report.measurements.get((f"{PLAIN_CLIENT}@{subject.on}", whole.workload, whole.payload))
    return found.median if found and found.subject != subject.name else 0.0


def _told(parts: list[tuple[str, float]]) -> list[tuple[str, float]]:
    return [each for each in parts if each[1] > 0]


def markdown(_report: Report) -> list[str]:
    """Charts are for the page."""
    return []
