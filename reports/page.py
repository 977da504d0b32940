"""The page: every section of ``sections/`` in its order, in one file that needs nothing else."""

from __future__ import annotations

import importlib
import pkgutil
from pathlib import Path
from typing import Protocol, cast

from markupsafe import Markup

from . import sections
from .model import Report
from .templates import render

HERE = Path(__file__).parent


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
    css, js = ((HERE / name).read_text(encoding="utf-8") for name in ("page.css", "page.js"))
    return render("page.html", report=report, parts=[each for each in parts if each[2]], css=Markup(css), js=Markup(js))
