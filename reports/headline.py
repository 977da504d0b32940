"""What stands at the head of the page: the run in a sentence, and the facts of it in a line."""

from __future__ import annotations

from . import words
from .model import Report
from .records import Subject

KINDS = {"cache": "cache", "breaker": "circuit breaker"}


def headline(report: Report) -> str:
    """Who keeps what it promises."""
    judged = {
        kind: [each for each in report.of_role(role) if report.score(each).judged] for role, kind in KINDS.items()
    }
    kinds = {kind: each for kind, each in judged.items() if each}
    if not kinds:
        return "Costs measured, nothing judged" if report.measurements else "Nothing was judged in this run"
    if all(_keeps(report, subject) for each in kinds.values() for subject in each):
        names = words.listed([_named(each, kind) for kind, each in kinds.items()])
        alone = sum(map(len, kinds.values())) == 1
        return f"{names} {'keeps every promise it makes' if alone else 'keep every promise they make'}"
    return "; ".join(_broken(report, each, kind) for kind, each in kinds.items())


def _keeps(report: Report, subject: Subject) -> bool:
    """Whether nothing is broken, not even in a way that is known."""
    score = report.score(subject)
    return not score["fail"] and not score["deviation"]


def _named(subjects: list[Subject], kind: str) -> str:
    return subjects[0].label if len(subjects) == 1 else f"all {len(subjects)} {kind}s"


def _broken(report: Report, subjects: list[Subject], kind: str) -> str:
    if len(subjects) > 1:
        return _counted(report, subjects, kind)
    score = report.score(subjects[0])
    broken = f"breaks {score['fail']} of {words.count(score.judged, 'promise')}"
    kept = f"keeps every promise but {score['deviation']}, as is known" if score["deviation"] else "keeps every promise"
    return f"{subjects[0].label} {broken if score['fail'] else kept}"


def _counted(report: Report, subjects: list[Subject], kind: str) -> str:
    """How many keep all, deviate in ways that are known, and break something."""
    keeping = sum(_keeps(report, each) for each in subjects)
    breaking = sum(bool(report.score(each)["fail"]) for each in subjects)
    counts = {
        ("keeps every promise", "keep every promise"): keeping,
        ("deviates in known ways", "deviate in known ways"): len(subjects) - keeping - breaking,
        ("breaks a promise", "break promises"): breaking,
    }
    found = [f"{number} {one if number == 1 else many}" for (one, many), number in counts.items() if number]
    number, _, rest = ", ".join(found).partition(" ")
    share = f"{number} of {len(subjects)}" if found[1:] else f"all {number}"
    return f"{share} {kind}s {rest}"


def facts(report: Report) -> str:
    """How much was judged and measured, when and where."""
    last, judged = report.runs[-1], [key for key, each in report.verdicts.items() if each.outcome != "not-run"]
    said = [
        f"{words.count(len({promise for promise, _ in judged}), 'promise')}, {words.count(len(judged), 'verdict')}",
        f"{words.count(len(report.measurements), 'figure')} measured",
        f"{last.run['profile']} profile",
        words.day(last.run["started"]),
        f"{last.environment['cpu']}, {words.count(last.environment['cores'], 'core')}",
        last.environment["python"],
    ]
    idle = [each.label for each in report.subjects if not each.ran]
    return " · ".join(said) + (f". {words.listed(idle)} could not run." if idle else "")
