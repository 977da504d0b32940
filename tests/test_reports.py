"""Result files in, pages out: what is read, what is refused, and what the command leaves behind."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from referencing import Registry, Resource
from report_samples import PAGES, REPORTS, made, many
from sample_results import Record, results, write

from reports import document, picture, terminal
from reports.__main__ import main
from reports.results import ResultsError, read


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


def test_a_server_that_was_told_stays_told() -> None:
    old, new = results("bench"), results("conformance")
    new["run"]["started"] = "2030-01-01T00:00:00+00:00"
    for each in new["subjects"]:
        each["backend"] = each["backend"] and {**each["backend"], "server": None}
    assert made(old, new).subject("redis@embedded").server == "Valkey 9.1.0"


@pytest.mark.parametrize(
    ("spoil", "told"),
    [
        (lambda content: content.update(format="other"), "'format'"),
        (lambda content: content.update(version=9), "version 9"),
        (lambda content: content["run"].pop("profile"), "field run: 'profile' is a required property"),
        (lambda content: content["run"].update(started="yesterday"), "field run.started: 'yesterday'"),
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


def test_a_summary_that_nobody_reads_is_no_error(folder: Path) -> None:
    """As behind `| head`: the pages are written, and nothing is said of a broken pipe."""
    unread, said = os.pipe()
    os.close(unread)
    with os.fdopen(said, "w") as pipe:
        command = [sys.executable, "-m", "reports", str(folder)]
        run = subprocess.run(command, cwd=REPORTS.parent, stdout=pipe, stderr=subprocess.PIPE, check=False)
    assert (run.returncode, run.stderr) == (0, b"")
    assert (folder / "report.html").exists()


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
    assert "B" in refusal(["compare", str(tmp_path)], capsys)
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


def test_where_the_terminal_has_no_such_sign_another_stands_for_it() -> None:
    """As in a locale of ASCII or Latin-1: a sign is lost, and not the summary."""
    command = [sys.executable, "-c", "from reports import terminal; terminal.say('\\u2717 red')"]
    environment = {**os.environ, "PYTHONIOENCODING": "ascii"}
    run = subprocess.run(command, cwd=REPORTS.parent, env=environment, capture_output=True, text=True, check=False)
    assert (run.returncode, run.stdout) == (0, "? red\n"), run.stderr


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


def test_fifty_caches_are_all_named_in_the_summary(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "100")
    content = many(columns=50, promises=2)
    for each in content["verdicts"]:
        each["outcome"] = "deviation" if each["subject"].endswith("7") else "pass"
    content["verdicts"][0]["outcome"] = "fail"
    content["subjects"][9]["state"] = "not-run"
    for each in content["verdicts"][16:18]:
        each["outcome"] = "not-offered"
    text = terminal.summary(made(content), [])
    assert len(text.splitlines()) <= 25
    assert "more lines" not in text
    assert "cache-number-7 2, cache-number-17 2," in text
    assert "not run: cache-number-9" in text
    assert "not judged: cache-number-8" in text
    assert [name for name in (f"cache-number-{each}" for each in range(50)) if name not in text] == []
    assert text.splitlines()[0].split() == ["cache-number-0", "1", "of", "2", "promises", "kept"]


def test_colour_is_for_terminals_and_respects_no_color(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdout.isatty", lambda: True, raising=False)
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setenv("TERM", "xterm")
    assert "\x1b[32m" in terminal.summary(made(results()), [])
    monkeypatch.setenv("NO_COLOR", "1")
    assert "\x1b" not in terminal.summary(made(results()), [])


# Around the pages


def test_the_documented_schema_is_the_schema() -> None:
    documented = REPORTS.parent / "docs" / "RESULTS.md"
    assert documented.read_text(encoding="utf-8") == document.text(), "python -m reports.document > docs/RESULTS.md"


@pytest.mark.parametrize(
    ("ends", "height"), [("700,1900,1500,9000", 1916), ("9000", 2200), ("", 2200), ("report <b>", 2200), ("2200", 2200)]
)
def test_a_picture_ends_where_something_ends(ends: str, height: int) -> None:
    assert picture.cut(ends) == height


def test_a_picture_needs_a_report(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        picture.main([str(tmp_path), str(tmp_path / "report.png")])
    assert stopped.value.code == 4
    assert "report.html is missing" in capsys.readouterr().err
