"""Result files in, pages out: what is read, what is refused, and what the pages say."""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from referencing import Registry, Resource
from sample_results import Record, results, write

from reports import advice, comparison, document, page, picture, terminal, words
from reports.__main__ import main
from reports.model import Report
from reports.results import ResultsError, merge, read

REPORTS = Path(page.__file__).parent
PAGES = ("report.html", "report.md", "report.json")
NASTY = """</script><script>alert(1)</script><img src=x onerror=alert(1)>"'`|\\ {{7*7}}"""


def made(*contents: Record) -> Report:
    return merge((f"{number}.json", each) for number, each in enumerate(contents))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write(tmp_path)
    return tmp_path


# Reading


def test_the_samples_are_what_the_schema_asks_for() -> None:
    schema = json.loads((REPORTS / "schema.json").read_text())
    Draft202012Validator.check_schema(schema)
    for part in ("conformance", "bench", "all"):
        assert list(Draft202012Validator(schema).iter_errors(results(part))) == []


def test_a_later_run_replaces_the_same_cell() -> None:
    old, new = results("conformance"), results("conformance")
    cell = next(each for each in new["verdicts"] if each["outcome"] == "pass")
    cell["outcome"], new["run"]["started"] = "fail", "2030-01-01T00:00:00+00:00"
    report = made(new, old)
    assert report.verdicts[cell["promise"], cell["subject"]].outcome == "fail"


def test_a_later_run_that_could_not_judge_leaves_what_was_judged() -> None:
    old, new = results("conformance"), results("conformance")
    new["run"]["started"] = "2030-01-01T00:00:00+00:00"
    next(each for each in new["subjects"] if each["name"] == "file")["state"] = "not-run"
    for each in new["verdicts"]:
        if each["subject"] == "file":
            each["outcome"] = "not-run"
    report = made(old, new)
    assert report.subject("file").ran
    assert report.score(report.subject("file"))["pass"] > 60


@pytest.mark.parametrize(
    ("spoil", "told"),
    [
        (lambda content: content.update(format="other"), "'format'"),
        (lambda content: content.update(version=9), "version 9"),
        (lambda content: content["run"].pop("profile"), "field run: 'profile' is a required property"),
        (lambda content: content["verdicts"][3].update(outcome="green"), "field verdicts[3].outcome: 'green'"),
        (lambda content: content["measurements"][0].update(median="fast"), "field measurements[0].median: 'fast'"),
        (lambda content: content["measurements"][0].update(median=float("nan")), "NaN"),
        (lambda content: content["verdicts"][0].update(subject="nobody"), "field verdicts[0].subject: 'nobody'"),
        (lambda content: content["subjects"].append(content["subjects"][0]), "two have the same name"),
    ],
)
def test_a_file_that_is_no_result_file_is_named_with_its_field(
    folder: Path, spoil: Callable[[Record], Any], told: str
) -> None:
    content = results()
    spoil(content)
    (folder / "spoiled.json").write_text(json.dumps(content))
    with pytest.raises(ResultsError, match=r"spoiled\.json") as refused:
        read(folder)
    assert told in str(refused.value)
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize("content", [b'{"format": "cacheproof-res', b"", b"\xff\xfe", b"[]", b"[" * 100_000, b"null"])
def test_a_file_that_was_cut_off_or_is_something_else_is_named(folder: Path, content: bytes) -> None:
    (folder / "broken.json").write_bytes(content)
    with pytest.raises(ResultsError, match=r"broken\.json"):
        read(folder)


# The command


def test_the_command_writes_three_pages_and_ends_with_their_paths(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([str(folder)]) == 0
    said = capsys.readouterr().out.splitlines()
    assert said[-3:] == [str(folder / name) for name in PAGES]
    assert len(said) <= 25
    assert sorted(path.name for path in folder.iterdir()) == sorted([*PAGES, "bench.json", "conformance.json"])


def test_a_second_report_does_not_read_the_first(folder: Path) -> None:
    main([str(folder)])
    first = (folder / "report.json").read_bytes()
    assert main([str(folder)]) == 0
    assert (folder / "report.json").read_bytes() == first


def refusal(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> str:
    with pytest.raises(SystemExit) as stopped:
        main(arguments)
    assert stopped.value.code == 4
    said = capsys.readouterr().err
    assert said.count("\n") == 1
    return said


def test_bad_arguments_and_folders_are_one_clear_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert "DIR" in refusal([], capsys)
    assert "--colour" in refusal([str(tmp_path), "--colour"], capsys)
    assert "no folder" in refusal([str(tmp_path / "missing")], capsys)
    assert "no result files" in refusal([str(tmp_path)], capsys)


def test_a_folder_that_cannot_be_written_gets_no_half_a_report(
    folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / "report.md").mkdir()
    assert "report.md there is a folder" in refusal([str(folder)], capsys)

    def refuse(**_options: object) -> None:
        raise PermissionError(13, "Permission denied", str(folder))

    monkeypatch.setattr("tempfile.mkstemp", refuse)
    (folder / "report.md").rmdir()
    assert f"{folder} cannot be written to: Permission denied" in refusal([str(folder)], capsys)
    assert not [each for each in folder.iterdir() if each.name.startswith((".report", "report"))]


def test_the_report_as_data_is_what_its_schema_says(folder: Path) -> None:
    main([str(folder)])
    schemas = {name: json.loads((REPORTS / name).read_text()) for name in ("schema.json", "report.schema.json")}
    registry: Registry[Any] = Registry().with_resources(
        (name, Resource.from_contents(each)) for name, each in schemas.items()
    )
    validator = Draft202012Validator(schemas["report.schema.json"], registry=registry)
    content = json.loads((folder / "report.json").read_text())
    assert [each.message for each in validator.iter_errors(content)] == []
    assert content["advice"][2]["take"] == ["redis@embedded"]


# The terminal


def test_the_summary_is_short_narrow_and_plain_where_asked(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    report = made(many(columns=40))
    monkeypatch.setenv("COLUMNS", "40")
    lines = terminal.summary(report, [tmp_path / name for name in PAGES]).splitlines()
    assert len(lines) <= 25
    assert max(map(len, lines[:-3])) <= 40
    assert not any("\x1b" in each for each in lines)


def test_colour_is_for_terminals_and_respects_no_color(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdout.isatty", lambda: True, raising=False)
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setenv("TERM", "xterm")
    assert "\x1b[32m" in terminal.summary(made(results()), [])
    monkeypatch.setenv("NO_COLOR", "1")
    assert "\x1b" not in terminal.summary(made(results()), [])


# The page


class Elements(HTMLParser):
    """Every element of a page, and the text outside of scripts."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))


def spread(value: Any, nasty: str) -> Any:
    """``value`` with ``nasty`` in every free text; names that refer to each other stay the same."""
    if isinstance(value, dict):
        kept = ("format", "outcome", "state", "role", "better", "started", "profile", "unit", "declares", "needs")
        return {name: each if name in kept else spread(each, nasty) for name, each in value.items()}
    if isinstance(value, list):
        return [spread(each, nasty) for each in value]
    return value + nasty if isinstance(value, str) and value not in ("get-hit", "get-miss", "set-overwrite") else value


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


def test_ids_are_unique_and_links_lead_somewhere() -> None:
    tags = Elements(page.html(made(results()))).tags
    ids = [attributes["id"] for _, attributes in tags if "id" in attributes]
    assert len(ids) == len(set(ids))
    inside = [attributes["href"] for tag, attributes in tags if tag == "a" and str(attributes["href"]).startswith("#")]
    assert {str(each)[1:] for each in inside} <= set(ids)


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
    content["measurements"] = [each for each in content["measurements"] if each["subject"] != "dict"]
    text = page.html(made(content))
    assert "quickest here" in text
    assert "not measured" in text


def test_a_number_whose_subject_breaks_what_it_relies_on_is_marked() -> None:
    report = made(results())
    marked = {(each.subject, each.workload) for each in report.measurements.values() if report.broken(each)}
    assert marked == {("memory", "set-evict"), ("memory", "mixed-zipf")}
    assert "memory breaks a promise this relies on: expired entries go first" in page.html(report)


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


def many(columns: int = 20, promises: int = 100) -> Record:
    """A large run: every fifth verdict a failure with its history."""
    content = results()
    draw = random.Random(1)
    base, failing = content["subjects"][0], next(each for each in content["verdicts"] if "history" in each)
    names = [f"cache-number-{number}" for number in range(columns)]
    yardsticks = [each for each in content["subjects"] if each["role"] == "yardstick"]
    content["subjects"] = [{**base, "name": name} for name in names] + yardsticks
    content["promises"] = [
        {**content["promises"][number % 80], "id": f"test_{number}.py::test", "group": f"group {number // 12}"}
        for number in range(promises)
    ]
    content["verdicts"] = [
        {**(failing if draw.random() < 0.1 else {"outcome": "pass"}), "promise": promise["id"], "subject": name}
        for name in names
        for promise in content["promises"]
    ]
    few = [each for each in content["measurements"] if each["subject"] == "memory"]
    content["measurements"] = [{**each, "subject": name, "relies_on": []} for each in few for name in names] + [
        each for each in content["measurements"] if each["subject"] in ("dict", "raw-socket", "plain-file")
    ]
    return content


def test_twenty_subjects_and_a_hundred_promises_stay_under_one_and_a_half_megabytes() -> None:
    report = made(many())
    assert len(page.html(report).encode()) < 1_500_000
    assert len(page.markdown(report).splitlines()) < 60


def test_the_script_of_the_page_stays_small() -> None:
    assert len((REPORTS / "page.js").read_bytes()) <= 10_000


def test_every_section_has_a_place_of_its_own() -> None:
    orders = [section.order for _, section in page.all_sections()]
    assert len(orders) == len(set(orders)) >= 4


# Advice


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
        "redis@container": "not run: no container engine answers on /var/run/docker.sock",
    }


def test_a_cache_that_breaks_what_the_case_rests_on_is_out() -> None:
    web = advice.advise(made(results()), advice.CASES[0], "small")
    assert "breaks: expired entries go first" in [each.why for each in web.out if each.subject.name == "memory"]
    assert web.best == ()


def test_overlapping_intervals_are_a_tie() -> None:
    content = results()
    for each in content["measurements"]:
        if each["subject"] == "redis@embedded":
            each["low"], each["high"] = each["median"] / 1000, each["median"] * 1000
    workers = advice.advise(made(content), advice.CASES[1], "small")
    assert {each.subject.name for each in workers.best} == {"file", "redis@embedded"}


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


# Comparing


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


def test_a_comparison_injects_nothing_and_needs_two_folders(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    nasty, spoiled = made(spread(results(), NASTY)), spread(later(), NASTY)
    spoiled["verdicts"][0]["outcome"] = "error"
    text = comparison.html(
        comparison.compare([(Path("a"), nasty), (Path(NASTY), made(spoiled)), (Path("c"), made(spoiled))])
    )
    assert {"script", "img"}.isdisjoint(tag for tag, _ in Elements(text).tags)
    assert "B" in refusal(["compare", str(tmp_path)], capsys)


# Around the pages


def test_the_documented_schema_is_the_schema() -> None:
    documented = REPORTS.parent / "docs" / "RESULTS.md"
    assert documented.read_text(encoding="utf-8") == document.text(), "python -m reports.document > docs/RESULTS.md"


def test_a_picture_needs_a_report(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        picture.main([str(tmp_path), str(tmp_path / "report.png")])
    assert stopped.value.code == 4
    assert "report.html is missing" in capsys.readouterr().err
