"""The page: every section of ``sections/`` in its order, in one file that needs nothing else."""

from __future__ import annotations

import importlib
import pkgutil
from typing import Protocol, cast

from markupsafe import Markup

from . import sections, words
from .markdown import text
from .model import Report
from .templates import render, script, stylesheet


class Section(Protocol):
    """One file of ``sections/``: where it stands, what it is called, and what it makes of a report."""

    order: int
    title: str

    def html(self, report: Report) -> Markup | None:
        """Its part of the page; None where the report has nothing for it."""

    def markdown(self, report: Report) -> list[str]:
        """Its lines of report.md."""


def all_sections() -> list[tuple[str, Section]]:
    """Every section with its name, in the order of the page."""
    names = [each.name for each in pkgutil.iter_modules(sections.__path__)]
    found = [(name, cast(Section, importlib.import_module(f"{sections.__name__}.{name}"))) for name in names]
    return sorted(found, key=lambda each: each[1].order)


def html(report: Report) -> str:
    """The whole page."""
    parts = [(name, section.title, section.html(report)) for name, section in all_sections()]
    css, js = stylesheet(), script()
    return render(
        "page.html",
        report=report,
        headline=headline(report),
        facts=facts(report),
        parts=[each for each in parts if each[2]],
        css=css,
        js=js,
    )


def markdown(report: Report) -> str:
    """report.md, from the same sections."""
    return text(section.markdown(report) for _, section in all_sections())


def headline(report: Report) -> str:
    """What the run found, in a sentence."""
    judged = [each for each in report.of_role("cache") + report.of_role("breaker") if report.score(each).judged]
    if not judged:
        return (
            f"{words.count(len(report.of_role('cache')), 'cache')}, measured and not judged"
            if report.measurements
            else "Nothing was judged in this run"
        )
    if len(judged) == 1 and (broken := report.score(judged[0])["fail"]):
        return f"{judged[0].label} breaks {broken} of the {report.score(judged[0]).judged} promises it makes"
    keeping = [each.label for each in judged if not report.score(each)["fail"]]
    if len(keeping) == len(judged):
        return (
            f"All {len(judged)} caches keep every promise they make"
            if keeping[1:]
            else f"{keeping[0]} keeps every promise it makes"
        )
    verb = "keeps" if len(keeping) == 1 else "keep"
    return f"{len(keeping) or 'None'} of {words.count(len(judged), 'cache')} {verb} every promise made"


def facts(report: Report) -> str:
    """What stands below the headline: how much was judged, when, where."""
    last, judged = report.runs[-1], [key for key, each in report.verdicts.items() if each.outcome != "not-run"]
    said = [
        f"{words.count(len({promise for promise, _ in judged}), 'promise')}, {words.count(len(judged), 'verdict')}",
        f"{words.count(len(report.measurements), 'figure')} measured",
        f"{last.run['profile']} profile",
        words.day(last.run["started"]),
        f"{last.environment['cpu']}, {words.count(last.environment['cores'], 'core')}",
        last.environment["python"],
    ]
    idle = [each.name for each in report.subjects if not each.ran]
    return " · ".join(said) + (f". {words.listed(idle)} could not run." if idle else "")
