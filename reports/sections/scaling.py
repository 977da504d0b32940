"""How a cost grows: percentiles, threads, processes, sizes, capacity; one figure for each curve in the results."""

# ruff: noqa: RUF001 - a reader knows these signs

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from markupsafe import Markup

from .. import words
from ..lines import BOTTOM, LEFT, RIGHT, TOP, Line, lines
from ..model import Report
from ..records import Curve
from ..svg import Axis, LinearAxis, LogAxis, NinesAxis
from ..templates import render

order = 40
title = "How does the cost grow?"


#: What the ids of curves begin with, by topic, in the order of the page; what begins otherwise comes last.
TOPICS = {
    "How long do the slowest take?": ("percentiles",),
    "How many operations a second, with several callers?": ("threads", "processes", "connections"),
    "How much does it find, with how much room?": ("hit-ratio",),
    "How much memory does it take, and what does its size cost?": ("growth", "server-memory"),
    "And else": ("",),
}


def html(report: Report) -> Markup | None:
    """A chart of lines for each curve, with its figures as a table."""
    if not report.curves:
        return None
    topics = {name: [_figure(report, each) for each in report.curves if _topic(each) == name] for name in TOPICS}
    return render("scaling.html", topics={name: found for name, found in topics.items() if found})


def _topic(curve: Curve) -> str:
    return next(name for name, beginnings in TOPICS.items() if curve.id.startswith(beginnings))


def _figure(report: Report, curve: Curve) -> dict[str, object]:
    points = [point for line in curve.lines.values() for point in line["points"]]
    places = sorted({each[0] for each in points})
    across = _axis(curve.x, [each[0] for each in points], LEFT, RIGHT)
    up = _axis(curve.y, [value for each in points for value in each[1:]], BOTTOM, TOP)
    unkept = {name: report.unkept(name, line.get("relies_on", ())) for name, line in curve.lines.items()}
    drawn = [
        Line(words.label(name), line["points"], _kind(report, name, line), bool(unkept[name]))
        for name, line in curve.lines.items()
        if _drawable(curve, line)
    ]
    description = f"{_named(curve.y)} over {_named(curve.x)}. The table below has the figures."
    return {
        "curve": curve,
        "alone": len(places) == 1,
        "chart": lines(curve.title, description, drawn, (across, up), anchor=f"s-{words.slug(curve.id)}"),
        "unkept": [(words.label(name), each.title) for name, promises in unkept.items() for each in promises],
        "columns": [across.show(each) for each in places],
        "rows": [(name, _row(curve, line, places)) for name, line in curve.lines.items()],
    }


def _row(curve: Curve, line: Mapping[str, Any], places: list[float]) -> list[str]:
    """A line's value at each of ``places``, as far as it has one."""
    known = {each[0]: words.quantity(each[1], curve.y["unit"]) for each in line["points"]}
    return [known.get(each, "–") for each in places]


def _axis(axis: Mapping[str, str], values: list[float], start: float, end: float) -> Axis:
    show = words.duration if axis["unit"] == "s" else words.short
    if axis["scale"] == "nines":
        shares = [each for each in values if 0 <= each < 1]
        return NinesAxis(min([*shares, 0.5]), max([*shares, 0.9]), start, end)
    if axis["scale"] == "log":
        positive = [each for each in values if each > 0] or [1.0]
        low, high = min(positive), max(positive)
        return LogAxis(low, high if high > low else low * 10, start, end, show)
    low, high = min([*values, 0.0]), max(values)
    return LinearAxis(low, high if high > low else low + 1, start, end, show)


def _kind(report: Report, name: str, line: Mapping[str, object]) -> str:
    return "reference" if line.get("reference") else report.hue(name)


def _drawable(curve: Curve, line: Mapping[str, list[list[float]]]) -> bool:
    """A logarithm has no place for zero: such a line is in the table only."""
    return all(
        each[place] > 0
        for each in line["points"]
        for place, axis in enumerate((curve.x, curve.y))
        if axis["scale"] == "log"
    )


def _named(axis: Mapping[str, str]) -> str:
    return f"{axis['label']}, {axis['unit']}" if axis["unit"] else axis["label"]


def markdown(_report: Report) -> list[str]:
    """Curves are for the page."""
    return []
