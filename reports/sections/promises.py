"""Promises by subject: a matrix whose cells open to the smallest history that breaks them."""

from __future__ import annotations

from math import ceil
from typing import Any

from markupsafe import Markup

from .. import words
from ..callers import callers
from ..markdown import at_most, plain
from ..model import Report, groups
from ..outcomes import OUTCOMES
from ..records import Promise, Subject, Verdict
from ..templates import render

order = 20
title = "Does it keep its promises?"

#: A group with one of these is open when the page is; in a matrix of many columns, only what is red.
RED = ("fail", "error")
MARKED = (*RED, "deviation")
#: More columns than this are set close, with upright names.
MANY = 8
MILLI = 0.001
#: Rows of report.md.
MOST_BROKEN, MOST_COLUMNS = 10, 12
#: Caches side by side in a row of it.
MOST_ACROSS = 5
#: A matrix for each role, and one of its own for what is awaited: who calls plainly does not choose among those.
ROLES = {
    ("cache", False): "Caches",
    ("cache", True): "Caches to await",
    ("breaker", False): "Circuit breakers",
    ("breaker", True): "Circuit breakers to await",
}


def html(report: Report) -> Markup | None:
    """One matrix for each kind that has promises."""
    tables = [_table(report, *kind) for kind in ROLES]
    shown = [each for each in tables if each["columns"] and each["groups"]]
    idle = _idle(report)
    if not (shown or idle):
        return None
    named = dict.fromkeys(group["name"] for table in shown for group in table["groups"])
    return render(
        "promises.html", tables=shown, named=named, outcomes=_met(report), idle=idle, row_class=_row_class,
        callers=callers, moment=_moment,
    )  # fmt: skip


def _table(report: Report, role: str, awaited: bool) -> dict[str, Any]:  # noqa: FBT001 - it is one half of a name
    told = {subject for _, subject in report.verdicts}
    columns = [each for each in report.of_role(role) if each.ran and each.name in told and each.awaited is awaited]
    judged = [each for each in report.promises if any((each.id, column.name) in report.verdicts for column in columns)]
    return {
        "role": ROLES[role, awaited],
        "many": len(columns) > MANY,
        "columns": [(each, report.score(each)) for each in columns],
        "groups": _groups(report, columns, judged),
        "findings": _findings(report, columns, [each for rows in groups(judged).values() for each in rows]),
    }


def _groups(report: Report, columns: list[Subject], promises: list[Promise]) -> list[dict[str, object]]:
    opening = RED if len(columns) > MANY else MARKED
    return [
        {
            "name": name,
            "open": any(report.verdict(promise, each).outcome in opening for promise in rows for each in columns),
            "scores": [report.score(each, rows) for each in columns],
            "rows": [(each, _cells(report, columns, each)) for each in rows],
        }
        for name, rows in groups(promises).items()
    ]


def _cells(report: Report, columns: list[Subject], promise: Promise) -> list[tuple[Verdict, str]]:
    """Each verdict, with the id of what is said of it, if anything is."""
    verdicts = [(report.verdict(promise, each), each) for each in columns]
    return [(verdict, report.place(promise, each) if verdict.tells else "") for verdict, each in verdicts]


def _findings(report: Report, columns: list[Subject], promises: list[Promise]) -> list[dict[str, Any]]:
    """What there is to say of cells; what is the same for several of a subject, once."""
    found: dict[str, dict[str, Any]] = {}
    for promise in promises:
        for subject, (verdict, place) in zip(columns, _cells(report, columns, promise), strict=True):
            if place:
                finding = {"id": place, "subject": subject, "verdict": verdict, "promises": []}
                finding["causes"] = _causes(report, verdict, subject)
                found.setdefault(place, finding)["promises"].append(promise)
    return list(found.values())


def _causes(report: Report, verdict: Verdict, subject: Subject) -> list[tuple[str, str]]:
    """The titles of what the verdict follows from, and where that is told; what tells the same is named once."""
    causes = [report.promise(each) for each in verdict.follows if (each, subject.name) in report.verdicts]
    return list({(place := report.place(each, subject)): (each.title, place) for each in causes}.values())


def _row_class(cells: list[tuple[Verdict, str]]) -> str:
    """What the filters look for: is anything red, and do the columns differ?"""
    outcomes = {each.outcome for each, _ in cells}
    red = "red" if outcomes & set(RED) else ""
    differ = "differ" if len(outcomes - {"not-run"}) > 1 else ""
    return f"{red} {differ}".strip()


def _moment(seconds: float) -> str:
    """A clock's time to the last digit, such as ``1.999 s``; what is too short for that in its own unit."""
    return f"{seconds:.6g} s" if seconds == 0 or seconds >= MILLI else words.duration(seconds)


def _met(report: Report) -> dict[str, tuple[str, str, str]]:
    """The outcomes that the page has to explain."""
    met = {each.kind for each in report.verdicts.values()} | {"not-run"}
    return {name: each for name, each in OUTCOMES.items() if name in met}


def _idle(report: Report) -> list[tuple[Subject, str]]:
    """Whom no column tells of, and why: it could not run, or there are verdicts, but none of it."""
    told = {subject for _, subject in report.verdicts}
    found = [(each, each.reason or "the result file gives no reason") for each in report.subjects if not each.ran]
    judged = [each for each in report.subjects if (each.role, each.awaited) in ROLES and each.ran]
    return found + [(each, "there is no verdict of it") for each in judged if told and each.name not in told]


def markdown(report: Report) -> list[str]:
    """What is broken, and by whom; then a table of scores."""
    columns = report.of_role("cache") + report.of_role("breaker")
    if not columns:
        return []
    broken = at_most(MOST_BROKEN, _broken(report))
    table = _wide(report, columns) if len(columns) > MOST_COLUMNS else _long(report, columns)
    return ["## Promises", "", *([*broken, ""] if broken else []), *table, ""]


def _long(report: Report, columns: list[Subject]) -> list[str]:
    """A table with a line for each."""
    head = ["| | kept | broken | known | not offered |", "| --- | --- | --- | --- | --- |"]
    return head + [_score_line(report, each) for each in columns]


def _wide(report: Report, columns: list[Subject]) -> list[str]:
    """A table with several side by side: as many as it takes to stay short, up to what can be read."""
    across = min(MOST_ACROSS, ceil(len(columns) / MOST_COLUMNS))
    cells = [f"| {plain(each.label)} | {_short(report, each)} " for each in columns]
    short = -len(cells) % across
    rows = ["".join(row) + "|" for row in zip(*[iter([*cells, *["| | "] * short])] * across, strict=True)]
    head = ["| | kept, known, broken " * across + "|", "| --- | --- " * across + "|"]
    return head + at_most(MOST_COLUMNS, rows)


def _short(report: Report, subject: Subject) -> str:
    score = report.score(subject)
    if not subject.ran or not (score.judged or score["deviation"]):
        return "not judged" if subject.ran else "not run"
    return f"{score['pass']}, {score['deviation']}, {score['fail']}{' ✗' * bool(score['fail'])}"


def _broken(report: Report) -> list[str]:
    found: dict[str, list[str]] = {}
    for (promise, subject), verdict in report.verdicts.items():
        if verdict.outcome == "fail":
            found.setdefault(promise, []).append(words.label(subject))
    return [
        f"- ✗ **{plain(report.promise(promise).title)}** is broken by {plain(words.listed(subjects))}"
        for promise, subjects in found.items()
    ]


def _score_line(report: Report, subject: Subject) -> str:
    if not subject.ran:
        return f"| {plain(subject.label)} | not run: {plain(subject.reason)} | | | |"
    score = report.score(subject)
    kept = f"{score['pass']} of {score.judged}"
    return f"| {plain(subject.label)} | {kept} | {score['fail']} | {score['deviation']} | {score['not-offered']} |"
