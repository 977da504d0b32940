"""The table of a document: made anew in its place, and every promise counted once."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from report_samples import made
from sample_results import results, write

from reports import matrix


@pytest.fixture
def document(tmp_path: Path) -> Path:
    write(tmp_path)
    place = tmp_path / "peers.md"
    place.write_text(f"before\n\n{matrix.BEGIN}\nold\n{matrix.END}\n\nafter\n", encoding="utf-8")
    return place


def test_the_table_takes_the_place_of_the_old_one(document: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert matrix.main([str(document.parent), str(document)]) == 0
    text = document.read_text(encoding="utf-8")
    assert capsys.readouterr().out == f"{document}\n"
    assert text.startswith(f"before\n\n{matrix.BEGIN}\n\n")
    assert text.endswith(f"|\n\n{matrix.END}\n\nafter\n")
    assert "\nold\n" not in text
    matrix.main([str(document.parent), str(document)])
    assert document.read_text(encoding="utf-8") == text


def test_every_verdict_is_in_one_figure() -> None:
    report = made(results("conformance"))
    rows = re.findall(
        r"^\| `(.+?)` \| .*? \| (\d+) \| (\d+) \| (\d+) \| (\d+) \| (\d+) \|", matrix.text(report), re.MULTILINE
    )
    labels = [each.label for each in report.subjects if each.role != "yardstick"]
    assert [row[0] for row in rows] == labels
    told = {each.label: sum(name == each.name for _, name in report.verdicts) for each in report.subjects if each.ran}
    assert {name: sum(map(int, figures)) for name, *figures in rows if name in told} == {
        name: told[name] for name in labels if name in told
    }


def test_a_document_without_a_place_is_left_alone(document: Path, capsys: pytest.CaptureFixture[str]) -> None:
    document.write_text("no table\n", encoding="utf-8")
    with pytest.raises(SystemExit, match="4"):
        matrix.main([str(document.parent), str(document)])
    assert "no place for the table" in capsys.readouterr().err
    assert document.read_text(encoding="utf-8") == "no table\n"
