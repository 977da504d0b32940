"""A report: the records of its runs, and what follows from them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from .records import Curve, Measurement, Promise, Ratio, Run, Score, Subject, Verdict


@dataclass(frozen=True)
class Report:
    """Everything the sections are made from."""

    runs: tuple[Run, ...]
    subjects: tuple[Subject, ...]
    promises: tuple[Promise, ...]
    verdicts: Mapping[tuple[str, str], Verdict]
    measurements: Mapping[tuple[str, str, str], Measurement]
    raw: tuple[Mapping[str, Any], ...]
    curves: tuple[Curve, ...] = ()
    outages: tuple[Mapping[str, Any], ...] = ()

    def of_role(self, role: str) -> list[Subject]:
        return [each for each in self.subjects if each.role == role]

    def subject(self, name: str) -> Subject:
        return self._by_name[name]

    def promise(self, key: str) -> Promise:
        return self._by_id.get(key, Promise(key, "", key, ""))

    def hue(self, name: str) -> str:
        """The class that gives a subject its colour in every chart of lines."""
        names = [each.name for each in self.subjects if each.role != "yardstick"]
        return f"l{names.index(name) % 8}" if name in names else "reference"

    def place(self, promise: Promise, subject: Subject) -> str:
        """The id of a cell in the page."""
        return f"v{self._rows[promise.id]}-{self._columns[subject.name]}"

    def verdict(self, promise: Promise, subject: Subject) -> Verdict:
        """What is known; of a subject that did not run, nothing."""
        found = self.verdicts.get((promise.id, subject.name)) if subject.ran else None
        return found or Verdict("not-run")

    def score(self, subject: Subject, promises: list[Promise] | None = None) -> Score:
        of = self.promises if promises is None else promises
        return Score(
            Counter(self.verdict(each, subject).outcome for each in of if (each.id, subject.name) in self.verdicts)
        )

    def broken(self, measurement: Measurement) -> list[Promise]:
        """The promises this number relies on and its subject does not keep."""
        return self.unkept(measurement.subject, measurement.relies_on)

    def unkept(self, subject: str, promises: Iterable[str]) -> list[Promise]:
        """Those of ``promises``, by id, that the subject of this name does not keep."""
        return [self.promise(each) for each in promises if self._outcome(each, subject).broken]

    def ratio(self, measurement: Measurement) -> Ratio | None:
        """The cost over that of the yardstick that fits the subject, where one was measured beside it."""
        subject = self.subject(measurement.subject)
        base = (
            None if subject.role == "yardstick" else self.yardstick(subject, measurement.workload, measurement.payload)
        )
        return measurement.over(base) if base else None

    def yardstick(self, subject: Subject, workload: str, payload: str) -> Measurement | None:
        """The measured one that fits ``subject``."""
        found = (self.measurements.get((each.name, workload, payload)) for each in self.fitting(subject))
        return next((each for each in found if each is not None), None)

    def fitting(self, subject: Subject) -> list[Subject]:
        """Yardsticks with the same scope, that on the same backend first; of a yardstick, itself."""
        if subject.role == "yardstick":
            return [subject]
        found = [each for each in self.of_role("yardstick") if each.scope == subject.scope]
        return sorted(found, key=lambda each: (each.backend or {}).get("name") != (subject.backend or {}).get("name"))

    def _outcome(self, promise: str, subject: str) -> Verdict:
        return self.verdicts.get((promise, subject), Verdict("not-run"))

    @cached_property
    def _rows(self) -> dict[str, int]:
        return {each.id: number for number, each in enumerate(self.promises)}

    @cached_property
    def _columns(self) -> dict[str, int]:
        return {each.name: number for number, each in enumerate(self.subjects)}

    @cached_property
    def _by_name(self) -> dict[str, Subject]:
        return {each.name: each for each in self.subjects}

    @cached_property
    def _by_id(self) -> dict[str, Promise]:
        return {each.id: each for each in self.promises}


def groups(promises: list[Promise]) -> dict[str, list[Promise]]:
    """Promises by group, in the order in which the groups first appear."""
    found: dict[str, list[Promise]] = {}
    for each in promises:
        found.setdefault(each.group, []).append(each)
    return found
