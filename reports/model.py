"""A report: the records of its runs, and what follows from them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from .records import SCOPES, Curve, Measurement, Promise, Ratio, Run, Score, Subject, Verdict


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
    noise: tuple[Mapping[str, Any], ...] = ()
    figures: tuple[Mapping[str, Any], ...] = ()

    def of_role(self, role: str) -> list[Subject]:
        return [each for each in self.subjects if each.role == role]

    def subject(self, name: str) -> Subject:
        return self._by_name[name]

    def promise(self, key: str) -> Promise:
        return self._by_id.get(key, Promise(key, "", key, ""))

    def hue(self, name: str) -> str:
        """The class that gives a subject its colour in every chart of lines."""
        return f"l{self._hues[name] % 8}" if name in self._hues else "reference"

    def place(self, promise: Promise, subject: Subject) -> str:
        """The id of what the page says of a cell: that of the subject's first of which it says the same."""
        first = self._first[subject.name, self.verdict(promise, subject).said]
        return f"v{self._rows[first]}-{self._columns[subject.name]}"

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
        """The measured one that fits ``subject``: what the run has set it beside, where it did."""
        measured = self.measurements.get((subject.name, workload, payload))
        told = [str(measured.ratio["to"])] if measured and measured.ratio else []
        names = [*told, *(each.name for each in self.fitting(subject))]
        found = (self.measurements.get((each, workload, payload)) for each in names)
        return next((each for each in found if each is not None), None)

    def fitting(self, subject: Subject) -> list[Subject]:
        """Yardsticks with the same scope, those on the same backend that wait as it does first; of one, itself."""
        if subject.role == "yardstick":
            return [subject]
        found = [each for each in self.of_role("yardstick") if each.scope == subject.scope]
        return sorted(found, key=lambda each: (each.on != subject.on, each.awaited != subject.awaited))

    def floor(self, *names: str) -> float:
        """How far from 1 a ratio between these may be without any difference: the worst of their noise floors."""
        return max((float(each["floor"]) for each in self.noise if each["subject"] in names), default=0.0)

    @cached_property
    def measured(self) -> list[Subject]:
        """What has a figure: by scope, each yardstick before those that it fits."""
        names = {each.subject for each in self.measurements.values()}

        def place(subject: Subject) -> tuple[int, int, bool]:
            base = next(iter(self.fitting(subject)), subject)
            return SCOPES.index(subject.scope), self._columns[base.name], subject.role != "yardstick"

        return sorted((each for each in self.subjects if each.name in names), key=place)

    def _outcome(self, promise: str, subject: str) -> Verdict:
        return self.verdicts.get((promise, subject), Verdict("not-run"))

    @cached_property
    def _first(self) -> dict[tuple[str, tuple[str, ...]], str]:
        found: dict[tuple[str, tuple[str, ...]], str] = {}
        for (promise, subject), each in self.verdicts.items():
            found.setdefault((subject, each.said), promise)
        return found

    @cached_property
    def _hues(self) -> dict[str, int]:
        """Those that share charts most often first, so that no two of them share a colour."""
        lines = [each for each in self.subjects if each.role != "yardstick"]
        lines.sort(key=lambda each: (each.awaited, not each.ran))
        return {each.name: number for number, each in enumerate(lines)}

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
