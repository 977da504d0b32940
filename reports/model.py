"""What a report knows: subjects, promises, verdicts and measurements of its runs, and what follows from them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

#: What broke a promise, as far as a reader who wants to rely on it is concerned.
BROKEN = ("fail", "implied", "error")


@dataclass(frozen=True)
class Subject:
    """One column: a cache, a breaker or a yardstick, on one backend where it uses a server."""

    name: str
    path: str
    summary: str
    version: str
    role: str
    declares: Mapping[str, str | float]
    backend: Mapping[str, Any] | None
    state: str
    reason: str = ""
    remedy: str = ""

    @property
    def label(self) -> str:
        """Its name without the module it was imported from."""
        return self.name.rpartition(":")[2]

    @property
    def ran(self) -> bool:
        return self.state == "ran"

    @property
    def scope(self) -> str:
        return str(self.declares.get("scope", "instance"))

    @property
    def server(self) -> str:
        return (self.backend or {}).get("server") or ""

    @property
    def stands_in(self) -> bool:
        """Whether its server is a stand-in for tests, which is its own client: nothing to run an application on."""
        return bool(self.server) and self.server == (self.backend or {}).get("client")


@dataclass(frozen=True)
class Promise:
    """One row: what is promised, in words; ``needs`` maps a capability to the values that switch the promise on.

    Empty ``needs`` are those of a promise that every subject makes; None, where the file does not tell.
    """

    id: str
    group: str
    title: str
    text: str
    needs: Mapping[str, list[str]] | None = None


@dataclass(frozen=True)
class Verdict:
    """What one subject made of one promise."""

    outcome: str
    message: str = ""
    reason: str = ""
    history: Mapping[str, Any] | None = None
    script: str = ""

    @property
    def broken(self) -> bool:
        return self.outcome in BROKEN

    @property
    def tells(self) -> bool:
        """Whether there is more to say than the outcome."""
        return bool(self.message or self.reason or self.history or self.script)


@dataclass(frozen=True)
class Measurement:
    """What one operation of one workload cost one subject; ``median`` with its 95 % interval, in ``unit``."""

    workload: str
    payload: str
    subject: str
    unit: str
    better: str
    blocks: list[float]
    median: float
    low: float
    high: float
    operations: int = 0
    method: str = ""
    relies_on: tuple[str, ...] = ()
    about: str = ""

    def over(self, base: Measurement) -> Ratio | None:
        """The ratio to ``base``; None where that says nothing."""
        if base.unit != self.unit or min(base.low, self.low) <= 0:
            return None
        return Ratio(base, self.median / base.median, self.low / base.high, self.high / base.low)


@dataclass(frozen=True)
class Ratio:
    """A measurement over its yardstick's; the interval is the widest that both intervals allow."""

    yardstick: Measurement
    value: float
    low: float
    high: float


@dataclass(frozen=True)
class Score:
    """How many promises have which outcome."""

    counts: Mapping[str, int]

    def __getitem__(self, outcome: str) -> int:
        return self.counts.get(outcome, 0)

    @property
    def judged(self) -> int:
        return self["pass"] + self["fail"]


@dataclass(frozen=True)
class Run:
    """One result file: where it came from, and its ``run`` and ``environment`` as they stand there."""

    file: str
    run: Mapping[str, Any]
    environment: Mapping[str, Any]
    measured: bool


@dataclass(frozen=True)
class Curve:
    """One figure of lines, as the schema has it; ``lines`` by subject, those of later runs in place of earlier ones."""

    id: str
    title: str
    text: str
    x: Mapping[str, str]
    y: Mapping[str, str]
    lines: Mapping[str, Mapping[str, Any]]


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
        return f"l{self._columns[name] % 8}" if name in self._columns else "reference"

    def place(self, promise: Promise, subject: Subject) -> str:
        """The id of a cell in the page."""
        return f"v{self._rows[promise.id]}-{self._columns[subject.name]}"

    def verdict(self, promise: Promise, subject: Subject) -> Verdict:
        return self.verdicts.get((promise.id, subject.name), Verdict("not-run"))

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
        """The measured one with the same scope, on the same backend where there is a choice."""
        fitting = [each for each in self.of_role("yardstick") if each.scope == subject.scope]
        fitting.sort(key=lambda each: (each.backend or {}).get("name") != (subject.backend or {}).get("name"))
        found = (self.measurements.get((each.name, workload, payload)) for each in fitting)
        return next((each for each in found if each is not None), None)

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
