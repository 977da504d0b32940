"""A chart of ratios: rows beside the yardstick of their block; a gap is named, never drawn as a zero."""

# ruff: noqa: RUF001 - a reader knows these signs

from __future__ import annotations

from dataclasses import dataclass

from markupsafe import Markup

from .svg import LogAxis, clipped, picture, tag


@dataclass(frozen=True)
class Bar:
    """One row: a ratio to the block's yardstick with its interval, None where there is none to draw; and its words.

    What is closer to 1 than ``floor`` is no difference.
    """

    label: str
    ratio: float | None
    low: float
    high: float
    value: str
    note: str
    flagged: bool = False
    floor: float = 0.0


@dataclass(frozen=True)
class Block:
    """Rows that share a yardstick: its name, and its own value in words."""

    label: str
    value: str
    rows: list[Bar]


ROW, GAP, TOP = 21.0, 7.0, 4.0
LABEL, PLOT, WIDTH = 168.0, 310.0, 420.0
#: Characters of a name that there is room for.
NAME = 23


def bars(title: str, description: str, blocks: list[Block], axis: LogAxis, anchor: str) -> Markup:
    """Blocks of rows on an axis of ratios: a line reaches from the yardstick, at 1, to each row's ratio."""
    parts: list[Markup] = []
    y = TOP
    for block in blocks:
        parts.append(_yardstick(block, axis, y) if block.label else Markup(""))
        parts += [_row(row, axis, y + ROW * number + ROW / 2) for number, row in enumerate(block.rows, start=1)]
        y += ROW * (len(block.rows) + 1) + GAP
    if any(row.ratio for block in blocks for row in block.rows):
        parts.insert(0, _grid(axis, y))
    return picture(title, description, WIDTH, y + 16, *parts, anchor=anchor)


def _yardstick(block: Block, axis: LogAxis, y: float) -> Markup:
    down = tag("line", x1=axis(1), x2=axis(1), y1=y + 5, y2=y + ROW * (len(block.rows) + 1) - 3)
    label = tag("text", clipped(block.label, NAME), x=LABEL - 8, y=y + ROW / 2 + 4, class_="label")
    value = tag("text", block.value, x=PLOT + 58, y=y + ROW / 2 + 4, class_="value")
    return tag("g", down, label, value, class_="row yardstick")


def _row(row: Bar, axis: LogAxis, y: float) -> Markup:
    kind = "row broken" if row.flagged else "row"
    label = tag("text", clipped(row.label, NAME), x=LABEL - 8, y=y + 4, class_="label")
    value = tag("text", row.value, x=PLOT + 58, y=y + 4, class_="value")
    if row.ratio is None:
        return tag("g", label, tag("text", row.note, x=axis.start + 6, y=y + 4, class_="none"), value, class_=kind)
    x = axis(row.ratio)
    stem = tag("line", x1=axis(1), x2=x, y1=y, y2=y, class_="stem")
    interval = tag("line", x1=axis(row.low), x2=axis(row.high), y1=y, y2=y, class_="interval")
    note = tag("text", row.note, x=WIDTH, y=y + 4, class_="ratio")
    return tag(
        "g",
        tag("title", f"{row.label}: {row.value}, {row.note}"),
        _noise(row.floor, axis, y),
        label,
        stem,
        interval,
        tag("circle", cx=x, cy=y, r=3.5),
        value,
        note,
        class_=kind,
    )


def _noise(floor: float, axis: LogAxis, y: float) -> Markup:
    start, end = axis(1 / (1 + floor)), axis(1 + floor)
    return tag("rect", x=start, y=y - ROW / 2, width=end - start, height=ROW, class_="noise") if floor else Markup("")


def _grid(axis: LogAxis, bottom: float) -> Markup:
    ticks = axis.ticks(4)
    lines = [tag("line", x1=axis(each), x2=axis(each), y1=TOP, y2=bottom - 4) for each in ticks]
    names = [tag("text", f"{each:,.4g}×", x=axis(each), y=bottom + 10) for each in ticks]
    return tag("g", *lines, *names, class_="grid")
