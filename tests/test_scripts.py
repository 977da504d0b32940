"""The script of a red cell shows what is wrong to who runs it, or says why it cannot."""

from __future__ import annotations

import ast
import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

CHECKOUT = Path(__file__).parent.parent

BROKEN = '''
import asyncio
import threading
import types
from contextlib import contextmanager

MISSING = object()


class Plain:
    def __init__(self, *ignored):
        self._entries = {}
        self.get = self._entries.get
        self.clear = self._entries.clear

    def set(self, key, value):
        self._entries[key] = value

    def delete(self, key):
        return self._entries.pop(key, MISSING) is not MISSING


class Forgets(Plain):
    """The second delete is as good as the first."""

    def delete(self, key):
        super().delete(key)
        return True


class Refuses(Plain):
    """It cannot even be made, where there is little room."""

    declares = {"eviction": "approximate"}

    def __init__(self, capacity):
        super().__init__()
        if capacity < 100:
            raise RuntimeError("no")


class Fails(Plain):
    def delete(self, key):
        raise RuntimeError("no")


class Shares(Plain):
    declares = {"values": "copied"}


class Computes(Plain):
    declares = {"get_or_set": "single-flight"}

    def get_or_set(self, key, compute):
        if self.get(key, MISSING) is MISSING:
            self.set(key, compute())
        return self.get(key)


class Awaited:
    declares = {"asynchronous": "yes"}

    def __init__(self):
        self._loop = asyncio.get_running_loop()

    async def get(self, key, default=None):
        return default

    async def set(self, key, value):
        await asyncio.sleep(0)

    async def delete(self, key):
        return True

    async def clear(self):
        pass


class Meets(Awaited):
    """Tasks that ask for one key compute it each."""

    declares = {"asynchronous": "yes", "get_or_set": "single-flight"}

    async def get_or_set(self, key, compute):
        return await compute()


class Started(Forgets):
    """It has something to start first, and its entries are elsewhere."""

    declares = {"scope": "network"}
    started = False

    def __init__(self, location):
        assert self.started
        super().__init__()

    @classmethod
    @contextmanager
    def running(cls):
        cls.started = True
        yield "somewhere"
        cls.started = False


class Filed(Plain):
    """Each instance has its own entries, and says that it shares them."""

    declares = {"scope": "host"}

    def __init__(self, location):
        super().__init__()
'''
NAMES = ("Forgets", "Refuses", "Fails", "Shares", "Computes", "Awaited", "Meets", "Started", "Filed")
CHOSEN = (
    "delete_answers or after_set or an_answer or many_callers or change_during or another_instance or own_key"
    " or never_more"
)


@pytest.fixture(scope="module")
def judged(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A result file with red cells of all kinds, beside the module of the caches."""
    folder = tmp_path_factory.mktemp("scripts")
    folder.joinpath("broken.py").write_text(BROKEN, encoding="utf-8")

    caches = f"--cache={','.join(f'broken:{name}' for name in NAMES)}"
    options = ("-q", "-c", CHECKOUT / "pyproject.toml", "-p", "no:cacheprovider", "--profile=quick", "-k", CHOSEN)
    command = (sys.executable, "-m", "pytest", CHECKOUT / "conformance", *options, caches, "--results=results.json")
    subprocess.run(command, cwd=folder, check=False, capture_output=True)
    return folder / "results.json"


def test_every_kind_of_cache_has_red_cells(judged: Path) -> None:
    """What is judged here is wrong everywhere, so that there is a script of each."""
    verdicts = read(judged)
    assert {each["subject"].partition(":")[2] for each in verdicts if each["outcome"] == "fail"} == set(NAMES)


def test_every_script_shows_what_is_wrong(judged: Path) -> None:
    """It stops there, or prints it; alone, with neither pytest nor the suite."""
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(judged.parent), str(CHECKOUT)])}
    command = (sys.executable, Path(__file__).with_name("replay.py"), judged)
    said = subprocess.run(command, env=environment, check=True, stdout=subprocess.PIPE, text=True).stdout
    silent = [json.loads(line)[:2] for line in said.splitlines()]
    assert silent == []


def test_no_script_needs_the_suite(judged: Path) -> None:
    """What is judged is imported from where it is, and nothing of ours with it."""
    for each in read(judged):
        assert imported(each.get("script", "")) <= {"broken", *sys.stdlib_module_names, "redis"}, each["script"]


def test_a_script_is_short(judged: Path) -> None:
    """About ten lines; twice that where threads or tasks have to meet."""
    for each in read(judged):
        lines = [line for line in each.get("script", "").splitlines() if not line.startswith(("#", "import", "from"))]
        meeting = re.search(r"Thread\(|ensure_future\(", each.get("script", ""))
        assert len(lines) <= (25 if meeting else 12), each["script"]


def imported(script: str) -> set[str]:
    """The top-level modules that it imports."""
    nodes = list(ast.walk(ast.parse(script)))
    modules = [each.module or "" for each in nodes if isinstance(each, ast.ImportFrom)]
    modules += [alias.name for each in nodes if isinstance(each, ast.Import) for alias in each.names]
    return {each.partition(".")[0] for each in modules}


def read(judged: Path) -> list[dict[str, Any]]:
    verdicts: list[dict[str, Any]] = json.loads(judged.read_text(encoding="utf-8"))["verdicts"]
    return [each for each in verdicts if each["outcome"] not in ("not-offered", "pass")]
