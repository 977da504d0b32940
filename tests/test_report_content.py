"""What the page says and draws, and that nothing is injected into it."""

from __future__ import annotations

from pathlib import Path

import pytest
from report_samples import NASTY, Elements, made, many, spread, with_awaited
from sample_results import results

from reports import page, terminal, words
from reports.headline import headline
from reports.model import Report

REPORTS = Path(page.__file__).parent


def test_nothing_is_injected_into_the_page() -> None:
    nasty = Elements(page.html(made(spread(results(), NASTY)))).tags
    plain = Elements(page.html(made(results()))).tags
    assert [tag for tag, _ in nasty].count("script") == [tag for tag, _ in plain].count("script") == 2
    assert "img" not in [tag for tag, _ in nasty]
    assert not [name for _, attributes in nasty for name in attributes if name.startswith("on")]


def test_only_http_addresses_become_links() -> None:
    content = results()
    deviation = next(each for each in content["verdicts"] if each["outcome"] == "deviation")
    deviation["reason"] = "see javascript:alert(1) and https://example.org/a?b=1&c=(2). data:text/html,x"
    links = [attributes["href"] for tag, attributes in Elements(page.html(made(content))).tags if tag == "a"]
    assert "https://example.org/a?b=1&c=" in links
    assert not [
        each for each in links if each and not each.startswith(("#", "https://", "data:application/gzip;base64,"))
    ]


def test_the_page_needs_nothing_from_anywhere() -> None:
    for tag, attributes in Elements(page.html(made(results()))).tags:
        assert tag not in ("link", "iframe", "img", "object")
        assert "src" not in attributes
    assert "@import" not in page.html(made(results()))


def ids_of(text: str) -> list[str]:
    return sorted(str(attributes["id"]) for _, attributes in Elements(text).tags if "id" in attributes)


def test_ids_are_unique_and_links_lead_somewhere() -> None:
    text = page.html(made(with_awaited(results())))
    tags, ids = Elements(text).tags, ids_of(text)
    assert ids == sorted(set(ids))
    inside = [attributes["href"] for tag, attributes in tags if tag == "a" and str(attributes["href"]).startswith("#")]
    assert {str(each)[1:] for each in inside} <= set(ids)


def test_what_is_awaited_has_tables_of_its_own() -> None:
    text = page.html(made(with_awaited(results())))
    plain, awaited = text.split("<caption>Caches to await</caption>")
    assert 'title="twin"' in awaited
    assert 'title="twin"' not in plain
    assert 'title="memory"' not in awaited
    glance, rest = text.split("At a glance, awaited")
    assert "aget-hit" not in glance[glance.index("At a glance") :]
    assert 'scope="col">aget-hit' in rest.split("</details>")[0]
    assert "Caches to await" not in page.html(made(results()))


def test_more_workloads_than_a_page_is_wide_are_several_tables() -> None:
    content = results()
    cost = next(each for each in content["measurements"] if each["subject"] == "memory")
    content["measurements"] += [{**cost, "workload": f"more-{number}"} for number in range(20)]
    glances = page.html(made(content)).split('<table class="figures glance">')[1:]
    columns = [each.split("</thead>")[0].count('scope="col"') for each in glances]
    assert columns == [8, 8, 9]


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


def test_the_marks_of_many_columns_open_only_what_is_broken() -> None:
    content = many(columns=9, promises=24)
    for each in content["verdicts"]:
        each["outcome"] = "deviation" if "test_0" in each["promise"] else "pass"
    assert "checked aria-label" not in page.html(made(content))
    content["verdicts"][0]["outcome"] = "fail"
    assert page.html(made(content)).count("checked aria-label") == 1


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


@pytest.mark.parametrize("points", [[[0, 0]], [[1, 5]], [[0.5, 1], [1.0, 2]], [[-1, -1, -2, 0], [3, 1, 0, 2]]])
@pytest.mark.parametrize("scale", ["linear", "log", "nines"])
def test_a_curve_of_any_points_is_drawn_or_told(points: list[list[float]], scale: str) -> None:
    content = results()
    for curve in content["curves"]:
        curve["lines"] = [{"subject": "memory", "points": points}]
        curve["x"] = {**curve["x"], "scale": scale}
        curve["y"] = {**curve["y"], "scale": "log" if scale == "nines" else scale}
    assert "<table" in page.html(made(content))


def test_a_number_whose_subject_breaks_what_it_relies_on_is_marked() -> None:
    report = made(results())
    marked = {(each.subject, each.workload) for each in report.measurements.values() if report.broken(each)}
    assert marked == {("memory", "set-evict"), ("memory", "mixed-zipf")}
    assert "memory breaks a promise this relies on: expired entries go first" in page.html(report)


def test_a_time_is_split_into_floor_client_and_cache_as_far_as_they_were_measured() -> None:
    content = results()
    one = next(each for each in content["measurements"] if each["subject"] == "file" and each["workload"] == "get-hit")
    one |= {"median": 1e-9, "low": 1e-9, "high": 1e-9}
    text = page.html(made(content))
    assert "What is the time spent on?" in text
    assert "too noisy to tell apart" in text
    assert "the usual client" not in text
    client = [
        {**each, "subject": "redis-py@embedded", **{end: 0.99 * each[end] for end in ("median", "low", "high")}}
        for each in content["measurements"]
        if each["subject"] == "redis@embedded"
    ]
    base = next(each for each in content["subjects"] if each["name"] == "redis@embedded")
    content["subjects"].append({**base, "name": "redis-py@embedded"})
    content["measurements"] += client
    assert "the usual client" in page.html(made(content))


def test_the_codec_and_the_server_stand_apart_where_they_were_told() -> None:
    content = results()
    text = page.html(made(content))
    assert "What the server alone takes was not told" in text
    assert "the rest: the cache with its codec" in text
    for each in content["measurements"]:
        if each["payload"] == "small" and each["subject"] == "raw-socket":
            each["parts"] = {"server": each["median"] / 10, "octets": 76.0}
        if each["payload"] == "small" and each["subject"] == "redis@embedded":
            each["parts"] = {"codec": each["median"] / 10, "octets": 76.0}
    text = page.html(made(content))
    for told in ("the server, by its own account", "the codec", "the rest: the cache&#39;s own work", "small, 76 B"):
        assert told in text
    assert "was not told" not in text
    for each in content["measurements"]:
        each["parts"] = {"codec": each["median"]} if each["subject"] == "redis@embedded" else {}
    assert "too noisy to tell apart" in page.html(made(content))


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


def test_the_noise_and_the_warnings_of_a_run_are_told_and_drawn() -> None:
    content = results()
    text = page.html(made(content))
    assert 'class="noise"' in text
    assert "cpupower frequency-set" in text
    assert "22 %" in text
    without = {name: each for name, each in content.items() if name not in ("noise", "warnings")}
    assert 'class="noise"' not in page.html(made(without))


def test_a_ratio_is_to_the_yardstick_that_the_run_has_set_it_beside() -> None:
    content = results()
    each = next(each for each in content["measurements"] if each["subject"] == "file")
    each["ratio"] = {"to": "raw-socket", "value": 7.0, "low": 6.0, "high": 8.0}
    report = made(content)
    ratio = report.ratio(report.measurements["file", each["workload"], each["payload"]])
    assert ratio is not None
    assert (ratio.yardstick.subject, ratio.value) == ("raw-socket", 7.0)


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


def test_twenty_subjects_and_a_hundred_promises_stay_under_one_and_a_half_megabytes() -> None:
    report = made(many())
    assert len(page.html(report).encode()) < 1_500_000
    assert len(page.markdown(report).splitlines()) < 60


def test_all_of_many_caches_are_in_the_short_report_with_what_they_keep() -> None:
    content = many(columns=56)
    for each in content["verdicts"]:
        each["outcome"] = "not-offered" if each["subject"] == "cache-number-55" else each["outcome"]
    text = page.markdown(made(content))
    assert [f"cache-number-{number} |" in text for number in range(56)] == [True] * 56
    assert "| cache-number-55 | not judged |" in text
    assert len(text.splitlines()) < 60


def verdicts_of(outcomes: list[str]) -> Report:
    """A report on caches each of which keeps one promise, and has this verdict on another."""
    content = many(columns=len(outcomes), promises=2)
    for number, each in enumerate(content["verdicts"]):
        each["outcome"] = outcomes[number // 2] if number % 2 else "pass"
    return made(content)


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


def test_the_script_of_the_page_stays_small() -> None:
    assert len((REPORTS / "page.js").read_bytes()) <= 10_000


def test_every_section_has_a_place_of_its_own() -> None:
    orders = [section.order for _, section in page.all_sections()]
    assert len(orders) == len(set(orders)) >= 4


# Words


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0, "0 ns"),
        (4.1e-8, "41 ns"),
        (4.12e-8, "41.2 ns"),
        (9.996e-7, "1 µs"),
        (1.5e-3, "1.50 ms"),
        (0.3, "300 ms"),
        (12, "12 s"),
        (4000, "4,000 s"),
    ],
)
def test_durations_have_three_digits_and_the_unit_that_fits(seconds: float, text: str) -> None:
    assert words.duration(seconds) == text


def test_moments_are_told_in_utc_whatever_their_zone() -> None:
    assert words.day("2025-11-22T23:48:03+02:00") == words.day("2025-11-22T21:48:03Z") == "22 Nov 2025, 21:48 UTC"
    assert words.day("yesterday") == "yesterday"
