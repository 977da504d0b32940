"""What a failing history follows from: the promises of their own that go wrong in the same way."""

from __future__ import annotations

from typing import Any

import pytest

from conformance.implied import imply


def verdict(promise: str, call: str = "", answer: str = "", outcome: str = "fail", **more: Any) -> dict[str, Any]:
    steps = [{"call": "set('a', 1)", "answer": "None", "at": 0.0}, {"call": call, "answer": answer, "at": 1.0}]
    history = {"history": {"options": "", "steps": steps}} if call else {}
    return {"promise": promise, "subject": "mine", "outcome": outcome, **history, **more}


EXPIRED = verdict("expired", "delete('a')", "True", "deviation")
CLEARED = verdict("cleared", "other.delete('b')", "True")
LOST = verdict("lost", "get('a', MISSING)", "MISSING")
WRONG = verdict("wrong", "get('a', MISSING)", "7")
UNTOLD = verdict("untold")


@pytest.mark.parametrize(
    ("call", "answer", "causes"),
    [
        ("delete('e')", "True", ["cleared", "expired"]),
        ("get('e', MISSING)", "MISSING", ["lost"]),
        ("get('e', MISSING)", "'old'", ["wrong"]),
        ("delete('e')", "False", ["cleared", "expired", "lost", "untold", "wrong"]),
        ("", "", ["cleared", "expired", "lost", "untold", "wrong"]),
    ],
)
def test_a_history_follows_from_what_goes_wrong_alike(call: str, answer: str, causes: list[str]) -> None:
    """The same operation with the same kind of answer; where there is none, it may be any."""
    drawn = verdict("any history", call, answer, drawn=True)
    imply([drawn, *({**each} for each in (EXPIRED, CLEARED, LOST, WRONG, UNTOLD))])
    assert (drawn["outcome"], drawn["follows"]) == ("implied", causes)


def test_what_is_wrong_step_by_step_is_the_step_that_was_expected_otherwise() -> None:
    """A history may go on after it."""
    drawn = verdict("any history", "len()", "3", drawn=True)
    drawn["history"]["steps"][0] |= {"call": "get('a', MISSING)", "answer": "MISSING", "expected": "1"}
    imply([drawn, {**LOST}, {**EXPIRED}])
    assert drawn["follows"] == ["lost"]


@pytest.mark.parametrize(("call", "answer"), [("get('e', MISSING)", "7"), ("get('e', MISSING)", "MISSING")])
def test_what_goes_wrong_twice_explains_both(call: str, answer: str) -> None:
    """Who is kept instead of another one is there, and the other one is not: a drawn history ends at either."""
    kept = verdict("kept", "get('b', MISSING)", "MISSING", "deviation")
    kept["history"]["steps"][0] |= {"call": "get('a', MISSING)", "answer": "7", "expected": "MISSING"}
    kept["history"]["steps"][1] |= {"expected": "7"}
    drawn = verdict("any history", call, answer, drawn=True)
    imply([drawn, kept])
    assert (drawn["outcome"], drawn.get("follows")) == ("implied", ["kept"])


def test_what_is_known_explains_nothing_else() -> None:
    """A history that goes wrong as no known deviation does has found something new."""
    drawn = verdict("any history", "get('e', MISSING)", "MISSING", drawn=True)
    imply([drawn, {**EXPIRED}, {**UNTOLD, "outcome": "deviation"}])
    assert drawn["outcome"] == "fail"


@pytest.mark.parametrize("others", [[], [{**LOST, "subject": "another"}], [{**LOST, "outcome": "pass"}]])
def test_a_history_that_alone_finds_it_is_broken(others: list[dict[str, Any]]) -> None:
    """Nothing else of the same cache is red."""
    drawn = verdict("any history", "get('a')", "None", drawn=True)
    imply([drawn, *others])
    assert drawn["outcome"] == "fail"
    assert "follows" not in drawn
