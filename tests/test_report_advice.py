"""What the report advises, and how it compares runs."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from report_samples import NASTY, Elements, made, spread, with_awaited
from sample_results import Record, results

from reports import advice, comparison
from reports.__main__ import main
from reports.reasons import reasons, ruled_out


def test_a_cache_that_is_not_shared_fetches_an_entry_once_in_every_process() -> None:
    case = advice.Case("", "", "", machines=10, processes=2, origin=1.0, price=0.0, uses=1, musts=())
    assert [advice.misses(case, scope) for scope in ("network", "host", "instance")] == pytest.approx([1, 1, 1])
    often = advice.Case("", "", "", machines=10, processes=2, origin=1.0, price=0.0, uses=100_000, musts=())
    assert advice.misses(often, "network") == pytest.approx(1 / 100_000)
    assert advice.misses(often, "host") == pytest.approx(10 / 100_000)
    assert advice.misses(often, "instance") == pytest.approx(20 / 100_000)


def test_what_a_case_cannot_do_without_decides_before_any_cost() -> None:
    workers, fleet = (advice.advise(made(results()), each, "small") for each in advice.CASES[1:])
    assert [each.subject.name for each in workers.best] == ["file"]
    assert {each.subject.name: each.why for each in fleet.out} == {
        "memory": "lacks: sharing between machines",
        "file": "lacks: sharing between machines",
        "redis@fakeredis": "a stand-in for tests",
        "redis@container": "did not run here: no container engine answers on /var/run/docker.sock",
    }


def test_a_cache_that_breaks_what_the_case_rests_on_is_out() -> None:
    web = advice.advise(made(results()), advice.CASES[0], "small")
    assert "breaks: expired entries go first" in [each.why for each in web.out if each.subject.name == "memory"]
    assert web.best == ()


def test_what_would_do_if_it_were_awaited_is_named_and_stands_aside() -> None:
    report = made(with_awaited(results()))
    web = advice.advise(report, replace(advice.CASES[0], musts=("ttl", "plain")), "small")
    assert [each.name for each in web.awaited] == ["twin"]
    assert reasons(report, web)[-1] == "For code that awaits: twin."
    assert [each.names for each in ruled_out(web) if each.aside and not each.idle] == [["twin"]]
    assert advice.advise(report, advice.CASES[1], "small").awaited == ()


def test_what_is_awaited_is_ranked_by_what_its_coroutines_cost() -> None:
    content = with_awaited(results())
    mine = [{**each, "subject": "twin"} for each in content["measurements"] if each["subject"] == "memory"]
    content["measurements"] += [{**each, "workload": "a" + each["workload"]} for each in mine if "workload" in each]
    report, case = made(content), replace(advice.CASES[0], musts=("ttl", "async"))
    awaiting = advice.advise(report, case, "small")
    assert [each.subject.name for each in awaiting.best] == ["twin"]
    assert "in each of" not in " ".join(reasons(report, awaiting)), "in one process there are no copies"


def test_overlapping_intervals_are_a_tie() -> None:
    content = results()
    for each in content["measurements"]:
        if each["subject"] == "redis@embedded":
            each["low"], each["high"] = each["median"] / 1000, each["median"] * 1000
    workers = advice.advise(made(content), advice.CASES[1], "small")
    assert {each.subject.name for each in workers.best} == {"file", "redis@embedded"}


def later(**changed: Any) -> Record:
    content = results()
    content["run"]["started"] = "2030-01-01T00:00:00+00:00"
    return content | changed


def test_a_comparison_tells_what_is_newly_broken_and_what_became_slower(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    new = later()
    cell = next(each for each in new["verdicts"] if each["outcome"] == "pass")
    cell["outcome"] = "fail"
    for each in new["measurements"]:
        if (each["subject"], each["workload"]) == ("memory", "get-hit"):
            each |= {name: each[name] * 2 for name in ("median", "low", "high")}
    for name, content in [("old", results()), ("new", new)]:
        (tmp_path / name).mkdir()
        (tmp_path / name / "run.json").write_text(json.dumps(content))
    assert main(["compare", str(tmp_path / "old"), str(tmp_path / "new")]) == 0
    assert "1 promise newly broken; 3 costs worse, 0 better" in capsys.readouterr().out
    text = (tmp_path / "new" / "compare.md").read_text()
    assert "| memory get-hit small | 2.0" in text
    assert Elements((tmp_path / "new" / "compare.html").read_text()).tags


def test_a_faster_machine_is_no_better_cache() -> None:
    fast = later()
    for each in fast["measurements"]:
        each |= {name: each[name] / 3 for name in ("median", "low", "high")}
    found = comparison.compare([(Path("old"), made(results())), (Path("new"), made(fast))])
    assert {each.word for each in found.shifts} == {"no difference shown"}
    assert found.changes == ()


def test_what_has_no_yardstick_may_be_the_machine() -> None:
    fast, caution = later(), "or the machine is: no yardstick"
    for each in fast["measurements"]:
        each |= {name: each[name] / 3 for name in ("median", "low", "high")}
    assert caution not in comparison.html(comparison.compare([(Path("a"), made(results())), (Path("b"), made(fast))]))
    fast["measurements"] = [each for each in fast["measurements"] if each["subject"] != "dict"]
    found = comparison.compare([(Path("a"), made(results())), (Path("b"), made(fast))])
    assert {each.key[0] for each in found.shifts if not each.anchored} == {"memory"}
    assert caution in comparison.html(found)


def test_who_ran_in_one_folder_only_is_told_by_the_name_that_tells_the_folders_apart() -> None:
    """Folders of one name are told by their paths, and the current one by its own name."""
    fewer = results()
    fewer["measurements"], fewer["verdicts"] = [], []
    fewer["subjects"] = [each for each in fewer["subjects"] if each["name"] != "memory"]
    for paths in (("before/out", "after/out"), (".", "after/out")):
        found = comparison.compare([(Path(paths[0]), made(results())), (Path(paths[1]), made(fewer))])
        assert found.alone == ((found.names[0], ("memory",)),)
        assert all(found.names)


def test_a_comparison_injects_nothing() -> None:
    nasty, spoiled = made(spread(results(), NASTY)), spread(later(), NASTY)
    spoiled["verdicts"][0]["outcome"] = "error"
    text = comparison.html(
        comparison.compare([(Path("a"), nasty), (Path(NASTY), made(spoiled)), (Path("c"), made(spoiled))])
    )
    assert {"script", "img"}.isdisjoint(tag for tag, _ in Elements(text).tags)
