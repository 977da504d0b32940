"""A chart of bars laid end to end: what a time is made of, one row for each payload."""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import Markup

from .svg import LinearAxis, clipped, picture, tag
from .words import duration

ROW, LABEL, PLOT, WIDTH, BAR = 23.0, 140.0, 430.0, 500.0, 13.0
#: Characters of a label that there is room for.
NAME = 22

Row = tuple[str, Sequence[tuple[str, float]]]


def shares(title: str, description: str, rows: Sequence[Row], kinds: Sequence[str], anchor: str) -> Markup:
    """Rows of named parts in seconds; a part has the colour of its place in ``kinds``."""
    most = max(sum(value for _, value in parts) for _, parts in rows)
    across = LinearAxis(0.0, most, LABEL, PLOT, duration)
    drawn = [_row(row, across, kinds, ROW * number + ROW / 2) for number, row in enumerate(rows)]
    return picture(title, description, WIDTH, ROW * len(rows), *drawn, anchor=anchor)


def _row(row: Row, across: LinearAxis, kinds: Sequence[str], y: float) -> Markup:
    label, parts = row
    bars, begun = [], 0.0
    for name, value in parts:
        start, end = across(begun), across(begun + value)
        told = tag("title", f"{name}: {duration(value)}")
        kind = f"part p{kinds.index(name)}"
        bars.append(tag("rect", told, x=start, y=y - BAR / 2, width=end - start, height=BAR, class_=kind))
        begun += value
    name = tag("text", clipped(label, NAME), x=LABEL - 8, y=y + 4, class_="label")
    return tag("g", name, *bars, tag("text", duration(begun), x=across(begun) + 6, y=y + 4), class_="row")
