"""What each workload costs each subject, beside the yardstick that fits it."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial
from typing import TypeVar

from markupsafe import Markup

from .. import svg, words
from ..markdown import at_most, plain
from ..model import Measurement, Report, Subject
from ..templates import render

order = 30
title = "Costs"

T = TypeVar("T")
#: Rows of report.md.
MOST_ROWS = 12
SCOPES = ("instance", "host", "network")


def html(report: Report) -> Markup | None:
    """One figure per workload, one panel per payload, one table with the same numbers."""
    workloads = _distinct(each.workload for each in report.measurements.values())
    if not workloads:
        return None
    return render("costs.html", workloads=[_workload(report, each) for each in workloads], yardsticks=report.of_role("yardstick"))


def _workload(report: Report, workload: str) -> dict[str, object]:
    measured = [each for each in report.measurements.values() if each.workload == workload]
    payloads = _distinct(each.payload for each in measured)
    subjects = [each for each in report.subjects if any(m.subject == each.name for m in measured)]
    axis = svg.axis_for([bound for each in measured for bound in (each.low, each.median, each.high)], svg.LABEL, svg.PLOT)
    return {
        "name": workload,
        "methods": _distinct(each.method for each in measured if each.method),
        "panels": [(payload, _panel(report, workload, payload, subjects, axis)) for payload in payloads],
        "payloads": payloads,
        "rows": [(each, [_figures(report, each, workload, payload) for payload in payloads]) for each in _in_blocks(subjects)],
        "broken": _distinct((each.subject, promise.title) for each in measured for promise in report.broken(each)),
    }


def _panel(report: Report, workload: str, payload: str, subjects: list[Subject], axis: svg.LogAxis) -> Markup:
    blocks = [_block(report, workload, payload, [each for each in subjects if each.scope == scope]) for scope in SCOPES]
    unit = next(each.unit for each in report.measurements.values() if each.workload == workload)
    return svg.bars(
        f"{workload}, {payload}",
        f"Median {unit} with its 95 % interval, logarithmic; each subject beside its yardstick. The table below has the figures.",
        [each for each in blocks if each.rows or each.yardstick],
        axis,
        partial(words.quantity, unit=unit),
        id=f"c-{words.slug(workload)}-{words.slug(payload)}",
    )


def _block(report: Report, workload: str, payload: str, subjects: list[Subject]) -> svg.Block:
    bars = {each.name: _bar(report, each, workload, payload) for each in subjects}
    yardsticks = [bars[each.name] for each in subjects if each.role == "yardstick"]
    return svg.Block(yardsticks[0] if yardsticks else None, [bars[each.name] for each in subjects if each.role != "yardstick"])


def _bar(report: Report, subject: Subject, workload: str, payload: str) -> svg.Bar:
    found = report.measurements.get((subject.name, workload, payload))
    if found is None:
        return svg.Bar(subject.name, None)
    ratio = report.ratio(found)
    return svg.Bar(
        subject.name, found.median, found.low, found.high, words.quantity(found.median, found.unit),
        words.times(ratio.value) if ratio else "", bool(report.broken(found)),
    )  # fmt: skip


def _figures(report: Report, subject: Subject, workload: str, payload: str) -> dict[str, object] | None:
    found = report.measurements.get((subject.name, workload, payload))
    if found is None:
        return None
    show = partial(words.quantity, unit=found.unit)
    return {"median": show(found.median), "interval": f"{show(found.low)} – {show(found.high)}", "ratio": report.ratio(found), "broken": report.broken(found)}


def _in_blocks(subjects: list[Subject]) -> list[Subject]:
    return sorted(subjects, key=lambda each: (SCOPES.index(each.scope), each.role != "yardstick"))


def _distinct(values: Iterable[T]) -> list[T]:
    return list(dict.fromkeys(values))


def markdown(report: Report) -> list[str]:
    """The ratios of the first payload, a row per subject."""
    workloads = _distinct(each.workload for each in report.measurements.values())
    payload = next((each.payload for each in report.measurements.values()), None)
    if payload is None:
        return []
    lines = [f"## Costs, beside the yardstick ({plain(payload)})", "", f"| | {' | '.join(map(plain, workloads))} |", f"| --- |{' --- |' * len(workloads)}"]
    rows = [_line(report, each, workloads, payload) for each in report.of_role("cache") if each.ran]
    return [*lines, *at_most(MOST_ROWS, rows), ""]


def _line(report: Report, subject: Subject, workloads: list[str], payload: str) -> str:
    return f"| {plain(subject.name)} | {' | '.join(_text(report, subject, each, payload) for each in workloads)} |"


def _text(report: Report, subject: Subject, workload: str, payload: str) -> str:
    found = report.measurements.get((subject.name, workload, payload))
    if found is None:
        return "–"
    ratio = report.ratio(found)
    mark = " ✗" if report.broken(found) else ""
    return words.quantity(found.median, found.unit) + (f", {words.times(ratio.value)}" if ratio else "") + mark
