"""report.md: what a pull request or a CI summary shows, under 60 lines, the differences first."""

from __future__ import annotations

from collections.abc import Iterable

MOST_LINES = 59


def text(parts: Iterable[list[str]]) -> str:
    """The lines of every section; what is too long ends in saying so."""
    lines = ["# cacheproof report", "", *(line for part in parts for line in part)]
    if len(lines) > MOST_LINES:
        lines = [*lines[: MOST_LINES - 2], "", "… more in report.html"]
    return "\n".join(lines).rstrip() + "\n"


def plain(text: str) -> str:
    """``text`` as it stands, on one line: no markup, no table cell of its own."""
    return " ".join(text.translate({ord(each): f"\\{each}" for each in "\\|*_`[]<>#"}).split())


def at_most(most: int, lines: list[str], page: str = "report.html") -> list[str]:
    """``lines``, or the first of them and how many more ``page`` has; rows of a table stay rows."""
    left = len(lines) - most + 1
    return lines if len(lines) <= most else [*lines[: most - 1], f"{lines[0][0]} … {left} more in {page}"]
