"""A cache that is wrong in one way has one red cell, however many promises go by what is wrong."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).parent.parent

WRONG = """
import copy

class Plain:
    declares = {"bulk": "plain"}

    def __init__(self):
        self.entries = {}

    def get(self, key, default=None):
        return self.entries.get(key, default)

    def set(self, key, value):
        self.entries[key] = value

    def delete(self, key):
        return self.entries.pop(key, self) is not self

    def clear(self):
        self.entries.clear()

    def get_many(self, keys):
        return {each: self.entries[each] for each in keys if each in self.entries}

    def set_many(self, mapping):
        for each in mapping.items():
            self.set(*each)

    def delete_many(self, keys):
        for each in keys:
            self.delete(each)


class Scalars(Plain):
    def set(self, key, value):
        if isinstance(value, (list, dict)):
            raise TypeError(f"{value!r} is neither text nor a number")
        super().set(key, value)


class NoNone(Plain):
    def set(self, key, value):
        if value is None:
            raise ValueError("None is no value")
        super().set(key, value)


class FalseForNone(Plain):
    def get(self, key, default=False):
        return super().get(key, default)


class CopiedDefault(Plain):
    def get(self, key, default=None):
        return copy.deepcopy(super().get(key, default))


class RemembersWhatWent(Plain):
    declares = {**Plain.declares, "eviction": "approximate"}

    def __init__(self, capacity):
        if capacity < 1:
            raise ValueError(capacity)
        super().__init__()
        self.capacity, self.gone = capacity, []

    def set(self, key, value):
        if key not in self.gone and key not in self.entries and len(self.entries) >= self.capacity:
            self.gone.append(next(iter(self.entries)))
            del self.entries[self.gone[-1]]
        self.entries[key] = value


class SharedDefault(Plain):
    def __init__(self, entries={}):
        self.entries = entries


class NeverCleared(SharedDefault):
    def clear(self):
        raise NotImplementedError("there is no way")
"""

#: Class -> the promise that tells.
TOLD = {
    "Scalars": {"test_entries.py::test_a_stored_value_comes_back_equal_and_of_the_same_type"},
    "NoNone": {"test_entries.py::test_a_stored_falsy_value_is_a_hit"},
    "FalseForNone": {"test_entries.py::test_an_absent_key_answers_the_default_itself"},
    "CopiedDefault": {"test_entries.py::test_an_absent_key_answers_the_default_itself"},
    "RemembersWhatWent": {"test_capacity.py::test_the_bound_does_not_drift"},
    "SharedDefault": {"test_sharing.py::test_two_instances_share_nothing"},
}
ELSEWHERE = "NeverCleared"  # its entries stay, and break more
FILES = (
    "test_entries.py",
    "test_capacity.py",
    "test_bulk.py",
    "test_sharing.py",
    "test_history.py",
    "test_concurrency.py",
)


@pytest.fixture(scope="module")
def red(tmp_path_factory: pytest.TempPathFactory) -> dict[str, set[str]]:
    """Class -> the promises that it breaks."""
    folder = tmp_path_factory.mktemp("wrong")
    folder.joinpath("wrong.py").write_text(WRONG, encoding="utf-8")
    options = ("-c", str(CHECKOUT / "pyproject.toml"), "-p", "no:cacheprovider", "-q", "--tb=no", "--profile=quick")
    chosen = (
        f"--cache={','.join(f'wrong:{each}' for each in (*TOLD, ELSEWHERE))}",
        f"--results={folder / 'results.json'}",
    )
    files = [str(CHECKOUT / "conformance" / each) for each in FILES]
    subprocess.run((sys.executable, "-m", "pytest", *options, *chosen, *files), cwd=folder, check=False)
    found: dict[str, set[str]] = {each: set() for each in (*TOLD, ELSEWHERE)}
    for each in json.loads((folder / "results.json").read_text(encoding="utf-8"))["verdicts"]:
        if each["outcome"] == "fail":
            found[each["subject"].partition(":")[2]].add(each["promise"])
    return found


@pytest.mark.parametrize("name", TOLD)
def test_one_promise_tells(name: str, red: dict[str, set[str]]) -> None:
    assert red[name] == TOLD[name]


def test_one_store_that_cannot_be_cleared_is_judged(red: dict[str, set[str]]) -> None:
    """It breaks its promise all the same: it is not taken for one who cannot do anything at all."""
    assert TOLD["SharedDefault"] <= red[ELSEWHERE]
