"""Caches that hang or take the interpreter with them: it costs their own cells, which say so, and the run goes on."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

CHECKOUT = Path(__file__).parent.parent

BAD = """
import asyncio
import ctypes
import os
import threading
import time


class Plain:
    def __init__(self):
        self._entries = {}
        self.get = self._entries.get
        self.clear = self._entries.clear

    def set(self, key, value):
        self._entries[key] = value

    def delete(self, key):
        return self._entries.pop(key, self) is not self


class Hangs(Plain):
    def delete(self, key):
        threading.Event().wait()


class Coroutines:
    declares = {"asynchronous": "yes"}
    async def get(self, key=None, default=None):
        return default
    set = clear = get  # nothing is kept


class AwaitsForEver(Coroutines):
    async def delete(self, key):
        await asyncio.Event().wait()


class BlocksTheLoop(Coroutines):
    async def delete(self, key):
        threading.Event().wait()


class HangsInC(Plain):
    def delete(self, key):
        mutex, c = ctypes.create_string_buffer(64), ctypes.CDLL(None)
        c.pthread_mutex_lock(mutex)
        c.pthread_mutex_lock(mutex)


class Aborts(Plain):
    def delete(self, key):
        os.abort()


class Prints(Plain):
    def delete(self, key):
        print("deleting")
        return super().delete(key)


class LeaksThreads(Plain):
    def __init__(self):
        super().__init__()
        threading.Thread(target=threading.Event().wait, daemon=True).start()


class Breaker:
    def __init__(self, failure_threshold, recovery_time):
        self.failures, self.most = 0, failure_threshold

    @property
    def state(self):
        return "open" if self.failures >= self.most else "closed"

    def call(self, fn):
        if self.state == "open":
            raise RuntimeError("open")
        try:
            return fn()
        except Exception:
            self.failures += 1
            raise

    def reset(self):
        self.failures = 0


class HangsWhenMade(Breaker):
    def __init__(self, failure_threshold, recovery_time):
        threading.Event().wait()


class HangsInReset(Breaker):
    def reset(self):
        threading.Event().wait()


class ChangesTheClock(Plain):
    def clear(self):
        time.sleep = lambda seconds: None

    def __init__(self):
        super().__init__()
        del self.clear
"""
#: A plugin: to write the results takes twice as long as Python's own watchdog waits.
SLOWLY = """
import time

def pytest_sessionstart():
    from conformance.verdicts import Verdicts

    def slowly(self, finish=Verdicts.finish, **options):
        time.sleep(3)
        finish(self, **options)

    Verdicts.finish = slowly
"""
SAFETY = 300.0  # seconds until a run that hangs is given up on
CHOSEN = "delete_answers or get_never or test_conduct or reset_starts or open_makes"


@pytest.fixture
def judged(tmp_path: Path) -> Any:
    """Judges some of the classes above by what they do in ``delete``; subject -> promise -> verdict."""
    tmp_path.joinpath("bad.py").write_text(BAD, encoding="utf-8")

    def judge(
        *names: str, file: str = "test_entries.py", kind: str = "cache", options: tuple[str, ...] = ()
    ) -> dict[str, dict[str, Any]]:
        command = (sys.executable, "-m", "pytest", str(CHECKOUT / "conformance" / file), "-q", *options)
        chosen = ("-c", str(CHECKOUT / "pyproject.toml"), "-p", "no:cacheprovider", "-k", CHOSEN)
        subjects = f"--{kind}={','.join(f'bad:{name}' for name in names)}"
        target = tmp_path / "results.json"
        subprocess.run(
            (*command, *chosen, subjects, "--patience=0.5", f"--results={target}"),
            cwd=tmp_path,
            check=False,
            timeout=SAFETY,
        )
        content = json.loads(target.read_text(encoding="utf-8"))
        found: dict[str, dict[str, Any]] = {"run": content["run"]}
        for each in content["verdicts"]:
            found.setdefault(each["subject"], {})[each["promise"].partition("::test_")[2]] = each
        return found

    return judge


def test_what_hangs_is_given_up_on_with_its_operation(judged: Any) -> None:
    """The cell names the operation, its script ends in it, and the next cell is judged."""
    verdicts = judged("Hangs")
    cell = verdicts["bad:Hangs"]["delete_answers_whether_there_was_an_entry"]
    assert (cell["outcome"], "delete('a') has not ended after 0.5 s" in cell["message"]) == ("fail", True)
    assert "cache.delete('a')" in cell["script"].splitlines()[-2]
    assert cell["script"].splitlines()[-1].endswith("# it has not ended")
    assert verdicts["bad:Hangs"]["get_never_stores"]["outcome"] == "pass"
    assert verdicts["run"]["complete"] is True


@pytest.mark.parametrize("name", ["AwaitsForEver", "BlocksTheLoop"])
def test_a_coroutine_that_hangs_is_given_up_on_likewise(judged: Any, name: str) -> None:
    """Whether it waits or blocks the loop that it runs on: the run ends."""
    verdicts = judged(name)
    cell = verdicts[f"bad:{name}"]["delete_answers_whether_there_was_an_entry"]
    assert (cell["outcome"], "delete('a') has not ended after 0.5 s" in cell["message"]) == ("fail", True)
    assert cell["script"].splitlines()[-2].endswith("cache.delete('a')  # never ended")
    assert verdicts[f"bad:{name}"]["get_never_stores"]["outcome"] == "pass"
    assert verdicts["run"]["complete"] is True


def test_a_breaker_that_hangs_is_given_up_on_with_its_operation(judged: Any) -> None:
    """Wherever it hangs: the cell names the operation, and the script, where there was one, ends in it."""
    verdicts = judged("HangsWhenMade", "HangsInReset", kind="breaker", file="test_breaker.py")
    made = verdicts["bad:HangsWhenMade"]["reset_starts_the_count_at_zero"]
    assert (made["outcome"], "making it has not ended after" in made["message"]) == ("fail", True)
    reset = verdicts["bad:HangsInReset"]["reset_starts_the_count_at_zero"]
    assert (reset["outcome"], "reset() has not ended after 0.5 s" in reset["message"]) == ("fail", True)
    assert "breaker.reset()).is_alive())  # Hung: reset() has not ended" in reset["script"].splitlines()[-1]
    assert verdicts["bad:HangsInReset"]["open_makes_zero_calls"]["outcome"] == "pass"
    assert verdicts["run"]["complete"] is True


def test_what_cannot_be_interrupted_leaves_a_result_file_that_says_where(judged: Any) -> None:
    """Without workers the run ends there; what is known is written, and that it is not all."""
    verdicts = judged("HangsInC")
    cell = verdicts["bad:HangsInC"]["delete_answers_whether_there_was_an_entry"]
    assert (cell["outcome"], "cannot be interrupted" in cell["message"]) == ("fail", True)
    assert verdicts["run"]["complete"] is False


def test_what_is_known_is_written_however_long_that_takes(judged: Any, tmp_path: Path) -> None:
    """Python's own watchdog, for what lets no thread run, does not end the process meanwhile."""
    tmp_path.joinpath("on_a_slow_disk.py").write_text(SLOWLY, encoding="utf-8")
    verdicts = judged("HangsInC", options=("-p", "on_a_slow_disk"))
    assert verdicts["bad:HangsInC"]["delete_answers_whether_there_was_an_entry"]["outcome"] == "fail"


def test_what_ends_the_process_costs_its_own_cells(judged: Any) -> None:
    """With workers, each cell says what happened, and all others are judged."""
    said = {
        "HangsInC": "delete('a') has not ended after 0.5 s, and cannot be interrupted",
        "Aborts": "crashed: Fatal Python error: Aborted, in delete (bad.py, line ",
    }
    verdicts = judged(*said, options=("-n", "2"))
    for name, message in said.items():
        cell = verdicts[f"bad:{name}"]["delete_answers_whether_there_was_an_entry"]
        assert cell["outcome"] == "fail"
        assert message in cell["message"]
        assert [step["call"] for step in cell["history"]["steps"]][-2:] == ["set('a', 1)", "delete('a')"]
        assert "cache.delete('a')" in cell["script"]
        assert verdicts[f"bad:{name}"]["get_never_stores"]["outcome"] == "pass"
    assert verdicts["run"]["complete"] is True


def test_the_script_of_a_crash_crashes(judged: Any, tmp_path: Path) -> None:
    """Who pastes what is left of a cell whose process is gone sees the same happen."""
    script = judged("Aborts", options=("-n", "1"))["bad:Aborts"]["delete_answers_whether_there_was_an_entry"]["script"]
    run = subprocess.run([sys.executable, "-c", script], cwd=tmp_path, capture_output=True, check=False)
    assert run.returncode == -signal.SIGABRT, script


def test_bad_conduct_is_told(judged: Any) -> None:
    """What a cache does to the process around it has a cell of its own, and no other is red for it."""
    told = {
        "Prints": "nothing_is_printed",
        "LeaksThreads": "no_thread_is_left_behind",
        "ChangesTheClock": "the_clock_is_left_alone",  # the last one, as this is everybody's clock
    }
    verdicts = judged(*told, file="test_conduct.py")
    for name, promise in told.items():
        cells = verdicts[f"bad:{name}"].items()
        assert [each for each, verdict in cells if verdict["outcome"] == "fail"] == [promise]
