"""What the page says of promises that were judged: headline, marks, and how a finding is drawn."""

from __future__ import annotations

import pytest
from report_samples import ids_of, made, many
from sample_results import results

from reports import page
from reports.headline import headline
from reports.model import Report


@pytest.mark.parametrize(
    ("outcomes", "said"),
    [
        (["pass"] * 3, "all 3 caches keep every promise they make"),
        (
            ["pass", "deviation", "deviation", "fail"],
            "1 of 4 caches keeps every promise, 2 deviate in known ways, 1 breaks a promise",
        ),
        (["deviation", "deviation"], "all 2 caches deviate in known ways"),
        (["fail", "pass", "pass", "fail"], "2 of 4 caches keep every promise, 2 break promises"),
        (["pass"], "cache-number-0 keeps every promise it makes"),
        (["deviation"], "cache-number-0 keeps every promise but 1, as is known"),
        (["fail"], "cache-number-0 breaks 1 of 2 promises"),
    ],
)
def test_the_headline_counts_who_keeps_what(outcomes: list[str], said: str) -> None:
    assert headline(verdicts_of(outcomes)) == said


def verdicts_of(outcomes: list[str]) -> Report:
    """A report on caches each of which keeps one promise, and has this verdict on another."""
    content = many(columns=len(outcomes), promises=2)
    for number, each in enumerate(content["verdicts"]):
        each["outcome"] = outcomes[number // 2] if number % 2 else "pass"
    return made(content)


def test_all_of_many_caches_are_in_the_short_report_with_what_they_keep() -> None:
    content = many(columns=56)
    for each in content["verdicts"]:
        each["outcome"] = "not-offered" if each["subject"] == "cache-number-55" else each["outcome"]
    text = page.markdown(made(content))
    assert [f"cache-number-{number} |" in text for number in range(56)] == [True] * 56
    assert "| cache-number-55 | not judged |" in text
    assert len(text.splitlines()) < 60


def test_the_marks_of_many_columns_open_only_what_is_broken() -> None:
    content = many(columns=9, promises=24)
    for each in content["verdicts"]:
        each["outcome"] = "deviation" if "test_0" in each["promise"] else "pass"
    assert "checked aria-label" not in page.html(made(content))
    content["verdicts"][0]["outcome"] = "fail"
    assert page.html(made(content)).count("checked aria-label") == 1


def test_what_is_the_same_for_several_promises_of_a_cache_is_said_once() -> None:
    content = results()
    same = [each for each in content["verdicts"] if each["subject"] == "file"][:3]
    for each in same:
        each |= {"outcome": "not-offered", "message": "it has no such method"}
    text = page.html(made(content))
    assert text.count('<pre class="message">it has no such method</pre>') == 1
    assert text.count("<i>not offered</i></a>") == 3
    assert "file: 3 promises" in text
    assert ids_of(text) == sorted(set(ids_of(text)))


def test_what_crashed_and_what_hung_is_told_apart() -> None:
    content = results()
    failing = [each for each in content["verdicts"] if each["outcome"] == "fail"]
    failing[0]["message"] = "crashed: Fatal Python error: Aborted, in set (x.py, line 3)"
    failing[1]["message"] = "get('a') has not ended after 60 s"
    text = page.html(made(content))
    assert "<i>crashed</i>" in text
    assert "<i>hung</i>" in text
    assert "<i>crashed</i>" not in page.html(made(results()))


def test_what_several_callers_did_at_once_is_drawn_in_lanes() -> None:
    content = results()
    steps = [
        {"call": "get_or_set('a', compute)", "answer": "1", "at": 0.0, "by": "thread 1"},
        {"call": "delete('a')", "answer": "False", "at": 1e-6, "until": 3e-6, "by": "thread 2", "expected": "True"},
    ]
    next(each for each in content["verdicts"] if "history" in each)["history"] = {"options": "", "steps": steps}
    text = page.html(made(content))
    assert 'class="call wrong"' in text
    assert ">later<" in text
    assert 'class="call wrong"' not in page.html(made(results()))


def test_the_clock_of_a_history_is_drawn_to_scale() -> None:
    text = page.html(made(results()))
    assert all(f'style="--at:{share:.1f}%"' in text for share in (0, 100 * 1.999 / 2, 100))
    for steps in ([{"call": "get('a')", "answer": "None", "at": 0.0}], []):
        content = results()
        for each in content["verdicts"]:
            if "history" in each:
                each["history"] = {"options": "", "steps": steps}
        text = page.html(made(content))
        assert 'class="history"' in text
        assert 'style="--at' not in text


def test_one_broken_promise_of_many_is_seen_in_the_bar() -> None:
    content = many(columns=1, promises=125)
    for number, each in enumerate(content["verdicts"]):
        each["outcome"] = "pass" if number else "fail"
    assert 'style="--kept:96.0%;--known:96.0%"' in page.html(made(content)).replace("96%", "96.0%")
