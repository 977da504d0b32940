"""Our caches keep their promises in the ways that no column of the suite goes."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

TESTS = Path(__file__).parent


@pytest.mark.parametrize("name", ["Copying", "Locked", "Local"])
def test_it_keeps_every_promise(name: str, tmp_path: Path) -> None:
    """Those of memory, with copies and without a global interpreter lock, and of memory before a file."""
    results = tmp_path / "results.json"
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--profile=quick", "conformance"]
    command += [f"--cache=uncommon_subjects:{name}", f"--results={results}"]
    environment = {**os.environ, "PYTHONPATH": str(TESTS)}
    run = subprocess.run(command, cwd=TESTS.parent, env=environment, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stdout
    assert len([each for each in json.loads(results.read_text())["verdicts"] if each["outcome"] == "pass"]) > 90
