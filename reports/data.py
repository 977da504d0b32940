"""report.json: what the page says, as data; ``report.schema.json`` describes it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from .advice import CASES, Advice, advise, payloads
from .model import Report
from .records import Measurement, Subject
from .warnings import warnings

FORMAT, VERSION = "cacheproof-report", 1


def text(report: Report) -> str:
    """The merged results with everything that was computed from them."""
    content = {
        "format": FORMAT,
        "version": VERSION,
        "runs": [{"file": each.file, "run": each.run, "environment": each.environment} for each in report.runs],
        "subjects": [_subject(report, each) for each in report.subjects],
        "promises": [_told(asdict(each)) for each in report.promises],
        "verdicts": [
            {"promise": promise, "subject": subject, **_told(asdict(each))}
            for (promise, subject), each in report.verdicts.items()
        ],
        "measurements": [_measurement(report, each) for each in report.measurements.values()],
        "advice": [_advice(advise(report, case, payload)) for payload in payloads(report)[:1] for case in CASES],
        "warnings": [{"what": what, "remedy": remedy} for what, remedy in warnings(report)],
    }
    return json.dumps(content, indent=1, ensure_ascii=False) + "\n"


def _subject(report: Report, subject: Subject) -> dict[str, Any]:
    outcomes = report.score(subject).counts
    told = {name: value for name, value in _told(asdict(subject)).items() if name != "path"}
    return {**told, "class": subject.path, "backend": subject.backend, "outcomes": dict(outcomes)}


def _measurement(report: Report, measurement: Measurement) -> dict[str, Any]:
    ratio = report.ratio(measurement)
    return {
        **asdict(measurement),
        "ratio": ratio
        and {"yardstick": ratio.yardstick.subject, "value": ratio.value, "low": ratio.low, "high": ratio.high},
        "broken": [each.id for each in report.broken(measurement)],
    }


def _advice(advice: Advice) -> dict[str, Any]:
    case = advice.case
    return {
        "case": case.name,
        "machines": case.machines,
        "processes": case.processes,
        "origin": case.origin,
        "uses": case.uses,
        "musts": list(case.musts),
        "take": [each.subject.name for each in advice.best],
        "others": [each.subject.name for each in advice.others],
        "awaited": [each.name for each in advice.awaited],
        "out": {each.subject.name: each.why for each in advice.out},
    }


def _told(fields: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in fields.items() if value not in ("", None, ())}
