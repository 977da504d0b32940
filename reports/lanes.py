"""A chart of an outage: latency over time, and below it who served, the breaker's state, and what waits for replay."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import groupby
from typing import Any

from markupsafe import Markup

from .svg import LinearAxis, LogAxis, axis_for, picture, plain, tag
from .words import digits, duration

LEFT, RIGHT, WIDTH = 100.0, 890.0, 905.0
EVENTS, LATENCY, SERVED, BREAKER, PENDING = 22.0, 160.0, 196.0, 224.0, 252.0
LANE = 18.0

Step = Mapping[str, Any]


def lanes(title: str, description: str, outage: Mapping[str, Any], tiers: Sequence[str], anchor: str) -> Markup:
    """One outage; ``tiers`` are who may serve, each with the colour of its place in the list."""
    steps = outage["steps"]
    across = LinearAxis(0.0, steps[-1]["at"] + outage["step"], LEFT, RIGHT, lambda value: f"{digits(value)} s")
    below = PENDING if any(each.get("pending") for each in steps) else BREAKER
    parts = [
        _time(across, below + LANE),
        *_latency(steps, outage["step"], across),
        *_events(outage["events"], across, below + LANE),
    ]
    parts += [_served(steps, outage["step"], across, tiers), _breaker(steps, outage["step"], across)]
    if below == PENDING:
        parts.append(_pending(steps, outage["step"], across))
    return picture(title, description, WIDTH, below + LANE + 26, *parts, anchor=anchor)


def _time(across: LinearAxis, bottom: float) -> Markup:
    ticks = across.ticks(10)
    lines = [tag("line", x1=across(each), x2=across(each), y1=EVENTS, y2=bottom) for each in ticks]
    return tag(
        "g", *lines, *(tag("text", across.show(each), x=across(each), y=bottom + 15) for each in ticks), class_="grid"
    )


def _latency(steps: Sequence[Step], width: float, across: LinearAxis) -> list[Markup]:
    """The median as a line that breaks where nothing was answered, the worst as ticks, errors as crosses."""
    values = [value for each in steps for value in (each["median"], each["worst"]) if value]
    up = axis_for(values, LATENCY, EVENTS + 14, duration)
    runs = [list(run) for answered, run in groupby(steps, key=lambda each: bool(each["median"])) if answered]
    medians = [tag("path", d=_stairs(run, width, across, up), class_="median") for run in runs]
    worst = [_level(across, each["at"], width, up(each["worst"]), "worst") for each in steps if each["worst"]]
    errors = [
        tag("text", "✗", x=across(each["at"] + width / 2), y=LATENCY - 2, class_="error")
        for each in steps
        if each["errors"]
    ]
    rows = [tag("line", x1=LEFT, x2=RIGHT, y1=up(each), y2=up(each)) for each in up.ticks(4)]
    names = [tag("text", up.show(each), x=LEFT - 8, y=up(each) + 4, class_="beside") for each in up.ticks(4)]
    return [tag("g", *rows, *names, class_="grid"), *worst, *medians, *errors]


def _stairs(run: Sequence[Step], width: float, across: LinearAxis, up: LogAxis) -> str:
    corners = [
        f"{plain(across(each['at'] + side))},{plain(up(each['median']))}" for each in run for side in (0.0, width)
    ]
    return "M" + "L".join(corners)


def _level(across: LinearAxis, at: float, width: float, y: float, kind: str) -> Markup:
    return tag("line", x1=across(at), x2=across(at + width), y1=y, y2=y, class_=kind)


def _events(events: Sequence[Mapping[str, Any]], across: LinearAxis, bottom: float) -> list[Markup]:
    return [_event(each["what"], across(each["at"]), bottom) for each in events]


def _event(what: str, x: float, bottom: float) -> Markup:
    return tag("g", tag("line", x1=x, x2=x, y1=16, y2=bottom), tag("text", what, x=x + 4, y=12), class_="event")


def _served(steps: Sequence[Step], width: float, across: LinearAxis, tiers: Sequence[str]) -> Markup:
    """Each step's answers as shares of its height, one colour for each tier."""
    bars = []
    for each in steps:
        total, y = sum(each["served"].values()) or 1, SERVED + LANE
        for tier, answered in each["served"].items():
            height = LANE * answered / total
            y -= height
            if height:
                bars.append(
                    tag(
                        "rect",
                        x=across(each["at"]),
                        y=y,
                        width=_width(across, width),
                        height=height,
                        class_=f"tier t{tiers.index(tier) % 5}",
                    )
                )
    return tag("g", tag("text", "served by", x=LEFT - 8, y=SERVED + 13, class_="lane"), *bars)


def _breaker(steps: Sequence[Step], width: float, across: LinearAxis) -> Markup:
    """Runs of one state, with its name where there is room for it."""
    parts = [tag("text", "breaker", x=LEFT - 8, y=BREAKER + 13, class_="lane")]
    for state, run in groupby(steps, key=lambda each: each.get("breaker")):
        held = list(run)
        start, end = across(held[0]["at"]), across(held[-1]["at"] + width)
        if state:
            parts.append(
                tag(
                    "rect",
                    tag("title", state),
                    x=start,
                    y=BREAKER,
                    width=end - start,
                    height=LANE,
                    class_=f"state {state}",
                )
            )
            parts.append(
                tag("text", state, x=start + 5, y=BREAKER + 13, class_="state-name")
                if end - start > 7 * len(state) + 8
                else Markup("")
            )
    return tag("g", *parts)


def _pending(steps: Sequence[Step], width: float, across: LinearAxis) -> Markup:
    """How many writes wait, as shares of the most that ever did."""
    most = max(each.get("pending", 0) for each in steps)
    bars = []
    for each in steps:
        height = LANE * each.get("pending", 0) / most
        x, y = across(each["at"]), PENDING + LANE - height
        bars.append(
            tag("rect", x=x, y=y, width=_width(across, width), height=height, class_="pending") if height else ""
        )
    return tag("g", tag("text", f"to replay, ≤{most}", x=LEFT - 8, y=PENDING + 13, class_="lane"), *bars)


def _width(across: LinearAxis, step: float) -> float:
    return across(across.low + step) - across.start
