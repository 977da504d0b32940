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

    What is known explains nothing else: a history that goes wrong in another way has found something new.
    """
    sign = _sign(drawn)
    alike = [each for each in red if sign and _sign(each) == sign]
    news = [] if all(each["outcome"] == "deviation" for each in red) else red
    return sorted(each["promise"] for each in alike or news)


def _sign(verdict: dict[str, Any]) -> tuple[str, str] | None:
    steps = verdict.get("history", {}).get("steps", [])
    wrong = [each for each in steps if "expected" in each] or steps
    if not wrong:
        return None
    operation, answer = wrong[-1]["call"].partition("(")[0], wrong[-1]["answer"]
    return operation.rpartition(".")[2], answer if answer in _TOLD else "a value"
