"""The page: every section of ``sections/`` in its order, in one file that needs nothing else."""

from __future__ import annotations

import importlib
import pkgutil
from typing import Protocol, cast

from markupsafe import Markup

from . import sections
from .headline import facts, headline
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
    """report.md, from the same sections, what is broken first."""
    found = sorted(all_sections(), key=lambda each: each[0] != "promises")
    return text(section.markdown(report) for _, section in found)
