"""Whether the figures can be trusted: the machine, what was in the way, how they were made, and the raw data."""

from __future__ import annotations

import base64
import gzip
import json

from markupsafe import Markup

from .. import words
from ..model import Report, Run
from ..templates import render

order = 60
title = "Trust"

MOST_RAW = 700_000
FEW_BLOCKS = 5


def html(report: Report) -> Markup | None:
    """Warnings first, then the environment of every run, then the data."""
    return render("trust.html", warnings=warnings(report), runs=report.runs, columns=[each for each in report.subjects if each.ran], raw=_raw(report))


def warnings(report: Report) -> list[tuple[str, str]]:
    """What is wrong with this run, each with what to do about it."""
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


def _raw(report: Report) -> tuple[str, str] | None:
    """A data URL with everything, and its size; None where it would make the page heavy."""
    packed = gzip.compress(json.dumps(report.raw, separators=(",", ":")).encode(), mtime=0)
    if len(packed) * 4 / 3 > MOST_RAW:
        return None
    return "data:application/gzip;base64," + base64.b64encode(packed).decode(), words.size(len(packed))


def markdown(report: Report) -> list[str]:
    """Warnings, and one line about the machine."""
    environment = report.runs[-1].environment
    lines = [f"- **{what}** {remedy}" for what, remedy in warnings(report)]
    return ["## Trust", "", *lines, f"- {environment['cpu']}, {words.count(environment['cores'], 'core')}; {environment['os']}; {environment['python']}", ""]
