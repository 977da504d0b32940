"""A line per column, as a table in a document: ``python -m reports.matrix DIR docs/PEERS.md``.

It takes the place of the one it made before, between ``<!-- matrix -->`` and ``<!-- /matrix -->``.
"""

# ruff: noqa: T201 - a command prints

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from pathlib import Path

from . import results
from .markdown import plain
from .model import Report
from .records import Score, Subject
from .words import count, moment

BEGIN, END = "<!-- matrix -->", "<!-- /matrix -->"
#: Head of a column of figures -> the outcomes that it counts; together they are all promises that there are.
FIGURES = {
    "kept": ("pass",),
    "broken": ("fail",),
    "known": ("deviation",),
    "not judged": ("implied", "not-run", "error"),
    "not offered": ("not-offered",),
}
HEADS = ("column", "of", *FIGURES, "it declares")
#: What is told of a declaration, and which values are nothing to tell of.
TOLD = (
    "asynchronous", "ttl", "eviction", "scope", "values", "threads", "get_or_set", "bulk", "stats", "failover",
    "ignored", "probes", "successes", "probe_limit", "retry_after", "listeners", "admin",
)  # fmt: skip
WEAKEST = ("none", "no", "instance", "shared", "unsafe")


def main(arguments: list[str] | None = None) -> int:
    """Write the table; 4 when there are no results, or there is no place for it."""
    parser = argparse.ArgumentParser(prog=f"python -m {__package__}.matrix", description=__doc__)
    parser.add_argument("directory", metavar="DIR", type=Path, help="folder with result files")
    parser.add_argument("document", metavar="FILE.md", type=Path, help="where the table goes")
    given = parser.parse_args(arguments)
    try:
        table = text(results.read(given.directory))
        written = _replaced(given.document.read_text(encoding="utf-8"), table)
        given.document.write_text(written, encoding="utf-8")
    except (OSError, ValueError) as error:
        parser.exit(4, f"{parser.prog}: {error}\n")
    print(given.document)
    return 0


def text(report: Report) -> str:
    """What was judged, and what came of it, by column."""
    columns = [each for each in report.subjects if each.role != "yardstick"]
    lines = [_line(HEADS), _line("---" for _ in HEADS), *(_line(_cells(report, each)) for each in columns)]
    return "\n".join([_sum(report, columns), "", *lines])


def _replaced(document: str, table: str) -> str:
    before, begin, rest = document.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not (begin and end):
        raise ValueError(f"the document has no place for the table; write {BEGIN} and {END} where it is to stand")
    return f"{before}{BEGIN}\n\n{table}\n\n{END}{after}"


def _line(cells: Iterator[str] | tuple[str, ...]) -> str:
    return f"| {' | '.join(cells)} |"


def _sum(report: Report, columns: list[Subject]) -> str:
    kept, broken, known = (
        sum(_figure(report.score(each), name) for each in columns) for name in ("kept", "broken", "known")
    )
    last = max(moment(each.run["started"]) for each in report.runs)
    pythons = sorted({str(each.environment["python"]) for each in report.runs})
    return (
        f"{count(len(columns), 'column')}, {count(kept + broken + known, 'promise')} judged: {kept:,} kept, "
        f"{broken:,} broken, {count(known, 'known deviation')}. Judged on {last:%Y-%m-%d} with {', '.join(pythons)}."
    )


def _figure(score: Score, name: str) -> int:
    return sum(score[outcome] for outcome in FIGURES[name])


def _cells(report: Report, subject: Subject) -> Iterator[str]:
    score = report.score(subject)
    yield f"`{subject.label}`"
    yield plain(subject.version)
    yield from (f"{_figure(score, name)}" for name in FIGURES)
    yield ", ".join(_declared(subject)) if subject.ran else f"not run: {plain(subject.reason)}"


def _declared(subject: Subject) -> Iterator[str]:
    for name in TOLD:
        value = subject.declares.get(name, "none")
        if value not in WEAKEST:
            yield plain(name if value == "yes" else f"{name} {value}")


if __name__ == "__main__":
    sys.exit(main())
