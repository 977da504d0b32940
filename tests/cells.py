"""One promise of one cache that is made up, judged in a process of its own."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

CHECKOUT = Path(__file__).parent.parent
SAFETY = 120.0  # seconds until a run that hangs is given up on


def cell(folder: Path, source: str, name: str, promise: str) -> Any:
    """The verdict on the class ``name`` of a module with that ``source``, in ``folder``."""
    folder.joinpath("wrong.py").write_text(source, encoding="utf-8")
    options = ("-c", str(CHECKOUT / "pyproject.toml"), "-p", "no:cacheprovider", "-q", f"--cache=wrong:{name}")
    command = (sys.executable, "-m", "pytest", *options, "--results=results.json", CHECKOUT / "conformance" / promise)
    subprocess.run(command, cwd=folder, check=False, timeout=SAFETY)
    verdicts = json.loads(folder.joinpath("results.json").read_text(encoding="utf-8"))["verdicts"]
    return next(each for each in verdicts if each["promise"] == promise)
