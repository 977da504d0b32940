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
from ..records import Promise, Subject
from ..templates import render

order = 20
title = "Does it keep its promises?"

#: A group with one of these is open when the page is.
MARKED = ("fail", "deviation", "error")
#: Rows of report.md.
MOST_BROKEN, MOST_COLUMNS = 10, 12
#: Caches side by side in a row of it.
MOST_ACROSS = 5
ROLES = {"cache": "Caches", "breaker": "Circuit breakers"}


def html(report: Report) -> Markup | None:
    """One matrix for each role that has promises."""
    tables = [_table(report, role) for role in ROLES]
    shown = [each for each in tables if each["columns"] and each["groups"]]
    if not shown:
        return None
    named = dict.fromkeys(group["name"] for table in shown for group in table["groups"])
    return render(
        "promises.html", tables=shown, named=named, outcomes=_met(report), idle=_idle(report), rowlabel=_row_class,
        callers=callers,
    )  # fmt: skip


def _table(report: Report, role: str) -> dict[str, Any]:
    told = {subject for _, subject in report.verdicts}
    columns = [each for each in report.of_role(role) if each.ran and each.name in told]
    judged = [each for each in report.promises if any((each.id, column.name) in report.verdicts for column in columns)]
    return {
        "role": ROLES[role],
        "columns": [(each, report.score(each)) for each in columns],
        "groups": _groups(report, columns, judged),
        "marked": any(report.verdict(each, column).tells for each in judged for column in columns),
    }


def _groups(report: Report, columns: list[Subject], promises: list[Promise]) -> list[dict[str, object]]:
    return [
        {
            "name": name,
            "open": any(report.verdict(promise, each).outcome in MARKED for promise in rows for each in columns),
            "scores": [report.score(each, rows) for each in columns],
            "rows": [(each, _cells(report, columns, each)) for each in rows],
        }
        for name, rows in groups(promises).items()
    ]


def _cells(report: Report, columns: list[Subject], promise: Promise) -> list[dict[str, object]]:
    return [
        {"subject": each, "verdict": report.verdict(promise, each), "id": report.place(promise, each)}
        for each in columns
    ]


def _row_class(cells: list[dict[str, object]]) -> str:
    """What the filters look for: is anything red, and do the columns differ?"""
    outcomes = [getattr(each["verdict"], "outcome", "") for each in cells]
    red = "red" if {"fail", "error"} & set(outcomes) else ""
    differ = "differ" if len(set(outcomes) - {"not-run"}) > 1 else ""
    return f"{red} {differ}".strip()


def _met(report: Report) -> dict[str, tuple[str, str, str]]:
    """The outcomes that the page has to explain."""
    met = {each.kind for each in report.verdicts.values()} | {"not-run"}
    return {name: each for name, each in OUTCOMES.items() if name in met}


def _idle(report: Report) -> list[Subject]:
    return [each for each in report.subjects if not each.ran]


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
            found.setdefault(promise, []).append(subject)
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
