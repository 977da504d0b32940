"""The caches and breakers in ``conformance/mutants``, and what is red of them: each run is a pytest of its own.

``CACHEPROOF_SEEDS=100`` judges all by all that is drawn, with as many seeds, and what is right thoroughly.
"""

from __future__ import annotations

import ast
import importlib
import json
import os
import pkgutil
import shutil
import subprocess
import sys
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from itertools import count, groupby
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from conformance import mutants
from conformance.mutants import breakers

Verdict = dict[str, Any]

SUITE = Path(mutants.__file__).parent.parent
THOROUGH = "CACHEPROOF_SEEDS" in os.environ
SEEDS = int(os.environ.get("CACHEPROOF_SEEDS", "1"))
#: Threads that meet as luck has it find a race or not, and take seconds for it.
WITHOUT_LUCK = f"--ignore={SUITE / 'test_concurrency.py'}"
#: By these are those judged who are right and take a server.
FILES = ("test_failover.py", "test_replay.py", "test_deadline.py", "test_shared_flight.py", "test_asynchronous.py")
AT_ONCE = 4  # processes
NUMBERS = count()
#: Of the environment. Where Hypothesis sees that it is in CI, it goes by no seed.
KEPT = ("PATH", "HOME", "LANG", "TMPDIR", "PYTHONPATH")


def subjects(package: ModuleType, operation: str) -> Iterator[type]:
    """The classes of ``package`` that can be judged, whether right or wrong."""
    for found in pkgutil.iter_modules(package.__path__, f"{package.__name__}."):
        module = importlib.import_module(found.name)
        for each in vars(module).values():
            if getattr(each, "__module__", "") == found.name and hasattr(each, operation) and hasattr(each, "declares"):
                yield each


def name_of(subject: type) -> str:
    return f"{subject.__module__}:{subject.__qualname__}"


def caught_by(subject: type) -> set[str]:
    return set(getattr(subject, "caught_by", ()))


CACHES = {name_of(each): each for each in subjects(mutants, "get")}
BREAKERS = {name_of(each): each for each in subjects(breakers, "call")}
WRONG = {name: caught_by(each) for name, each in {**CACHES, **BREAKERS}.items() if caught_by(each)}
DRAWN = {name: set(getattr(each, "drawn_by", ())) for name, each in {**CACHES, **BREAKERS}.items()}
RIGHT = [name for name, each in {**CACHES, **BREAKERS}.items() if not caught_by(each)]
#: Who takes a server, or other processes, and so seconds for each promise: judged by the files that it names.
APART = {name for name, each in CACHES.items() if hasattr(each, "backend") or hasattr(each, "apart")}


def promises_by_name(names: Iterable[str], verdicts: Iterable[Verdict]) -> dict[str, set[str]]:
    """The promises that each breaks."""
    found: dict[str, set[str]] = {name: set() for name in names}
    for verdict in verdicts:
        found[verdict["subject"].partition("@")[0]].add(verdict["promise"])
    return found


def red_by_group(folder: Path, names: Iterable[str], *options: str) -> list[Verdict]:
    """What is red. Groups run side by side, as those with a server mostly wait."""
    with ThreadPoolExecutor(AT_ONCE) as pool:
        found = pool.map(lambda group: red(folder, group[0], *group[1], *options), groups(names))
        return [verdict for those in found for verdict in those]


def groups(names: Iterable[str]) -> Iterator[tuple[list[str], list[str]]]:
    """Who can be judged in one process, and what that takes."""
    plain = [name for name in names if name not in APART]
    yield from (([*half], [] if THOROUGH else [WITHOUT_LUCK]) for half in (plain[::2], plain[1::2]))

    def needs(name: str) -> tuple[str, list[str]]:
        files = {promise.partition("::")[0] for promise in WRONG.get(name, FILES)}
        return getattr(CACHES[name], "backend", "fakeredis"), sorted(files)

    for (backend, files), those in groupby(sorted(APART & set(names), key=needs), needs):
        yield list(those), [f"--backend={backend}", "-p", "tests.hurried", *(str(SUITE / file) for file in files)]


def red(folder: Path, names: Iterable[str], *options: str) -> list[Verdict]:
    """What is red."""
    results = folder / f"results-{next(NUMBERS)}.json"
    shutil.rmtree(folder / "examples", ignore_errors=True)  # it knows no earlier ones
    judge(folder, names, "--hypothesis-seed=0", f"--results={results}", *options)
    verdicts = json.loads(results.read_text(encoding="utf-8"))["verdicts"]
    return [each for each in verdicts if each["outcome"] in ("fail", "error")]


def broken_with(folder: Path, judged: Mapping[str, set[str] | None], seeds: int) -> dict[str, dict[str, list[int]]]:
    """With which seeds each breaks which of these promises; of all about drawn values, where there are none.

    Half of them in a process each.
    """

    def part(names: list[str]) -> dict[str, list[int]]:
        told = folder / f"seeds-{next(NUMBERS)}.json"
        options = ["-m", "hypothesis and not drawn", "-p", "tests.seeds", f"--seeds=0-{seeds}", f"--seeds-found={told}"]
        judge(folder, names, *options, *(f"{SUITE / each}[{name}]" for name in names for each in judged[name] or ()))
        return dict(json.loads(told.read_text(encoding="utf-8")))

    found: dict[str, dict[str, list[int]]] = {name: {} for name in judged}
    with ThreadPoolExecutor(2) as pool:
        for items in pool.map(part, (sorted(judged)[::2], sorted(judged)[1::2])):
            for item, those in items.items():
                promise, _, name = item.rpartition("/")[2].removesuffix("]").partition("[")
                found[name][promise] = those
    return found


def judge(folder: Path, names: Iterable[str], *options: str) -> None:
    """All in one process of its own."""
    chosen = {"cache": CACHES.keys() & names, "breaker": BREAKERS.keys() & names}
    command = [sys.executable, "-m", "pytest", "-q", "--tb=no", "-p", "no:cacheprovider", "--profile=quick", *options]
    command += [f"--{option}={','.join(sorted(those))}" for option, those in chosen.items() if those]
    command += [] if any(each.startswith(str(SUITE)) for each in options) else [str(SUITE)]
    environment = {name: os.environ[name] for name in KEPT if name in os.environ}
    environment["HYPOTHESIS_STORAGE_DIRECTORY"] = str(folder)
    run = subprocess.run(command, cwd=SUITE.parent, env=environment, capture_output=True, text=True, check=False)
    if run.returncode not in (pytest.ExitCode.OK, pytest.ExitCode.TESTS_FAILED):
        raise AssertionError(run.stdout + run.stderr)


def draws(promise: str) -> bool:
    """Whether it is about values that Hypothesis draws."""
    file, _, name = promise.partition("::")
    return "given" in decorators(file)[name]


@cache
def decorators(file: str) -> dict[str, list[str]]:
    """The names of the decorators of each function, read and not imported, as the properties are no plain modules."""
    tree = ast.parse((SUITE / file).read_text(encoding="utf-8"))
    functions = [each for each in tree.body if isinstance(each, ast.FunctionDef)]
    return {each.name: [call for one in each.decorator_list for call in called(one)] for each in functions}


def called(decorator: ast.expr) -> list[str]:
    return [each.id for each in ast.walk(decorator) if isinstance(each, ast.Name)]
