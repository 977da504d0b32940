"""Whether the figures can be trusted: the machine, what was in the way, how they were made, and the raw data."""

from __future__ import annotations

import base64
import gzip
import json

from markupsafe import Markup

from .. import words
from ..markdown import plain
from ..model import Report
from ..templates import render
from ..warnings import warnings

order = 60
title = "Can the figures be trusted?"

#: Characters of the page that the raw data may take.
MOST_RAW = 700_000


def html(report: Report) -> Markup | None:
    """Warnings first, then the environment of every run, then the data."""
    return render(
        "trust.html",
        warnings=warnings(report),
        measured=bool(report.measurements),
        runs=report.runs,
        machines=_machines(report),
        columns=[each for each in report.subjects if each.ran],
        raw=_raw(report),
        noise=sorted(report.noise, key=lambda each: float(each["floor"])),
    )


def _machines(report: Report) -> list[dict[str, object]]:
    """Each environment once; the load is the run's."""
    found: list[dict[str, object]] = []
    for each in report.runs:
        machine = {name: value for name, value in each.environment.items() if name != "load"}
        if machine not in found:
            found.append(machine)
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
    lines = [f"- **{plain(what)}** {plain(remedy)}" for what, remedy in warnings(report)]
    cores = words.count(environment["cores"], "core")
    machine = f"{environment['cpu']}, {cores}; {environment['os']}; {environment['python']}"
    return ["## Trust", "", *lines, f"- {plain(machine)}", ""]
