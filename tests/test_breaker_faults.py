"""The script of a wrong breaker shows what is wrong: it repeats the run, and a right one answers it otherwise."""

from __future__ import annotations

import importlib
import json
import pkgutil
import re
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from itertools import takewhile
from pathlib import Path
from statistics import median
from typing import Any

import pytest

from conformance.mutants import breakers

CHECKOUT = Path(__file__).parent.parent
#: In a process each, as the longest wait for what hangs.
PARTS = ("errors", "events"), ("table", "threads")


@pytest.fixture(scope="module")
def judged(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """The result files of all mutants, by the promises that they name."""
    folder = tmp_path_factory.mktemp("faults")

    def judge(modules: tuple[str, ...]) -> Path:
        wrong = {name: promises for module in modules for name, promises in mutants(module).items()}
        chosen = [f"conformance/{promise}[{name}]" for name, promises in wrong.items() for promise in promises]
        results = folder / f"{modules[0]}.json"
        options = ("-q", "--tb=no", "-p", "no:cacheprovider", "--profile=quick", "--hypothesis-seed=0")
        command = [sys.executable, "-m", "pytest", *options, f"--breaker={','.join(wrong)}", f"--results={results}"]
        subprocess.run([*command, *chosen], cwd=CHECKOUT, check=False, capture_output=True)
        return results

    with ThreadPoolExecutor(len(PARTS)) as pool:
        return list(pool.map(judge, PARTS))


def mutants(module: str) -> dict[str, tuple[str, ...]]:
    """Each by its name, with the promises that it breaks."""
    path = f"{breakers.__name__}.{module}"
    found = vars(importlib.import_module(path)).values()
    wrong = [each for each in found if getattr(each, "__module__", "") == path and getattr(each, "caught_by", ())]
    return {f"{path}:{each.__name__}": each.caught_by for each in wrong}


def test_all_are_judged(judged: list[Path]) -> None:
    """Every mutant there is has a script for every promise that it breaks."""
    modules = [module.name for module in pkgutil.iter_modules(breakers.__path__)]
    named = {(name, each) for module in modules for name, those in mutants(module).items() for each in those}
    assert {(each["subject"], each["promise"]) for each in read(judged) if each.get("script")} == named


def test_every_script_shows_what_is_wrong(judged: list[Path]) -> None:
    """Its last answer is the one of the run, and there is none that a right breaker agrees with in all."""
    replay = CHECKOUT / "tests" / "replay_breakers.py"

    def run(results: Path) -> bytes:
        command = (sys.executable, replay, results)
        return subprocess.run(command, cwd=CHECKOUT, env={"PYTHONPATH": "."}, check=True, stdout=subprocess.PIPE).stdout

    with ThreadPoolExecutor(len(judged)) as pool:
        lines = [line for said in pool.map(run, judged) for line in said.splitlines()]
    wrong = [json.loads(line) for line in lines]
    assert len(wrong) == len(read(judged))
    assert [each for each in wrong if each[2]] == []


def test_a_script_is_short(judged: list[Path]) -> None:
    """About ten lines beyond those that make the breaker; more where every change of state is gone through."""
    lengths = [len(steps(each["script"])) for each in read(judged)]
    assert median(lengths) <= 10
    assert max(lengths) <= 30


def steps(script: str) -> list[str]:
    """The lines after the breaker is made."""
    return list(takewhile(lambda line: not re.match("breaker = ", line), reversed(script.splitlines())))


def read(judged: list[Path]) -> list[dict[str, Any]]:
    """The red cells."""
    verdicts = [each for file in judged for each in json.loads(file.read_text(encoding="utf-8"))["verdicts"]]
    return [each for each in verdicts if each["outcome"] in ("fail", "implied")]
