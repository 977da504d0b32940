"""What each workload costs each subject, beside the yardstick that fits it."""

# ruff: noqa: RUF001 - a reader knows these signs

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeVar

from markupsafe import Markup

from .. import svg, words
from ..bars import LABEL, PLOT, Bar, Block, bars
from ..markdown import at_most, plain
from ..model import Report
from ..records import SCOPES, Measurement, Subject
from ..templates import render

order = 30
title = "What does it cost?"

T = TypeVar("T")
#: Rows of report.md.
MOST_ROWS = 12
REACH = dict(zip(SCOPES, ("in this process", "on this host", "over the network"), strict=True))


def html(report: Report) -> Markup | None:
    """A table of all ratios, then a figure per workload with a panel per payload, each with its numbers as a table."""
    workloads = _distinct(each.workload for each in report.measurements.values())
    if not workloads:
        return None
    payload = next(iter(report.measurements.values())).payload
    return render(
        "costs.html", payload=payload, names=workloads, glance=_glance(report, workloads, payload),
        workloads=[_workload(report, each) for each in workloads], yardsticks=report.of_role("yardstick"),
    )  # fmt: skip


def _glance(
    report: Report, workloads: list[str], payload: str
) -> list[tuple[str, list[tuple[Subject, list[dict[str, object] | None]]]]]:
    """Subjects by scope, the yardstick first, each with its figures for ``payload``."""
    found = []
    for scope, reach in REACH.items():
        subjects = [each for each in _measured(report) if each.scope == scope]
        if subjects:
            found.append(
                (
                    reach,
                    [
                        (each, [_figures(report, each, workload, payload) for workload in workloads])
                        for each in subjects
                    ],
                )
            )
    return found


def _workload(report: Report, workload: str) -> dict[str, object]:
    measured = [each for each in report.measurements.values() if each.workload == workload]
    payloads = _distinct(each.payload for each in measured)
    subjects = [each for each in _measured(report) if any(m.subject == each.name for m in measured)]
    blocks = {payload: _blocks(report, workload, payload, subjects) for payload in payloads}
    axis = _axis(row for each in blocks.values() for block in each for row in block.rows)
    return {
        "name": workload,
        "panels": [(payload, _panel(workload, payload, blocks[payload], axis)) for payload in payloads],
        "abouts": _distinct(each.about for each in measured if each.about),
        "payloads": payloads,
        "rows": [(each, [_figures(report, each, workload, payload) for payload in payloads]) for each in subjects],
        "broken": _distinct((each.subject, promise.title) for each in measured for promise in report.broken(each)),
        "methods": _methods(measured),
    }


def _panel(workload: str, payload: str, blocks: list[Block], axis: svg.LogAxis) -> Markup:
    description = "Medians as ratios to the yardstick, with 95 % intervals, logarithmic; the table has the figures."
    anchor = f"c-{words.slug(workload)}-{words.slug(payload)}"
    return bars(f"{workload}, {payload}", description, blocks, axis, anchor=anchor)


def _axis(rows: Iterable[Bar]) -> svg.LogAxis:
    drawn = [bound for each in rows if each.ratio for bound in (each.low, each.ratio, each.high)]
    return svg.axis_for([*drawn, 1.0], LABEL, PLOT)


def _blocks(report: Report, workload: str, payload: str, subjects: list[Subject]) -> list[Block]:
    """Subjects by the yardstick that fits them; where none does what they do, by the quickest of them."""
    found: dict[str, list[Subject]] = {}
    for each in subjects:
        if each.role != "yardstick":
            yardstick = report.yardstick(each, workload, payload)
            found.setdefault(yardstick.subject if yardstick else "", []).append(each)
    return [_block(report, workload, payload, name, each) for name, each in found.items()]


def _block(report: Report, workload: str, payload: str, yardstick: str, subjects: list[Subject]) -> Block:
    found = {each.name: report.measurements.get((each.name, workload, payload)) for each in subjects}
    measured = [each for each in found.values() if each]
    if base := report.measurements.get((yardstick, workload, payload)):
        label, value = report.subject(yardstick).label, words.quantity(base.median, base.unit)
    else:
        base = _quickest(measured) if measured[1:] else None
        label, value = "quickest here" if base else "", ""
    return Block(label, value, [_bar(report, each, found[each.name], base) for each in subjects])


def _quickest(measured: list[Measurement]) -> Measurement:
    return min(measured, key=lambda each: each.median if each.better == "lower" else -each.median)


def _bar(report: Report, subject: Subject, found: Measurement | None, base: Measurement | None) -> Bar:
    if found is None:
        return Bar(subject.label, None, 0, 0, "", "not measured")
    ratio, flagged = found.over(base) if base else None, bool(report.broken(found))
    value = words.quantity(found.median, found.unit)
    if ratio is None:
        return Bar(subject.label, None, 0, 0, value, "no yardstick", flagged)
    note = words.times(ratio.value) + " ✗" * flagged
    return Bar(subject.label, ratio.value, ratio.low, ratio.high, value, note, flagged)


def _figures(report: Report, subject: Subject, workload: str, payload: str) -> dict[str, object] | None:
    found = report.measurements.get((subject.name, workload, payload))
    if found is None:
        return None
    low, high = words.quantity(found.low, found.unit), words.quantity(found.high, found.unit)
    return {
        "median": words.quantity(found.median, found.unit),
        "interval": f"{low} – {high}",
        "ratio": report.ratio(found),
        "broken": report.broken(found),
    }


def _methods(measured: list[Measurement]) -> list[tuple[str, list[str]]]:
    """Each way of measuring, and what was measured in it."""
    found: dict[str, list[str]] = {}
    for each in measured:
        found.setdefault(each.method, []).append(f"{each.subject} ({each.payload})")
    return [(method, cells) for method, cells in found.items() if method]


def _measured(report: Report) -> list[Subject]:
    """What has a figure: by scope, each yardstick before those that it fits."""
    names = {each.subject for each in report.measurements.values()}
    order = {each.name: number for number, each in enumerate(report.subjects)}

    def place(subject: Subject) -> tuple[int, int, bool]:
        base = next(iter(report.fitting(subject)), subject)
        return SCOPES.index(subject.scope), order[base.name], subject.role != "yardstick"

    return sorted((each for each in report.subjects if each.name in names), key=place)


def _distinct(values: Iterable[T]) -> list[T]:
    return list(dict.fromkeys(values))


def markdown(report: Report) -> list[str]:
    """The ratios of the first payload, a row per subject."""
    workloads = _distinct(each.workload for each in report.measurements.values())
    payload = next((each.payload for each in report.measurements.values()), None)
    if payload is None:
        return []
    lines = [
        f"## Costs, beside the yardstick ({plain(payload)})",
        "",
        f"| | {' | '.join(map(plain, workloads))} |",
        f"| --- |{' --- |' * len(workloads)}",
    ]
    rows = [_line(report, each, workloads, payload) for each in _measured(report) if each.role != "yardstick"]
    return [*lines, *at_most(MOST_ROWS, rows), ""]


def _line(report: Report, subject: Subject, workloads: list[str], payload: str) -> str:
    return f"| {plain(subject.label)} | {' | '.join(_text(report, subject, each, payload) for each in workloads)} |"


def _text(report: Report, subject: Subject, workload: str, payload: str) -> str:
    found = report.measurements.get((subject.name, workload, payload))
    if found is None:
        return "–"
    ratio = report.ratio(found)
    return (
        words.quantity(found.median, found.unit)
        + (f", {words.times(ratio.value)}" if ratio else "")
        + " ✗" * bool(report.broken(found))
    )
