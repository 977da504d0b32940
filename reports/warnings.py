"""What is wrong with a run, each with what to do about it."""

from __future__ import annotations

from . import words
from .model import Report, Run

FEW_BLOCKS = 5


def warnings(report: Report) -> list[tuple[str, str]]:
    """What stood in the way, and the remedy."""
    found = [each for run in report.runs for each in _of_run(run)]
    few = sorted({each.workload for each in report.measurements.values() if len(each.blocks) < FEW_BLOCKS})
    if few:
        found.append((f"Fewer than {FEW_BLOCKS} blocks were measured for {words.listed(few)}.", "Run bench with --profile=standard."))
    errors = sum(each.outcome == "error" for each in report.verdicts.values())
    if errors:
        found.append((f"The suite itself failed in {words.count(errors, 'cell')}.", "Read the message behind the cell; it is no verdict about the cache."))
    return found


def _of_run(run: Run) -> list[tuple[str, str]]:
    found = []
    load, cores = run.environment.get("load"), run.environment["cores"]
    if not run.run["complete"]:
        found.append((f"{run.file} was cut off: what is missing was not judged.", f"Run it again: {run.run['command']}"))
    if load is not None and load > cores / 2:
        found.append((f"The machine was busy when {run.file} began: a load of {load:.1f} on {words.count(cores, 'core')}.", "Close what else is running, and measure again."))
    return found
