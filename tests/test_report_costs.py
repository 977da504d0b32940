"""What the page says and draws of what was measured: tables, curves, parts of a time, noise and ratios."""

from __future__ import annotations

import pytest
from report_samples import made, with_awaited
from sample_results import results

from reports import page


def test_more_workloads_than_a_page_is_wide_are_several_tables() -> None:
    content = results()
    cost = next(each for each in content["measurements"] if each["subject"] == "memory")
    content["measurements"] += [{**cost, "workload": f"more-{number}"} for number in range(20)]
    glances = page.html(made(content)).split('<table class="figures glance">')[1:]
    columns = [each.split("</thead>")[0].count('scope="col"') for each in glances]
    assert columns == [8, 8, 9]


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


def test_a_number_whose_subject_breaks_what_it_relies_on_is_marked() -> None:
    report = made(results())
    marked = {(each.subject, each.workload) for each in report.measurements.values() if report.broken(each)}
    assert marked == {("memory", "set-evict"), ("memory", "mixed-zipf")}
    assert "memory breaks a promise this relies on: expired entries go first" in page.html(report)


def test_a_ratio_is_to_the_yardstick_that_the_run_has_set_it_beside() -> None:
    content = results()
    each = next(each for each in content["measurements"] if each["subject"] == "file")
    each["ratio"] = {"to": "raw-socket", "value": 7.0, "low": 6.0, "high": 8.0}
    report = made(content)
    ratio = report.ratio(report.measurements["file", each["workload"], each["payload"]])
    assert ratio is not None
    assert (ratio.yardstick.subject, ratio.value) == ("raw-socket", 7.0)


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


@pytest.mark.parametrize("points", [[[0, 0]], [[1, 5]], [[0.5, 1], [1.0, 2]], [[-1, -1, -2, 0], [3, 1, 0, 2]]])
@pytest.mark.parametrize("scale", ["linear", "log", "nines"])
def test_a_curve_of_any_points_is_drawn_or_told(points: list[list[float]], scale: str) -> None:
    content = results()
    for curve in content["curves"]:
        curve["lines"] = [{"subject": "memory", "points": points}]
        curve["x"] = {**curve["x"], "scale": scale}
        curve["y"] = {**curve["y"], "scale": "log" if scale == "nines" else scale}
    assert "<table" in page.html(made(content))


def test_the_noise_and_the_warnings_of_a_run_are_told_and_drawn() -> None:
    content = results()
    text = page.html(made(content))
    assert 'class="noise"' in text
    assert "cpupower frequency-set" in text
    assert "22 %" in text
    without = {name: each for name, each in content.items() if name not in ("noise", "warnings")}
    assert 'class="noise"' not in page.html(made(without))
