"""The gate: what it decides on times that are known, and that each side runs its own code."""

from __future__ import annotations

import os
import subprocess
import sys
from contextlib import nullcontext
from importlib import import_module
from pathlib import Path
from random import Random

import pytest

from bench.gate.contest import TURNS
from bench.gate.sides import Base, BaseError
from bench.gate.sources import sources
from bench.gate.verdict import FINE, ORDER, REGRESSED, UNDECIDED, Trial
from bench.gate.worker import settled

CHECKOUT = Path(__file__).parent.parent
GIT = ["git", "-c", "user.name=gate", "-c", "user.email=gate@example.org"]

CACHE = """
from pathlib import Path


class Cache:
    '''A dict that says which of them it is.'''

    declares = {"keys": "hashable", "types": "any"}

    def __init__(self):
        with Path(LOG).open("a") as log:
            log.write("VERSION\\n")
        entries = {}
        self.get, self.set, self.clear = entries.get, entries.__setitem__, entries.clear

    def delete(self, key):
        return False


class Awaited:
    declares = {"keys": "hashable", "types": "any", "asynchronous": "yes"}

    def __init__(self):
        self.entries = {}

    async def get(self, key, default=None):
        return self.entries.get(key, default)

    async def set(self, key, value):
        self.entries[key] = value

    async def delete(self, key):
        return False

    async def clear(self):
        self.entries.clear()
"""


def trial(random: Random, slower: float, *, spread: float, drift: float, pairs: int = 8) -> Trial:
    """Of a machine whose processes differ by ``spread``, and that slows down by ``drift`` in each block."""
    made = Trial()
    for _ in range(pairs):
        process = {side: random.lognormvariate(0, spread) for side in ("base", "twin", "new")}
        process["new"] *= slower
        made.add([_turn(random, process, spread, drift) for _ in range(TURNS)])
    return made


def _turn(random: Random, process: dict[str, float], spread: float, drift: float) -> dict[str, list[float]]:
    seconds: dict[str, list[float]] = {side: [] for side in process}
    for place, side in enumerate(ORDER):
        busy = 3 if random.random() < 0.05 else 1  # another program has the processor for a while
        seconds[side].append(busy * process[side] * random.lognormvariate(0, spread) * (1 + drift * place))
    return seconds


@pytest.mark.parametrize(("spread", "drift"), [(0.01, 0.0), (0.03, 0.1), (0.1, 0.0), (0.3, 0.1)])
def test_the_same_code_never_regresses(spread: float, drift: float) -> None:
    """In 10 runs each on machines from quiet to mad."""
    random = Random(1)
    assert REGRESSED not in {trial(random, 1.0, spread=spread, drift=drift).decide().word for _ in range(10)}


def test_a_slowdown_is_found() -> None:
    """Of 15 %, in 9 of 10 runs at least."""
    random = Random(2)
    found = [trial(random, 1.15, spread=0.02, drift=0.01).decide().word for _ in range(20)]
    assert found.count(REGRESSED) >= 18


def test_what_is_within_the_margin_is_fine() -> None:
    assert trial(Random(3), 1.01, spread=0.005, drift=0.0).decide().word == FINE


def test_what_the_figures_do_not_tell_is_undecided() -> None:
    """An interval with the margin in it."""
    assert trial(Random(4), 1.05, spread=0.05, drift=0.0).decide().word == UNDECIDED


@pytest.mark.parametrize("slower", [1.0, 2.0])
def test_a_few_pairs_decide_nothing(slower: float) -> None:
    """Three of them: the interval would hold in 9 of 10 runs, not in 99 of 100."""
    assert trial(Random(6), slower, spread=0.001, drift=0.0, pairs=3).decide().word == UNDECIDED
    assert trial(Random(6), slower, spread=0.001, drift=0.0, pairs=4).decide().word != UNDECIDED


def test_the_margin_is_no_less_than_the_noise() -> None:
    """The base differs from itself by more than 5 %: a difference as large says nothing."""
    noisy = trial(Random(5), 1.15, spread=0.3, drift=0.0).decide()
    assert noisy.margin == noisy.noise > 0.05


@pytest.mark.parametrize("place", [".", "lib"])
def test_each_side_runs_its_own_code(tmp_path: Path, place: str) -> None:
    """The ref's as it was committed, twice, and the working tree's as it is now, wherever it is imported from."""
    log, module = tmp_path / "log", tmp_path / place / "mine.py"
    text = CACHE.replace("LOG", repr(str(log)))
    commit(module, text.replace("VERSION", "committed"), tmp_path)
    module.write_text(text.replace("VERSION", "changed"))
    options = ["--base=HEAD", "--cache=mine:Cache", "--workload=get-hit,set-overwrite", "--pairs=1", "--budget=0"]
    done = gate(tmp_path, *options, path=module.parent)
    assert [line.split()[1] for line in done.stdout.splitlines()[1:]] == ["get-hit", "set-overwrite"], done.stderr
    made = log.read_text().split()
    assert made.count("committed") == 2 * made.count("changed") >= 2 * 2


def test_a_base_without_what_is_measured_is_refused() -> None:
    """Both sides would run the same, and nothing would ever have become slower."""
    done = gate(CHECKOUT, "--base=HEAD", "--cache=bench.yardsticks:Dict", "--workload=get-hit", "--pairs=1")
    assert done.returncode == 4
    assert "has nothing of what bench.yardsticks:Dict runs" in done.stderr.splitlines()[-1]


@pytest.mark.parametrize(
    ("files", "wrong"),
    [
        (["base/mine.py", "site-packages/redis/__init__.py"], None),
        (["base/lib/mine.py", "tree/.tox/lib/site-packages/redis/__init__.py"], None),
        (["site-packages/mine.py"], "has nothing of what mine runs"),
        ([], "has nothing"),
        (["base/wrapper.py", "tree/packages/mine.py"], "v1 would run packages/mine.py of the working tree"),
    ],
)
def test_a_base_runs_code_of_its_own(tmp_path: Path, files: list[str], wrong: str | None) -> None:
    """Some at least, and none of the tree in whose place it is; what is installed may be shared."""
    base = Base("v1", tmp_path / "base", tmp_path / "tree")
    with pytest.raises(BaseError, match=wrong) if wrong else nullcontext():
        base.check("mine", [tmp_path / each for each in files])


def test_a_version_may_be_used_by_the_tree(tmp_path: Path) -> None:
    """The subject is the working tree's on both sides, and the library is not."""
    Base("redis==6.0.0", tmp_path / "base").check("redis", [tmp_path / "base/redis.py", tmp_path / "tree/mine.py"])


def test_the_code_of_a_subject_is_found_by_what_it_imports(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """In functions, too, if they have run; without the standard library, and what judges and measures."""
    subject = "class Cache:\n    def get(self):\n        import gate_second, gate_unused\n"
    imports = "import json, gate_first\nfrom conformance.contract import Location\nfrom gate_package import *"
    modules = {
        "gate_subject.py": f"{imports}\n\n\n{subject}",
        "gate_first.py": "from gate_package.inner import something",
        "gate_second.py": "",
        "gate_unused.py": "",
        "gate_package/__init__.py": "",
        "gate_package/inner.py": "something = 1",
    }
    (tmp_path / "gate_package").mkdir()
    for name, text in modules.items():
        (tmp_path / name).write_text(text)
    monkeypatch.syspath_prepend(tmp_path)
    found = import_module("gate_subject").Cache
    import_module("gate_second")
    assert sources(found) == sorted(str(tmp_path / each) for each in modules if each != "gate_unused.py")


def test_an_asynchronous_cache_is_timed(tmp_path: Path) -> None:
    """Its operations are awaited."""
    commit(tmp_path / "mine.py", CACHE, tmp_path)
    done = gate(tmp_path, "--base=HEAD", "--cache=mine:Awaited", "--workload=aget-hit", "--pairs=1", "--budget=0")
    assert "aget-hit" in done.stdout, done.stderr


@pytest.mark.skipif(not hasattr(os, "sched_setaffinity"), reason="this system lets no processor be chosen")
def test_a_cell_is_timed_on_one_processor() -> None:
    """Which is let go again."""
    before = os.sched_getaffinity(0)
    with settled(min(before)):
        assert os.sched_getaffinity(0) == {min(before)}
    assert os.sched_getaffinity(0) == before


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--base=nowhere"], "'nowhere' is neither a git ref"),
        (["--base=HEAD", "--workload=get-hit,get-it"], "'get-it' is no workload"),
        (["--base=HEAD", "--pairs=none"], "'none' is no number of pairs"),
        (["--base=HEAD", "--budget=nan"], "'nan' is no number of seconds"),
        (["--base=HEAD", "--cache=memry"], "no cache 'memry' (did you mean 'memory'?)"),
        (["--base=HEAD", "--bugdet=1"], "unrecognized arguments: --bugdet=1 (did you mean --budget?)"),
        (["--base=HEAD", "-n", "2"], "bench measures one thing at a time, in one process: leave out -n"),
        ([], "--base"),
    ],
)
def test_a_typo_is_named(options: list[str], said: str) -> None:
    """In one line, with exit status 4, as pytest's usage errors, before anything is begun."""
    done = gate(CHECKOUT, *options)
    assert done.returncode == 4
    *before, last = done.stderr.splitlines()
    assert said in last
    assert last.startswith("gate: ")
    assert [each for each in before if "against the working tree" not in each] == []


def commit(module: Path, text: str, repository: Path) -> None:
    """In a repository of its own."""
    module.parent.mkdir(exist_ok=True)
    module.write_text(text)
    for command in (["init", "-q"], ["add", str(module)], ["commit", "-qm", "A cache"]):
        subprocess.run([*GIT, *command], cwd=repository, check=True)


def gate(directory: Path, *options: str, path: Path = CHECKOUT) -> subprocess.CompletedProcess[str]:
    """Run in ``directory``, with what is at ``path`` installed as it lies there."""
    command = [sys.executable, "-m", "bench.gate", *options]
    environment = os.environ | {"PYTHONPATH": f"{CHECKOUT}{os.pathsep}{path}"}
    return subprocess.run(command, cwd=directory, env=environment, capture_output=True, text=True, check=False)
