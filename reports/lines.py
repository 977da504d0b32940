"""A chart of lines, each named at its end; an interval is a band, a reference a dashed line."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import accumulate, groupby

from markupsafe import Markup

from .svg import Axis, clipped, picture, plain, tag

LEFT, RIGHT, WIDTH, TOP, BOTTOM, HEIGHT = 60.0, 510.0, 710.0, 12.0, 300.0, 344.0
#: Characters of a name that there is room for.
NAME = 23
#: More points than this are no points any more.
DOTS = 12

#: More lines than this, and those that are out lose their names.
CROWD = 8


@dataclass(frozen=True)
class Line:
    """A line with its name; ``points`` are x, y, and where known the ends of y's interval; ``kind`` is a class."""

    label: str
    points: list[list[float]]
    kind: str
    flagged: bool = False


def lines(title: str, description: str, drawn: list[Line], axes: tuple[Axis, Axis], anchor: str) -> Markup:
    """All of ``drawn``; for where a window has no room for names beside the lines, they are listed, too.

    The page's script reads the ends of the axes from ``data-axes`` when it moves a line.
    """
    across, up = axes
    ends = _apart([up(each.points[-1][1]) for each in drawn])
    cursor = tag("line", x1=-9, x2=-9, y1=up.end, y2=up.start, class_="cursor")
    curves = [_curve(each, across, up, end) for each, end in zip(drawn, ends, strict=True)]
    bounds = " ".join(str(each) for axis in axes for each in (axis.low, axis.high, axis.start, axis.end))
    chart = picture(title, description, WIDTH, HEIGHT, _grid(across, up), cursor, *curves, anchor=anchor)
    keys = [tag("li", each.label, class_=each.kind) for each in drawn]
    return tag(
        "div",
        chart,
        tag("ul", *keys, class_="keys"),
        class_="curves crowd" if len(drawn) > CROWD else "curves",
        data_axes=bounds,
        tabindex=0,
        role="group",
        aria_label=title,
    )


def _curve(line: Line, across: Axis, up: Axis, end: float) -> Markup:
    path = tag("path", d=_path([(across(each[0]), up(each[1])) for each in line.points]))
    label = tag("text", clipped(line.label, NAME) + " ✗" * line.flagged, x=across.end + 8, y=end + 4)
    return tag(
        "g",
        tag("title", line.label),
        *_bands(line, across, up),
        path,
        *_dots(line, across, up),
        label,
        class_=f"line {line.kind}",
        data_name=line.label,
    )


def _bands(line: Line, across: Axis, up: Axis) -> list[Markup]:
    """Where neighbours have an interval, the area between; where one stands alone, its interval."""
    runs = [list(run) for known, run in groupby(line.points, key=lambda each: len(each) == 4) if known]
    return [_band(run, across, up) if run[1:] else _whisker(run[0], across, up) for run in runs]


def _band(run: list[list[float]], across: Axis, up: Axis) -> Markup:
    there = [(across(x), up(high)) for x, _, _, high in run]
    back = [(across(x), up(low)) for x, _, low, _ in reversed(run)]
    return tag("path", d=_path([*there, *back]) + "Z", class_="band")


def _whisker(point: list[float], across: Axis, up: Axis) -> Markup:
    x, _, low, high = point
    return tag("line", x1=across(x), x2=across(x), y1=up(low), y2=up(high), class_="whisker")


def _dots(line: Line, across: Axis, up: Axis) -> list[Markup]:
    """What was measured, where a line through it says more."""
    points = line.points if len(line.points) <= DOTS else []
    return [tag("circle", cx=across(each[0]), cy=up(each[1]), r=2.6) for each in points]


def _path(points: list[tuple[float, float]]) -> str:
    return "M" + "L".join(f"{plain(x)},{plain(y)}" for x, y in points)


def _grid(across: Axis, up: Axis) -> Markup:
    columns, rows = across.ticks(8), up.ticks(8)
    upright = [tag("line", x1=across(each), x2=across(each), y1=up.end, y2=up.start) for each in columns]
    level = [tag("line", x1=across.start, x2=across.end, y1=up(each), y2=up(each)) for each in rows]
    below = [tag("text", across.show(each), x=across(each), y=up.start + 18) for each in columns]
    beside = [tag("text", up.show(each), x=across.start - 8, y=up(each) + 4, class_="beside") for each in rows]
    return tag("g", *upright, *level, *below, *beside, class_="grid")


def _apart(places: list[float], least: float = 15.0) -> list[float]:
    """``places`` moved down until no two labels there overlap, in the order given."""
    order = sorted(range(len(places)), key=places.__getitem__)
    moved = accumulate((places[each] for each in order), lambda above, place: max(place, above + least))
    return [place for _, place in sorted(zip(order, moved, strict=True))]
