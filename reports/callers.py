"""A chart of several callers: a lane for each, a bar for each call from when it began to when it was answered."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from markupsafe import Markup

from .svg import clipped, picture, tag
from .words import duration

LEFT, SLOT, LANE, TOP, BAR = 76.0, 84.0, 46.0, 8.0, 12.0
#: Characters that two slots have room for, as calls of one caller begin at least so far apart; and a letter's width.
CALL, LETTER = 25, 7.0
END = float("inf")
TITLE = "What overlaps with what"

Step = Mapping[str, Any]


def callers(steps: Sequence[Step], anchor: str) -> Markup | None:
    """None where there is one caller. Moments stand in order, equally far apart: calls differ too much in length."""
    names = list(dict.fromkeys(each["by"] for each in steps if "by" in each))
    if not names or not all("by" in each for each in steps):
        return None
    moments = sorted({moment for each in steps for moment in (each["at"], each.get("until", END))})
    across = {moment: LEFT + SLOT * number for number, moment in enumerate(moments)}
    height, width = TOP + LANE * len(names), LEFT + SLOT * (len(moments) + 0.6)
    bars = [_call(each, names.index(each["by"]), across) for each in steps]
    lanes = [
        tag("text", clipped(name, 12), x=LEFT - 8, y=TOP + LANE * number + 31, class_="lane")
        for number, name in enumerate(names)
    ]
    said = "; ".join(f"{each['by']}: {each['call']} answers {each['answer']}" for each in steps)
    chart = picture(TITLE, said, width, height + 22, _moments(across, height), *lanes, *bars, anchor=anchor)
    return tag("div", chart, class_="lanes overlaps", style=f"max-width:{width:.0f}px", tabindex=0, role="group",
               aria_label=TITLE)  # fmt: skip


def _call(step: Step, lane: int, across: Mapping[float, float]) -> Markup:
    y, start, end = TOP + LANE * lane, across[step["at"]], across[step.get("until", END)]
    told = f"{step['call']} → {step['answer']}"
    wanted = f", expected {step['expected']}" if "expected" in step else ""
    bar = tag("rect", tag("title", told + wanted), x=start, y=y + 22, width=max(end - start, 3.0), height=BAR, rx=3)
    return tag(
        "g",
        bar,
        tag("text", clipped(told, max(CALL, int((end - start) / LETTER))), x=start, y=y + 16),
        class_="call wrong" if wanted else "call",
    )


def _moments(across: Mapping[float, float], bottom: float) -> Markup:
    lines = [tag("line", x1=x, x2=x, y1=TOP, y2=bottom) for x in across.values()]
    names = [
        tag("text", "later" if moment == END else duration(moment), x=x, y=bottom + 15) for moment, x in across.items()
    ]
    return tag("g", *lines, *names, class_="grid")
