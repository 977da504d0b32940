"""What follows from what: a drawn history finds whatever is broken, and says nothing new of what is known to be."""

from __future__ import annotations

from typing import Any

#: Answers that mean the same whatever was stored; of breakers, the states.
_TOLD = ("MISSING", "None", "True", "False", "'closed'", "'open'", "'half-open'")


def imply(verdicts: list[dict[str, Any]]) -> None:
    """Where a promise of its own is red, a drawn history that fails ``follows`` from it, or from one like it."""
    red = [each for each in verdicts if each["outcome"] in ("fail", "deviation") and not each.get("drawn")]
    for each in verdicts:
        if each["outcome"] == "fail" and each.get("drawn"):
            causes = _causes(each, [one for one in red if one["subject"] == each["subject"]])
            each.update({"outcome": "implied", "follows": causes} if causes else {})


def _causes(drawn: dict[str, Any], red: list[dict[str, Any]]) -> list[str]:
    """Those whose own history goes wrong in the same operation with the same answer; failing that, any that is news.

    What is known explains nothing else: a history that goes wrong in another way has found something new. One that is
    drawn ends where it first goes wrong; that of a promise may go on, and go wrong otherwise as well.
    """
    sign = _signs(drawn)[-1:]
    alike = [each for each in red if sign and sign[0] in _signs(each)]
    news = [] if all(each["outcome"] == "deviation" for each in red) else red
    return sorted(each["promise"] for each in alike or news)


def _signs(verdict: dict[str, Any]) -> list[tuple[str, str]]:
    """The operations that go wrong, and their answers; where none is known to, the last one."""
    steps = verdict.get("history", {}).get("steps", [])
    return [*map(_sign, [each for each in steps if "expected" in each] or steps[-1:])]


def _sign(step: dict[str, Any]) -> tuple[str, str]:
    operation, answer = step["call"].partition("(")[0], step["answer"]
    return operation.rpartition(".")[2], answer if answer in _TOLD else "a value"
