"""Properties bite: a mutant is caught by the promises that it names and by no others, and the scripts show it."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from mutants_judged import BREAKERS, CACHES, DRAWN, SUITE, WRONG, Verdict, draws, promises_by_name, red_by_group

#: Whose scripts a right cache answers alike, by promise: they tell what cannot be shown for certain, and say why.
ONLY_TELL = {
    "test_capacity.py::test_the_bound_holds_when_two_set_at_once": {"EvictsTogether", "OverfillsTogether"},
    "test_entries.py::test_two_operations_at_once_are_as_one_after_the_other": {"DeletesTogether", "TouchesTheDeleted"},
    "test_expiry.py::test_one_operation_reads_the_clock_once": {"ReadsTheClockTwice"},
    "test_files.py::test_a_place_that_was_open_is_closed_or_refused": {"IsOpenToAll"},
    "test_files.py::test_a_symlink_in_place_of_a_file_is_not_followed": {"FollowsLinks"},
    "test_files.py::test_a_symlink_in_place_of_the_directory_is_refused": {"FollowsLinks"},
    "test_files.py::test_only_the_owner_can_open_it": {"IsOpenToAll"},
    "test_integrity.py::test_what_is_planted_is_never_executed": {"Unpickles"},
    "test_secrets.py::test_a_password_is_shown_nowhere": {"CallsItselfByItsUrl", "LogsItsUrl", "TellsItsUrl"},
    "test_secrets.py::test_unchecked_certificates_are_refused": {"TalksToAnyone"},
    "test_stats.py::test_no_count_is_lost_between_threads": {"LosesCounts"},
}
if os.geteuid() == 0:  # who can give a directory away
    ONLY_TELL["test_files.py::test_a_directory_of_somebody_else_is_refused"] = {"TakesAnyDirectory"}


def test_there_are_enough_mutants() -> None:
    assert len(WRONG.keys() & CACHES.keys()) >= 40
    assert len(WRONG.keys() & BREAKERS.keys()) >= 12


@pytest.mark.parametrize("name", sorted(WRONG.keys() & CACHES.keys()))
def test_a_mutant_says_where_it_happened(name: str) -> None:
    """Below what is wrong stands the issue, the pull request or the commit."""
    assert re.search(r"\n *[\w.-]+/[\w.-]+(#\d+|@[0-9a-f]{7})\n", CACHES[name].__doc__ or "")


@pytest.fixture(scope="module")
def settled(folder: Path) -> list[Verdict]:
    """What is red of all mutants, but for what is drawn."""
    return red_by_group(folder, WRONG, "-p", "tests.hurried", "-m", "not hypothesis and not drawn")


def test_every_mutant_is_caught_by_what_it_names(settled: list[Verdict]) -> None:
    named = {name: {each for each in promises - DRAWN[name] if not draws(each)} for name, promises in WRONG.items()}
    assert promises_by_name(WRONG, settled) == named


def test_every_script_shows_what_is_wrong(settled: list[Verdict], tmp_path: Path) -> None:
    """With a right cache in the place of the wrong one it says something else; of breakers, other tests ask that."""
    caches = [each for each in settled if each["subject"].partition("@")[0] in CACHES]
    tmp_path.joinpath("red.json").write_text(json.dumps({"verdicts": caches}), encoding="utf-8")
    command = (sys.executable, Path(__file__).with_name("replay.py"), tmp_path / "red.json")
    environment = {**os.environ, "PYTHONPATH": str(SUITE.parent)}
    said = subprocess.run(command, env=environment, check=True, stdout=subprocess.PIPE, text=True).stdout
    silent = [json.loads(line) for line in said.splitlines()]
    assert [script for _, _, script, why in silent if not why] == []
    found: dict[str, set[str]] = {}
    for subject, promise, _, _ in silent:
        found.setdefault(promise, set()).add(subject.rpartition(":")[2])
    assert found == ONLY_TELL
