"""What each workload costs each subject, beside the yardstick that fits it."""

# ruff: noqa: RUF001 - a reader knows these signs

from __future__ import annotations

from collections.abc import Iterable, Mapping
from math import ceil
from typing import Any, TypeVar

from markupsafe import Markup

from .. import svg, words
from ..advice import HIT, MISS, SET
from ..bars import LABEL, PLOT, Bar, Block, bars
from ..markdown import at_most, plain
from ..model import Report
from ..records import SCOPES, Measurement, Subject
from ..templates import render

order = 30
title = "What does it cost?"

T = TypeVar("T")
Figures = dict[str, object] | None
Row = tuple[Subject, list[Figures]]
#: Workloads whose charts are open: those that a read through a cache is made of.
FIRST = (HIT, MISS, SET)
#: Rows and columns of report.md.
MOST_ROWS, MOST_WORKLOADS = 12, 5
#: Columns that a page has room for.
MOST_COLUMNS = 12
REACH = dict(zip(SCOPES, ("in this process", "on this host", "over the network"), strict=True))


def html(report: Report) -> Markup | None:
    """Tables of all ratios, then a figure per workload with a panel per payload, each with its numbers as a table."""
    workloads = _distinct(each.workload for each in report.measurements.values())
    if not workloads:
        return None
    return render(
        "costs.html", glances=_glance(report, workloads), ends=_ends(report), aims=report.figures,
        workloads=[_workload(report, each) for each in workloads], first=FIRST, figure=_drawn,
        reached=_reached, shown=_shown, yardsticks=[each for each in report.measured if each.role == "yardstick"],
    )  # fmt: skip


def _drawn(workload: dict[str, object]) -> Markup:
    return render("workload.html", workload=workload, titled=workload["name"] in FIRST)


def _glance(report: Report, workloads: list[str]) -> list[list[dict[str, Any]]]:
    """Tables as wide as a page: what is called plainly, then what is awaited; a row for each that was given any."""
    awaited = {each.workload for each in report.measurements.values() if report.subject(each.subject).awaited}
    ordered = sorted(workloads, key=lambda each: each not in FIRST)
    kinds = [[each for each in ordered if (each in awaited) is wanted] for wanted in (False, True)]
    return [[{"workloads": names, "bodies": _bodies(report, names)} for names in _chunks(kind)] for kind in kinds]


def _chunks(names: list[str]) -> list[list[str]]:
    """``names`` in as few parts as the width allows, all of about the same length."""
    parts = ceil(len(names) / MOST_COLUMNS)
    return [names[len(names) * part // parts : len(names) * (part + 1) // parts] for part in range(parts)]


def _bodies(report: Report, workloads: list[str]) -> list[tuple[str, list[Row]]]:
    """For each reach its subjects, the yardstick first, with what each of ``workloads`` costs them."""
    found: dict[str, list[Row]] = {}
    for subject in sorted(report.measured, key=lambda each: _place(report, each, workloads)):
        cells = [_figures(report, subject, name, _payload(report, name)) for name in workloads]
        if any(cells):
            found.setdefault(REACH[subject.scope], []).append((subject, cells))
    return list(found.items())


def _place(report: Report, subject: Subject, workloads: list[str]) -> tuple[int, bool]:
    """Below the yardstick of these workloads."""
    bases = (report.yardstick(subject, each, _payload(report, each)) for each in workloads)
    base = next((report.subject(each.subject) for each in bases if each), subject)
    return report.measured.index(base), subject.role != "yardstick"


def _payload(report: Report, workload: str) -> str:
    """The first that it was measured with."""
    return next(each.payload for each in report.measurements.values() if each.workload == workload)


def _ends(report: Report) -> list[tuple[str, float]]:
    """How far apart two measurements of the same cache were: of the quietest and of the noisiest."""
    found = sorted(((each["subject"], each["floor"]) for each in report.noise), key=lambda each: each[1])
    return [found[0], found[-1]] if found[1:] else found


def _reached(aim: Mapping[str, Any], row: Mapping[str, Any]) -> str:
    """Whether a row of what is aimed at got there; open where its interval reaches to both sides."""
    low, high = row.get("low", row["value"]), row.get("high", row["value"])
    if low <= aim["target"] <= high and low < high:
        return "open"
    return "reached" if (row["value"] <= aim["target"]) == (aim.get("better", "lower") == "lower") else "missed"


def _shown(value: float, unit: str) -> str:
    return words.times(value) if unit == "x" else words.quantity(value, unit)


def _workload(report: Report, workload: str) -> dict[str, object]:
    measured = [each for each in report.measurements.values() if each.workload == workload]
    payloads = _distinct(each.payload for each in measured)
    subjects = [each for each in report.measured if any(m.subject == each.name for m in measured)]
    blocks = {each: found for each in payloads if (found := _blocks(report, workload, each, subjects))}
    axis = _axis(row for each in blocks.values() for block in each for row in block.rows)
    return {
        "name": workload,
        "panels": [(payload, _panel(workload, payload, each, axis)) for payload, each in blocks.items()],
        "abouts": _distinct(each.about for each in measured if each.about),
        "payloads": payloads,
        "rows": [(each, [_figures(report, each, workload, payload) for payload in payloads]) for each in subjects],
        "broken": _distinct(
            (words.label(each.subject), promise.title) for each in measured for promise in report.broken(each)
        ),
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
        base = _best(measured) if measured[1:] else None
        label, value = "best here" if base else "", ""
    return Block(label, value, [_bar(report, each, found[each.name], base) for each in subjects])


def _best(measured: list[Measurement]) -> Measurement:
    return min(measured, key=lambda each: each.median if each.better == "lower" else -each.median)


def _bar(report: Report, subject: Subject, found: Measurement | None, base: Measurement | None) -> Bar:
    if found is None:
        return Bar(subject.label, None, 0, 0, "", "not measured")
    ratio, flagged = found.over(base) if base else None, bool(report.broken(found))
    value = words.quantity(found.median, found.unit)
    if ratio is None:
        return Bar(subject.label, None, 0, 0, value, "no yardstick", flagged)
    note = words.times(ratio.value) + " ✗" * flagged
    floor = report.floor(subject.name, ratio.yardstick.subject)
    return Bar(subject.label, ratio.value, ratio.low, ratio.high, value, note, flagged, floor)


def _figures(report: Report, subject: Subject, workload: str, payload: str) -> Figures:
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
        found.setdefault(each.method, []).append(f"{words.label(each.subject)} ({each.payload})")
    return [(method, cells) for method, cells in found.items() if method]


def _distinct(values: Iterable[T]) -> list[T]:
    return list(dict.fromkeys(values))


def markdown(report: Report) -> list[str]:
    """Ratios with their intervals, a row per subject, of the first workloads."""
    workloads = _distinct(each.workload for each in report.measurements.values())[:MOST_WORKLOADS]
    if not workloads:
        return []
    lines = [
        "## Costs, beside the yardstick",
        "",
        f"| | {' | '.join(map(plain, workloads))} |",
        f"| --- |{' --- |' * len(workloads)}",
    ]
    rows = [_line(report, each, workloads) for each in report.measured if each.role != "yardstick"]
    return [*lines, *at_most(MOST_ROWS, rows), ""]


def _line(report: Report, subject: Subject, workloads: list[str]) -> str:
    cells = (_text(report, subject, each, _payload(report, each)) for each in workloads)
    return f"| {plain(subject.label)} | {' | '.join(cells)} |"


def _text(report: Report, subject: Subject, workload: str, payload: str) -> str:
    found = report.measurements.get((subject.name, workload, payload))
    if found is None:
        return "–"
    ratio, marked = report.ratio(found), " ✗" * bool(report.broken(found))
    if ratio is None:
        return words.quantity(found.median, found.unit) + marked
    return f"{words.times(ratio.value)} ({words.times(ratio.low)} – {words.times(ratio.high)}){marked}"
