"""Where a stand-in for a server differs from the real ones, on the same promises: what tests on it would not see."""

from __future__ import annotations

from markupsafe import Markup

from ..markdown import at_most, plain
from ..model import Report
from ..outcomes import OUTCOMES
from ..records import Measurement, Promise, Ratio, Subject
from ..templates import render

order = 25
title = "Where does the fake differ?"

#: Lines of report.md.
MOST_LINES = 5


def html(report: Report) -> Markup | None:
    """For each stand-in, the promises on which a real server answers otherwise, and what both cost."""
    pairs = _pairs(report)
    if not pairs:
        return None
    shown = [
        {"fake": fake, "real": real, "both": _both(report, fake, real), "differ": _differ(report, fake, real),
         "costs": _costs(report, fake, real)}
        for fake, real in pairs
    ]  # fmt: skip
    return render("fake.html", pairs=shown, outcomes=OUTCOMES)


def _pairs(report: Report) -> list[tuple[Subject, Subject]]:
    """Each stand-in with each real one of which anything is known, those to await last."""
    fakes = sorted(report.of_role("cache"), key=lambda each: each.awaited)
    pairs = [(fake, real) for fake in fakes for real in _real(report, fake)]
    return [each for each in pairs if _both(report, *each) or _costs(report, *each)]


def _real(report: Report, fake: Subject) -> list[Subject]:
    """The same cache on real servers that ran."""
    return [
        each
        for each in report.of_role("cache")
        if fake.stands_in and not each.stands_in and each.path == fake.path and each.ran
    ]


def _both(report: Report, fake: Subject, real: Subject) -> list[tuple[Promise, str, str]]:
    """What was judged on both."""
    both = ((each, report.verdict(each, fake).outcome, report.verdict(each, real).outcome) for each in report.promises)
    return [each for each in both if "not-run" not in each[1:]]


def _differ(report: Report, fake: Subject, real: Subject) -> list[tuple[Promise, str, str]]:
    return [each for each in _both(report, fake, real) if each[1] != each[2]]


def _costs(report: Report, fake: Subject, real: Subject) -> list[tuple[Measurement, Measurement, Ratio]]:
    """What was measured on both: on the fake, on the real one, and the ratio of the two."""
    found = []
    for each in report.measurements.values():
        other = report.measurements.get((real.name, each.workload, each.payload))
        if each.subject == fake.name and other and (ratio := each.over(other)):
            found.append((each, other, ratio))
    return found


def markdown(report: Report) -> list[str]:
    """A line for each promise on which they differ."""
    said = [
        f"- {plain(promise.title)}: {plain(fake.label)} {OUTCOMES[mine][1]}, {plain(real.label)} {OUTCOMES[theirs][1]}"
        for fake, real in _pairs(report)
        for promise, mine, theirs in _differ(report, fake, real)
    ]
    return ["## Where the fake differs", "", *at_most(MOST_LINES, said), ""] if said else []
