"""What result files tell of: subjects, promises, verdicts, measurements, curves and runs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from .words import label

#: Who sees an entry, the nearest first.
SCOPES = ("instance", "host", "network")
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
        return label(self.name)

    @property
    def ran(self) -> bool:
        return self.state == "ran"

    @property
    def scope(self) -> str:
        declared = str(self.declares.get("scope", SCOPES[0]))
        return declared if declared in SCOPES else SCOPES[0]

    @property
    def server(self) -> str:
        return (self.backend or {}).get("server") or ""

    @property
    def on(self) -> str | None:
        """The name of its backend."""
        return (self.backend or {}).get("name")

    @property
    def awaited(self) -> bool:
        """Whether its methods are coroutines."""
        return self.declares.get("asynchronous") == "yes"

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
    follows: Sequence[str] = ()
    history: Mapping[str, Any] | None = None
    script: str = ""

    @property
    def broken(self) -> bool:
        return self.outcome in BROKEN

    @property
    def kind(self) -> str:
        """The outcome; of what failed without any answer, how."""
        if self.outcome == "fail" and self.message.startswith("crashed: "):
            return "crashed"
        hung = self.message.startswith("hangs, ") or " has not ended after " in self.message.partition("\n")[0]
        return "hung" if self.outcome == "fail" and hung else self.outcome

    @property
    def said(self) -> tuple[str, ...]:
        """The outcome, and all that there is to say of it."""
        follows = ", ".join(self.follows)
        return self.outcome, self.message, self.reason, follows, str(self.history or ""), self.script

    @property
    def tells(self) -> bool:
        """Whether there is more to say than the outcome."""
        return any(self.said[1:])


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
    parts: Mapping[str, float] = field(default_factory=dict)
    ratio: Mapping[str, Any] | None = None

    def over(self, base: Measurement) -> Ratio | None:
        """The ratio to ``base``, block by block where the file has it; None where that says nothing."""
        if self.ratio and self.ratio["to"] == base.subject:
            return Ratio(base, self.ratio["value"], self.ratio["low"], self.ratio["high"])
        if base.unit != self.unit or min(base.low, self.low) <= 0:
            return None
        return Ratio(base, self.median / base.median, self.low / base.high, self.high / base.low)


@dataclass(frozen=True)
class Ratio:
    """A measurement over its yardstick's; where blocks cannot be paired, the interval is the widest that both allow."""

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
    #: What stood in its way, and the remedy; None where it does not tell.
    cautions: tuple[tuple[str, str], ...] | None = None


@dataclass(frozen=True)
class Curve:
    """One figure of lines, as the schema has it; ``lines`` by subject, those of later runs in place of earlier ones."""

    id: str
    title: str
    text: str
    x: Mapping[str, str]
    y: Mapping[str, str]
    lines: Mapping[str, Mapping[str, Any]]
