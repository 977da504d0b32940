"""report.md: what a pull request or a CI summary shows, under 60 lines, the differences first."""

from __future__ import annotations

from .model import Report
from .page import all_sections

MOST_LINES = 59


def text(report: Report) -> str:
    """The lines of every section, in the order of the page; what is too long ends in saying so."""
    lines = ["# cacheproof report", ""]
    for _, section in all_sections():
        lines += section.markdown(report)
    if len(lines) > MOST_LINES:
        lines = [*lines[: MOST_LINES - 2], "", "… more in report.html"]
    return "\n".join(lines).rstrip() + "\n"
