"""What happens when things break: each outage step by step, and what it did to the callers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from markupsafe import Markup

from .. import words
from ..lanes import lanes
from ..markdown import at_most, plain
from ..model import Report
from ..templates import render

order = 50
title = "What happens when things break?"

#: Lines of report.md.
MOST_LINES = 6


def html(report: Report) -> Markup | None:
    """A chart for each outage, with its steps as a table."""
    if not report.outages:
        return None
    tiers = list(dict.fromkeys(tier for each in report.outages for step in each["steps"] for tier in step["served"]))
    return render(
        "outage.html",
        outages=[_figure(each, tiers, number) for number, each in enumerate(report.outages)],
        tiers=tiers,
    )


def _figure(outage: Mapping[str, Any], tiers: list[str], number: int) -> dict[str, object]:
    said, title = sentence(outage), f"{words.label(outage['subject'])}: {outage['scenario']}"
    return {
        "title": title,
        "outage": outage,
        "sentence": said,
        "chart": lanes(title, said, outage, tiers, f"o-{number}"),
    }


def sentence(outage: Mapping[str, Any]) -> str:
    """What the callers saw, in one sentence."""
    steps = outage["steps"]
    errors, silent = sum(each["errors"] for each in steps), sum(each["median"] is None for each in steps)
    worst = max((each["worst"] for each in steps if each["worst"]), default=None)
    said = [f"{words.count(errors, 'exception')} reached a caller" if errors else "no exception reached a caller"]
    said += [f"the slowest operation took {words.duration(worst)}"] if worst else []
    said += [f"nothing was answered for {words.duration(silent * outage['step'])}"] if silent else []
    return words.listed(said)


def markdown(report: Report) -> list[str]:
    """A line for each outage."""
    said = [
        f"- {plain(words.label(each['subject']))}, {plain(each['scenario'])}: {plain(sentence(each))}"
        for each in report.outages
    ]
    return ["## Outages", "", *at_most(MOST_LINES, said), ""] if said else []
