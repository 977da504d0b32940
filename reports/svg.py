"""Charts as inline SVG: elements with everything escaped, and logarithmic axes that never draw a gap as a zero."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

from markupsafe import Markup, escape


def tag(name: str, *children: object, **attributes: object) -> Markup:
    """``<name ...>children</name>``, escaped; ``class_`` is written ``class`` and ``stroke_width`` ``stroke-width``."""
    given = (f' {key.rstrip("_").replace("_", "-")}="{escape(_plain(value))}"' for key, value in attributes.items() if value is not None)
    return Markup(f"<{name}{''.join(given)}>{''.join(escape(each) for each in children)}</{name}>")


def picture(title: str, description: str, width: float, height: float, *children: Markup, id: str) -> Markup:
    """An ``<svg>`` that scales with its column and tells a screen reader what it shows."""
    named = tag("title", title, id=f"{id}-t"), tag("desc", description, id=f"{id}-d")
    return tag("svg", *named, *children, viewBox=f"0 0 {_plain(width)} {_plain(height)}", role="img",
               aria_labelledby=f"{id}-t {id}-d", class_="chart")  # fmt: skip


@dataclass(frozen=True)
class LogAxis:
    """Maps values from ``low`` to ``high``, both above zero, to pixels from ``start`` to ``end``."""

    low: float
    high: float
    start: float
    end: float

    def __call__(self, value: float) -> float:
        place = (math.log(min(max(value, self.low), self.high)) - math.log(self.low)) / (math.log(self.high) - math.log(self.low))
        return round(self.start + place * (self.end - self.start), 1)

    def ticks(self, most: int = 5) -> list[float]:
        """Round values between the ends: decades, thinned out or filled with 2 and 5 until about ``most`` are left."""
        first, last = math.floor(math.log10(self.low)), math.ceil(math.log10(self.high))
        decades = range(first, last + 1)
        for steps, stride in (((1, 2, 5), 1), ((1, 3), 1), ((1,), 1), ((1,), 2), ((1,), 3)):
            found = [step * 10.0**each for each in decades if each % stride == 0 for step in steps]
            found = [each for each in found if self.low <= each * 1.0001 and each <= self.high * 1.0001]
            if len(found) <= most:
                break
        return found


def axis_for(values: list[float], start: float, end: float) -> LogAxis:
    """An axis with a little room around ``values``; those of zero or less have no place on it."""
    positive = [each for each in values if each > 0] or [1.0]
    return LogAxis(min(positive) / 1.5, max(positive) * 1.5, start, end)


@dataclass(frozen=True)
class Bar:
    """One row: a ratio to the block's yardstick with its interval, or None where there is none to draw, and its words."""

    label: str
    ratio: float | None
    low: float
    high: float
    value: str
    note: str
    flagged: bool = False


@dataclass(frozen=True)
class Block:
    """Rows that share a yardstick: its name, and its own value in words."""

    label: str
    value: str
    rows: list[Bar]


ROW, GAP, TOP = 21.0, 7.0, 4.0
LABEL, PLOT, WIDTH = 112.0, 262.0, 372.0


def bars(title: str, description: str, blocks: list[Block], axis: LogAxis, id: str) -> Markup:
    """Blocks of rows on an axis of ratios: a line reaches from the yardstick, at 1, to each row's ratio."""
    parts: list[Markup] = []
    y = TOP
    for block in blocks:
        if block.label:
            parts.append(_yardstick(block, axis, y))
        parts += [_row(row, axis, y + ROW * number + ROW / 2) for number, row in enumerate(block.rows, start=1)]
        y += ROW * (len(block.rows) + 1) + GAP
    return picture(title, description, WIDTH, y + 16, _grid(axis, y), *parts, id=id)


def _yardstick(block: Block, axis: LogAxis, y: float) -> Markup:
    down = tag("line", x1=axis(1), x2=axis(1), y1=y + 5, y2=y + ROW * (len(block.rows) + 1) - 3)
    label = tag("text", _cut(block.label), x=LABEL - 8, y=y + ROW / 2 + 4, class_="label")
    value = tag("text", block.value, x=PLOT + 58, y=y + ROW / 2 + 4, class_="value")
    return tag("g", down, label, value, class_="row yardstick")


def _row(row: Bar, axis: LogAxis, y: float) -> Markup:
    kind = "row broken" if row.flagged else "row"
    label = tag("text", _cut(row.label), x=LABEL - 8, y=y + 4, class_="label")
    value = tag("text", row.value, x=PLOT + 58, y=y + 4, class_="value")
    if row.ratio is None:
        return tag("g", label, tag("text", row.note, x=axis.start + 6, y=y + 4, class_="none"), value, class_=kind)
    x = axis(row.ratio)
    stem = tag("line", x1=axis(1), x2=x, y1=y, y2=y, class_="stem")
    interval = tag("line", x1=axis(row.low), x2=axis(row.high), y1=y, y2=y, class_="interval")
    note = tag("text", row.note, x=WIDTH, y=y + 4, class_="ratio")
    return tag("g", tag("title", f"{row.label}: {row.value}, {row.note}"), label, stem, interval, tag("circle", cx=x, cy=y, r=3.5), value, note, class_=kind)


def _grid(axis: LogAxis, bottom: float) -> Markup:
    ticks = axis.ticks(5)
    lines = [tag("line", x1=axis(each), x2=axis(each), y1=TOP, y2=bottom - 4) for each in ticks]
    names = [tag("text", f"{each:,.4g}×", x=axis(each), y=bottom + 10) for each in ticks]
    return tag("g", *lines, *names, class_="grid")


@dataclass(frozen=True)
class Line:
    """A curve with its name; ``kind`` is a class of the style sheet."""

    label: str
    points: list[tuple[float, float]]
    kind: str


def lines(title: str, description: str, drawn: list[Line], across: LogAxis, up: LogAxis, unit: Callable[[float], str], size: tuple[float, float], id: str) -> Markup:
    """Curves on two logarithmic axes, each named at its end; the page's script finds the axes' bounds in ``data-axes``."""
    places = _apart([up(each.points[-1][1]) for each in drawn])
    curves = [
        tag("g", tag("path", d=path(each.points, across, up)), tag("text", each.label, x=across.end + 8, y=place + 4), class_=f"line {each.kind}", data_name=each.label)
        for each, place in zip(drawn, places, strict=True)
    ]  # fmt: skip
    cursor = tag("line", x1=across.start, x2=across.start, y1=up.end, y2=up.start, class_="cursor")
    bounds = " ".join(str(each) for axis in (across, up) for each in (axis.low, axis.high, axis.start, axis.end))
    return tag("div", picture(title, description, *size, _axes(across, up, unit), cursor, *curves, id=id), data_axes=bounds, class_="curves")


def path(points: list[tuple[float, float]], across: LogAxis, up: LogAxis) -> str:
    """The ``d`` of a path through ``points``."""
    return "M" + "L".join(f"{_plain(across(x))},{_plain(up(y))}" for x, y in points)


def _axes(across: LogAxis, up: LogAxis, unit: Callable[[float], str]) -> Markup:
    upright = [tag("line", x1=across(each), x2=across(each), y1=up.end, y2=up.start) for each in across.ticks(8)]
    level = [tag("line", x1=across.start, x2=across.end, y1=up(each), y2=up(each)) for each in up.ticks(8)]
    below = [tag("text", unit(each), x=across(each), y=up.start + 18, class_="below") for each in across.ticks(8)]
    beside = [tag("text", unit(each), x=across.start - 8, y=up(each) + 4, class_="beside") for each in up.ticks(8)]
    return tag("g", *upright, *level, *below, *beside, class_="grid")


def _apart(places: list[float], least: float = 15.0) -> list[float]:
    """``places`` moved until no two labels there overlap, in the order given."""
    moved = dict[int, float]()
    for number in sorted(range(len(places)), key=places.__getitem__):
        moved[number] = max(places[number], max(moved.values(), default=-least) + least)
    return [moved[number] for number in range(len(places))]


def _cut(label: str, most: int = 16) -> str:
    return label if len(label) <= most else label[: most - 1] + "…"


def _plain(value: object) -> str:
    return f"{value:.1f}".removesuffix(".0") if isinstance(value, float) else str(value)
