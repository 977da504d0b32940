"""What is wrong with a run, each with what to do about it."""

from __future__ import annotations

from . import words
from .model import Report

FEW_BLOCKS = 5


def warnings(report: Report) -> list[tuple[str, str]]:
    """What stood in the way, and the remedy."""
    return [
        *_empty(report),
        *_cut_off(report),
        *_told(report),
        *_busy(report),
        *_few_blocks(report),
        *_suite_errors(report),
    ]


def _empty(report: Report) -> list[tuple[str, str]]:
    if report.measurements or any(report.score(each).judged for each in report.subjects):
        return []
    remedy = "The page names what could not run, and what would change that; then run it again."
    return [("Nothing was judged, and nothing measured.", remedy)]


def _cut_off(report: Report) -> list[tuple[str, str]]:
    return [
        (f"{each.file} was cut off: what is missing was not judged.", f"Run it again: {each.run['command']}")
        for each in report.runs if not each.run["complete"]
    ]  # fmt: skip


def _told(report: Report) -> list[tuple[str, str]]:
    """What the runs themselves have noticed; with the file's name where there are several that might have."""
    telling = [each for each in report.runs if each.cautions is not None]
    named = telling[1:] != []
    return [
        (f"{each.file}: {what}" if named else what, remedy) for each in telling for what, remedy in each.cautions or ()
    ]


def _busy(report: Report) -> list[tuple[str, str]]:
    """Only a run that measured, and has not looked for itself: a verdict does not care."""
    busy = [
        each
        for each in report.runs
        if each.measured
        and each.cautions is None
        and (each.environment.get("load") or 0) > each.environment["cores"] / 2
    ]
    if not busy:
        return []
    most = max(each.environment["load"] for each in busy)
    cores = words.count(busy[0].environment["cores"], "core")
    where = f"when {words.listed([each.file for each in busy])} began"
    return [
        (
            f"The machine was busy {where}: a load of {most:.1f} on {cores}.",
            "Close what else is running, and measure again.",
        )
    ]


def _few_blocks(report: Report) -> list[tuple[str, str]]:
    if any(each.cautions is not None for each in report.runs):
        return []
    few = sorted({each.workload for each in report.measurements.values() if len(each.blocks) < FEW_BLOCKS})
    if not few:
        return []
    what = f"Fewer than {FEW_BLOCKS} blocks were measured for {words.listed(few)}: the intervals are wide."
    return [(what, "Run bench with --profile=standard.")]


def _suite_errors(report: Report) -> list[tuple[str, str]]:
    errors = sum(each.outcome == "error" for each in report.verdicts.values())
    if not errors:
        return []
    what = f"The suite itself failed in {words.count(errors, 'cell')}."
    return [(what, "Read the message behind the cell; it is no verdict about the cache.")]
