"""The summary in the terminal: at most 25 lines, in colour where the terminal takes it, as wide as the window."""

# ruff: noqa: T201 - it prints

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path
from textwrap import wrap

from . import words
from .advice import CASES, advise, payloads, pick
from .model import Report
from .records import Subject
from .warnings import warnings

MOST_LINES = 25
RED, GREEN, GREY, BOLD = "31", "32", "2", "1"


def summary(report: Report, paths: list[Path]) -> str:
    """A line per column, where there is room, what is broken, and where the pages are."""
    columns = report.of_role("cache") + report.of_role("breaker")
    names = max((len(each.label) for each in columns), default=0)
    end = [*_advice(report), *_warnings(report), [], *([(str(each), BOLD)] for each in paths)]
    lines, room = [_line(report, each, names) for each in columns] + _broken(report), MOST_LINES - len(end)
    if len(lines) > room:
        lines = _crowded(report, columns, names)
    if len(lines) > room:
        lines = [*lines[: room - 1], [(f"… and {len(lines) - room + 1} more lines in the report", GREY)]]
    lines += end
    return "\n".join(_draw(each, cut=number < len(lines) - len(paths)) for number, each in enumerate(lines))


def say(text: str) -> None:
    """Print ``text``; where nobody reads on, as behind ``| head``, or a sign has no place, that is no error."""
    encoding = sys.stdout.encoding or "utf-8"
    try:
        print(text.encode(encoding, "replace").decode(encoding), flush=True)  # a locale of ASCII has no ✗ and no …
    except BrokenPipeError:
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, sys.stdout.fileno())  # Python writes what it still holds when it ends


Line = list[tuple[str, str]]


def _line(report: Report, subject: Subject, width: int) -> Line:
    name = (f"{subject.label:{width}}  ", BOLD)
    if not subject.ran:
        return [name, (f"not run: {subject.reason}", GREY)]
    score = report.score(subject)
    if not sum(score.counts.values()):
        return [name, ("no verdicts", GREY)]
    kept = f"{score['pass']} of {score.judged} promises kept"
    asides = (
        ("deviation", "known", "known"),
        ("not-offered", "not offered", "not offered"),
        ("error", "suite error", "suite errors"),
    )
    more = [words.count(score[outcome], one, many) for outcome, one, many in asides if score[outcome]]
    return [name, (kept, RED if score["fail"] else GREEN), (f"{', ' if more else ''}{', '.join(more)}", GREY)]


def _crowded(report: Report, columns: list[Subject], width: int) -> list[Line]:
    """A line for each that breaks something, and what is broken; then the names of all others, by what they keep."""
    red = [_line(report, each, width) for each in columns if each.ran and report.score(each)["fail"]]
    found: dict[tuple[str, str], list[str]] = {("keep every promise", GREEN): [], ("deviate in known ways", ""): []}
    for each in columns:
        score = report.score(each)
        if not each.ran or not (score.judged or score["deviation"]):
            found.setdefault(("not judged" if each.ran else "not run", GREY), []).append(each.label)
        elif score["deviation"] and not score["fail"]:
            found["deviate in known ways", ""].append(f"{each.label} {score['deviation']}")
        elif not score["fail"]:
            found["keep every promise", GREEN].append(each.label)
    return [
        *red,
        *_broken(report),
        *(line for (title, style), names in found.items() for line in _flow(title, names, style)),
    ]


def _flow(title: str, names: list[str], style: str) -> list[Line]:
    """As many lines as it takes to name all."""
    text = f"{title}: {', '.join(names)}"
    room = max(shutil.get_terminal_size((100, 24)).columns, 20)
    return [[(each, style)] for each in wrap(text, room, subsequent_indent="  ", break_on_hyphens=False) if names]


def _broken(report: Report) -> list[Line]:
    """Every broken promise once, with the subjects that break it."""
    found: dict[str, list[str]] = {}
    for (promise, subject), verdict in report.verdicts.items():
        if verdict.outcome == "fail":
            found.setdefault(promise, []).append(words.label(subject))
    return [
        [("✗ ", RED), (report.promise(promise).title, ""), (f"  {words.listed(subjects)}", GREY)]
        for promise, subjects in found.items()
    ]


def _advice(report: Report) -> list[Line]:
    known = payloads(report)
    return [[(f"{each.name}: ", GREY), (pick(advise(report, each, known[0])), "")] for each in CASES] if known else []


def _warnings(report: Report) -> list[Line]:
    found = warnings(report)
    if not found:
        return []
    told = " ".join(found[0]) if len(found) == 1 else f"{len(found)} warnings about these figures in the report"
    return [[("! ", RED), (told, "")]]


def _draw(line: Line, *, cut: bool) -> str:
    """As text no wider than the window; paths are never cut, so that they can be copied."""
    room = shutil.get_terminal_size((100, 24)).columns if cut else sys.maxsize
    drawn = []
    for text, style in line:
        shown = text if len(text) <= room else text[: max(room - 1, 0)] + "…" * (room > 0)
        room -= len(shown)
        drawn.append(f"\x1b[{style}m{shown}\x1b[0m" if style and shown and _colour() else shown)
    return "".join(drawn).rstrip()


def _colour() -> bool:
    return sys.stdout.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"
