"""Two or more folders of results beside each other: what was broken or mended, what became slower or faster."""

# ruff: noqa: RUF001 - a reader knows these signs

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from markupsafe import Markup

from . import words
from .markdown import at_most, plain
from .model import Report
from .outcomes import OUTCOMES
from .records import Measurement, Promise
from .svg import LogAxis, axis_for, picture, tag
from .templates import render, stylesheet

Bounds = tuple[float, float, float]  # a figure with the ends of its interval

#: Rows of compare.md.
MOST_ROWS = 20
PAGE = "compare.html"
#: Pixels of an interval's and of a history's picture.
WIDTH, HEIGHT = 150.0, 18.0
#: Two points are the ratio itself.
MIN_HISTORY = 3


@dataclass(frozen=True)
class Change:
    """A cell of the matrix that is not the same in all folders; an empty outcome where it was not judged."""

    promise: Promise
    subject: str
    outcomes: tuple[str, ...]

    @property
    def broken(self) -> bool:
        """Whether the last folder breaks what an earlier one kept."""
        return self.outcomes[-1] in ("fail", "error") and "pass" in self.outcomes


@dataclass(frozen=True)
class Shift:
    """A cost in the last folder over that in the first; ``history`` has every folder's, None where there is none.

    Where it is not ``anchored`` in a yardstick of each run, it may be the machine that differs.
    """

    key: tuple[str, str, str]
    value: float
    low: float
    high: float
    better: str
    history: tuple[float | None, ...]
    anchored: bool

    @property
    def word(self) -> str:
        """What the interval allows to say."""
        if not self.tells:
            return "no difference shown"
        return "better" if (self.value < 1) == (self.better == "lower") else "worse"

    @property
    def tells(self) -> bool:
        """Whether the interval shows a difference at all."""
        return not self.low <= 1 <= self.high


@dataclass(frozen=True)
class Comparison:
    """Everything that differs between ``names``, oldest first as they were given."""

    names: tuple[str, ...]
    changes: tuple[Change, ...]
    shifts: tuple[Shift, ...]
    alone: tuple[tuple[str, tuple[str, ...]], ...]


def compare(folders: Sequence[tuple[Path, Report]]) -> Comparison:
    """What differs; costs as ratios to their yardsticks where both have one, so that a machine's speed divides out."""
    reports, names = [report for _, report in folders], _names([path for path, _ in folders])
    return Comparison(
        names,
        tuple(sorted(_changes(reports), key=lambda each: not each.broken)),
        tuple(sorted(_shifts(reports), key=lambda each: (not each.tells, -abs(math.log(each.value))))),
        tuple((name, alone) for name, each in zip(names, reports, strict=True) if (alone := _alone(each, reports))),
    )


def _names(paths: list[Path]) -> tuple[str, ...]:
    short = [each.resolve().name for each in paths]
    return tuple(short if len(set(short)) == len(short) else map(str, paths))


def _changes(reports: list[Report]) -> list[Change]:
    promises = {each.id: each for report in reports for each in report.promises}
    cells = dict.fromkeys(key for report in reports for key in report.verdicts)
    found = [
        Change(promises[promise], subject, tuple(_outcome(each, promise, subject) for each in reports))
        for promise, subject in cells
    ]
    return [each for each in found if len(set(each.outcomes) - {""}) > 1]


def _outcome(report: Report, promise: str, subject: str) -> str:
    verdict = report.verdicts.get((promise, subject))
    return "" if verdict is None or verdict.outcome == "not-run" else verdict.outcome


def _shifts(reports: list[Report]) -> list[Shift]:
    first, last = reports[0], reports[-1]
    found = []
    for key, new in last.measurements.items():
        old = first.measurements.get(key)
        if old and old.unit == new.unit and min(old.low, new.low) > 0 and last.subject(new.subject).role != "yardstick":
            history = tuple(_value(each, key, reports) for each in reports)
            anchored = bool(last.ratio(new) and first.ratio(old))
            over = _over(_bounds(last, first, new), _bounds(first, last, old))
            found.append(Shift(key, *over, new.better, history, anchored))
    return found


def _over(new: Bounds, old: Bounds) -> Bounds:
    """A ratio of what was measured apart: relative errors that know nothing of each other add up as squares."""
    (after, least, most), (before, low, high) = new, old
    value = after / before
    down, up = (
        math.hypot(math.log(after / least), math.log(high / before)),
        math.hypot(math.log(most / after), math.log(before / low)),
    )
    return value, value * math.exp(-down), value * math.exp(up)


def _bounds(report: Report, other: Report, measurement: Measurement) -> Bounds:
    """Median, low and high; over the yardstick's where both reports have it."""
    key = measurement.subject, measurement.workload, measurement.payload
    if (ratio := report.ratio(measurement)) and other.ratio(other.measurements[key]):
        return ratio.value, ratio.low, ratio.high
    return measurement.median, measurement.low, measurement.high


def _value(report: Report, key: tuple[str, str, str], reports: list[Report]) -> float | None:
    found = report.measurements.get(key)
    ratios = [each.ratio(each.measurements[key]) for each in reports if key in each.measurements]
    if found is None:
        return None
    ratio = report.ratio(found)
    return ratio.value if ratio and all(ratios) else found.median


def _alone(report: Report, reports: list[Report]) -> tuple[str, ...]:
    """Columns that ran in this folder only."""
    others = {each.name for other in reports if other is not report for each in other.subjects if each.ran}
    return tuple(
        each.name for each in report.subjects if each.ran and each.name not in others and each.role != "yardstick"
    )


def html(comparison: Comparison) -> str:
    """The page."""
    axis = axis_for(
        [bound for each in comparison.shifts for bound in (each.low, each.high)] + [0.8, 1.25], 4, WIDTH - 4
    )
    drawn = [(each, _interval(each, axis), _history(each)) for each in comparison.shifts]
    style = stylesheet()
    return render(
        PAGE, comparison=comparison, shifts=drawn, headline=headline(comparison), outcomes=OUTCOMES, css=style
    )


def _interval(shift: Shift, axis: LogAxis) -> Markup:
    parts = [
        tag("line", x1=axis(1), x2=axis(1), y1=1, y2=HEIGHT - 1, class_="one"),
        tag("line", x1=axis(shift.low), x2=axis(shift.high), y1=9, y2=9, class_="interval"),
    ]
    said = f"{words.times(shift.value)}, from {words.times(shift.low)} to {words.times(shift.high)}"
    dot = tag("circle", cx=axis(shift.value), cy=9, r=3.5)
    return picture(
        said,
        "Last over first, with its interval",
        WIDTH,
        HEIGHT,
        tag("g", *parts, dot, class_="row"),
        anchor=f"i-{_slug(shift)}",
    )


def _history(shift: Shift) -> Markup | None:
    """Every folder's cost, as a line; a gap where it was not measured."""
    known = [each for each in shift.history if each]
    if len(known) < MIN_HISTORY:
        return None
    up, step = axis_for(known, HEIGHT - 2, 2), (WIDTH - 8) / (len(shift.history) - 1)
    places = [(4 + step * number, up(each)) if each else None for number, each in enumerate(shift.history)]
    dots = [tag("circle", cx=each[0], cy=each[1], r=2) for each in places if each]
    joined = [
        tag("line", x1=old[0], y1=old[1], x2=new[0], y2=new[1], class_="stem")
        for old, new in pairwise(places)
        if old and new
    ]
    said = ", ".join(words.digits(each) if each else "not measured" for each in shift.history)
    drawn = tag("g", *joined, *dots, class_="row")
    return picture("Over the folders", said, WIDTH, HEIGHT, drawn, anchor=f"h-{_slug(shift)}")


def _slug(shift: Shift) -> str:
    return words.slug("-".join(shift.key))


def headline(comparison: Comparison) -> str:
    """What the comparison found, in a sentence."""
    broken = sum(each.broken for each in comparison.changes)
    worse, better = (sum(each.word == word for each in comparison.shifts) for word in ("worse", "better"))
    promises = f"{words.count(broken, 'promise')} newly broken" if broken else "No promise newly broken"
    return f"{promises}; {words.count(worse, 'cost')} worse, {better} better of {len(comparison.shifts)}"


def markdown(comparison: Comparison) -> str:
    """The same for a pull request."""
    names = " | ".join(map(plain, comparison.names))
    lines = [f"# {' → '.join(map(plain, comparison.names))}", "", headline(comparison), ""]
    if comparison.changes:
        lines += [f"| promise | | {names} |", f"| --- | --- |{' --- |' * len(comparison.names)}"]
        lines += [*at_most(MOST_ROWS, [_change_line(each) for each in comparison.changes], PAGE), ""]
    telling = [each for each in comparison.shifts if each.tells]
    if telling:
        lines += ["| cost | last over first | 95 % interval | |", "| --- | --- | --- | --- |"]
        lines += [*at_most(MOST_ROWS, [_shift_line(each) for each in telling], PAGE), ""]
    return "\n".join(lines).rstrip() + "\n"


def _change_line(change: Change) -> str:
    outcomes = " | ".join(OUTCOMES[each][1] if each else "–" for each in change.outcomes)
    return f"| {plain(change.promise.title)} | {plain(change.subject)} | {outcomes} |"


def _shift_line(shift: Shift) -> str:
    interval = f"{words.times(shift.low)} – {words.times(shift.high)}"
    word = shift.word if shift.anchored else f"{shift.word}, or the machine is"
    return f"| {plain(' '.join(shift.key))} | {words.times(shift.value)} | {interval} | {word} |"
