"""Read the result files of a folder, check them against the schema, and merge them into one report."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import replace
from math import isfinite
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator
from jsonschema.exceptions import best_match

from .model import Report
from .records import SCOPES, Curve, Measurement, Promise, Run, Subject, Verdict
from .words import NEVER, moment

FORMAT, VERSION = "cacheproof-results", 1
OURS = "report.json"

Record = Mapping[str, Any]


class ResultsError(ValueError):
    """A folder or a file that no report can be made from; the message names it, and the field."""


def read(directory: Path) -> Report:
    """The report on every result file in ``directory``; where two files tell of one cell, the later run is right.

    Raises:
        ResultsError: the folder is missing or has no result files, or one of them is none.
    """
    if not directory.is_dir():
        raise ResultsError(f"{directory} is no folder; give the one that the result files were written to")
    paths = sorted(each for each in directory.glob("*.json") if each.name != OURS)
    if not paths:
        raise ResultsError(
            f"{directory} has no result files; `pytest conformance --results={directory}/conformance.json` writes one"
        )
    return merge((path.name, load(path)) for path in paths)


def load(path: Path) -> Record:
    """The content of one result file, checked."""
    try:
        content = json.loads(path.read_text(encoding="utf-8"), parse_constant=_finite, parse_float=_finite)
    except OSError as error:
        raise ResultsError(f"{path} cannot be read: {error.strerror}") from None
    except UnicodeDecodeError as error:
        raise ResultsError(f"{path} is no JSON: byte {error.start} is not UTF-8") from None
    except (ValueError, RecursionError) as error:
        raise ResultsError(f"{path} is no JSON, or was cut off: {error}") from None
    _check(path, content)
    return content  # type: ignore[no-any-return]


def _finite(text: str) -> float:
    """A number that a chart has a place for: Python's JSON also reads NaN, and numbers past the largest."""
    if not isfinite(number := float(text)):
        raise ValueError(f"{text} is no number that could be drawn")
    return number


def _check(path: Path, content: Any) -> None:
    if not isinstance(content, dict) or content.get("format") != FORMAT:
        raise ResultsError(
            f"{path} is no result file: its field 'format' is not {FORMAT!r}; keep other JSON out of the folder"
        )
    if content.get("version") != VERSION:
        raise ResultsError(
            f"{path} has version {content.get('version')!r}, this report reads version {VERSION}; run the suite again"
        )
    if error := best_match(_validator().iter_errors(content)):
        raise ResultsError(f"{path}, field {_field(error.absolute_path)}: {_short(error.message)}")
    if moment(started := content["run"]["started"]) == NEVER:
        raise ResultsError(f"{path}, field run.started: {started!r} is no time in ISO 8601, as 2025-11-22T21:48:03Z is")
    _check_names(path, content)


def _check_names(path: Path, content: Record) -> None:
    """A verdict or a measurement of a subject or promise that the file does not describe is a mistake of its writer."""
    subjects = {each["name"] for each in content["subjects"]}
    promises = {each["id"] for each in content["promises"]}
    if len(subjects) < len(content["subjects"]):
        raise ResultsError(f"{path}, field subjects: two have the same name")
    named = [
        ("verdicts", "subject", subjects),
        ("measurements", "subject", subjects),
        ("outages", "subject", subjects),
        ("verdicts", "promise", promises),
    ]
    for kind, field, known in named:
        for number, each in enumerate(content.get(kind, ())):
            if each[field] not in known:
                raise ResultsError(
                    f"{path}, field {kind}[{number}].{field}: {each[field]!r} is not among the file's {field}s"
                )


def _validator() -> Draft202012Validator:
    return Draft202012Validator(json.loads(Path(__file__).with_name("schema.json").read_text(encoding="utf-8")))


def _field(path: Iterable[str | int]) -> str:
    return "".join(f"[{each}]" if isinstance(each, int) else f".{each}" for each in path).lstrip(".") or "(the whole)"


def _short(message: str) -> str:
    return message if len(message) <= 200 else f"{message[:90]} ... {message[-90:]}"


def merge(files: Iterable[tuple[str, Record]]) -> Report:
    """One report from several files' contents; a column that ran anywhere is not one that could not run."""
    ordered = sorted(files, key=lambda each: moment(each[1]["run"]["started"]))
    contents = [content for _, content in ordered]
    return Report(
        runs=tuple(
            Run(name, content["run"], content["environment"], bool(content["measurements"]), _cautions(content))
            for name, content in ordered
        ),
        subjects=tuple(_subjects(contents)),
        promises=tuple({each["id"]: Promise(**each) for content in contents for each in content["promises"]}.values()),
        verdicts=_verdicts(contents),
        measurements={
            (m.subject, m.workload, m.payload): m
            for content in contents
            for m in map(_measurement, content["measurements"])
        },
        raw=tuple(contents),
        curves=tuple(_curves(contents)),
        outages=tuple(
            {
                (each["subject"], each["scenario"]): each for content in contents for each in content.get("outages", ())
            }.values()
        ),
        noise=tuple({each["subject"]: each for content in contents for each in content.get("noise", ())}.values()),
        figures=tuple(_figures(contents)),
    )


def _cautions(content: Record) -> tuple[tuple[str, str], ...] | None:
    return tuple((each["what"], each["remedy"]) for each in content["warnings"]) if "warnings" in content else None


def _subjects(contents: list[Record]) -> Iterable[Subject]:
    """As the latest run that ran it tells of it; its server, as the latest that knew it."""
    found: dict[str, Subject] = {}
    for each in (each for content in contents for each in content["subjects"]):
        subject = Subject(path=each["class"], **{name: value for name, value in each.items() if name != "class"})
        earlier = found.get(subject.name)
        if earlier and earlier.server and not subject.server:
            subject = replace(subject, backend=earlier.backend)
        if subject.ran or not (earlier and earlier.ran):
            found[subject.name] = subject
    return sorted(found.values(), key=lambda each: SCOPES.index(each.scope))


def _verdicts(contents: list[Record]) -> dict[tuple[str, str], Verdict]:
    """A cell that was judged once is not emptied by a later run that could not judge it."""
    found: dict[tuple[str, str], Verdict] = {}
    fields = ("outcome", "message", "reason", "follows", "history", "script")
    for each in (each for content in contents for each in content["verdicts"]):
        told = {name: each[name] for name in fields if name in each}
        key = each["promise"], each["subject"]
        if each["outcome"] != "not-run" or key not in found:
            found[key] = Verdict(**told)
    return found


def _measurement(record: Record) -> Measurement:
    return Measurement(**{**record, "relies_on": tuple(record["relies_on"])})


def _figures(contents: list[Record]) -> Iterable[Record]:
    """As with curves: a later run replaces the rows of the same subjects."""
    found: dict[str, Record] = {}
    for each in (each for content in contents for each in content.get("figures", ())):
        rows = {row["subject"]: row for row in (*found.get(each["id"], {"rows": ()})["rows"], *each["rows"])}
        found[each["id"]] = {**each, "rows": list(rows.values())}
    return found.values()


def _curves(contents: list[Record]) -> Iterable[Curve]:
    found: dict[str, Curve] = {}
    for each in (each for content in contents for each in content.get("curves", ())):
        earlier = found[each["id"]].lines if each["id"] in found else {}
        found[each["id"]] = Curve(**{**each, "lines": {**earlier, **{line["subject"]: line for line in each["lines"]}}})
    return found.values()
