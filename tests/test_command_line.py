"""The command line, as a stranger meets it: a cache of their own, and a typo in each option."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

CHECKOUT = Path(__file__).parent.parent

TEN_LINES = '''
class Plain:
    """A dict."""

    declares = {"keys": "hashable", "types": "any"}

    def __init__(self):
        self._entries = {}
        self.get = self._entries.get
        self.clear = self._entries.clear

    def set(self, key, value):
        self._entries[key] = value

    def delete(self, key):
        return self._entries.pop(key, self) is not self


class Forgetful(Plain):
    """Takes a stored falsy value for an absence."""

    def __init__(self):
        super().__init__()
        del self.get

    def get(self, key, default=None):
        return self._entries.get(key) or default


class Liar(Plain):
    declares = {"eviction": "best"}


class Unfinished:
    declares = {}

    def get(self, key, default=None):
        return default
'''


@pytest.fixture
def stranger(tmp_path: Path) -> Path:
    """A folder with a module of caches in it, and nothing else."""
    tmp_path.joinpath("mine.py").write_text(TEN_LINES, encoding="utf-8")
    return tmp_path


def judge(folder: Path, *options: str) -> subprocess.CompletedProcess[str]:
    """Run the suite from ``folder``, as its owner would with a checkout beside."""
    command = [sys.executable, "-m", "pytest", f"--rootdir={CHECKOUT}", "-c", f"{CHECKOUT}/pyproject.toml"]
    command += ["-p", "no:cacheprovider", str(CHECKOUT / "conformance"), "--profile=quick", *options]
    return _run(command, folder)


def outcomes(file: Path) -> dict[str, set[str]]:
    """Outcome -> the promises that had it."""
    found: dict[str, set[str]] = {}
    for verdict in json.loads(file.read_text(encoding="utf-8"))["verdicts"]:
        found.setdefault(verdict["outcome"], set()).add(verdict["promise"])
    return found


@pytest.mark.parametrize(
    ("option", "says"),
    [
        ("--cache=memry", ["'memry'", "did you mean 'memory'"]),
        ("--cache=memory,,file", ["'memory,,file'", "empty name"]),
        ("--cache=nowhere:Plain", ["'nowhere'", "ModuleNotFoundError"]),
        ("--cache=./mine:Plain", ["'./mine'", "package.module"]),
        ("--cache=mine:Plan", ["'Plan'", "did you mean 'Plain'"]),
        ("--cache=mine", ["'mine' is a module; ask for its class: mine:", "or mine:Plain"]),
        ("--cache=mine.py:Plain", ["'mine.py' of 'mine.py:Plain' is a file; ask for mine:Plain"]),
        ("--cache=mine:Unfinished", ["lacks set, delete, clear"]),
        ("--cache=mine:Liar", ["eviction='best'", "known: none, approximate, fifo, lru"]),
        ("--backend=embeded", ["'embeded'", "did you mean 'embedded'"]),
        ("--backend=redis://:hunter2@localhost:port/0", ["port", "***"]),
        ("--backend=", ["--backend=''", "empty name"]),
        ("--backend=embedded --image=redis:8", ["--image=redis:8", "--backend=container", "--backend=embedded"]),
        ("--profile=fast", ["'fast'", "'quick', 'standard', 'thorough'"]),
        ("--results=/proc/none/out.json", ["--results=/proc/none/out.json", "name a file"]),
        ("--patience=nan", ["'nan'", "seconds above 0"]),
        ("--results=", ["--results= ", "name a file"]),
        ("--results=.", ["--results=.", "name a file"]),
    ],
)
def test_a_typo_is_a_usage_error_of_one_line(stranger: Path, option: str, says: list[str]) -> None:
    """Exit status 4, the wrong value and what would be right, and no password."""
    run = judge(stranger, *option.split())
    assert run.returncode == pytest.ExitCode.USAGE_ERROR
    assert "Traceback" not in run.stderr
    assert "hunter2" not in run.stderr + run.stdout
    assert not [word for word in says if word not in run.stderr]


def test_a_cache_of_ones_own_is_judged_in_ten_lines(stranger: Path) -> None:
    """A plain dict keeps what it declares; what it does not declare is told apart."""
    run = judge(stranger, "--cache=mine:Plain", "--results=out.json")
    assert run.returncode == pytest.ExitCode.OK, run.stdout
    found = outcomes(stranger / "out.json")
    assert found.keys() == {"pass", "not-offered"}
    assert "test_entries.py::test_a_stored_falsy_value_is_a_hit" in found["pass"]
    assert "test_capacity.py::test_get_refreshes" in found["not-offered"]


def test_a_broken_promise_turns_its_own_cell_red(stranger: Path) -> None:
    """One promise broken is one red cell, with the smallest history and a script that shows it without the suite."""
    run = judge(stranger, "--cache=mine:Forgetful", "--results=out.json", "--hypothesis-seed=0")
    assert run.returncode == pytest.ExitCode.TESTS_FAILED
    assert outcomes(stranger / "out.json")["fail"] == {"test_entries.py::test_a_stored_falsy_value_is_a_hit"}
    verdict = _failed(stranger / "out.json")
    assert [step["call"] for step in verdict["history"]["steps"]] == ["set('a', None)", "get('a', MISSING)"]
    assert verdict["history"]["steps"][1]["expected"] == "None"
    replay = _run([sys.executable, "-c", verdict["script"]], stranger)
    assert "AssertionError" in replay.stderr


def test_a_known_deviation_is_neither_pass_nor_failure(stranger: Path) -> None:
    """A deviation is reported as one with its reason, and is an error once it passes."""
    promise = "test_entries.py::test_a_stored_falsy_value_is_a_hit"
    declared = f"\nForgetful.deviations = {{{promise!r}: 'as documented'}}\n"
    passing = f"\nclass Mended(Plain):\n    deviations = {{{promise!r}: 'long ago'}}\n"
    stranger.joinpath("mine.py").write_text(TEN_LINES + declared + passing, encoding="utf-8")
    assert judge(stranger, "--cache=mine:Forgetful", "--results=out.json").returncode == pytest.ExitCode.OK
    assert outcomes(stranger / "out.json")["deviation"] == {promise}
    mended = judge(stranger, "--cache=mine:Mended")
    assert mended.returncode == pytest.ExitCode.TESTS_FAILED
    assert "take it out" in mended.stdout


def test_a_deviation_that_comes_and_goes_is_never_a_pass(stranger: Path) -> None:
    """Whether it shows or not, it is known, and the run tells which."""
    promise = "test_entries.py::test_a_stored_falsy_value_is_a_hit"
    showing = f"\nForgetful.intermittent = {{{promise!r}: 'a race'}}\n"
    resting = f"\nclass Lucky(Plain):\n    intermittent = {{{promise!r}: 'a race'}}\n"
    stranger.joinpath("mine.py").write_text(TEN_LINES + showing + resting, encoding="utf-8")
    run = judge(stranger, "--cache=mine:Forgetful,mine:Lucky", "--results=out.json")
    assert run.returncode == pytest.ExitCode.OK
    verdicts = json.loads((stranger / "out.json").read_text(encoding="utf-8"))["verdicts"]
    found = {each["subject"]: each for each in verdicts if each["promise"] == promise}
    assert [each["outcome"] for each in found.values()] == ["deviation", "deviation"]
    assert "script" in found["mine:Forgetful"]
    assert found["mine:Lucky"]["message"] == "did not show in this run, as it comes and goes"


def test_a_known_deviation_hides_no_other_fault(stranger: Path) -> None:
    """What a drawn history finds, and goes wrong as no known deviation does, is news: red, and told."""
    promise = "test_entries.py::test_a_stored_falsy_value_is_a_hit"
    rare = f"""
class Rare(Forgetful):
    deviations = {{{promise!r}: "as documented"}}

    def set(self, key, value):
        self.sets = getattr(self, "sets", 0) + 1
        if self.sets % 7 or key not in self._entries:
            super().set(key, value)
"""
    stranger.joinpath("mine.py").write_text(TEN_LINES + rare, encoding="utf-8")
    run = judge(stranger, "--cache=mine:Rare", "--results=out.json", "--hypothesis-seed=0")
    assert run.returncode == pytest.ExitCode.TESTS_FAILED
    assert "no known deviation goes wrong like this" in run.stdout
    found = outcomes(stranger / "out.json")
    assert found["deviation"] == {promise}
    assert found["fail"] == {"test_history.py::test_any_history_of_entries"}


def test_a_deviation_from_no_promise_is_a_usage_error(stranger: Path) -> None:
    """An id that matches nothing would hide the next failure."""
    wrong = "\nclass Sloppy(Plain):\n    deviations = {'test_entries.py::test_gone': 'renamed'}\n"
    stranger.joinpath("mine.py").write_text(TEN_LINES + wrong, encoding="utf-8")
    run = judge(stranger, "--cache=mine:Sloppy")
    assert run.returncode == pytest.ExitCode.USAGE_ERROR
    assert "test_entries.py::test_gone" in run.stderr


def test_workers_hand_over_what_they_saw(stranger: Path) -> None:
    """Under xdist the result file is the same as without."""
    judge(stranger, "--cache=mine:Plain", "--results=alone.json")
    judge(stranger, "--cache=mine:Plain", "--results=together.json", "-n2")
    assert outcomes(stranger / "alone.json") == outcomes(stranger / "together.json")
    assert _document(stranger / "together.json")["run"]["complete"]


def test_workers_tell_which_server_they_started(stranger: Path) -> None:
    """They alone have seen it."""
    judge(stranger, "--cache=redis", "--backend=embedded", "-k", "clear_takes", "--results=out.json", "-n2")
    (column,) = _document(stranger / "out.json")["subjects"]
    assert column["backend"]["server"].startswith("Valkey ")


def test_a_run_that_is_cut_off_says_so(stranger: Path) -> None:
    """What was there before is not taken for the result of a run that died."""
    crash = "\nclass Crash(Plain):\n    def clear(self):\n        import os; os._exit(9)\n"
    stranger.joinpath("mine.py").write_text(TEN_LINES.replace("self.clear", "self.wipe") + crash, encoding="utf-8")
    stranger.joinpath("out.json").write_text("an older result", encoding="utf-8")
    judge(stranger, "--cache=mine:Crash", "--results=out.json")
    assert not _document(stranger / "out.json")["run"]["complete"]


def test_a_run_that_stops_at_a_failure_says_so(stranger: Path) -> None:
    """Though pytest ends it like one that looked at all."""
    broken = "\nclass Broken(Plain):\n    def delete(self, key):\n        return None\n"
    stranger.joinpath("mine.py").write_text(TEN_LINES + broken, encoding="utf-8")
    run = judge(stranger, "--cache=mine:Broken", "-k", "delete", "--results=out.json", "-x")
    assert run.returncode == pytest.ExitCode.TESTS_FAILED
    assert not _document(stranger / "out.json")["run"]["complete"]


def _document(file: Path) -> Any:
    return json.loads(file.read_text(encoding="utf-8"))


def _failed(file: Path) -> Any:
    return next(each for each in _document(file)["verdicts"] if each["outcome"] == "fail")


def _run(command: list[str], folder: Path) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONPATH": str(CHECKOUT)}
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
