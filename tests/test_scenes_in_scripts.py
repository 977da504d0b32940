"""A script breaks the server, and forks, as the run did: where nothing is wrong, it shows nothing wrong."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from conformance import contract, script
from conformance.columns import Column
from conformance.history import History, Step
from conformance.script import scenes
from conformance.subjects import known

HERE = Path(__file__).parent
SET = Step("set", "'a', 1", 0.0, "None")
ASKED = Step("get_or_set", "'a', compute", 0.0, "1", computed=("1",))
READ = (Step("sibling", "other_2", 0.0), Step("until", "1", 0.0, "1", met=6), Step("other_2.get", "'a'", 0.0, "1"))
#: Subject, what happens with it between which calls, and the words of what a script of that says.
RUNS = {
    "forked": ("layered", scenes.FORKED, [], "answered answered child child is is parent parent"),
    "together": ("redis", scenes.TOGETHER, [], "1 computes"),
    "died": ("redis", scenes.DIED, [ASKED], "1"),
    "meanwhile": ("async-redis", scenes.MEANWHILE, [], "False held it over: until up was"),
    "cancelled": ("async-redis", scenes.CANCELLED.format("get('a')"), [], "(1, None) a and are b"),
    "broken": ("layered", scenes.BROKEN, [], "raised:"),
    "noticed": ("layered", scenes.NOTICED, [], "raised:"),
    "ahead": ("memory", scenes.AHEAD, [Step("get", "'a'", 0.0, "1")], "1"),
    "thawed": ("layered", scenes.THAWED, READ, "1"),
}


@pytest.fixture(scope="module")
def said() -> dict[str, str]:
    """What each script says, in a process of its own."""
    scripts = {name: written(subject, scene, *steps) for name, (subject, scene, steps, _) in RUNS.items()}
    code = "import json, replay, sys; print(json.dumps([*replay.answers(json.load(sys.stdin))]))"
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(map(str, (HERE, HERE.parent)))}
    given = {"input": json.dumps([*scripts.values()]), "env": environment}
    run = subprocess.run((sys.executable, "-c", code), check=True, stdout=subprocess.PIPE, text=True, **given)
    return dict(zip(scripts, json.loads(run.stdout), strict=True))


@pytest.mark.parametrize("name", RUNS)
def test_a_right_cache_shows_nothing_wrong(said: dict[str, str], name: str) -> None:
    assert said[name] == RUNS[name][-1]


def test_a_script_that_breaks_its_server_has_one_of_its_own() -> None:
    """Somebody else's, at the usual place, is not written to, let alone frozen."""
    text = written("redis", scenes.FROZEN)
    assert f"'redis-server', '--port', '{scenes.PORT}'" in text
    assert "127.0.0.1:6379" not in text
    assert "# it needs an empty server" not in text


def written(name: str, scene: str, *steps: Step) -> str:
    subject = known()[name]
    assert isinstance(subject, type)
    before = [Step("aside", scenes.FROZEN, 0.0, "done")] if scene == scenes.THAWED else []
    history = History({}, [*before, SET, Step("aside", scene, 0.0, "done"), *steps])
    return script.write(Column(name, subject, contract.capabilities(subject)), history)
