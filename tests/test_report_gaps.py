"""What the page says where something is missing: a run that was cut off, a cache nobody judged, a cost not measured."""

from __future__ import annotations

import pytest
from report_samples import made
from sample_results import results

from reports import page, terminal


@pytest.mark.parametrize("emptied", ["verdicts", "measurements", "subjects"])
def test_a_run_with_little_in_it_is_a_page_that_says_so(emptied: str) -> None:
    content = results()
    for each in ("verdicts", "measurements", "subjects") if emptied == "subjects" else (emptied,):
        content[each] = []
    content["run"]["complete"] = False
    report = made(content)
    assert "was cut off" in page.html(report)
    assert "was cut off" in page.markdown(report)
    assert terminal.summary(report, []) is not None


def test_where_nothing_could_run_the_page_says_why_and_what_would_change_that() -> None:
    content = results("conformance")
    for each in content["subjects"]:
        each |= {"state": "not-run", "reason": "no such <module>", "remedy": "pip install it"}
    content["verdicts"] = []
    text = page.html(made(content))
    assert text.count("no such &lt;module&gt;") == len(content["subjects"])
    assert "Nothing was judged, and nothing measured" in text
    assert "Nothing stood in the way" not in text
    assert "On none of" not in text
    assert 'class="filters"' not in text


def test_of_a_run_that_measured_nothing_no_figure_is_praised() -> None:
    content = results("conformance")
    content["verdicts"] = [each for each in content["verdicts"] if each["outcome"] != "error"]
    assert "Nothing stood in the way of this run: it is complete.<" in page.html(made(content))


def test_a_cache_of_which_nothing_is_known_is_named() -> None:
    content = results("conformance")
    content["verdicts"] = [each for each in content["verdicts"] if each["subject"] != "file"]
    assert "<b>file</b>: there is no verdict of it." in page.html(made(content))
    assert "there is no verdict of it" not in page.html(made(results()))


def test_yardsticks_alone_are_no_caches_to_choose_from() -> None:
    content = results("bench")
    content["subjects"] = [each for each in content["subjects"] if each["role"] == "yardstick"]
    names = [each["name"] for each in content["subjects"]]
    content["measurements"] = [each for each in content["measurements"] if each["subject"] in names]
    text = page.html(made({**content, "curves": [], "outages": [], "noise": [], "figures": []}))
    assert "Which cache should I take?" not in text
    assert "At a glance" in text
    assert 'class="panels"' not in text


def test_no_gap_is_drawn_as_a_zero() -> None:
    content = results()
    content["measurements"] = [
        each
        for each in content["measurements"]
        if (each["subject"], each["workload"], each["payload"]) != ("memory", "get-hit", "small")
    ]
    text = page.html(made(content))
    assert text.count("not measured") > page.html(made(results())).count("not measured")


def test_a_payload_that_only_some_were_measured_with_is_drawn_with_its_gaps() -> None:
    content = results()
    content["measurements"] = [
        each
        for each in content["measurements"]
        if each["payload"] == "small" or (each["subject"] == "memory" and each["workload"] == "get-hit")
    ]
    content["measurements"] = [
        each for each in content["measurements"] if each["subject"] not in ("dict", "raw-socket")
    ]
    text = page.html(made(content))
    assert "best here" in text
    assert "not measured" in text


def test_an_outage_in_which_nothing_was_answered_is_drawn_all_the_same() -> None:
    content = results()
    for step in content["outages"][0]["steps"]:
        step |= {"median": None, "worst": None, "served": {}, "pending": 0, "breaker": None}
    assert "nothing was answered for 6 s" in page.html(made(content))
