"""The caches of others: what is declared for them is valid, and what is said against them can be looked up."""

from __future__ import annotations

import importlib
import json
import pkgutil
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest

from conformance import contract, subjects
from conformance.breakers import peers as breakers
from conformance.subjects import peers as caches

SUITE = Path(contract.__file__).parent
MOVING = re.compile(r"/blob/(HEAD|main|master)/")


def found(package: ModuleType) -> Iterator[type]:
    """Every peer that is installed here."""
    for module in pkgutil.iter_modules(package.__path__):
        try:
            yield from subjects.defined_in(importlib.import_module(f"{package.__name__}.{module.name}"))
        except ModuleNotFoundError:
            continue  # `tox -e peers` has them all


@pytest.mark.parametrize("peer", list(found(caches)), ids=subjects.name_of)
def test_a_peer_declares_what_there_is(peer: type) -> None:
    """Known capabilities with known values, a line that says what it is, and the distribution it comes from."""
    assert contract.capabilities(peer)
    assert (peer.__doc__ or "").strip()
    assert isinstance(peer.distribution, str)  # type: ignore[attr-defined]


@pytest.mark.parametrize("peer", [*found(caches), *found(breakers)], ids=subjects.name_of)
def test_a_deviation_is_from_a_promise_and_has_a_link(peer: type) -> None:
    """Its promise is one of the suite's, and its reason leads to the documentation, an issue, or the code judged."""
    deviations: dict[str, str] = {**getattr(peer, "deviations", {}), **getattr(peer, "intermittent", {})}
    for promise, reason in deviations.items():
        file, _, name = promise.partition("::")
        assert f"def {name}(" in (SUITE / file).read_text(encoding="utf-8"), f"there is no promise {promise!r}"
        assert re.search(r"https://\S+", reason), f"{promise}: {reason!r} has no link"
        assert not MOVING.search(reason), f"{promise}: {reason!r} points at code that moves; name the version judged"


@pytest.mark.parametrize("peer", [*found(caches), *found(breakers)], ids=subjects.name_of)
def test_a_peer_is_judged_by_tox(peer: type) -> None:
    """`tox -e peers` names every one of them."""
    text = (SUITE.parent / "tox.ini").read_text(encoding="utf-8")
    name = subjects.name_of(peer)
    assert re.search(rf"[=,]{re.escape(name)}[, ]", text), f"{name} is not in tox.ini"


def test_the_table_of_all_peers_names_what_there_is() -> None:
    """A row for every peer, and none for what is no longer there: `python -m reports.matrix` writes them."""
    text = (SUITE.parent / "docs" / "PEERS.md").read_text(encoding="utf-8")
    rows = {name.partition("@")[0] for name in re.findall(r"^\| `(.+?)` \|", text, re.MULTILINE)}
    known = subjects.known().keys() | subjects.known_breakers().keys()
    ours = subjects.ours().keys() | subjects.our_breakers().keys()
    assert rows <= known, f"no subjects: {sorted(rows - known)}"
    assert known - ours <= rows, f"without a row: {sorted(known - ours - rows)}"


def test_what_a_library_cannot_do_is_not_offered(tmp_path: Path) -> None:
    """functools.lru_cache takes out no single entry: neither a broken promise, nor one that is kept."""
    file = tmp_path / "out.json"
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "conformance/test_entries.py"]
    command += ["--cache=functools-lru-cache", "--profile=quick", f"--results={file}"]
    run = subprocess.run(command, cwd=SUITE.parent, capture_output=True, text=True, timeout=120, check=False)
    assert run.returncode == pytest.ExitCode.OK, run.stdout
    verdicts = json.loads(file.read_text(encoding="utf-8"))["verdicts"]
    found = {each["promise"].partition("::")[2]: each for each in verdicts}
    assert found["test_get_never_stores"]["outcome"] == "pass"
    assert found["test_delete_takes_one_entry"]["outcome"] == "not-offered"
    assert found["test_delete_takes_one_entry"]["message"] == "it takes out no entry but all of them"
